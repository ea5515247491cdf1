"""Sources of windows: a source returns the windows that it knows, and finds more."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from vidkit.images.grid import Window

__all__ = ["KnownWindows", "UnsavedWindows", "WindowSource"]

_MAX_SKIPPED_AT_ONCE: Final = 400
"""Windows that are skipped before the event loop runs other tasks."""


class WindowSource(Protocol):
    """Windows in time order, some of which may not be known yet."""

    @property
    def position(self) -> int:
        """The sampling point where `find_more` continues."""
        ...

    def take(self) -> Window | None:
        """The next window; None if no further window is known yet."""
        ...

    async def find_more(self) -> bool:
        """Look for more windows; False if there are none left.

        Raises:
            VidKitError: the search failed; the next call repeats it.
        """
        ...

    def close(self) -> "list[asyncio.Task[Any]]":
        """Cancel the tasks in the background, and return those that have not ended yet."""
        ...


class KnownWindows:
    """All windows of a range, which are known from the start.

    Args:
        windows: the windows, in time order.
        start: the first sampling point.
    """

    def __init__(self, windows: Iterator[Window], start: int) -> None:
        self._windows = windows
        self.position: int = start

    def take(self) -> Window | None:
        """The next window."""
        window = next(self._windows, None)
        if window is not None and window.following is not None:
            self.position = window.following
        return window

    async def find_more(self) -> bool:
        """There are no others."""
        return False

    def close(self) -> "list[asyncio.Task[Any]]":
        """Nothing runs in the background."""
        return []


class UnsavedWindows:
    """The windows of a source that have a sampling point which is not saved yet.

    Args:
        source: where the windows come from.
        is_saved: whether the image of a sampling point is saved already.
        interval: the time between two sampling points.
    """

    def __init__(
        self, source: WindowSource, is_saved: Callable[[int], bool], interval: int
    ) -> None:
        self._source = source
        self._is_saved = is_saved
        self._interval = interval
        self._is_paused = False
        self._skipped_before: dict[int, int] = {}
        self.skipped: int = 0
        """Sampling points in the windows that were skipped so far."""

    @property
    def position(self) -> int:
        """The sampling point where `find_more` continues."""
        return self._source.position

    def take(self) -> Window | None:
        """The next window with a sampling point that is not saved."""
        for _ in range(_MAX_SKIPPED_AT_ONCE):
            window = self._source.take()
            if window is None:
                return None
            points = range(window.start, window.last + 1, self._interval)
            if not all(map(self._is_saved, points)):
                self._skipped_before[window.start] = self.skipped
                return window
            self.skipped += window.points
        self._is_paused = True
        return None

    async def find_more(self) -> bool:
        """Look for more windows; a long range of saved images does not block the event loop."""
        if self._is_paused:
            self._is_paused = False
            await asyncio.sleep(0)
            return True
        return await self._source.find_more()

    def skipped_before(self, window: Window) -> int:
        """How many sampling points were skipped before a window; call it once for each."""
        return self._skipped_before.pop(window.start)

    def close(self) -> "list[asyncio.Task[Any]]":
        """Close the source."""
        return self._source.close()
