"""Which sampling points lie where something was recorded. Pure functions, in milliseconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from vidkit.errors import DecodeError
from vidkit.images.fragments import Fragment
from vidkit.images.grid import Grid, Window, windows
from vidkit.images.models import ImageSelectorType
from vidkit.models.timestamps import to_millis

__all__ = ["Span", "Stretch", "covered", "spans_of", "stretches"]

Span: TypeAlias = tuple[int, int]
"""A beginning and an end, both of them included."""

LOOK_BACK: Final = 60_000
"""How long before a point the fragment that holds it may begin; the service's limit is 20 s."""

_FIRST_MOMENT: Final = to_millis(datetime.min.replace(tzinfo=UTC))
_LAST_MOMENT: Final = to_millis(datetime.max.replace(tzinfo=UTC))
_STRETCH: Final = 3_600_000
_LONGEST_FRAGMENT: Final = 20_000
_SHORTEST_FRAGMENT: Final = 1000
_MOST_RESULTS: Final = 1000

# Fragments follow one another on the server's clock as they come in, some a little late.
_JITTER: Final = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive sampling points whose fragments are listed together.

    Attributes:
        first: the first sampling point.
        last: the last sampling point, an hour later at the most.
    """

    first: int
    last: int

    @property
    def listed_from(self) -> int:
        """The earliest beginning of a fragment that matters."""
        return max(self.first - LOOK_BACK, _FIRST_MOMENT)

    @property
    def listed_until(self) -> int:
        """The latest beginning of a fragment that matters: it may join on to one before it."""
        return min(self.last + _JITTER, _LAST_MOMENT)

    @property
    def max_results(self) -> int:
        """How many fragments to ask for at once: as many as there can be, and no more points."""
        return min(_MOST_RESULTS, (self.listed_until - self.listed_from) // _SHORTEST_FRAGMENT + 1)


def stretches(grid: Grid, begin: int, *, page_size: int) -> Iterator[Stretch]:
    """Cut the sampling points from ``begin`` on into stretches of an hour, in whole windows.

    Args:
        grid: the sampling points.
        begin: the sampling point to begin with.
        page_size: sampling points in a window at most.
    """
    points = _STRETCH // grid.interval
    points = max(1, points - points % page_size if points > page_size else points)
    first = begin
    while first <= grid.end:
        last = min(first + (points - 1) * grid.interval, grid.last)
        yield Stretch(first, last)
        first = last + grid.interval


def spans_of(fragments: Iterable[Fragment], selector_type: ImageSelectorType) -> list[Span]:
    """When something was recorded, in order; what touches or nearly touches is one span.

    Raises:
        DecodeError: a fragment does not say when it begins.
    """
    spans: list[Span] = []
    for start, end in sorted(_span(fragment, selector_type) for fragment in fragments):
        if spans and start <= spans[-1][1] + _JITTER:
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((start, end))
    return spans


def _span(fragment: Fragment, selector_type: ImageSelectorType) -> Span:
    by_server = selector_type == "SERVER_TIMESTAMP"
    begin = fragment.server_timestamp if by_server else fragment.producer_timestamp
    if begin is None:
        raise DecodeError(
            f"the service answered with a fragment that has no {selector_type}",
            service="images",
            operation="ListFragments",
        )
    length = fragment.fragment_length_in_milliseconds
    # Of one that does not say how long it is, nothing must be left out.
    length = _LONGEST_FRAGMENT if length is None else max(0, length)
    return to_millis(begin), to_millis(begin) + length


def covered(
    stretch: Stretch, spans: Iterable[Span], grid: Grid, *, page_size: int
) -> Iterator[Window]:
    """The windows of a stretch's sampling points that lie within spans.

    Args:
        stretch: the sampling points.
        spans: when something was recorded, in order, apart from one another.
        grid: all sampling points of the range.
        page_size: sampling points in a window at most.
    """
    for start, end in spans:
        # The first sampling point that is not before the span's start.
        first = max(
            stretch.first, grid.start - (grid.start - start) // grid.interval * grid.interval
        )
        last = min(stretch.last, end)
        if first <= last:
            yield from windows(first, last, grid.interval, page_size=page_size, range_end=grid.end)
