"""The media of a stream over time. Pure; times are server milliseconds since the epoch."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Literal, TypeAlias

from vidkit.local.kinesis_video.spans import Spans
from vidkit.local.kinesis_video.state import Span, Stream

Media: TypeAlias = Literal["PICTURES", "MEDIA_ERROR", "NO_MEDIA"]
"""Video, media without video, or no media."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class FragmentTimes:
    """The start and the length of one fragment."""

    start: int
    length: int


class Recording:
    """A stream's media on the server's clock.

    The media between two gaps is divided into fragments from its beginning on; the last one may
    be shorter. No attribute grows with the length of the stream, so that a day costs no more than
    a minute.

    Args:
        stream: the stream.
        length: the length of its file in milliseconds; None when it is unknown. A stream without
            a duration then has no known end: it has media without video from its start on,
            outside its gaps, and no fragments.
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
        # Rounded up, because the last fragment of a segment may be shorter.
        counts = (-(-(end - start) // self._step) for start, end in self._segments)
        self._before = [0, *accumulate(counts)]

    def media(self, at: int) -> Media:
        """The media at a time."""
        ended = self._end is not None and at >= self._end
        if at < self.start or ended or at in self._gaps:
            return "NO_MEDIA"
        return "MEDIA_ERROR" if self._end is None or at in self._audio else "PICTURES"

    def count_until(self, at: int) -> int:
        """The number of fragments that start before or at a time."""
        segment = bisect_right(self._starts, at) - 1
        if segment < 0:
            return 0
        within = (at - self._starts[segment]) // self._step + 1
        return min(self._before[segment] + within, self._before[segment + 1])

    def fragment(self, number: int) -> FragmentTimes:
        """A fragment by its number, from 0 in the order of time."""
        segment = bisect_right(self._before, number) - 1
        start, end = self._segments[segment]
        start += (number - self._before[segment]) * self._step
        return FragmentTimes(start, min(self._step, end - start))

    def video_share(self, fragment: FragmentTimes) -> float:
        """The share of a fragment's time that has video, 0 to 1."""
        audio_only = self._audio.covered(fragment.start, fragment.start + fragment.length)
        return 1 - audio_only / fragment.length


def _milliseconds(timestamp: datetime) -> int:
    return (timestamp - _EPOCH) // _MILLISECOND


def _to_spans(spans: Iterable[Span]) -> Spans:
    return Spans((_milliseconds(start), _milliseconds(end)) for start, end in spans)
