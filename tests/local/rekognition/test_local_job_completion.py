"""How jobs of the local Rekognition end: on time, on demand, with a message; and what expires."""

import asyncio
import json
from datetime import timedelta

import pytest
from rekognition_calls import NOW, call, code_of, detect, finished, label, start

from vidkit.local import LocalCloud
from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.limits import RekognitionThrottle, rate_of
from vidkit.local.rekognition.scripts import _DETAILS, JOB_KINDS, SCRIPTED_KINDS
from vidkit.local.rekognition.service import RekognitionService
from vidkit.local.rekognition.state import RekognitionState

TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-done"
CHANNEL = {"SNSTopicArn": TOPIC, "RoleArn": "arn:aws:iam::123456789012:role/r"}


class Publisher:
    """Keeps what is published, or fails."""

    def __init__(self, error=None):
        self.error = error
        self.published = []
        self.came = asyncio.Event()

    async def __call__(self, topic_arn, text):
        self.published.append((topic_arn, json.loads(text)))
        self.came.set()
        if self.error is not None:
            raise self.error


@pytest.fixture
async def publisher():
    return Publisher()


@pytest.fixture
async def publishing(state, publisher):
    service = RekognitionService(state, publisher)
    yield service
    await service.close()


@pytest.mark.parametrize("kind", [None, "label_detection"])
async def test_a_job_fails_on_demand_even_when_it_is_running(rekognition, state, kind):
    state.job_seconds = 0.1
    job_id = await start(rekognition)
    state.of(RekognitionState).failures["videos", "clip.mp4"] = {kind: "No disk left."}
    content = await finished(rekognition, job_id)
    assert (content["JobStatus"], content["StatusMessage"]) == ("FAILED", "No disk left.")
    assert "Labels" not in content
    segments = await detect(rekognition, "SegmentDetection", SegmentTypes=["SHOT"])
    assert segments["JobStatus"] == ("FAILED" if kind is None else "SUCCEEDED")


def test_failures_and_scripts_need_a_known_kind():
    cloud = LocalCloud()
    cloud.fail_job("bucket", "a.mp4")
    cloud.fail_job("bucket", "a.mp4", "No.", "face_search")
    assert cloud.state.of(RekognitionState).failures["bucket", "a.mp4"] == {
        None: "The analysis of the video failed.",
        "face_search": "No.",
    }
    cloud.fail_job("bucket", "a.mp4", None, "face_search")
    assert list(cloud.state.of(RekognitionState).failures["bucket", "a.mp4"]) == [None]
    cloud.fail_job("bucket", "a.mp4", "No.", "face_search")
    cloud.fail_job("bucket", "a.mp4", None)
    assert cloud.state.of(RekognitionState).failures["bucket", "a.mp4"] == {}
    for kind in JOB_KINDS:
        cloud.fail_job("bucket", "a.mp4", kind=kind)
    for kind in SCRIPTED_KINDS:
        detail = {_DETAILS[kind]: {"Confidence": 50.0}}
        cloud.script_results(kind, "bucket", "a.mp4", [{"Timestamp": 1, **detail}])
        assert cloud.state.of(RekognitionState).scripts[kind]["bucket", "a.mp4"] == [
            {"Timestamp": 1, **detail}
        ]
    with pytest.raises(ValueError, match="segment_detection"):
        cloud.fail_job("bucket", "a.mp4", kind="segments")
    with pytest.raises(ValueError, match="'segment_detection'"):
        cloud.script_results("segment_detection", "bucket", "a.mp4", [])


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"name": "Car"}, "item 1: Timestamp"),
        ({"Timestamp": "x", "Label": {}}, "item 1: Timestamp"),
        ({"Timestamp": -1, "Label": {}}, "item 1: Timestamp"),
        ({"Timestamp": 0}, "item 1: Label"),
        ({"Timestamp": 0, "Label": "Car"}, "item 1: Label"),
        ({"Timestamp": 0, "Label": {"Confidence": "high"}}, "item 1: Label.Confidence"),
        ("Car", "item 1: must be a mapping"),
    ],
)
def test_an_invalid_item_is_rejected_when_it_is_scripted(item, message):
    cloud = LocalCloud()
    with pytest.raises(ValueError, match=message):
        cloud.script_results("label_detection", "b", "n", [label("Car", 0), item])
    assert ("b", "n") not in cloud.state.of(RekognitionState).labels


async def test_an_item_without_confidence_is_found(rekognition, state):
    cloud = LocalCloud()
    item = {"Timestamp": 0, "Label": {"Name": "Dog"}}
    cloud.script_results("label_detection", "videos", "clip.mp4", [item])
    state.of(RekognitionState).scripts = cloud.state.of(RekognitionState).scripts
    content = await detect(rekognition)
    assert [item["Label"]["Name"] for item in content["Labels"]] == ["Dog"]


async def test_a_script_is_copied_when_it_is_set(rekognition, state):
    cloud = LocalCloud()
    items = [label("Car", 0)]
    cloud.script_results("label_detection", "videos", "clip.mp4", items)
    items[0]["Label"]["Name"] = "Dog"
    state.of(RekognitionState).scripts = cloud.state.of(RekognitionState).scripts
    content = await detect(rekognition)
    assert [item["Label"]["Name"] for item in content["Labels"]] == ["Car"]


async def test_a_video_can_have_a_duration_of_its_own(rekognition, state):
    cloud = LocalCloud()
    with pytest.raises(ValueError, match="negative"):
        cloud.time_job("videos", "clip.mp4", -1)
    cloud.time_job("videos", "clip.mp4", 0.3)
    state.object_seconds = cloud.state.object_seconds
    begun = asyncio.get_running_loop().time()
    await detect(rekognition)
    assert asyncio.get_running_loop().time() - begun >= 0.3


