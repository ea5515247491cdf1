"""Each stream's data endpoints: looked up once, kept for a while, dropped when they fail."""

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from weakref import WeakValueDictionary

from vidkit.errors import VidKitError

__all__ = ["ApiName", "DataEndpoint", "DataEndpoints"]

ApiName: TypeAlias = Literal["GET_IMAGES", "LIST_FRAGMENTS"]
_Key: TypeAlias = tuple[str, ApiName]

_LIFETIME = 45 * 60.0


@dataclass(frozen=True, slots=True)
class DataEndpoint:
    """An address and when it was learnt (monotonic seconds)."""

    url: str
    since: float


@dataclass(eq=False, slots=True, weakref_slot=True)
class _LookUp:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    failures: int = 0
    failure: VidKitError | None = None


class DataEndpoints:
    """A cache of data endpoints for 45 minutes, the service's own advice.

    However many ask for a stream's endpoint at once, one looks it up; what that one finds, an
    error too, is the answer for all.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: dict[_Key, DataEndpoint] = {}
        self._look_ups: WeakValueDictionary[_Key, _LookUp] = WeakValueDictionary()

    async def get(
        self, stream: str, api_name: ApiName, look_up: Callable[[], Awaitable[str]]
    ) -> tuple[DataEndpoint, bool]:
        """The stream's endpoint for an API, and whether it was known before.

        Raises:
            VidKitError: whatever ``look_up`` raises.
        """
        key = stream, api_name
        if (known := self._fresh(key)) is not None:
            return known, True
        looking = self._look_ups.get(key)
        if looking is None:
            looking = self._look_ups[key] = _LookUp()
        before = looking.failures
        async with looking.lock:
            if (known := self._fresh(key)) is not None:
                return known, True
            if looking.failures > before and looking.failure is not None:
                raise copy.copy(looking.failure)
            try:
                found = DataEndpoint(await look_up(), self._now())
            except VidKitError as error:
                looking.failures += 1
                looking.failure = copy.copy(error)
                raise
            self._forget_the_old()
            self._known[key] = found
            return found, False

    def has(self, stream: str, api_name: ApiName) -> bool:
        """Whether the stream's endpoint for an API is known."""
        return self._fresh((stream, api_name)) is not None

    def drop(self, stream: str, api_name: ApiName, endpoint: DataEndpoint) -> None:
        """Forget an endpoint that failed, unless a newer one has taken its place."""
        if self._known.get((stream, api_name)) is endpoint:
            del self._known[stream, api_name]

    def _forget_the_old(self) -> None:
        for key in [known for known in self._known if self._fresh(known) is None]:
            del self._known[key]

    def _fresh(self, key: _Key) -> DataEndpoint | None:
        known = self._known.get(key)
        return known if known and self._now() - known.since < _LIFETIME else None
