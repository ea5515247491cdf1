"""The kinds of stored-video jobs for people, faces, moderation and text."""

import asyncio
import inspect
import json
import warnings

import pytest
from job_kinds import (
    CHANNEL,
    FACES,
    KINDS,
    MODERATION,
    PERSONS,
    REGIONS,
    ROLE,
    SEARCH,
    TEXTS,
    TOPIC,
    VIDEO,
    WIRE_FILTERS,
    pascal,
)

from vidkit import DecodeError, JobFailedError, NotFoundError, RequestError, S3Video
from vidkit.rekognition import (
    BoundingBox,
    DetectionFilter,
    Point,
    RegionOfInterest,
    StartTextDetectionFilters,
)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def page(kind, items, **more):
    return {"JobStatus": "SUCCEEDED", kind.member: items} | more


def dumped(items):
    return [
        item.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
        for item in items
    ]


@each_kind
async def test_from_the_start_to_the_last_page(scripted, kind):
    scripted.json({"JobId": "j1"}).json({"JobStatus": "IN_PROGRESS"})
    scripted.json(page(kind, kind.items[:2], NextToken="t2", JobId="j1", JobTag="tag"))
    scripted.json(page(kind, kind.items[2:]))
    async with scripted.kit() as kit:
        job = await kind.starting(kit)
        assert (job.id, job.kind) == ("j1", f"rekognition.{kind.name}")
        pager = await job
        first = await pager
        assert len(scripted.requests) == 3
        items = await pager.collect()
    assert all(type(item) is kind.model for item in items)
    assert dumped(items) == kind.items
    assert first.items == items[:2]
    assert (first.job_id, first.job_tag, first.next_token) == ("j1", "tag", "t2")
    targets = [request.headers["X-Amz-Target"] for request, _ in scripted.requests]
    get = f"RekognitionService.Get{kind.api}"
    assert targets == [f"RekognitionService.Start{kind.api}", get, get, get]
    bodies = [json.loads(body) for _, body in scripted.requests]
    assert bodies[1] == bodies[2] == {"JobId": "j1", "MaxResults": 1000}
    assert bodies[3] == {"JobId": "j1", "MaxResults": 1000, "NextToken": "t2"}


@each_kind
async def test_results_without_a_status_are_a_page(scripted, kind):
    scripted.json({kind.member: kind.items})
    scripted.json({kind.member: [], "NextToken": "t2"}).json({kind.member: kind.items})
    async with scripted.kit() as kit:
        first = await kind.pager(kit, "j1")
        assert (first.job_status, dumped(first.items)) == (None, kind.items)
        assert dumped(await kind.pager(kit, "j1").collect()) == kind.items


@each_kind
async def test_without_a_status_there_is_neither_a_job_to_watch_nor_a_page_of_nothing(
    scripted, kind
):
    scripted.json({"JobId": "j1"}).json({kind.member: kind.items}).json({kind.member: []})
    async with scripted.kit() as kit:
        job = await kind.starting(kit)
        with pytest.raises(DecodeError, match=f"Get{kind.api}: .*no JobStatus"):
            await job.status()
        with pytest.raises(DecodeError, match=f"Get{kind.api}: .*neither JobStatus nor results"):
            await kind.pager(kit, "j1")


@each_kind
async def test_every_parameter_of_a_start_reaches_the_service(scripted, kind):
    scripted.json({"JobId": "j1"})
    given = {
        "video": S3Video("bucket", "clip.mp4", version="7"),
        "client_request_token": "t",
        "notification_channel": CHANNEL,
        "job_tag": "tag",
        **kind.needed,
        **kind.start,
    }
    async with scripted.kit() as kit:
        method = getattr(kit.rekognition, f"start_{kind.name}")
        assert set(inspect.signature(method).parameters) == {*given, "completion"}
        await kind.starting(kit, **given)
    own = {pascal(name): value for name, value in (kind.needed | kind.start).items()}
    assert json.loads(scripted.requests[0][1]) == {
        "Video": {"S3Object": {"Bucket": "bucket", "Name": "clip.mp4", "Version": "7"}},
        "ClientRequestToken": "t",
        "NotificationChannel": {"SNSTopicArn": TOPIC, "RoleArn": ROLE},
        "JobTag": "tag",
        **own,
        **({"Filters": WIRE_FILTERS} if kind is TEXTS else {}),
    }


