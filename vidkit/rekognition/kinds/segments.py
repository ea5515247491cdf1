"""Segment detection: ``StartSegmentDetection`` and ``GetSegmentDetection``."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.open_enums import Open
from vidkit.models.requests import PascalRequest
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    GetRequest,
    Percent,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "SEGMENT_DETECTION",
    "AudioMetadata",
    "BlackFrame",
    "GetSegmentDetectionRequest",
    "GetSegmentDetectionResponse",
    "SegmentDetection",
    "SegmentType",
    "SegmentTypeInfo",
    "ShotSegment",
    "StartSegmentDetectionFilters",
    "StartSegmentDetectionRequest",
    "StartShotDetectionFilter",
    "StartTechnicalCueDetectionFilter",
    "TechnicalCueSegment",
    "TechnicalCueType",
]

SegmentType = Literal["TECHNICAL_CUE", "SHOT"]
TechnicalCueType = Literal[
    "ColorBars",
    "EndCredits",
    "BlackFrames",
    "OpeningCredits",
    "StudioLogo",
    "Slate",
    "Content",
]

_SegmentConfidence = Annotated[float, Field(ge=50, le=100)]


class BlackFrame(PascalRequest):
    """The threshold and coverage of black frames. API shape: ``BlackFrame``.

    Attributes:
        max_pixel_threshold: the maximum luminance of a black pixel, as a ratio of the full range
            from 0 to 1; the service's default is 0.2.
        min_coverage_percentage: the minimum percentage of black pixels in the frame, 0 to 100; the
            service's default is 99.

    Example:
        >>> BlackFrame(max_pixel_threshold=0.1, min_coverage_percentage=95).max_pixel_threshold
        0.1
    """

    max_pixel_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    min_coverage_percentage: Percent | None = None


class StartTechnicalCueDetectionFilter(PascalRequest):
    """The filter on technical cues. API shape: ``StartTechnicalCueDetectionFilter``.

    Attributes:
        min_segment_confidence: the minimum confidence, 50 to 100; the service's default is 50.
        black_frame: the threshold and coverage of black frames.

    Example:
        >>> cues = StartTechnicalCueDetectionFilter(min_segment_confidence=80)
    """

    min_segment_confidence: _SegmentConfidence | None = None
    black_frame: BlackFrame | None = None


class StartShotDetectionFilter(PascalRequest):
    """The filter on shots. API shape: ``StartShotDetectionFilter``.

    Attributes:
        min_segment_confidence: the minimum confidence, 50 to 100; the service's default is 50.

    Example:
        >>> shots = StartShotDetectionFilter(min_segment_confidence=80)
    """

    min_segment_confidence: _SegmentConfidence | None = None


class StartSegmentDetectionFilters(PascalRequest):
    """Filters of segment detection. API shape: ``StartSegmentDetectionFilters``.

    Example:
        >>> filters = StartSegmentDetectionFilters(
        ...     shot_filter=StartShotDetectionFilter(min_segment_confidence=80)
        ... )
    """

    technical_cue_filter: StartTechnicalCueDetectionFilter | None = None
    shot_filter: StartShotDetectionFilter | None = None


class StartSegmentDetectionRequest(StartRequest):
    """The parameters of ``StartSegmentDetection``."""

    segment_types: Annotated[Sequence[SegmentType], Field(min_length=1)]
    filters: StartSegmentDetectionFilters | None = None


class GetSegmentDetectionRequest(GetRequest):
    """The parameters of ``GetSegmentDetection``."""


class AudioMetadata(PascalResponse):
    """Metadata of an audio stream of the video. API shape: ``AudioMetadata``.

    Attributes:
        codec: the codec, such as ``aac``.
        duration_millis: length in milliseconds.
        sample_rate: samples per second.
        number_of_channels: the number of channels.

    Example:
        >>> AudioMetadata(codec="aac", number_of_channels=2).sample_rate is None
        True
    """

    codec: str | None = None
    duration_millis: int | None = None
    sample_rate: int | None = None
    number_of_channels: int | None = None


class TechnicalCueSegment(PascalResponse):
    """A technical cue, such as black frames or end credits. API shape: ``TechnicalCueSegment``."""

    type: Open[TechnicalCueType] | None = None
    confidence: float | None = None


class ShotSegment(PascalResponse):
    """A shot: its number and confidence. API shape: ``ShotSegment``."""

    index: int | None = None
    confidence: float | None = None


class SegmentDetection(PascalResponse):
    """A detected segment of the video. API shape: ``SegmentDetection``.

    Attributes:
        type: ``SHOT`` or ``TECHNICAL_CUE``.
        start_timestamp_millis: start in milliseconds from the start of the video.
        end_timestamp_millis: end in milliseconds from the start of the video.
        duration_millis: length in milliseconds.
        start_timecode_smpte: start as SMPTE timecode ``HH:MM:SS:fr``, with ``;`` for drop frames.
        end_timecode_smpte: end as SMPTE timecode.
        duration_smpte: length as SMPTE timecode.
        technical_cue_segment: the technical cue, for segments of that type.
        shot_segment: the shot, for segments of that type.
        start_frame_number: the number of the first frame, from 0.
        end_frame_number: the number of the last frame.
        duration_frames: length in frames.

    Example:
        >>> SegmentDetection(type="SHOT", start_timestamp_millis=0).type
        'SHOT'
    """

    type: Open[SegmentType] | None = None
    start_timestamp_millis: int | None = None
    end_timestamp_millis: int | None = None
    duration_millis: int | None = None
    start_timecode_smpte: str | None = Field(
        default=None,
        validation_alias="StartTimecodeSMPTE",
        serialization_alias="StartTimecodeSMPTE",
    )
    end_timecode_smpte: str | None = Field(
        default=None, validation_alias="EndTimecodeSMPTE", serialization_alias="EndTimecodeSMPTE"
    )
    duration_smpte: str | None = Field(
        default=None, validation_alias="DurationSMPTE", serialization_alias="DurationSMPTE"
    )
    technical_cue_segment: TechnicalCueSegment | None = None
    shot_segment: ShotSegment | None = None
    start_frame_number: int | None = None
    end_frame_number: int | None = None
    duration_frames: int | None = None


class SegmentTypeInfo(PascalResponse):
    """A segment type that was requested. API shape: ``SegmentTypeInfo``."""

    type: Open[SegmentType] | None = None
    model_version: str | None = None


class GetSegmentDetectionResponse(VideoJobPage):
    """A page of segments. API operation: ``GetSegmentDetection``.

    Attributes:
        segments: the page's items, also as ``items``.
        video_metadata: one entry for each video stream.
        audio_metadata: one entry for each audio stream.
        selected_segment_types: the requested segment types, and the version of the model of each.
    """

    segments: list[SegmentDetection] = Field(default_factory=list[SegmentDetection])
    video_metadata: list[VideoMetadata] | None = None
    audio_metadata: list[AudioMetadata] | None = None
    selected_segment_types: list[SegmentTypeInfo] | None = None

    @property
    def items(self) -> list[SegmentDetection]:
        """The segments."""
        return self.segments


SEGMENT_DETECTION = JobKind(
    "segment_detection",
    Operation("rekognition", "StartSegmentDetection", StartResponse),
    Operation("rekognition", "GetSegmentDetection", GetSegmentDetectionResponse),
    GetSegmentDetectionRequest,
)
