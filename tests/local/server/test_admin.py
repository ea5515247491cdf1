import json
from datetime import UTC, datetime, timedelta

import pytest
from local_cloud_calls import call, send, write_video

from vidkit.local import LocalCloud, ScriptedLabel
from vidkit.local.kinesis_video.state import KinesisVideoState
from vidkit.local.rekognition.scripted_pictures import content_key
from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.server.admin import _StreamRequest

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


async def admin(cloud, method, path, content=None, **headers):
    body = b"" if content is None else json.dumps(content).encode()
    headers = {"Content-Type": "application/json", **headers}
    status, _, response_body = await send(cloud, method, f"/_local/{path}", body, headers)
    return status, json.loads(response_body)


async def test_streams_can_be_added_over_http(cloud, tmp_path):
    video = await call(write_video, tmp_path / "a.mp4")
    content = {"name": "door", "path": str(video), "start_timestamp": T0.isoformat()}
    status, response = await admin(cloud, "POST", "streams", content)
    assert (status, response["name"]) == (200, "door")
    assert cloud.state.of(KinesisVideoState).streams["door"].arn == response["arn"]
    assert cloud.state.of(KinesisVideoState).streams["door"].start_timestamp == T0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start_timestamp": "2026-05-01T12:00:00"}, "start_timestamp"),
        ({"start_timestamp": None}, "start_timestamp"),
        ({"path": "/nowhere/a.mp4"}, "no video file"),
        ({"name": "a b"}, "stream name"),
    ],
)
async def test_invalid_streams_are_rejected_over_http(cloud, tmp_path, changes, message):
    path = tmp_path / "a.mp4"
    path.touch()
    content = {"name": "door", "path": str(path), "start_timestamp": T0.isoformat()}
    status, response = await admin(cloud, "POST", "streams", content | changes)
    assert status == 400
    assert message in response["error"]
    assert cloud.state.of(KinesisVideoState).streams == {}


async def test_labels_and_calls_over_http(cloud):
    items = [ScriptedLabel("Car", timedelta(seconds=1)).item()]
    content = {"bucket": "b", "name": "k", "labels": items}
    assert await admin(cloud, "POST", "labels", content) == (200, {"labels": 1})
    assert cloud.state.of(RekognitionState).labels["b", "k"] == items
    await send(cloud, "POST", "/ListPlaybackRestrictionPolicies")
    status, calls = await admin(cloud, "GET", "calls")
    assert status == 200
    assert [(c["service"], c["status"], c["code"]) for c in calls] == [
        ("ivs", 403, "MissingAuthenticationTokenException")
    ]
    assert datetime.fromisoformat(calls[0]["started"]).tzinfo


async def test_rekognition_is_set_up_over_http(cloud):
    item = {"Timestamp": 0, "Face": {"Confidence": 99.0}}
    content = {"kind": "face_detection", "bucket": "b", "name": "k", "items": [item]}
    assert await admin(cloud, "POST", "results", content) == (200, {"items": 1})
    assert cloud.state.of(RekognitionState).scripts["face_detection"]["b", "k"] == [item]
    status, response = await admin(cloud, "POST", "results", content | {"kind": "faces"})
    assert status == 400
    assert "text_detection" in response["error"]
    failure = {"bucket": "b", "name": "k", "message": "No.", "kind": "face_search"}
    assert (await admin(cloud, "POST", "job-failures", failure))[0] == 200
    assert cloud.state.of(RekognitionState).failures["b", "k"] == {"face_search": "No."}
    assert (await admin(cloud, "POST", "job-failures", failure | {"message": None}))[0] == 200
    assert cloud.state.of(RekognitionState).failures["b", "k"] == {}
    assert (await admin(cloud, "POST", "job-failures", failure | {"kind": "x"}))[0] == 400
    duration = {"bucket": "b", "name": "k", "seconds": 3}
    assert await admin(cloud, "POST", "job-durations", duration) == (200, {"seconds": 3.0})
    assert cloud.state.seconds_of("b", "k") == 3.0
    assert (await admin(cloud, "POST", "job-durations", duration | {"seconds": -1}))[0] == 400
    assert (await admin(cloud, "POST", "collections", {"collection_id": "family"}))[0] == 200
    assert cloud.state.of(RekognitionState).collections.keys() == {"family"}
    assert (await admin(cloud, "POST", "collections", {"collection_id": ""}))[0] == 400
    picture = {"kind": "faces", "content": "YW5uYQ==", "items": [{"Identity": "anna"}]}
    assert await admin(cloud, "POST", "pictures", picture) == (200, {"items": 1})
    place = {"kind": "labels", "bucket": "b", "name": "k", "items": [{"Name": "Car"}]}
    assert await admin(cloud, "POST", "pictures", place) == (200, {"items": 1})
    shown = cloud.state.of(RekognitionState).pictures
    assert [face["Identity"] for face in shown["faces"][content_key(b"anna")]] == ["anna"]
    assert shown["labels"]["b", "k"] == [{"Name": "Car", "Confidence": 99.0}]
    for bad in (place | picture, {"kind": "labels", "items": []}, place | {"kind": "label"}):
        assert (await admin(cloud, "POST", "pictures", bad))[0] == 400
    failure = {"name": "door", "message": "No stream."}
    assert (await admin(cloud, "POST", "stream-processor-failures", failure))[0] == 200
    assert cloud.state.of(RekognitionState).processor_failures == {"door": "No stream."}


async def test_admin_endpoints_are_not_for_web_pages(cloud):
    content = {"bucket": "b", "name": "k", "labels": []}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Host": "evil.example"},
        {"Content-Type": "text/plain"},
    ):
        status, _ = await admin(cloud, "POST", "labels", content, **headers)
        assert status == 403
    assert cloud.state.of(RekognitionState).labels == {}
    assert (await admin(cloud, "GET", "nothing"))[0] == 404
    status, response = await admin(cloud, "POST", "labels", {"bucket": "b"})
    assert status == 400
    assert "labels" in response["error"]


def test_a_number_of_any_size_is_seconds():
    stream = _StreamRequest(name="s", path="p", start_timestamp=30_000_000_000)
    assert stream.start_timestamp == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=3e10)
