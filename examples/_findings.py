"""What the demo finds out about a video."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from vidkit.rekognition import LabelDetection, SegmentDetection


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One sampling point of the stream.

    Attributes:
        timestamp: when it was recorded.
        offset: the same, counted from the start of the range.
        path: where its image is; None when there is none.
        error: why there is none.
    """

    timestamp: datetime
    offset: timedelta
    path: Path | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class Findings:
    """Everything that the services answered.

    Attributes:
        frames: the sampling points, in time order.
        shots: segments of type ``SHOT``.
        cues: segments of type ``TECHNICAL_CUE``.
        labels: labels by segment.
        video_length: the stored video's length, as Rekognition has it.
        frame_length: how long one of its frames is shown; a segment ends with its last frame.
        segments_missing: why there are no segments, when their job did not succeed.
        labels_missing: why there are no labels.
        notes: what is to be told at the end.
    """

    frames: Sequence[Frame] = ()
    shots: Sequence[SegmentDetection] = ()
    cues: Sequence[SegmentDetection] = ()
    labels: Sequence[LabelDetection] = ()
    video_length: timedelta | None = None
    frame_length: timedelta = timedelta()
    segments_missing: str | None = None
    labels_missing: str | None = None
    notes: list[str] = field(default_factory=list[str])


def milliseconds(value: int | None) -> timedelta:
    """A service's count of milliseconds, 0 where it gives none."""
    return timedelta(milliseconds=value or 0)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where that is due."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shot_at(shots: Sequence[SegmentDetection], offset: timedelta) -> int | None:
    """The index of the shot on screen at an offset; None before the first one."""
    begun = [shot for shot in shots if milliseconds(shot.start_timestamp_millis) <= offset]
    if not begun:
        return None
    last = max(begun, key=lambda shot: shot.start_timestamp_millis or 0)
    return shot_index(last)


def shot_index(shot: SegmentDetection) -> int:
    """A shot's index as the service counts it."""
    return (shot.shot_segment.index if shot.shot_segment else None) or 0
