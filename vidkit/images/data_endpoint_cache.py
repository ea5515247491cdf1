"""The data endpoints of streams: looked up once, cached, dropped when they fail."""

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from weakref import WeakValueDictionary

from vidkit.errors import VidKitError

__all__ = ["ApiName", "DataEndpoint", "DataEndpoints"]

ApiName: TypeAlias = str
"""The ``APIName`` of an operation of archived media, such as ``GET_IMAGES``."""

_Key: TypeAlias = tuple[str, ApiName]

_LIFETIME_SECONDS = 45 * 60.0


@dataclass(frozen=True, slots=True)
class DataEndpoint:
    """A data endpoint's URL, and when it was looked up (monotonic seconds)."""

    url: str
    looked_up_at: float


@dataclass(eq=False, slots=True, weakref_slot=True)
class _LookUp:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    failures: int = 0
    last_failure: VidKitError | None = None


class DataEndpoints:
    """A cache of data endpoints; one is kept for 45 minutes, as the service recommends.

    Calls that need a stream's endpoint at the same time share one look-up, and its result: the
    endpoint, or the error.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._endpoints: dict[_Key, DataEndpoint] = {}
        self._look_ups: WeakValueDictionary[_Key, _LookUp] = WeakValueDictionary()

    async def get(
        self, stream: str, api_name: ApiName, look_up: Callable[[], Awaitable[str]]
    ) -> tuple[DataEndpoint, bool]:
        """A stream's endpoint for an API, and whether this call looked it up.

        Raises:
            VidKitError: whatever ``look_up`` raises.
        """
        key = stream, api_name
        if (cached := self._cached(key)) is not None:
            return cached, False
        shared = self._look_ups.get(key)
        if shared is None:
            shared = self._look_ups[key] = _LookUp()
        failures_before = shared.failures
        async with shared.lock:
            if (cached := self._cached(key)) is not None:
                return cached, False
            if shared.failures > failures_before and shared.last_failure is not None:
                raise copy.copy(shared.last_failure)
            try:
                endpoint = DataEndpoint(await look_up(), self._now())
            except VidKitError as error:
                shared.failures += 1
                shared.last_failure = copy.copy(error)
                raise
            self._evict_expired()
            self._endpoints[key] = endpoint
            return endpoint, True

    def has(self, stream: str, api_name: ApiName) -> bool:
        """Whether a stream's endpoint for an API is cached."""
        return self._cached((stream, api_name)) is not None

    def drop(self, stream: str, api_name: ApiName, endpoint: DataEndpoint) -> None:
        """Drop an endpoint that failed, unless a newer one has replaced it."""
        if self._endpoints.get((stream, api_name)) is endpoint:
            del self._endpoints[stream, api_name]

    def _evict_expired(self) -> None:
        for key in [key for key in self._endpoints if self._cached(key) is None]:
            del self._endpoints[key]

    def _cached(self, key: _Key) -> DataEndpoint | None:
        endpoint = self._endpoints.get(key)
        if endpoint is None or self._now() - endpoint.looked_up_at >= _LIFETIME_SECONDS:
            return None
        return endpoint