@each_kind
async def test_every_parameter_of_a_get_reaches_the_service(scripted, kind):
    scripted.json(page(kind, kind.items))
    given = {"max_results": 3, "next_token": "t1", **kind.get}
    async with scripted.kit() as kit:
        method = getattr(kit.rekognition, f"get_{kind.name}")
        assert set(inspect.signature(method).parameters) == {"job_id", *given}
        items = await kind.pager(kit, "j1", **given).collect()
    assert dumped(items) == kind.items
    (_, body), *_ = scripted.requests
    assert json.loads(body) == {"JobId": "j1"} | {pascal(k): v for k, v in given.items()}


@each_kind
async def test_a_completion_queue_must_be_open(scripted, kind):
    async with scripted.kit() as kit:
        queue = kit.rekognition.completion_queue(f"{scripted.endpoint}/1/q")
        with pytest.raises(RequestError, match="open"):
            await kind.starting(kit, completion=queue, notification_channel=CHANNEL)
    assert scripted.requests == []


@each_kind
async def test_the_error_of_a_failed_job_has_the_message_of_the_service(scripted, kind):
    scripted.json({"JobId": "j1"}).json({"JobStatus": "FAILED", "StatusMessage": "No video."})
    async with scripted.kit() as kit:
        job = await kind.starting(kit)
        with pytest.raises(JobFailedError, match=r"No video\.") as caught:
            await job
    assert (caught.value.operation, caught.value.job_token) == (kind.name, job.token)


@each_kind
async def test_another_process_resumes_the_job_from_its_token(scripted, kind):
    scripted.json({"JobId": "j1"}).json(page(kind, kind.items))
    async with scripted.kit() as kit:
        token = (await kind.starting(kit)).token
    async with scripted.kit() as other:
        items = await (await other.resume(token)).collect()
    assert dumped(items) == kind.items
    request, _ = scripted.requests[-1]
    assert request.headers["X-Amz-Target"] == f"RekognitionService.Get{kind.api}"


BAD_STARTS = [
    *((kind, {"video": "clip.mp4"}, ["video='clip.mp4'", "S3Video"]) for kind in KINDS),
    *((kind, {"job_tag": "a b"}, ["job_tag='a b'"]) for kind in KINDS),
    *((kind, {"client_request_token": ""}, ["client_request_token=''"]) for kind in KINDS),
    *((kind, {"colour": 1}, ["colour", "job_tag"]) for kind in KINDS),
    (FACES, {"face_attributes": "SMILE"}, ["face_attributes='SMILE'", "DEFAULT", "ALL"]),
    (SEARCH, {"collection_id": ""}, ["collection_id=''", "1"]),
    (SEARCH, {"collection_id": "a/b"}, ["collection_id='a/b'"]),
    (SEARCH, {"collection_id": "x" * 256}, ["collection_id", "255"]),
    (SEARCH, {"collection_id": None}, ["collection_id=None"]),
    (SEARCH, {"face_match_threshold": 100.5}, ["face_match_threshold=100.5", "100"]),
    (SEARCH, {"face_match_threshold": -1}, ["face_match_threshold=-1", "0"]),
    (MODERATION, {"min_confidence": 101}, ["min_confidence=101", "100"]),
    (MODERATION, {"min_confidence": -0.5}, ["min_confidence=-0.5", "0"]),
    (TEXTS, {"filters": {"words": 1}}, ["StartTextDetectionFilters", "words", "word_filter"]),
    (TEXTS, {"filters": 5}, ["filters=5"]),
]


