"""The client's own rate limits, which keep requests to a stream within its quotas."""

import asyncio
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from aiolimiter import AsyncLimiter

__all__ = ["GET_IMAGES_METADATA_POINTS", "StreamRateLimits"]

GET_IMAGES_METADATA_POINTS: Final = 400
"""Fragment-metadata points of a GetImages call, beside one for each image requested."""

_METADATA_POINTS_PER_SECOND: Final = 10_000
_MEDIA_POINTS_PER_SECOND: Final = 500
# Of a second's points: what may be used at once, and what is refilled in a second.
_BURST_SHARE: Final = 0.50
_REFILL_SHARE: Final = 0.95
_LOOK_UP_BURST: Final = 3
_LOOK_UPS_PER_SECOND: Final = 2
# A throttled stream is used at half its rate, then half of that, down to a tenth; with each
# second 2 % of the full rate come back.
_THROTTLED_FACTOR: Final = 0.5
_MIN_SHARE: Final = 0.1
_RECOVERY_PER_SECOND: Final = 0.02
_SAME_THROTTLING_SECONDS: Final = 0.5
_MIN_CLEANUP_STREAMS: Final = 64
_STREAM_ARN = re.compile(r".*:[a-z]+/([a-zA-Z0-9_.-]+)/[0-9]+")


def _limiter(capacity: float, per_second: float) -> AsyncLimiter:
    return AsyncLimiter(capacity, capacity / per_second)


class _Stream:
    """The limiters of one stream, and how many calls use them now."""

    __slots__ = ("_line", "_media", "_metadata", "_share", "_share_at", "look_ups", "users")

    def __init__(self) -> None:
        # The service has a bucket of one second's points. With half a second's at once, and then
        # a little less than the service refills, calls may bunch up for half a second and still
        # not empty it.
        self._metadata = _limiter(
            _METADATA_POINTS_PER_SECOND * _BURST_SHARE, _METADATA_POINTS_PER_SECOND * _REFILL_SHARE
        )
        self._media = _limiter(
            _MEDIA_POINTS_PER_SECOND * _BURST_SHARE, _MEDIA_POINTS_PER_SECOND * _REFILL_SHARE
        )
        # Three at once and two a second: no second has more than five.
        self.look_ups = _limiter(_LOOK_UP_BURST, _LOOK_UPS_PER_SECOND)
        self._line = asyncio.Lock()
        self._share = 1.0
        self._share_at = 0.0
        self.users = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing uses the stream and all its points are back.

        A new object would have the same state, so this one can be dropped.
        """
        limiters = (self._metadata, self._media, self.look_ups)
        is_full = all(limiter.has_capacity(limiter.max_rate) for limiter in limiters)
        return is_full and not self.users and self._current_share() == 1

    def slow_down(self) -> None:
        """Use a smaller share of the points from now on; it recovers with time."""
        share, now = self._current_share(), asyncio.get_running_loop().time()
        # Calls that are throttled at the same time have one cause, which counts once.
        if share == 1 or now - self._share_at >= _SAME_THROTTLING_SECONDS:
            self._share, self._share_at = max(_MIN_SHARE, share * _THROTTLED_FACTOR), now

    def _current_share(self) -> float:
        elapsed = asyncio.get_running_loop().time() - self._share_at
        return min(1.0, self._share + elapsed * _RECOVERY_PER_SECOND)

    async def acquire(self, metadata: int, media: int, *, ahead_of_line: bool) -> None:
        if ahead_of_line:
            await self._acquire(metadata, media)
            return
        # A limiter serves small amounts before large ones; in a line, large ones get theirs too.
        async with self._line:
            share = self._current_share()
            await self._acquire(metadata / share, media / share)

    async def _acquire(self, metadata: float, media: float) -> None:
        await self._metadata.acquire(min(metadata, self._metadata.max_rate))
        if media:
            await self._media.acquire(min(media, self._media.max_rate))


class StreamRateLimits:
    """Rate limits of each stream: fragment metadata, fragment media, look-ups of data endpoints.

    The service counts per stream. So all calls of a kit and its views share the limits of a
    stream, whether they give its name or its ARN. Other programs may read the stream too: after
    a throttled call, new calls use a smaller share of the points, which recovers with time. A
    stream that is idle and has recovered is dropped.
    """

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self._cleanup_at = _MIN_CLEANUP_STREAMS

    def __len__(self) -> int:
        return len(self._streams)

    async def acquire(
        self, stream: str, *, metadata: int, media: int = 0, ahead_of_line: bool = False
    ) -> None:
        """Wait until a call may be sent, and count its points.

        Args:
            stream: the stream's name or ARN.
            metadata: points of its fragment-metadata quota, 5,000 at most.
            media: points of its fragment-media quota, 250 at most.
            ahead_of_line: for a retry: it has waited before, and its deadline is running.
        """
        with self._using(stream) as limits:
            await limits.acquire(metadata, media, ahead_of_line=ahead_of_line)

    def slow_down(self, stream: str) -> None:
        """Use a stream less for a while: the service throttled a call."""
        with self._using(stream) as limits:
            limits.slow_down()

    async def acquire_look_up(self, stream: str) -> None:
        """Wait until a data endpoint of a stream may be looked up."""
        with self._using(stream) as limits:
            await limits.look_ups.acquire()

    @contextmanager
    def _using(self, stream: str) -> Generator[_Stream]:
        arn = _STREAM_ARN.fullmatch(stream)
        name = arn[1] if arn else stream
        limits = self._streams.get(name)
        if limits is None:
            self._drop_idle()
            limits = self._streams[name] = _Stream()
        limits.users += 1
        try:
            yield limits
        finally:
            limits.users -= 1

    def _drop_idle(self) -> None:
        if len(self._streams) < self._cleanup_at:
            return
        self._streams = {
            name: limits for name, limits in self._streams.items() if not limits.is_idle
        }
        self._cleanup_at = max(_MIN_CLEANUP_STREAMS, 2 * len(self._streams))
