"""The Kinesis video streams of the local cloud."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

Span: TypeAlias = tuple[datetime, datetime]
"""A start, which is part of the span, and an end, which is not."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A Kinesis video stream whose media is one video file, played once or repeated."""

    name: str
    arn: str
    path: Path
    start_timestamp: datetime
    """When the first frame was taken, on the server's clock, as all spans are."""
    duration: timedelta | None = None
    """How long the stream is; None: as long as the file."""
    gaps: tuple[Span, ...] = ()
    """When nothing was recorded."""
    audio_only: tuple[Span, ...] = ()
    """When audio was recorded without video."""
    producer_offset: timedelta = timedelta(0)
    """The producer's clock minus the server's."""
    fragment_duration: timedelta = timedelta(seconds=2)


@dataclass(slots=True)
class KinesisVideoState:
    """The streams by name."""

    streams: dict[str, Stream] = field(default_factory=dict[str, Stream])