@pytest.mark.parametrize(("kind", "parameters", "words"), BAD_STARTS)
async def test_invalid_parameters_of_a_start_are_rejected_before_they_are_sent(
    scripted, kind, parameters, words
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kind.starting(kit, **parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


async def test_a_collection_id_is_required(scripted):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match="collection_id"):
            await kit.rekognition.start_face_search(VIDEO)
    assert scripted.requests == []


@each_kind
@pytest.mark.parametrize(
    "parameters",
    [
        {"job_id": "a/b"},
        {"max_results": 0},
        {"max_results": 1001},
        {"next_token": ""},
        {"sort_by": "SIZE"},
        {"aggregate_by": "HOURS"},
    ],
    ids=str,
)
async def test_invalid_parameters_of_a_get_are_rejected_by_the_call(scripted, kind, parameters):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=next(iter(parameters))):
            kind.pager(kit, **({"job_id": "x"} | parameters))
    assert scripted.requests == []


WHOLE = {"width": 1, "height": 1, "left": 0, "top": 0}
CORNERS = [Point(x=0, y=0)] * 3


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DetectionFilter(min_confidence=100.5), ["min_confidence=100.5", "100"]),
        (lambda: DetectionFilter(min_bounding_box_height=1.5), ["height=1.5", "1"]),
        (lambda: DetectionFilter(min_bounding_box_width=-0.1), ["width=-0.1", "0"]),
        (RegionOfInterest, ["either bounding_box or polygon"]),
        (
            lambda: RegionOfInterest(bounding_box=BoundingBox(**WHOLE), polygon=CORNERS),
            ["either bounding_box or polygon"],
        ),
        (lambda: RegionOfInterest(bounding_box=BoundingBox(left=0.5)), ["width=None", "0 to 1"]),
        (
            lambda: RegionOfInterest(bounding_box=BoundingBox(**(WHOLE | {"width": 320}))),
            ["width=320", "0 to 1"],
        ),
        (
            lambda: RegionOfInterest(bounding_box=BoundingBox(**WHOLE, widht=1)),
            ["widht", "unexpected", "width, height, left, top"],
        ),
        (lambda: RegionOfInterest(polygon=CORNERS[:2]), ["polygon", "at least 3"]),
        (lambda: RegionOfInterest(polygon=CORNERS * 4), ["polygon", "at most 10"]),
        (
            lambda: RegionOfInterest(polygon=[*CORNERS, Point(x=float("nan"), y=0)]),
            ["polygon", "x=nan", "0 to 1"],
        ),
        (
            lambda: StartTextDetectionFilters(regions_of_interest=REGIONS * 6),
            ["regions_of_interest", "at most 10"],
        ),
    ],
)
def test_invalid_filters_are_rejected_by_their_constructor(make, words):
    with pytest.raises(RequestError) as caught:
        make()
    for word in words:
        assert word in str(caught.value)


async def test_person_tracking_warns_at_the_line_of_the_caller(scripted):
    scripted.json({"JobId": "j1"}).json({"JobId": "j2"}).json(page(PERSONS, []))
    lines, start = inspect.getsourcelines(test_person_tracking_warns_at_the_line_of_the_caller)
    expected = [start + n for n, line in enumerate(lines) if line.endswith("# warns\n")]
    async with scripted.kit() as kit:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await kit.rekognition.start_person_tracking(VIDEO)  # warns
            await asyncio.create_task(kit.rekognition.start_person_tracking(VIDEO))  # warns
            await kit.rekognition.get_person_tracking("j1")  # warns
    assert [type(warning.message) for warning in caught] == [DeprecationWarning] * 3
    assert {warning.filename for warning in caught} == {__file__}
    assert [warning.lineno for warning in caught] == expected


async def test_resuming_person_tracking_does_not_warn_again(scripted):
    scripted.json({"JobId": "j1"}).json(page(PERSONS, PERSONS.items))
    async with scripted.kit() as kit:
        job = await PERSONS.starting(kit)
        assert len(await (await job).collect()) == 3


def on_the_local_cloud(cloud, kind, items=None):
    cloud.script_results(kind.name, "bucket", "clip.mp4", kind.items if items is None else items)
    cloud.add_collection("staff.2026")


