"""Segment detection: shots and black frames, detected in the video itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import AnalysisKind, Item, Result, Subject, video_metadata
from vidkit.local.video import media, shots

_DEFAULT_CONFIDENCE = 50.0
_MODEL_VERSION = "2.0"


class SegmentDetectionKind(AnalysisKind):
    """``StartSegmentDetection`` and ``GetSegmentDetection``.

    Shots are the real shot changes of the video. The only technical cue is ``BlackFrames``;
    credits, slates, colour bars and the others are not detected. Segments are in the order of the
    request's ``SegmentTypes``, and by time within each type. The end of a segment is its last
    frame, so that a segment of one frame has a duration of 0.
    """

    name = "SegmentDetection"
    key = "segment_detection"
    member = "Segments"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The segments of the types that the start request names."""
        find = {"SHOT": _shots, "TECHNICAL_CUE": _black_frames}
        filters = parameters.get("Filters", {})
        return [
            segment
            for segment_type in dict.fromkeys(parameters["SegmentTypes"])
            for segment in find[segment_type](subject, filters)
        ]

    @override
    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """With the results: the streams of the video and the selected types."""
        del query
        if result is None:
            return {}
        info = result.info
        return {
            "VideoMetadata": [video_metadata(info)],
            "AudioMetadata": [] if info.audio is None else [_audio_metadata(info.audio)],
            "SelectedSegmentTypes": [
                {"Type": segment_type, "ModelVersion": _MODEL_VERSION}
                for segment_type in dict.fromkeys(parameters["SegmentTypes"])
            ],
        }


def _shots(subject: Subject, filters: Mapping[str, Any]) -> Iterator[Item]:
    least = filters.get("ShotFilter", {}).get("MinSegmentConfidence", _DEFAULT_CONFIDENCE)
    for shot in shots.find_shots(subject.path):
        if shot.confidence >= least:
            yield {
                "Type": "SHOT",
                **_span(shot.start_frame, shot.end_frame, subject),
                "ShotSegment": {"Index": shot.index, "Confidence": shot.confidence},
            }


def _black_frames(subject: Subject, filters: Mapping[str, Any]) -> Iterator[Item]:
    cue = filters.get("TechnicalCueFilter", {})
    least = cue.get("MinSegmentConfidence", _DEFAULT_CONFIDENCE)
    black = cue.get("BlackFrame", {})
    spans = shots.find_black(
        subject.path,
        max_pixel_threshold=black.get("MaxPixelThreshold", 0.2),
        min_coverage_percentage=black.get("MinCoveragePercentage", 99.0),
    )
    for span in spans:
        # The confidence is the percentage of black pixels; the API's smallest confidence is 50.
        confidence = max(span.confidence, _DEFAULT_CONFIDENCE)
        if confidence >= least:
            yield {
                "Type": "TECHNICAL_CUE",
                **_span(span.start_frame, span.end_frame, subject),
                "TechnicalCueSegment": {"Type": "BlackFrames", "Confidence": confidence},
            }


def _span(first: int, last: int, subject: Subject) -> Item:
    line, rate = media.timeline(subject.path), subject.info.frame_rate
    start, end = (line.milliseconds(line.times[frame]) for frame in (first, last))
    return {
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
        "StartTimecodeSMPTE": shots.smpte(first, rate),
        "EndTimecodeSMPTE": shots.smpte(last, rate),
        "DurationSMPTE": shots.smpte(last - first, rate),
        "StartFrameNumber": first,
        "EndFrameNumber": last,
        "DurationFrames": last - first,
    }


def _audio_metadata(audio: media.AudioInfo) -> Item:
    return {
        "Codec": audio.codec,
        "DurationMillis": round(audio.duration * 1000),
        "SampleRate": audio.sample_rate,
        "NumberOfChannels": audio.channels,
    }
