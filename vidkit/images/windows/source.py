"""Where windows come from: a source hands out those that are known, and finds more."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from vidkit.images.grid import Window

__all__ = ["KnownWindows", "UnsavedWindows", "WindowSource"]

_STRIDE: Final = 400
"""Windows that are passed over in one turn of the loop."""


class WindowSource(Protocol):
    """Windows in the order of time, some of which may yet have to be found."""

    @property
    def position(self) -> int:
        """The sampling point where `more` goes on looking."""
        ...

    def take(self) -> Window | None:
        """The next window; None when none is known at the moment."""
        ...

    async def more(self) -> bool:
        """Look for more; False when there are none left.

        Raises:
            VidKitError: looking failed; asked again, it looks again.
        """
        ...

    def close(self) -> "list[asyncio.Task[Any]]":
        """Cancel what is looking in the background; gives what has yet to end."""
        ...


class KnownWindows:
    """All windows of a range: none has to be looked for.

    Args:
        windows: the windows, in order.
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

    async def more(self) -> bool:
        """There are none but those."""
        return False

    def close(self) -> "list[asyncio.Task[Any]]":
        """Nothing runs in the background."""
        return []


class UnsavedWindows:
    """The windows of a source that have a sampling point which is not saved yet.

    Args:
        source: where the windows come from.
        is_saved: whether the image of a sampling point is there already.
        interval: between two sampling points.
    """

    def __init__(
        self, source: WindowSource, is_saved: Callable[[int], bool], interval: int
    ) -> None:
        self._source = source
        self._is_saved = is_saved
        self._interval = interval
        self._paused = False
        self._skipped_before: dict[int, int] = {}
        self.skipped: int = 0
        """Sampling points in the windows that were left out so far."""

    @property
    def position(self) -> int:
        """The sampling point where `more` goes on looking."""
        return self._source.position

    def take(self) -> Window | None:
        """The next window that is worth asking for."""
        for _ in range(_STRIDE):
            window = self._source.take()
            if window is None:
                return None
            points = range(window.start, window.last + 1, self._interval)
            if not all(map(self._is_saved, points)):
                self._skipped_before[window.start] = self.skipped
                return window
            self.skipped += window.points
        self._paused = True
        return None

    async def more(self) -> bool:
        """Look on; a long stretch that is saved already does not hold up the loop."""
        if self._paused:
            self._paused = False
            await asyncio.sleep(0)
            return True
        return await self._source.more()

    def skipped_before(self, window: Window) -> int:
        """Sampling points that were left out before a window; to be asked once for each."""
        return self._skipped_before.pop(window.start)

    def close(self) -> "list[asyncio.Task[Any]]":
        """Close the source."""
        return self._source.close()