@each_kind
async def test_the_local_cloud_returns_scripted_results(cloud, kit, kind):
    on_the_local_cloud(cloud, kind)
    job = await kind.starting(kit, job_tag="tag")
    pager = await job
    items = await pager.collect()
    assert all(type(item) is kind.model for item in items)
    assert dumped(items) == kind.items
    first = await pager
    assert (first.job_status, first.job_id, first.job_tag) == ("SUCCEEDED", job.id, "tag")
    assert first.video.s3_object.name == "clip.mp4"
    assert first.video_metadata.frame_width == 320
    paged = kind.pager(kit, job.id, max_results=2)
    assert [len(page.items) async for page in paged.pages()] == [2, 1]
    assert await paged.collect() == items


@each_kind
async def test_the_local_cloud_accepts_every_parameter(cloud, kit, kind):
    on_the_local_cloud(cloud, kind)
    job = await kind.starting(kit, notification_channel=CHANNEL, **kind.start)
    await job
    assert await kind.pager(kit, job.id, max_results=10, **kind.get).collect()


@each_kind
async def test_a_start_with_the_same_request_token_is_the_same_job(cloud, kit, kind):
    on_the_local_cloud(cloud, kind)
    first = await kind.starting(kit, client_request_token="once")
    second = await kind.starting(kit, client_request_token="once")
    assert first.id == second.id
    await first


@pytest.mark.parametrize(
    ("attributes", "whole"), [(None, False), ("DEFAULT", False), ("ALL", True)]
)
async def test_all_face_attributes_are_returned_on_request(cloud, kit, attributes, whole):
    face = {"Confidence": 99.5, "Smile": {"Value": True, "Confidence": 87.5}}
    on_the_local_cloud(cloud, FACES, [{"Timestamp": 0, "Face": face}])
    item = await (await (await FACES.starting(kit, face_attributes=attributes))).first()
    assert item.face.confidence == 99.5
    assert (item.face.smile is not None) is whole


async def test_matches_below_the_threshold_are_not_returned(cloud, kit):
    on_the_local_cloud(cloud, SEARCH)
    sure = await (await (await SEARCH.starting(kit, face_match_threshold=99))).collect()
    assert [item.face_matches for item in sure] == [None] * 3
    with pytest.raises(NotFoundError):
        await SEARCH.starting(kit, collection_id="nobody")


@pytest.mark.parametrize("kind", [SEARCH, PERSONS], ids=lambda kind: kind.name)
async def test_persons_are_sorted_by_index(cloud, kit, kind):
    on_the_local_cloud(cloud, kind)
    job = await kind.starting(kit)
    await job
    items = await kind.pager(kit, job.id, sort_by="INDEX").collect()
    assert [item.person.index for item in items] == [0, 0, 1]


async def test_moderation_labels_are_sorted_by_name_and_aggregated(cloud, kit):
    on_the_local_cloud(cloud, MODERATION)
    job = await MODERATION.starting(kit)
    await job
    pager = MODERATION.pager(kit, job.id, sort_by="NAME", aggregate_by="SEGMENTS")
    first = await pager
    names = [item.moderation_label.name for item in first.items]
    assert names == ["Explosions", "Weapons", "Weapons"]
    assert first.items[0].duration_millis == 0
    metadata = first.get_request_metadata
    assert (metadata.sort_by, metadata.aggregate_by) == ("NAME", "SEGMENTS")
    assert first.moderation_model_version


async def test_text_is_filtered(cloud, kit):
    on_the_local_cloud(cloud, TEXTS)
    strict = StartTextDetectionFilters(word_filter=DetectionFilter(min_confidence=98))
    assert await (await (await TEXTS.starting(kit, filters=strict))).collect() == []
    below = RegionOfInterest(bounding_box=BoundingBox(width=1, height=0.1, left=0, top=0.9))
    elsewhere = StartTextDetectionFilters(regions_of_interest=[below])
    page = await (await (await TEXTS.starting(kit, filters=elsewhere)))
    assert page.items == []
    assert page.text_model_version
