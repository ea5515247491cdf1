"""Jobs of the local Rekognition Video, called directly and through boto3."""

import asyncio
import json
import re
from datetime import timedelta

import av
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from rekognition_calls import (
    NOW,
    VIDEO,
    call,
    code_of,
    detect,
    finished,
    label,
    put,
    start,
)

from vidkit.local import LocalCloud
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.rekognition.service import RekognitionService
from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.video import media


@pytest.mark.parametrize(
    ("headers", "operation"),
    [
        ({"X-Amz-Target": "RekognitionService.StartLabelDetection"}, "StartLabelDetection"),
        ({"x-amz-target": "RekognitionService.GetSegmentDetection"}, "GetSegmentDetection"),
        ({"X-Amz-Target": "RekognitionService.DetectCustomLabels"}, None),
        ({"X-Amz-Target": "StartLabelDetection"}, None),
        ({}, None),
    ],
)
def test_the_target_header_names_the_operation(state, headers, operation):
    assert RekognitionService(state).operation(Request("POST", "/", (), headers, b"")) == operation


def test_an_error_response_is_json_with_type_and_log_reference(state):
    response = RekognitionService(state).error_response(
        ApiError("LimitExceededException", "full"), "id-1"
    )
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert json.loads(response.body) == {
        "__type": "LimitExceededException",
        "Code": "LimitExceededException",
        "Message": "full",
        "Logref": "id-1",
    }


async def test_a_job_takes_its_time_then_returns_the_videos_properties(
    rekognition, state, clock_clip
):
    state.job_seconds = 0.3
    begun = asyncio.get_running_loop().time()
    job_id = await start(rekognition, JobTag="tag")
    assert re.fullmatch(r"[0-9a-f]{64}", job_id)
    assert await call(rekognition, "GetLabelDetection", JobId=job_id) == {
        "JobStatus": "IN_PROGRESS",
        "JobId": job_id,
        "JobTag": "tag",
        "Video": VIDEO,
        "GetRequestMetadata": {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"},
    }
    content = await finished(rekognition, job_id)
    assert asyncio.get_running_loop().time() - begun >= 0.3
    info = media.probe(clock_clip.path)
    assert content == {
        "JobStatus": "SUCCEEDED",
        "JobId": job_id,
        "JobTag": "tag",
        "Video": VIDEO,
        "GetRequestMetadata": {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"},
        "LabelModelVersion": "3.0",
        "VideoMetadata": {
            "Codec": "h264",
            "DurationMillis": round(clock_clip.duration * 1000),
            "Format": "QuickTime / MOV",
            "FrameRate": clock_clip.frame_rate,
            "FrameHeight": info.height,
            "FrameWidth": info.width,
            "ColorRange": info.color_range,
        },
        "Labels": [],
    }


async def test_an_object_of_bytes_is_analysed_and_leaves_no_file(
    rekognition, state, clock_clip, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    put(state, "clip.mp4", clock_clip.path.read_bytes())
    content = await detect(rekognition)
    assert content["JobStatus"] == "SUCCEEDED"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "where",
    [
        {"Bucket": "videos", "Name": "other.mp4"},
        {"Bucket": "other", "Name": "clip.mp4"},
        {"Bucket": "videos", "Name": "clip.mp4", "Version": "3"},
        {"Bucket": "videos", "Name": "gone.mp4"},
    ],
)
async def test_a_missing_object_is_rejected(rekognition, state, tmp_path, where):
    put(state, "gone.mp4", tmp_path / "gone.mp4")
    video = {"S3Object": where}
    assert await code_of(start(rekognition, Video=video)) == "InvalidS3ObjectException"


async def test_a_file_over_ten_gibibytes_is_rejected(rekognition, state, tmp_path):
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3 + 1)
    put(state, "clip.mp4", path)
    assert await code_of(start(rekognition)) == "VideoTooLargeException"


def other_codec(path, codec, container):
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))


@pytest.mark.parametrize("kind", ["text", "mpeg4 in mp4", "h264 in matroska"])
async def test_a_video_of_another_format_fails_the_job(rekognition, state, tmp_path, kind):
    path = tmp_path / "clip.mp4"
    if kind == "text":
        path.write_text("no video")
    else:
        codec, _, container = kind.split()
        other_codec(path, codec.replace("h264", "libx264"), container)
    put(state, "clip.mp4", path)
    content = await detect(rekognition)
    assert content["JobStatus"] == "FAILED"
    assert content["StatusMessage"] == "Unsupported codec/format."
    assert "Labels" not in content
    assert "VideoMetadata" not in content


async def test_a_video_over_six_hours_fails_the_job(rekognition, monkeypatch):
    monkeypatch.setattr("vidkit.local.rekognition.jobs.MAX_DURATION", timedelta(seconds=7))
    content = await detect(rekognition)
    assert content["JobStatus"] == "FAILED"
    assert content["StatusMessage"] == "The video is longer than 0:00:07."


