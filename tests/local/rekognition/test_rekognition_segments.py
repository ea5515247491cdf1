"""Segment detection of the local cloud, against the video itself."""

from itertools import pairwise

import av
import pytest
from rekognition_calls import detect, finished, put, start

from vidkit.local.video import shots


async def test_shots_cover_the_video_and_have_frames_and_timecodes(rekognition, clock_clip):
    content = await detect(rekognition, "SegmentDetection", SegmentTypes=["SHOT"])
    found = shots.find_shots(clock_clip.path)
    segments = content["Segments"]
    assert [segment["ShotSegment"] for segment in segments] == [
        {"Index": shot.index, "Confidence": shot.confidence} for shot in found
    ]
    assert segments[0]["StartFrameNumber"] == 0
    for before, after in pairwise(segments):
        assert after["StartFrameNumber"] == before["EndFrameNumber"] + 1
    starts = {segment["StartTimestampMillis"] for segment in segments}
    assert {scene.start_ms for scene in clock_clip.scenes} <= starts
    rate = clock_clip.frame_rate
    for segment in segments:
        first, last = segment["StartFrameNumber"], segment["EndFrameNumber"]
        assert segment["Type"] == "SHOT"
        assert segment["StartTimestampMillis"] == int(first * 1000 / rate)
        assert segment["EndTimestampMillis"] == int(last * 1000 / rate)
        assert segment["DurationMillis"] == int(last * 1000 / rate) - int(first * 1000 / rate)
        assert segment["DurationFrames"] == last - first
        assert segment["StartTimecodeSMPTE"] == shots.smpte(first, rate)
        assert segment["EndTimecodeSMPTE"] == shots.smpte(last, rate)
        assert segment["DurationSMPTE"] == shots.smpte(last - first, rate)
    assert content["SelectedSegmentTypes"] == [{"Type": "SHOT", "ModelVersion": "2.0"}]
    assert [video["Codec"] for video in content["VideoMetadata"]] == ["h264"]
    assert content["AudioMetadata"] == []


async def test_black_frames_are_a_technical_cue(rekognition, clock_clip):
    content = await detect(rekognition, "SegmentDetection", SegmentTypes=["TECHNICAL_CUE"])
    (segment,) = content["Segments"]
    start_ms, end_ms = clock_clip.black
    assert segment["Type"] == "TECHNICAL_CUE"
    assert segment["TechnicalCueSegment"]["Type"] == "BlackFrames"
    assert segment["StartTimestampMillis"] == start_ms
    assert start_ms < segment["EndTimestampMillis"] < end_ms


async def test_filters_set_the_thresholds_of_black_and_confidence(rekognition):
    strict = {"TechnicalCueFilter": {"BlackFrame": {"MinCoveragePercentage": 0}}}
    everything = await detect(
        rekognition, "SegmentDetection", SegmentTypes=["TECHNICAL_CUE"], Filters=strict
    )
    (segment,) = everything["Segments"]
    assert segment["StartFrameNumber"] == 0
    job = {"SegmentTypes": ["SHOT"], "Filters": {"ShotFilter": {"MinSegmentConfidence": 100}}}
    sure = await detect(rekognition, "SegmentDetection", **job)
    assert all(item["ShotSegment"]["Confidence"] == 100 for item in sure["Segments"])


@pytest.mark.parametrize("types", [["SHOT", "TECHNICAL_CUE"], ["TECHNICAL_CUE", "SHOT", "SHOT"]])
async def test_segments_come_in_the_order_of_their_types(rekognition, types):
    job_id = await start(rekognition, "SegmentDetection", SegmentTypes=types)
    segments = []
    page = await finished(rekognition, job_id, "SegmentDetection", MaxResults=2)
    segments += page["Segments"]
    while token := page.get("NextToken"):
        page = await finished(
            rekognition, job_id, "SegmentDetection", MaxResults=2, NextToken=token
        )
        segments += page["Segments"]
    assert list(dict.fromkeys(segment["Type"] for segment in segments)) == types[:2]
    for kind in types[:2]:
        times = [item["StartTimestampMillis"] for item in segments if item["Type"] == kind]
        assert times == sorted(times)
        assert times


async def test_a_video_with_sound_has_audio_metadata(rekognition, state, sound_clip):
    put(state, "clip.mp4", sound_clip)
    content = await detect(rekognition, "SegmentDetection", SegmentTypes=["SHOT"])
    (audio,) = content["AudioMetadata"]
    assert audio["Codec"] == "aac"
    assert audio["SampleRate"] == 44100
    assert audio["NumberOfChannels"] == 1
    assert 900 <= audio["DurationMillis"] <= 1200


@pytest.fixture
def sound_clip(tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = output.add_stream("aac", rate=44100, layout="mono")
        for _ in range(10):
            output.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        for number in range(44):
            frame = av.AudioFrame("fltp", "mono", 1024)
            frame.planes[0].update(bytes(4096))
            frame.sample_rate, frame.pts = 44100, number * 1024
            output.mux(audio.encode(frame))
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return path
