"""Gaps in a recording: which sampling points have media. Pure functions, in milliseconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from vidkit.errors import DecodeError
from vidkit.images.fragments import Fragment
from vidkit.images.grid import Grid, Window, windows
from vidkit.images.models import ImageSelectorType
from vidkit.models.timestamps import to_millis

__all__ = ["ListingRange", "Span", "covered_windows", "listing_ranges", "recorded_spans"]

Span: TypeAlias = tuple[int, int]
"""The beginning and the latest possible end of recorded media, both included."""

LOOK_BACK_MILLIS: Final = 60_000
"""How long before a point its fragment may begin; the service limits fragments to 20 s."""

_MIN_TIMESTAMP: Final = to_millis(datetime.min.replace(tzinfo=UTC))
_MAX_TIMESTAMP: Final = to_millis(datetime.max.replace(tzinfo=UTC))
_LISTING_RANGE_MILLIS: Final = 3_600_000
_MAX_FRAGMENT_MILLIS: Final = 20_000
_MIN_FRAGMENT_MILLIS: Final = 1000
_MAX_RESULTS: Final = 1000

# The server timestamps of fragments say when they were ingested, some a little late: a
# shorter gap than this does not count.
_MAX_JITTER_MILLIS: Final = 500


@dataclass(frozen=True, slots=True)
class ListingRange:
    """Consecutive sampling points whose fragments are listed together.

    Attributes:
        first: the first sampling point.
        last: the last sampling point, at most an hour later.
    """

    first: int
    last: int

    @property
    def listed_from(self) -> int:
        """The earliest timestamp of a fragment that may hold one of the points."""
        return max(self.first - LOOK_BACK_MILLIS, _MIN_TIMESTAMP)

    @property
    def listed_until(self) -> int:
        """The latest timestamp of a fragment that may join the span of the last point."""
        return min(self.last + _MAX_JITTER_MILLIS, _MAX_TIMESTAMP)

    @property
    def max_results(self) -> int:
        """The most fragments that there can be, at most a page: each costs a quota point."""
        return min(_MAX_RESULTS, (self.listed_until - self.listed_from) // _MIN_FRAGMENT_MILLIS + 1)


def listing_ranges(grid: Grid, begin: int, *, page_size: int) -> Iterator[ListingRange]:
    """Cut the sampling points from ``begin`` on into ranges of an hour, of complete windows.

    Args:
        grid: the sampling points.
        begin: the sampling point to begin with.
        page_size: the most sampling points in a window.
    """
    points = _LISTING_RANGE_MILLIS // grid.interval
    points = max(1, points - points % page_size if points > page_size else points)
    first = begin
    while first <= grid.end:
        last = min(first + (points - 1) * grid.interval, grid.last)
        yield ListingRange(first, last)
        first = last + grid.interval


def recorded_spans(fragments: Iterable[Fragment], selector_type: ImageSelectorType) -> list[Span]:
    """When media may have been recorded, in time order; spans with no gap between them are one.

    A fragment counts up to the longest length that the service accepts. The length that it lists
    is no upper bound: it lacks the time of the last frame, and can be 0.

    Raises:
        DecodeError: a fragment has no timestamp of this type.
    """
    spans: list[Span] = []
    for start, end in sorted(_span(fragment, selector_type) for fragment in fragments):
        if spans and start <= spans[-1][1] + _MAX_JITTER_MILLIS:
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((start, end))
    return spans


def _span(fragment: Fragment, selector_type: ImageSelectorType) -> Span:
    by_server = selector_type == "SERVER_TIMESTAMP"
    begin = fragment.server_timestamp if by_server else fragment.producer_timestamp
    if begin is None:
        raise DecodeError(
            f"the service returned a fragment that has no {selector_type}",
            service="images",
            operation="ListFragments",
        )
    length = max(_MAX_FRAGMENT_MILLIS, fragment.fragment_length_in_milliseconds or 0)
    return to_millis(begin), to_millis(begin) + length


def covered_windows(
    listing_range: ListingRange, spans: Iterable[Span], grid: Grid, *, page_size: int
) -> Iterator[Window]:
    """Windows over the sampling points of a listing range that lie within spans.

    Args:
        listing_range: the sampling points.
        spans: when media was recorded, in time order, with gaps between them.
        grid: all sampling points of the range.
        page_size: the most sampling points in a window.
    """
    for start, end in spans:
        # The first sampling point that is not before the span's start.
        first = max(
            listing_range.first,
            grid.start - (grid.start - start) // grid.interval * grid.interval,
        )
        last = min(listing_range.last, end)
        if first <= last:
            yield from windows(first, last, grid.interval, page_size=page_size, range_end=grid.end)