async def test_a_script_that_is_no_label_fails_the_job_and_is_logged(rekognition, state, caplog):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [{"Timestamp": 0}]
    content = await detect(rekognition)
    assert content["JobStatus"] == "FAILED"
    assert "Internal error" in content["StatusMessage"]
    assert "videos/clip.mp4" in caplog.text


async def test_a_token_starts_one_job(rekognition):
    ids = await asyncio.gather(
        *(start(rekognition, ClientRequestToken="t", MinConfidence=70) for _ in range(5))
    )
    assert len(set(ids)) == 1
    assert await start(rekognition, MinConfidence=70) not in ids


async def test_a_token_belongs_to_its_parameters_and_operation(rekognition):
    await start(rekognition, ClientRequestToken="t")
    mismatch = "IdempotentParameterMismatchException"
    assert await code_of(start(rekognition, ClientRequestToken="t", JobTag="x")) == mismatch
    assert (
        await code_of(
            start(rekognition, "SegmentDetection", ClientRequestToken="t", SegmentTypes=["SHOT"])
        )
        == mismatch
    )


async def test_tokens_and_results_are_kept_for_seven_days(rekognition, state):
    job_id = await start(rekognition, ClientRequestToken="t")
    await finished(rekognition, job_id)
    state.now = lambda: NOW + timedelta(days=7)
    assert await start(rekognition, ClientRequestToken="t") == job_id
    state.now = lambda: NOW + timedelta(days=7, seconds=1)
    gone = call(rekognition, "GetLabelDetection", JobId=job_id)
    assert await code_of(gone) == "ResourceNotFoundException"
    assert await start(rekognition, ClientRequestToken="t", JobTag="x") != job_id


async def test_twenty_jobs_may_be_in_progress(rekognition, state):
    state.job_seconds = 60
    put(state, "clip.mp4", b"no video, so the analysis is quick")
    ids = [await start(rekognition, ClientRequestToken=f"t{number}") for number in range(20)]
    assert await code_of(start(rekognition)) == "LimitExceededException"
    assert await start(rekognition, ClientRequestToken="t0") == ids[0]


async def test_a_completed_job_frees_a_place_for_another(rekognition):
    ids = [await start(rekognition) for _ in range(20)]
    await asyncio.gather(*(finished(rekognition, job_id) for job_id in ids))
    assert await start(rekognition) not in ids


async def test_a_job_of_another_kind_is_not_found(rekognition):
    job_id = await start(rekognition)
    missing = "ResourceNotFoundException"
    assert await code_of(call(rekognition, "GetSegmentDetection", JobId=job_id)) == missing
    assert await code_of(call(rekognition, "GetLabelDetection", JobId="0" * 64)) == missing


async def test_closing_cancels_the_jobs_in_progress(state):
    state.job_seconds = 60
    service = RekognitionService(state)
    await start(service)
    await service.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("rekognition")]


@pytest.fixture
async def cloud(clock_clip):
    async with LocalCloud(job_seconds=0.05) as cloud:
        cloud.add_object("videos", "clip.mp4", clock_clip.path)
        yield cloud


@pytest.fixture
def client(cloud):
    client = boto3.client(
        "rekognition",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )
    yield client
    client.close()


async def wait(get, job_id, **query):
    async with asyncio.timeout(10):
        while True:
            response = await asyncio.to_thread(get, JobId=job_id, **query)
            if response["JobStatus"] != "IN_PROGRESS":
                return response
            await asyncio.sleep(0.02)


async def test_boto3_detects_labels(cloud, client):
    cloud.state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label("Car", n, 60 + n) for n in range(5)
    ]
    started = await asyncio.to_thread(client.start_label_detection, Video=VIDEO, MinConfidence=61)
    page = await wait(client.get_label_detection, started["JobId"], MaxResults=3)
    rest = await wait(client.get_label_detection, started["JobId"], NextToken=page["NextToken"])
    assert [item["Timestamp"] for item in page["Labels"] + rest["Labels"]] == [1, 2, 3, 4]
    assert "NextToken" not in rest
    assert page["LabelModelVersion"] == "3.0"


async def test_boto3_detects_segments(client):
    started = await asyncio.to_thread(
        client.start_segment_detection, Video=VIDEO, SegmentTypes=["SHOT", "TECHNICAL_CUE"]
    )
    response = await wait(client.get_segment_detection, started["JobId"])
    assert {segment["Type"] for segment in response["Segments"]} == {"SHOT", "TECHNICAL_CUE"}
    assert response["VideoMetadata"][0]["Format"] == "QuickTime / MOV"


async def test_boto3_raises_the_services_own_exceptions(client):
    missing = {"S3Object": {"Bucket": "videos", "Name": "missing.mp4"}}
    with pytest.raises(client.exceptions.InvalidS3ObjectException, match="object metadata"):
        await asyncio.to_thread(client.start_label_detection, Video=missing)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        await asyncio.to_thread(client.get_label_detection, JobId="0" * 64)
    with pytest.raises(ClientError) as caught:
        await asyncio.to_thread(client.start_label_detection, Video=VIDEO, MinConfidence=101)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    assert "MinConfidence is 101" in caught.value.response["Error"]["Message"]
