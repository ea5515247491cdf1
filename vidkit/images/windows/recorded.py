"""The windows in which something was recorded, found by listing fragments ahead of need."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from vidkit._internal.tasks import cancel_quietly, result_of
from vidkit.images.grid import Grid, Window
from vidkit.images.windows.coverage import Span, Stretch, covered, stretches

__all__ = ["RecordedWindows"]


class RecordedWindows:
    """Windows of a range's sampling points, without those where nothing was recorded.

    Args:
        grid: all sampling points of the range.
        begin: the sampling point to begin with.
        list_spans: lists when something was recorded, of a stretch.
        spawn: starts a task whose owner cancels it on close.
        page_size: sampling points in a window at most.
        ahead: whether to list the next stretch while the windows of one are handed out.
    """

    def __init__(
        self,
        grid: Grid,
        begin: int,
        list_spans: Callable[[Stretch], Coroutine[Any, Any, list[Span]]],
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
        self._stretches = stretches(grid, begin, page_size=page_size)
        self._following = next(self._stretches, None)
        self._listing: asyncio.Task[list[Span]] | None = None
        self._windows: Iterator[Window] = iter(())
        self.position: int = begin

    def take(self) -> Window | None:
        """The next window of the stretches that have been listed."""
        while True:
            window = next(self._windows, None)
            listing = self._listing
            if window is not None or listing is None or not listing.done():
                return window
            if listing.cancelled() or listing.exception() is not None:
                return None
            self._go_on(listing.result())

    async def more(self) -> bool:
        """List the next stretch; its windows can be taken, if it has any.

        Raises:
            VidKitError: listing failed.
        """
        stretch = self._following
        if stretch is None:
            return False
        self.position = stretch.first
        try:
            self._listing = self._listing or self._spawn(self._list_spans(stretch))
            spans = await result_of(self._listing)
        except BaseException:
            self._listing = None
            raise
        self._go_on(spans)
        return True

    def _go_on(self, spans: list[Span]) -> None:
        """Hand out the windows of the stretch that was listed, and list the one after it."""
        stretch = self._following
        if stretch is not None:
            self._windows = covered(stretch, spans, self._grid, page_size=self._page_size)
        self._following = following = next(self._stretches, None)
        self._listing = None
        if self._list_ahead and following is not None:
            self._listing = self._spawn(self._list_spans(following))

    def close(self) -> "list[asyncio.Task[Any]]":
        """Cancel the listing that is under way."""
        listing, self._listing = self._listing, None
        if listing is None:
            return []
        cancel_quietly(listing)
        return [listing]
