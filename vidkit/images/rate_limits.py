"""Staying within what the service gives each stream in a second."""

import asyncio
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from aiolimiter import AsyncLimiter

__all__ = ["METADATA_OF_IMAGES", "StreamRateLimits"]

METADATA_OF_IMAGES: Final = 400
"""Points of metadata that a GetImages costs beside one for each image asked for."""

_METADATA: Final = 10_000
_MEDIA: Final = 500
_BURST: Final = 0.50
_RATE: Final = 0.95
_LOOK_UPS_AT_ONCE: Final = 3
_LOOK_UPS: Final = 2
# After a refusal half of it, after several a tenth at the least; 2 % more with each second.
_SHRINK: Final = 0.5
_REGAIN: Final = 0.02
_LEAST_SHARE: Final = 0.1
_TOGETHER: Final = 0.5
_FEW: Final = 64
_NAME = re.compile(r".*:[a-z]+/([a-zA-Z0-9_.-]+)/[0-9]+")


def _limiter(capacity: float, per_second: float) -> AsyncLimiter:
    return AsyncLimiter(capacity, capacity / per_second)


class _Stream:
    """The limiters of one stream, and how many calls use them at the moment."""

    __slots__ = ("_line", "_media", "_metadata", "_share", "_share_at", "look_ups", "users")

    def __init__(self) -> None:
        # Half of a second's points at once, and then a little less than come back: the service's
        # own bucket of one second does not run dry, though calls bunch up for as long as that.
        self._metadata = _limiter(_METADATA * _BURST, _METADATA * _RATE)
        self._media = _limiter(_MEDIA * _BURST, _MEDIA * _RATE)
        # Three at once and two a second: no second sees more than five.
        self.look_ups = _limiter(_LOOK_UPS_AT_ONCE, _LOOK_UPS)
        self._line = asyncio.Lock()
        self._share = 1.0
        self._share_at = 0.0
        self.users = 0

    @property
    def idle(self) -> bool:
        """Whether a new one would be the same."""
        limiters = (self._metadata, self._media, self.look_ups)
        free = all(each.has_capacity(each.max_rate) for each in limiters)
        return free and not self.users and self._share_now() == 1

    def shrink(self) -> None:
        """Take less from now on, and bit by bit more again."""
        share, now = self._share_now(), asyncio.get_running_loop().time()
        # Calls that are refused together tell the same.
        if share == 1 or now - self._share_at >= _TOGETHER:
            self._share, self._share_at = max(_LEAST_SHARE, share * _SHRINK), now

    def _share_now(self) -> float:
        since = asyncio.get_running_loop().time() - self._share_at
        return min(1.0, self._share + since * _REGAIN)

    async def take(self, metadata: int, media: int, *, ahead_of_line: bool) -> None:
        if ahead_of_line:
            await self._acquire(metadata, media)
            return
        # A limiter serves the small before the large; in a line nobody waits for ever.
        async with self._line:
            share = self._share_now()
            await self._acquire(metadata / share, media / share)

    async def _acquire(self, metadata: float, media: float) -> None:
        await self._metadata.acquire(min(metadata, self._metadata.max_rate))
        if media:
            await self._media.acquire(min(media, self._media.max_rate))


class StreamRateLimits:
    """Points of metadata and media, and look-ups of data endpoints, of each stream.

    The service counts by stream, so that all calls of a kit and its views share what a stream has,
    whether they name it by its name or by its ARN. What somebody else reads too is shared with
    them: after a refusal new calls take less of it, and then bit by bit more again. A stream that
    is idle and has recovered is forgotten.
    """

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self._look_around_at = _FEW

    def __len__(self) -> int:
        return len(self._streams)

    async def take(
        self, stream: str, *, metadata: int, media: int = 0, ahead_of_line: bool = False
    ) -> None:
        """Wait until a call may be sent, and pay for it.

        Args:
            stream: the stream's name or ARN.
            metadata: points of its fragment metadata, 5,000 at most.
            media: points of its fragment media, 250 at most.
            ahead_of_line: for a call that has waited before, whose deadline is running.
        """
        with self._using(stream) as points:
            await points.take(metadata, media, ahead_of_line=ahead_of_line)

    def refused(self, stream: str) -> None:
        """Take less of a stream for a while: the service says that it has no points left."""
        with self._using(stream) as points:
            points.shrink()

    async def take_look_up(self, stream: str) -> None:
        """Wait until a data endpoint of a stream may be looked up."""
        with self._using(stream) as points:
            await points.look_ups.acquire()

    @contextmanager
    def _using(self, stream: str) -> Generator[_Stream]:
        arn = _NAME.fullmatch(stream)
        name = arn[1] if arn else stream
        points = self._streams.get(name)
        if points is None:
            self._forget_the_idle()
            points = self._streams[name] = _Stream()
        points.users += 1
        try:
            yield points
        finally:
            points.users -= 1

    def _forget_the_idle(self) -> None:
        if len(self._streams) < self._look_around_at:
            return
        self._streams = {name: each for name, each in self._streams.items() if not each.idle}
        self._look_around_at = max(_FEW, 2 * len(self._streams))
