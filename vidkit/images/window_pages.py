"""Fetching windows ahead of the reader, and handing them over in order."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from vidkit.errors import VidKitError
from vidkit.images.models import Image, ImagePage
from vidkit.images.windows import Window
from vidkit.paging import OneReader, cancel_quietly, result_of

__all__ = ["WindowPages"]

_Fetched = list[Image]


class WindowPages:
    """An iterator over the pages of a range.

    At most ``concurrency`` windows are under way or waiting to be read, so memory stays at that
    many pages and a slow reader slows the fetching.

    Args:
        windows: the windows, in order.
        fetch: fetches one window's images.
        spawn: starts a task whose owner cancels it on close.
        concurrency: windows under way or waiting at most.
        token: makes the token that a window is resumed by.
    """

    def __init__(
        self,
        windows: Iterator[Window],
        fetch: Callable[[Window], Coroutine[Any, Any, _Fetched]],
        spawn: Callable[[Coroutine[Any, Any, _Fetched]], "asyncio.Task[_Fetched]"],
        *,
        concurrency: int,
        token: Callable[[int], str],
    ) -> None:
        self._windows = windows
        self._fetch = fetch
        self._spawn = spawn
        self._width = concurrency
        self._token = token
        self._one_reader = OneReader()
        self._ahead: deque[tuple[Window, asyncio.Task[_Fetched]]] = deque()
        self._last_window: frozenset[datetime] = frozenset()

    def __aiter__(self) -> "WindowPages":
        return self

    async def __anext__(self) -> ImagePage:
        with self._one_reader:
            return await self._following()

    async def _following(self) -> ImagePage:
        self._fill(self._width)
        if not self._ahead:
            raise StopAsyncIteration
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

    def _fill(self, width: int) -> None:
        while len(self._ahead) < width:
            window = next(self._windows, None)
            if window is None:
                return
            self._ahead.append((window, self._spawn(self._fetch(window))))

    def _start_over(self) -> None:
        """Stop fetching; asked again, go on at the window that was not read."""
        self._windows = chain([window for window, _ in self._ahead], self._windows)
        self._stop()
        self._ahead.clear()

    def _page(self, window: Window, images: _Fetched) -> ImagePage:
        fresh: dict[datetime, Image] = {}
        for image in sorted(images, key=lambda image: image.timestamp):
            if image.timestamp not in self._last_window:
                fresh.setdefault(image.timestamp, image)
        self._last_window = frozenset(image.timestamp for image in images)
        token = None if window.following is None else self._token(window.following)
        return ImagePage(items=tuple(fresh.values()), next_token=token)

    def _stop(self) -> None:
        for _, task in self._ahead:
            cancel_quietly(task)

    def __del__(self) -> None:
        self._stop()
