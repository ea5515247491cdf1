"""The results of the demo for a video."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from vidkit.rekognition import LabelDetection, SegmentDetection


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One sampling point of the stream.

    Attributes:
        timestamp: the time of the sampling point.
        offset: the same time, from the start of the range.
        path: the file of its image; None without an image.
        error: why there is no image.
    """

    timestamp: datetime
    offset: timedelta
    path: Path | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class Findings:
    """The results that the services returned.

    Attributes:
        frames: the sampling points, in time order.
        shots: segments of type ``SHOT``.
        cues: segments of type ``TECHNICAL_CUE``.
        labels: labels by segment.
        video_length: the stored video's length, as returned by Rekognition.
        frame_length: the duration of one frame; a segment ends with its last frame.
        segments_missing: why there are no segments, if their job did not succeed.
        labels_missing: why there are no labels.
        notes: the notes to print at the end.
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
    """Return a service's number of milliseconds as a duration; None becomes 0."""
    return timedelta(milliseconds=value or 0)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shot_at(shots: Sequence[SegmentDetection], offset: timedelta) -> int | None:
    """Return the index of the shot at an offset; None before the first shot."""
    begun = [shot for shot in shots if milliseconds(shot.start_timestamp_millis) <= offset]
    if not begun:
        return None
    last = max(begun, key=lambda shot: shot.start_timestamp_millis or 0)
    return shot_index(last)


def shot_index(shot: SegmentDetection) -> int:
    """Return a shot's index as the service counts it."""
    return (shot.shot_segment.index if shot.shot_segment else None) or 0
