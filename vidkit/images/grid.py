"""Splitting a range of sampling points into windows of one page each. Pure functions.

Everything here counts in whole milliseconds since the epoch, the service's own resolution.
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "MAX_WINDOW_MILLIS",
    "PAGE_SIZE",
    "Grid",
    "Window",
    "windows",
]

PAGE_SIZE = 25
"""Images that the service returns on one page at most, whatever is requested."""

MAX_WINDOW_MILLIS = 300_000
"""Milliseconds that one request may span."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The sampling points start, start + interval, ... up to and including end.

    Example:
        >>> len(Grid(0, 3_600_000, 1000))
        3601
        >>> 1500 in Grid(0, 3_600_000, 1000)
        False
    """

    start: int
    end: int
    interval: int

    def __len__(self) -> int:
        return (self.end - self.start) // self.interval + 1

    def __contains__(self, point: int) -> bool:
        return self.start <= point <= self.end and (point - self.start) % self.interval == 0

    @property
    def last(self) -> int:
        """The last sampling point."""
        return self.start + (len(self) - 1) * self.interval

    def index_of(self, point: int) -> int:
        """The index of a sampling point, from 0."""
        return (point - self.start) // self.interval


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sampling points of one request.

    Attributes:
        start: the first sampling point.
        last: the last sampling point.
        following: the sampling point after the last, or None at the end of the range.
        points: the number of sampling points in it.
    """

    start: int
    last: int
    following: int | None
    points: int

    @property
    def end(self) -> int:
        """The end of the request's range.

        Whether the service includes the end of a range is not documented. One millisecond past
        the last point includes that point in any case, and never the next one.
        """
        return self.last + 1


def windows(
    start: int,
    end: int,
    interval: int,
    *,
    page_size: int = PAGE_SIZE,
    range_end: int | None = None,
) -> Iterator[Window]:
    """Cut the points start, start + interval, ... up to and including end into windows.

    Args:
        start: the first sampling point.
        end: the latest timestamp that may be a sampling point.
        interval: the time between two sampling points.
        page_size: the most sampling points in a window.
        range_end: the end of the complete range, if start to end is only a part of it.
    """
    range_end = end if range_end is None else range_end
    points = min(page_size, (MAX_WINDOW_MILLIS - 1) // interval + 1)
    while start <= end:
        last = min(start + (points - 1) * interval, start + (end - start) // interval * interval)
        following = last + interval
        following_in_range = following if following <= range_end else None
        yield Window(start, last, following_in_range, (last - start) // interval + 1)
        start = following
