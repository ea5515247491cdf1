"""The windows in which media was recorded; fragments are listed ahead of need."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from vidkit._internal.tasks import cancel_quietly, result_of
from vidkit.images.grid import Grid, Window
from vidkit.images.windows.gaps import ListingRange, Span, covered_windows, listing_ranges

__all__ = ["RecordedWindows"]


class RecordedWindows:
    """Windows over a range's sampling points, without the points where nothing was recorded.

    Args:
        grid: all sampling points of the range.
        begin: the sampling point to begin with.
        list_spans: lists the recorded spans of a listing range.
        spawn: starts a task whose owner cancels it on close.
        page_size: the most sampling points in a window.
        ahead: whether to list the next listing range while the windows of one are read.
    """

    def __init__(
        self,
        grid: Grid,
        begin: int,
        list_spans: Callable[[ListingRange], Coroutine[Any, Any, list[Span]]],
        spawn: Callable[[Coroutine[Any, Any, list[Span]]], "asyncio.Task[list[Span]]"],
        *,
        page_size: int,
        ahead: bool,
    ) -> None:
        self._grid = grid
        self._list_spans = list_spans
        self._spawn = spawn
        self._page_size = page_size
        self._list_ahead = ahead
        self._ranges = listing_ranges(grid, begin, page_size=page_size)
        self._next_range = next(self._ranges, None)
        self._listing: asyncio.Task[list[Span]] | None = None
        self._windows: Iterator[Window] = iter(())
        self.position: int = begin

    def take(self) -> Window | None:
        """The next window of the listing ranges that have been listed."""
        while True:
            window = next(self._windows, None)
            listing = self._listing
            if window is not None or listing is None or not listing.done():
                return window
            if listing.cancelled() or listing.exception() is not None:
                return None
            self._use_listing(listing.result())

    async def find_more(self) -> bool:
        """List the next listing range; its windows can be taken, if it has any.

        Raises:
            VidKitError: listing failed.
        """
        listing_range = self._next_range
        if listing_range is None:
            return False
        self.position = listing_range.first
        try:
            self._listing = self._listing or self._spawn(self._list_spans(listing_range))
            spans = await result_of(self._listing)
        except BaseException:
            self._listing = None
            raise
        self._use_listing(spans)
        return True

    def _use_listing(self, spans: list[Span]) -> None:
        """Make the windows of the range just listed available, and list the range after it."""
        listing_range = self._next_range
        if listing_range is not None:
            self._windows = covered_windows(
                listing_range, spans, self._grid, page_size=self._page_size
            )
        self._next_range = next_range = next(self._ranges, None)
        self._listing = None
        if self._list_ahead and next_range is not None:
            self._listing = self._spawn(self._list_spans(next_range))

    def close(self) -> "list[asyncio.Task[Any]]":
        """Cancel the listing that is under way, and return its task."""
        listing, self._listing = self._listing, None
        if listing is None:
            return []
        cancel_quietly(listing)
        return [listing]
