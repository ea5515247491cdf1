"""Sets of spans of whole milliseconds. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Spans:
    """A set of spans, each from a start, which it includes, to an end, which it does not.

    Example:
        >>> spans = Spans([(20, 30), (0, 10), (5, 12)])
        >>> 11 in spans, 12 in spans, spans.covered(11, 25)
        (True, False, 6)
        >>> spans.between(-5, 25)
        [(-5, 0), (12, 20)]
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and start <= merged[-1][1]:
                first, last = merged.pop()
                merged.append((first, max(end, last)))
            else:
                merged.append((start, end))
        self._spans = merged
        self._starts = [start for start, _ in merged]
        self._before = [0, *accumulate(end - start for start, end in merged)]

    def __contains__(self, at: int) -> bool:
        found = bisect_right(self._starts, at) - 1
        return found >= 0 and at < self._spans[found][1]

    def covered(self, start: int, end: int) -> int:
        """The number of milliseconds from ``start`` until before ``end`` that are in a span."""
        return self._until(end) - self._until(start)

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """The gaps between the spans, from ``start`` until before ``end``."""
        edges = [start, *(edge for span in self._spans for edge in span), end]
        clipped = [min(max(edge, start), end) for edge in edges]
        gaps = zip(clipped[::2], clipped[1::2], strict=True)
        return [(first, last) for first, last in gaps if first < last]

    def _until(self, at: int) -> int:
        found = bisect_right(self._starts, at) - 1
        if found < 0:
            return 0
        start, end = self._spans[found]
        return self._before[found] + min(at, end) - start
