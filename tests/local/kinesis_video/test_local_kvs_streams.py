"""Streams that repeat their file, with gaps, without pictures, with a clock of their own."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from local_cloud_calls import boto, call, send

from vidkit.local import LocalCloud
from vidkit.local.clips import read_clock
from vidkit.local.kinesis_video.state import KinesisVideoState

T0 = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
SKEW = timedelta(hours=2, milliseconds=-7)
CLIP_MS, FRAME_MS = 8000, 40


def second(number):
    return T0 + timedelta(seconds=number)


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


async def clock_times(cloud, name, start, end, **changes):
    """Each sampling point in seconds after T0, and its error or what the picture's clock says."""
    with boto(cloud, "kinesisvideo") as streams:
        response = await call(streams.get_data_endpoint, APIName="GET_IMAGES", StreamName=name)
    parameters = {
        "StreamName": name,
        "ImageSelectorType": "SERVER_TIMESTAMP",
        "StartTimestamp": start,
        "EndTimestamp": end,
        "SamplingInterval": 1000,
        "Format": "JPEG",
        **changes,
    }

    def ask(archive):
        pages = archive.get_paginator("get_images").paginate(**parameters)
        return [image for page in pages for image in page["Images"]]

    endpoint = response["DataEndpoint"]
    with boto(cloud, "kinesis-video-archived-media", endpoint_url=endpoint) as archive:
        images = await call(ask, archive)
    return {
        (image["TimeStamp"] - T0) / timedelta(seconds=1): image.get("Error")
        or read_clock(base64.b64decode(image["ImageContent"]))
        for image in images
    }


async def test_a_short_file_fills_a_day(cloud, clock_clip):
    day = timedelta(days=1)
    cloud.add_stream("day", clock_clip.path, start_timestamp=T0, duration=day)
    found = await clock_times(cloud, "day", second(86_380), second(86_402), SamplingInterval=500)
    assert found == {
        at / 2: 500 * at % CLIP_MS // FRAME_MS * FRAME_MS if at < 2 * 86_400 else "NO_MEDIA"
        for at in range(2 * 86_380, 2 * 86_402 + 1)
    }


async def test_a_length_that_is_no_whole_number_of_milliseconds_adds_up(cloud, ntsc_clip):
    cloud.add_stream("ntsc", ntsc_clip.path, start_timestamp=T0, duration=timedelta(hours=5))
    found = await clock_times(cloud, "ntsc", second(17_000), second(17_020))
    frames = ntsc_clip.frame_count
    for at, shown in found.items():
        frame = int(at * ntsc_clip.frame_rate) % frames
        assert shown == ntsc_clip.time_of(frame)


async def test_a_stream_may_be_shorter_than_its_file(cloud, clock_clip):
    short = timedelta(milliseconds=2001)
    cloud.add_stream("short", clock_clip.path, start_timestamp=T0, duration=short)
    assert await clock_times(cloud, "short", T0, second(3)) == {
        0: 0,
        1: 1000,
        2: 2000,
        3: "NO_MEDIA",
    }


async def test_gaps_and_audio_without_video_are_exact_to_the_millisecond(cloud, clock_clip):
    millisecond = timedelta(milliseconds=1)
    cloud.add_stream(
        "yard",
        clock_clip.path,
        start_timestamp=T0,
        gaps=[(second(2), second(3) + millisecond)],
        audio_only=[(second(3), second(5)), (second(6) - millisecond, second(6))],
    )
    assert await clock_times(cloud, "yard", T0, second(7)) == {
        0: 0,
        1: 1000,
        2: "NO_MEDIA",
        3: "NO_MEDIA",
        4: "MEDIA_ERROR",
        5: 5000,
        6: 6000,
        7: 7000,
    }


async def test_the_producer_has_a_clock_of_its_own(cloud, clock_clip):
    cloud.add_stream(
        "skewed",
        clock_clip.path,
        start_timestamp=T0,
        gaps=[(second(1), second(2))],
        producer_offset=SKEW,
    )
    expected = {0: 0, 1: "NO_MEDIA", 2: 2000}
    assert await clock_times(cloud, "skewed", T0, second(2)) == expected
    by_producer = {"ImageSelectorType": "PRODUCER_TIMESTAMP"}
    found = await clock_times(cloud, "skewed", T0 + SKEW, second(2) + SKEW, **by_producer)
    shifted = {(second(at) + SKEW - T0) / timedelta(seconds=1): expected[at] for at in expected}
    assert found == shifted
    assert set((await clock_times(cloud, "skewed", T0, second(2), **by_producer)).values()) == {
        "NO_MEDIA"
    }