@pytest.mark.parametrize("tag", [{}, {"JobTag": "tag-1"}])
async def test_a_completion_notification_has_the_documented_form(publishing, publisher, tag):
    job_id = await start(publishing, NotificationChannel=CHANNEL, **tag)
    await asyncio.wait_for(publisher.came.wait(), 5)
    assert publisher.published == [
        (
            TOPIC,
            {
                "JobId": job_id,
                "Status": "SUCCEEDED",
                "API": "StartLabelDetection",
                **tag,
                "Timestamp": int(NOW.timestamp() * 1000),
                "Video": {"S3ObjectName": "clip.mp4", "S3Bucket": "videos"},
            },
        )
    ]
    content = await call(publishing, "GetLabelDetection", JobId=job_id)
    assert content["JobStatus"] == "SUCCEEDED"


async def test_a_failure_is_published_too_and_a_repeated_start_is_not(publishing, publisher, state):
    state.of(RekognitionState).failures["videos", "clip.mp4"] = {None: "No."}
    request = {"NotificationChannel": CHANNEL, "ClientRequestToken": "t", "SegmentTypes": ["SHOT"]}
    job_id = await start(publishing, "SegmentDetection", **request)
    await asyncio.wait_for(publisher.came.wait(), 5)
    assert await start(publishing, "SegmentDetection", **request) == job_id
    await detect(publishing)
    (published,) = publisher.published
    assert (published[1]["Status"], published[1]["API"]) == ("FAILED", "StartSegmentDetection")


async def test_a_job_completes_even_if_its_notification_cannot_be_published(state, caplog):
    publisher = Publisher(ConnectionError("nobody there"))
    service = RekognitionService(state, publisher)
    job_id = await start(service, NotificationChannel=CHANNEL)
    await asyncio.wait_for(publisher.came.wait(), 5)
    assert (await finished(service, job_id))["JobStatus"] == "SUCCEEDED"
    await service.close()
    assert "nobody there" in caplog.text


async def test_a_page_token_is_valid_for_a_day(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [label("A", n) for n in range(3)]
    job_id = await start(rekognition)
    token = (await finished(rekognition, job_id, MaxResults=1))["NextToken"]
    for age, seconds in ((timedelta(hours=24), 0), (timedelta(hours=24), 1.5)):
        state.now = lambda late=age + timedelta(seconds=seconds): NOW + late
        page = call(rekognition, "GetLabelDetection", JobId=job_id, NextToken=token)
        if seconds:
            assert await code_of(page) == "InvalidPaginationTokenException"
        else:
            assert [item["Timestamp"] for item in (await page)["Labels"]] == [1, 2]
    fresh = await finished(rekognition, job_id, MaxResults=1)
    assert fresh["NextToken"] != token


async def test_the_limit_of_jobs_is_the_services_error(rekognition, state):
    state.job_seconds = 60
    for _ in range(20):
        await start(rekognition)
    with pytest.raises(ApiError) as caught:
        await start(rekognition, "FaceDetection")
    assert caught.value.code == "LimitExceededException"
    assert caught.value.message == "20 open Jobs for User 123456789012 Maximum limit: 20"


async def test_nothing_is_throttled_by_default(rekognition, state):
    job_id = await start(rekognition)
    for _ in range(30):
        await call(rekognition, "GetLabelDetection", JobId=job_id)
    state.throttle = True
    codes = set()
    for _ in range(30):
        try:
            await call(rekognition, "GetLabelDetection", JobId=job_id)
        except ApiError as fault:
            codes.add((fault.code, fault.status))
    assert ("ThrottlingException", 400) in codes
    # Each operation has a rate of its own.
    assert await call(rekognition, "ListStreamProcessors") == {"StreamProcessors": []}


@pytest.mark.parametrize(
    ("operation", "rate"),
    [
        ("StartLabelDetection", 5),
        ("GetTextDetection", 5),
        ("CreateStreamProcessor", 20),
        ("DescribeStreamProcessor", 20),
        ("StartStreamProcessor", 20),
        ("UpdateStreamProcessor", 20),
        ("DeleteStreamProcessor", 20),
        ("StopStreamProcessor", 1),
        ("ListStreamProcessors", 5),
        ("ListTagsForResource", 10),
    ],
)
def test_an_operation_accepts_its_rate(operation, rate):
    now = [100.0]
    throttle = RekognitionThrottle(clock=lambda: now[0])
    assert rate_of(operation) == rate
    for _ in range(rate):
        throttle.take(operation)
    with pytest.raises(ApiError, match="Slow down"):
        throttle.take(operation)
    now[0] += 1.001 / rate
    throttle.take(operation)
    now[0] += 60
    for _ in range(rate):
        throttle.take(operation)


def test_a_caller_that_stays_too_fast_gets_the_provisioned_rate_error():
    now = [0.0]
    throttle = RekognitionThrottle(clock=lambda: now[0])
    codes = []
    for tick in range(40):
        now[0] = tick * 0.1
        try:
            throttle.take("StopStreamProcessor")
            codes.append("ok")
        except ApiError as fault:
            codes.append(fault.code)
    assert codes[0] == "ok"
    assert codes[1:9] == ["ThrottlingException"] * 8
    # One request passed each second; the others were throttled, later with another code.
    assert codes[-1] == "ProvisionedThroughputExceededException"
    assert codes.count("ok") == 4
    now[0] += 10
    throttle.take("StopStreamProcessor")
    with pytest.raises(ApiError, match="Slow down"):
        throttle.take("StopStreamProcessor")
