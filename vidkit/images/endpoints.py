"""Each stream's data endpoint: looked up once, kept for a while, dropped when it fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

__all__ = ["DataEndpoint", "DataEndpoints"]

_LIFETIME = 45 * 60.0


@dataclass(frozen=True, slots=True)
class DataEndpoint:
    """An address and when it was learnt (monotonic seconds)."""

    url: str
    since: float


class DataEndpoints:
    """A cache of data endpoints for 45 minutes, the service's own advice.

    However many ask for a stream at once, one looks it up.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: dict[str, DataEndpoint] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(
        self, stream: str, look_up: Callable[[], Awaitable[str]]
    ) -> tuple[DataEndpoint, bool]:
        """The stream's endpoint, and whether it was known before.

        Raises:
            VidKitError: whatever ``look_up`` raises.
        """
        if (known := self._fresh(stream)) is not None:
            return known, True
        lock = self._locks.setdefault(stream, asyncio.Lock())
        async with lock:
            if (known := self._fresh(stream)) is not None:
                return known, True
            found = DataEndpoint(await look_up(), self._now())
            self._forget_the_old()
            self._known[stream] = found
            return found, False

    def drop(self, stream: str, endpoint: DataEndpoint) -> None:
        """Forget an endpoint that failed, unless a newer one has taken its place."""
        if self._known.get(stream) is endpoint:
            del self._known[stream]

    def _forget_the_old(self) -> None:
        for stream in [known for known in self._known if self._fresh(known) is None]:
            del self._known[stream]

    def _fresh(self, stream: str) -> DataEndpoint | None:
        known = self._known.get(stream)
        return known if known and self._now() - known.since < _LIFETIME else None
