"""Fetching windows ahead of the reader, and handing them over in order."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from vidkit._internal.single_reader import SingleReader
from vidkit._internal.tasks import cancel_quietly, result_of
from vidkit.errors import VidKitError
from vidkit.images.grid import Window
from vidkit.images.models import Image, ImagePage
from vidkit.images.windows.source import WindowSource
from vidkit.models.timestamps import from_millis

__all__ = ["WindowPages"]

_Fetched = list[Image]


class WindowPages:
    """An iterator over the pages of a range.

    At most ``concurrency`` windows are under way or waiting to be read, so memory stays at that
    many pages and a slow reader slows the fetching.

    Args:
        source: the windows, in order.
        fetch: fetches one window's images.
        spawn: starts a task whose owner cancels it on close.
        concurrency: windows under way or waiting at most.
        token: makes the token that a window is resumed by.
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
        self._width = concurrency
        self._token = token
        self._single_reader = SingleReader()
        self._ahead: deque[tuple[Window, asyncio.Task[_Fetched]]] = deque()
        self._again: deque[Window] = deque()
        self._last_window: frozenset[datetime] = frozenset()
        self._latest: datetime | None = None
        self._told_the_end = False
        self.window: Window | None = None
        """The window of the page that was read last."""

    def __aiter__(self) -> "WindowPages":
        return self

    async def __anext__(self) -> ImagePage:
        with self._single_reader:
            return await self._following()

    async def close(self) -> None:
        """Stop fetching, and wait until it has stopped."""
        tasks = self._stop()
        self._ahead.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _following(self) -> ImagePage:
        self._fill(self._width)
        if not self._ahead and not await self._more():
            return self._end()
        window, task = self._ahead[0]
        try:
            images = await result_of(task)
        except BaseException as error:
            if isinstance(error, VidKitError):
                error.next_token = self._token(window.start)
            self._start_over()
            raise
        self._ahead.popleft()
        # The window just read still counts while its reader has it.
        self._fill(self._width - 1)
        return self._page(window, images)

    async def _more(self) -> bool:
        """Let the source look until it has found a window; False at the end."""
        while not self._ahead:
            try:
                if not await self._source.more():
                    return False
            except VidKitError as error:
                error.next_token = self._token(self._source.position)
                raise
            self._fill(self._width)
        return True

    def _end(self) -> ImagePage:
        """Where no page said that it was the last, an empty one does."""
        if self._told_the_end:
            raise StopAsyncIteration
        self._told_the_end = True
        self.window = None
        return ImagePage(items=())

    def _fill(self, width: int) -> None:
        while len(self._ahead) < width:
            window = self._again.popleft() if self._again else self._source.take()
            if window is None:
                return
            self._ahead.append((window, self._spawn(self._fetch(window))))

    def _start_over(self) -> None:
        """Stop fetching; asked again, go on at the window that was not read."""
        for window, task in reversed(self._ahead):
            cancel_quietly(task)
            self._again.appendleft(window)
        self._ahead.clear()

    def _page(self, window: Window, images: _Fetched) -> ImagePage:
        """A window's images, but for those that an earlier window has given.

        The timestamps that the service answers with are believed. Where they do not lie on the
        sampling points, a picture that stands for long may be the answer in several windows.
        Where one timestamp has a picture and an error, it has a picture.
        """
        fresh: dict[datetime, Image] = {}
        for image in sorted(images, key=lambda image: (image.timestamp, not image.content)):
            known = image.timestamp in self._last_window
            past = self._latest is not None and image.timestamp <= self._latest
            if not known and not past:
                fresh.setdefault(image.timestamp, image)
        self._last_window = frozenset(image.timestamp for image in images)
        # What a window tells of the time after it may come to nothing: it closes no later one out.
        until = None if window.following is None else from_millis(window.following)
        told = [moment for moment in fresh if until is None or moment < until]
        self._latest = max(told, default=self._latest)
        self.window = window
        token = None if window.following is None else self._token(window.following)
        self._told_the_end = token is None
        return ImagePage(items=tuple(fresh.values()), next_token=token)

    def _stop(self) -> list[asyncio.Task[Any]]:
        for _, task in self._ahead:
            cancel_quietly(task)
        return [*(task for _, task in self._ahead), *self._source.close()]

    def __del__(self) -> None:
        self._stop()
