"""Splitting a range of sampling points into windows of one page each. Pure functions.

Everything here counts in whole milliseconds since the epoch, the service's own resolution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = [
    "LONGEST_WINDOW",
    "PAGE_SIZE",
    "Window",
    "from_millis",
    "to_millis",
    "windows",
]

PAGE_SIZE = 25
"""Images that the service puts on one page, whatever larger number is asked for."""

LONGEST_WINDOW = 300_000
"""Milliseconds that one request may span."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_millis(moment: datetime) -> int:
    """Milliseconds since the epoch; what is finer is cut off."""
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The UTC moment of milliseconds since the epoch, exactly."""
    return _EPOCH + timedelta(milliseconds=millis)


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sampling points that one request asks for.

    Attributes:
        start: the first sampling point.
        last: the last sampling point.
        following: the sampling point after the last, or None at the end of the range.
    """

    start: int
    last: int
    following: int | None

    @property
    def end(self) -> int:
        """The end to ask for.

        Whether the service counts the end of its range is not documented. One millisecond past
        the last point, it comes in either way and no further point can.
        """
        return self.last + 1


def windows(start: int, end: int, interval: int, *, page_size: int = PAGE_SIZE) -> Iterator[Window]:
    """Cut the points start, start + interval, ... up to and including end into windows.

    Args:
        start: the first sampling point.
        end: the last moment that may be a sampling point.
        interval: between two sampling points.
        page_size: sampling points in a window at most.
    """
    points = min(page_size, (LONGEST_WINDOW - 1) // interval + 1)
    while start <= end:
        last = min(start + (points - 1) * interval, start + (end - start) // interval * interval)
        following = last + interval
        yield Window(start, last, following if following <= end else None)
        start = following
