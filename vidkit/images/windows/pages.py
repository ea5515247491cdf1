"""Fetches windows ahead of the reader, and returns their pages in order."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from vidkit._internal.single_reader import SingleReader
from vidkit._internal.tasks import cancel_quietly, result_of, wait_until_done
from vidkit.errors import VidKitError
from vidkit.images.grid import Window
from vidkit.images.models import Image, ImagePage
from vidkit.images.windows.window_source import WindowSource
from vidkit.models.timestamps import from_millis

__all__ = ["WindowPages"]

_Fetched = list[Image]


class WindowPages:
    """An iterator over the pages of a range.

    At most ``concurrency`` windows are being fetched or wait to be read. So memory stays at that
    many pages, and a slow reader slows the fetching down.

    Args:
        source: the windows, in time order.
        fetch: fetches one window's images.
        spawn: starts a task whose owner cancels it on close.
        concurrency: the most windows that are being fetched or wait to be read.
        token: makes the page token of the window that begins at a sampling point.
    """

    def __init__(
        self,
        source: WindowSource,
        fetch: Callable[[Window], Coroutine[Any, Any, _Fetched]],
        spawn: Callable[[Coroutine[Any, Any, _Fetched]], "asyncio.Task[_Fetched]"],
        *,
        concurrency: int,
        token: Callable[[int], str],
    ) -> None:
        self._source = source
        self._fetch = fetch
        self._spawn = spawn
        self._concurrency = concurrency
        self._token = token
        self._single_reader = SingleReader()
        self._fetching: deque[tuple[Window, asyncio.Task[_Fetched]]] = deque()
        self._unread: deque[Window] = deque()
        self._last_timestamps: frozenset[datetime] = frozenset()
        self._latest_timestamp: datetime | None = None
        self._is_end_reported = False
        self.window: Window | None = None
        """The window of the page that was read last."""

    def __aiter__(self) -> "WindowPages":
        return self

    async def __anext__(self) -> ImagePage:
        with self._single_reader:
            return await self._next_page()

    async def close(self) -> None:
        """Stop fetching, and wait until all tasks have ended."""
        tasks = self._cancel()
        self._fetching.clear()
        await wait_until_done(*tasks)

    async def _next_page(self) -> ImagePage:
        self._fetch_ahead(self._concurrency)
        if not self._fetching and not await self._find_window():
            return self._end_page()
        window, task = self._fetching[0]
        try:
            images = await result_of(task)
        except BaseException as error:
            if isinstance(error, VidKitError):
                error.next_token = self._token(window.start)
            self._rewind()
            raise
        self._fetching.popleft()
        # The window just read still counts as long as its reader has it.
        self._fetch_ahead(self._concurrency - 1)
        return self._page(window, images)

    async def _find_window(self) -> bool:
        """Let the source search until it has found a window; False at the end of the range."""
        while not self._fetching:
            try:
                if not await self._source.find_more():
                    return False
            except VidKitError as error:
                error.next_token = self._token(self._source.position)
                raise
            self._fetch_ahead(self._concurrency)
        return True

    def _end_page(self) -> ImagePage:
        """An empty last page, if the page before it could not know that it was the last."""
        if self._is_end_reported:
            raise StopAsyncIteration
        self._is_end_reported = True
        self.window = None
        return ImagePage(items=())

    def _fetch_ahead(self, count: int) -> None:
        while len(self._fetching) < count:
            window = self._unread.popleft() if self._unread else self._source.take()
            if window is None:
                return
            self._fetching.append((window, self._spawn(self._fetch(window))))

    def _rewind(self) -> None:
        """Stop fetching; the next read continues with the first window that was not read."""
        for window, task in reversed(self._fetching):
            cancel_quietly(task)
            self._unread.appendleft(window)
        self._fetching.clear()

    def _page(self, window: Window, images: _Fetched) -> ImagePage:
        """A window's images, without those that an earlier window has returned.

        The timestamps of the service are taken as they are. If they do not lie on the sampling
        points, one image that stands for a long time may be in the responses of several windows.
        If one timestamp has an image and an error, the image counts.
        """
        new: dict[datetime, Image] = {}
        latest = self._latest_timestamp
        for image in sorted(images, key=lambda image: (image.timestamp, not image.content)):
            was_in_last = image.timestamp in self._last_timestamps
            is_past = latest is not None and image.timestamp <= latest
            if not was_in_last and not is_past:
                new.setdefault(image.timestamp, image)
        self._last_timestamps = frozenset(image.timestamp for image in images)
        # A timestamp past the window's end must not exclude the images of the next windows.
        end = None if window.following is None else from_millis(window.following)
        in_window = [timestamp for timestamp in new if end is None or timestamp < end]
        self._latest_timestamp = max(in_window, default=latest)
        self.window = window
        token = None if window.following is None else self._token(window.following)
        self._is_end_reported = token is None
        return ImagePage(items=tuple(new.values()), next_token=token)

    def _cancel(self) -> list[asyncio.Task[Any]]:
        for _, task in self._fetching:
            cancel_quietly(task)
        return [*(task for _, task in self._fetching), *self._source.close()]

    def __del__(self) -> None:
        self._cancel()
