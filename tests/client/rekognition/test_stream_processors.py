import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from stream_processor_examples import (
    BOX,
    CONNECTED_HOME,
    FACE_SEARCH,
    FACES,
    ROLE,
    TOPIC,
    TRIANGLE,
    VIDEO,
    after,
    at_fragment,
    sent,
)

from vidkit import (
    AmbiguousError,
    ConflictError,
    DecodeError,
    InvalidRequestError,
    JobFailedError,
    NotFoundError,
    PollPolicy,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.rekognition import (
    ConnectedHomeSettingsForUpdate,
    RegionOfInterest,
    StreamProcessorDataSharingPreference,
    StreamProcessorSettingsForUpdate,
)


async def test_the_life_cycle_of_a_face_search_processor(kit):
    rekognition = kit.rekognition
    created = await rekognition.create_stream_processor("gate", **FACE_SEARCH, tags={"site": "a"})
    assert created.stream_processor_arn.endswith(":streamprocessor/gate")
    started = await rekognition.start_stream_processor("gate")
    assert started.session_id
    assert (await rekognition.describe_stream_processor("gate")).status == "STARTING"
    running = await rekognition.wait_for_status("gate", "RUNNING", timeout=10)
    assert running.status == "RUNNING"
    assert running.name == "gate"
    assert running.stream_processor_arn == created.stream_processor_arn
    assert running.input.kinesis_video_stream.arn == VIDEO
    assert running.output.kinesis_data_stream.arn == FACES
    assert running.output.s3_destination is None
    assert running.role_arn == ROLE
    assert running.settings.face_search.collection_id == "staff"
    assert running.settings.face_search.face_match_threshold == 85
    assert running.settings.connected_home is None
    assert timedelta() <= running.last_update_timestamp - running.creation_timestamp
    assert datetime.now(UTC) - running.creation_timestamp < timedelta(minutes=1)
    with pytest.raises(ConflictError):
        await rekognition.start_stream_processor("gate")
    with pytest.raises(ConflictError):
        await rekognition.delete_stream_processor("gate")
    assert await rekognition.stop_stream_processor("gate") is None
    stopped = await rekognition.wait_for_status("gate", "STOPPED", timeout=timedelta(seconds=10))
    assert stopped.status == "STOPPED"
    assert await rekognition.delete_stream_processor("gate") is None
    with pytest.raises(NotFoundError):
        await rekognition.describe_stream_processor("gate")


async def test_the_life_cycle_of_a_label_detection_processor(kit):
    rekognition = kit.rekognition
    await rekognition.create_stream_processor(
        "door",
        **CONNECTED_HOME,
        kms_key_id="alias/door",
        regions_of_interest=[BOX, TRIANGLE],
        data_sharing_preference=StreamProcessorDataSharingPreference(opt_in=False),
    )
    await rekognition.start_stream_processor(
        "door", start_selector=at_fragment(), stop_selector=after(120)
    )
    working = await rekognition.wait_for_status("door", "RUNNING", timeout=10)
    assert working.status == "STARTING"
    await rekognition.stop_stream_processor("door")
    rested = await rekognition.wait_for_status("door", "STOPPED", timeout=10)
    assert rested.settings.connected_home.labels == ["PERSON", "PACKAGE"]
    assert rested.settings.connected_home.min_confidence == 70
    assert rested.output.s3_destination.bucket == "my-bucket"
    assert rested.output.s3_destination.key_prefix == "door/"
    assert rested.notification_channel.sns_topic_arn == TOPIC
    assert rested.kms_key_id == "alias/door"
    assert rested.data_sharing_preference.opt_in is False
    box, triangle = rested.regions_of_interest
    assert box.bounding_box == BOX.bounding_box
    assert triangle.polygon == TRIANGLE.polygon


async def test_an_update_changes_only_the_given_settings(kit):
    rekognition = kit.rekognition
    await rekognition.create_stream_processor("door", **CONNECTED_HOME, regions_of_interest=[BOX])
    described = await rekognition.describe_stream_processor("door")
    response = await rekognition.update_stream_processor(
        "door",
        settings_for_update=StreamProcessorSettingsForUpdate(
            connected_home_for_update=ConnectedHomeSettingsForUpdate(labels=["ALL"])
        ),
        regions_of_interest_for_update=[
            RegionOfInterest(bounding_box=described.regions_of_interest[0].bounding_box),
            TRIANGLE,
        ],
        parameters_to_delete=["ConnectedHomeMinConfidence"],
    )
    assert response is None
    updated = await rekognition.wait_for_status("door", "STOPPED", timeout=10)
    assert updated.settings.connected_home.labels == ["ALL"]
    assert updated.settings.connected_home.min_confidence is None
    assert len(updated.regions_of_interest) == 2
    assert updated.notification_channel == described.notification_channel


async def test_processors_are_listed_page_by_page(kit):
    names = [f"gate-{n}" for n in range(5)]
    for name in names:
        await kit.rekognition.create_stream_processor(name, **FACE_SEARCH)
    pager = kit.rekognition.list_stream_processors(max_results=2)
    pages = [page async for page in pager.pages()]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    found = [processor async for processor in pager]
    assert sorted(processor.name for processor in found) == names
    assert {processor.status for processor in found} == {"STOPPED"}
    begun = kit.rekognition.list_stream_processors(max_results=2, next_token=pages[0].next_token)
    assert await begun.collect() == [*pages[1].items, *pages[2].items]


async def test_the_service_rejects_selectors_that_do_not_fit_the_settings(kit):
    await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    await kit.rekognition.create_stream_processor("door", **CONNECTED_HOME)
    with pytest.raises(InvalidRequestError):
        await kit.rekognition.start_stream_processor(
            "gate", start_selector=at_fragment(), stop_selector=after(1)
        )
    with pytest.raises(InvalidRequestError):
        await kit.rekognition.start_stream_processor("door")


async def test_a_name_in_use_is_a_conflict(kit):
    await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    with pytest.raises(ConflictError) as caught:
        await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    assert caught.value.code == "ResourceInUseException"


async def test_a_failed_processor_ends_the_wait(cloud, kit):
    await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    cloud.fail_stream_processor("gate", "The stream is gone.")
    await kit.rekognition.start_stream_processor("gate")
    with pytest.raises(JobFailedError, match=r"'gate' failed: The stream is gone\.") as caught:
        await kit.rekognition.wait_for_status("gate", "RUNNING", timeout=10)
    assert caught.value.job_token is None
    failed = await kit.rekognition.wait_for_status("gate", "FAILED", timeout=10)
    assert failed.status_message == "The stream is gone."


async def test_a_deleted_processor_ends_the_wait(kit):
    await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    waiting = asyncio.create_task(kit.rekognition.wait_for_status("gate", "RUNNING", timeout=10))
    await asyncio.sleep(0.1)
    await kit.rekognition.delete_stream_processor("gate")
    with pytest.raises(NotFoundError) as caught:
        await waiting
    assert caught.value.job_token is None
    assert caught.value.operation == "DescribeStreamProcessor"


def description(status, settings=None, **members):
    return {"Name": "door", "Status": status, "Settings": settings or {}} | members


async def test_the_wait_returns_the_response_with_the_status(scripted):
    for status in ("STOPPED", "STARTING", "STARTING", "RUNNING"):
        scripted.json(description(status))
    async with scripted.kit() as kit:
        response = await kit.rekognition.wait_for_status("door", "RUNNING")
    assert response.status == "RUNNING"
    assert sent(scripted) == [("DescribeStreamProcessor", {"Name": "door"})] * 4


async def test_label_detection_counts_as_running_while_it_is_starting(scripted):
    home = {"ConnectedHome": {"Labels": ["PET"]}}
    scripted.json(description("STOPPED", home)).json(description("STARTING", home))
    async with scripted.kit() as kit:
        response = await kit.rekognition.wait_for_status("door", "RUNNING", timeout=10)
    assert response.status == "STARTING"
    assert len(scripted.requests) == 2


async def test_transient_errors_do_not_end_the_wait(scripted):
    scripted.json(description("STARTING"))
    for _ in range(5):
        scripted.json({"__type": "InternalServerError"}, status=500)
    scripted.drop().json(description("RESTING")).json(description("RUNNING"))
    async with scripted.kit() as kit:
        response = await kit.rekognition.wait_for_status("door", "RUNNING", timeout=20)
    assert response.status == "RUNNING"


async def test_lasting_errors_end_the_wait(scripted):
    scripted.json({"__type": "InternalServerError"}, status=500)
    poll = PollPolicy(initial_delay=0.001, max_delay=0.002, patience=0.05)
    async with scripted.kit(poll=poll) as kit:
        with pytest.raises(UnavailableError) as caught:
            await kit.rekognition.wait_for_status("door", "RUNNING")
    assert caught.value.job_token is None


async def test_a_timeout_ends_the_wait(scripted):
    scripted.json(description("STOPPED"))
    async with scripted.kit() as kit:
        # The first call also loads the service, which would count towards the timeout.
        await kit.rekognition.describe_stream_processor("door")
        started = time.monotonic()
        with pytest.raises(VidKitTimeoutError) as caught:
            await kit.rekognition.wait_for_status("door", "RUNNING", timeout=0.2)
    assert time.monotonic() - started < 5
    for words in ("'door'", "RUNNING", "0.2 s", "STOPPED", "DescribeStreamProcessor"):
        assert words in str(caught.value)
    assert caught.value.job_token is None


async def test_a_poll_that_times_out_does_not_end_the_wait(scripted):
    scripted.json(description("STOPPED")).hang().json(description("RUNNING"))
    async with scripted.kit() as kit:
        await kit.rekognition.describe_stream_processor("door")
        hurried = kit.with_options(deadline=0.5)
        response = await hurried.rekognition.wait_for_status("door", "RUNNING", timeout=20)
    assert response.status == "RUNNING"
    assert len(scripted.requests) == 3


async def test_a_failure_without_a_reason_is_reported(scripted):
    scripted.json(description("FAILED"))
    async with scripted.kit() as kit:
        with pytest.raises(JobFailedError, match="'door' failed: the service gives no reason"):
            await kit.rekognition.wait_for_status("door", "STOPPED")


CALLS = {
    "create_stream_processor": FACE_SEARCH,
    "describe_stream_processor": {},
    "start_stream_processor": {},
    "stop_stream_processor": {},
    "update_stream_processor": {},
    "delete_stream_processor": {},
}


@pytest.mark.parametrize(("method", "parameters"), CALLS.items(), ids=CALLS)
async def test_idempotent_operations_are_retried_after_a_lost_response(
    scripted, method, parameters
):
    scripted.drop().json({}, status=500).json({"Status": "STOPPED"})
    async with scripted.kit() as kit:
        await getattr(kit.rekognition, method)("gate", **parameters)
    assert len(scripted.requests) == 3


async def test_a_start_of_a_session_is_not_retried_after_a_lost_response(scripted):
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError):
            await kit.rekognition.start_stream_processor(
                "door", start_selector=at_fragment(), stop_selector=after(10)
            )
    assert len(scripted.requests) == 1


async def test_a_description_without_a_status_is_a_decode_error(scripted):
    scripted.json({"Name": "door"})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="Status"):
            await kit.rekognition.describe_stream_processor("door")