async def test_times_finer_than_milliseconds_are_cut_off(cloud, clock_clip):
    fine = timedelta(microseconds=900)
    cloud.add_stream(
        "fine",
        clock_clip.path,
        start_timestamp=T0 + fine,
        gaps=[(second(1) + fine, second(2) + fine)],
    )
    expected = {0: 0, 1: "NO_MEDIA", 2: 2000}
    assert await clock_times(cloud, "fine", T0 + fine, second(2) + fine) == expected


async def test_a_file_without_video_still_has_gaps_and_a_length(cloud, tmp_path):
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    cloud.add_stream("text", text, start_timestamp=T0, gaps=[(second(1), second(2))])
    expected = {-1: "NO_MEDIA", 0: "MEDIA_ERROR", 1: "NO_MEDIA", 2: "MEDIA_ERROR"}
    assert await clock_times(cloud, "text", second(-1), second(2)) == expected
    two = timedelta(seconds=2)
    cloud.add_stream("text", text, start_timestamp=T0, duration=two)
    expected = {1: "MEDIA_ERROR", 2: "NO_MEDIA"}
    assert await clock_times(cloud, "text", second(1), second(2)) == expected


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"start_timestamp": T0.replace(tzinfo=None)}, "start_timestamp must have a time zone"),
        ({"duration": timedelta(0)}, "duration must be a millisecond at the least"),
        ({"duration": timedelta(seconds=-1)}, "duration must be a millisecond"),
        ({"duration": timedelta(days=3_000_000)}, "year 9999"),
        ({"fragment_duration": timedelta(0)}, "fragment_duration must be a millisecond"),
        ({"gaps": [(second(0), second(1)), (second(2), second(1))]}, r"gaps\[1\] ends at"),
        ({"gaps": [(T0.replace(tzinfo=None), T0)]}, r"the start of gaps\[0\] must have a time"),
        ({"audio_only": [(T0, T0.replace(tzinfo=None))]}, r"the end of audio_only\[0\] must"),
        ({"audio_only": [(T0,)]}, r"audio_only\[0\] must be a start and an end"),
        ({"gaps": [None]}, r"gaps\[0\] must be a start and an end"),
    ],
    ids=str,
)
async def test_invalid_streams_are_rejected(tmp_path, changes, complaint):
    path = tmp_path / "a.mp4"
    path.touch()
    cloud = LocalCloud()
    with pytest.raises(ValueError, match=complaint):
        cloud.add_stream("door", path, **{"start_timestamp": T0, **changes})
    assert cloud.state.of(KinesisVideoState).streams == {}


async def test_streams_over_http_take_the_same_parameters(cloud, tmp_path):
    path = tmp_path / "a.mp4"
    path.touch()
    span = [T0.isoformat(), second(1).isoformat()]
    content = {
        "name": "door",
        "path": str(path),
        "start_timestamp": T0.isoformat(),
        "duration": 86_400,
        "gaps": [span],
        "audio_only": [span, span],
        "producer_offset": "-PT0.5S",
        "fragment_duration": 1.5,
    }

    async def post(**changes):
        headers = {"Content-Type": "application/json"}
        body = json.dumps(content | changes).encode()
        return await send(cloud, "POST", "/_local/streams", body, headers)

    assert (await post())[0] == 200
    stream = cloud.state.of(KinesisVideoState).streams["door"]
    assert stream == cloud.add_stream(
        "door",
        path,
        start_timestamp=T0,
        duration=timedelta(days=1),
        gaps=[(T0, second(1))],
        audio_only=[(T0, second(1))] * 2,
        producer_offset=timedelta(milliseconds=-500),
        fragment_duration=timedelta(seconds=1.5),
    )
    status, _, body = await post(gaps=[span[::-1]])
    assert status == 400
    assert "gaps[0] ends at" in json.loads(body)["error"]
    assert (await post(gaps=[["2026-05-01T12:00:00", span[1]]]))[0] == 400
