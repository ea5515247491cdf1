"""What a stream has recorded, and when. Pure; times are server milliseconds since the epoch."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Literal, TypeAlias

from vidkit.local.kinesis_video.spans import Spans
from vidkit.local.runtime.state import Span, Stream

Media: TypeAlias = Literal["PICTURES", "MEDIA_ERROR", "NO_MEDIA"]
"""Pictures, media without pictures, or nothing."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One fragment: when it starts, and how long it is."""

    start: int
    length: int


class Recording:
    """A stream's media on the server's clock.

    What lies between two gaps is cut into fragments from its beginning on; the last one may be
    shorter. Nothing here is as long as the stream: a day costs no more than a minute.

    Args:
        stream: the stream.
        length: how long its file is, in milliseconds, or None where that cannot be known. A stream
            without a duration has no known end then: it has media without pictures from its start
            on, outside its gaps, and no fragments.
    """

    def __init__(self, stream: Stream, length: int | None) -> None:
        self.start: int = _milliseconds(stream.start_timestamp)
        self.offset: int = stream.producer_offset // _MILLISECOND
        if stream.duration is not None:
            length = stream.duration // _MILLISECOND
        self._end = None if length is None else self.start + length
        self._gaps = _to_spans(stream.gaps)
        self._audio = _to_spans(stream.audio_only)
        self._step = stream.fragment_duration // _MILLISECOND
        self._segments = [] if self._end is None else self._gaps.between(self.start, self._end)
        self._starts = [start for start, _ in self._segments]
        # Rounded up: the last fragment of a segment may be a short one.
        counts = (-(-(end - start) // self._step) for start, end in self._segments)
        self._before = [0, *accumulate(counts)]

    def media(self, at: int) -> Media:
        """What there is at a moment."""
        ended = self._end is not None and at >= self._end
        if at < self.start or ended or at in self._gaps:
            return "NO_MEDIA"
        return "MEDIA_ERROR" if self._end is None or at in self._audio else "PICTURES"

    def count_until(self, at: int) -> int:
        """How many fragments start before or at a moment."""
        segment = bisect_right(self._starts, at) - 1
        if segment < 0:
            return 0
        within = (at - self._starts[segment]) // self._step + 1
        return min(self._before[segment] + within, self._before[segment + 1])

    def piece(self, number: int) -> Piece:
        """A fragment by its number, from 0 in the order of time."""
        segment = bisect_right(self._before, number) - 1
        start, end = self._segments[segment]
        start += (number - self._before[segment]) * self._step
        return Piece(start, min(self._step, end - start))

    def pictured(self, piece: Piece) -> float:
        """The share of a fragment's time that has pictures, 0 to 1."""
        silent = self._audio.covered(piece.start, piece.start + piece.length)
        return 1 - silent / piece.length


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _to_spans(spans: Iterable[Span]) -> Spans:
    return Spans((_milliseconds(start), _milliseconds(end)) for start, end in spans)
