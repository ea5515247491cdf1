"""Keeps a wrong secret key from being sent until the gateway locks its access key.

Five wrong signatures in a row lock an access key for everybody who uses it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vidkit.config import HuaweiCredentials
from vidkit.errors import VidKitError
from vidkit.transports.base import AUTH_STATUSES, HttpResponse
from vidkit.transports.error_responses import error_from_response

__all__ = ["KeyLockoutGuard", "is_wrong_signature"]

# A response with such a status says nothing of the signature: the gateway was too busy, or failed.
_THROTTLED_STATUS = 429
_FIRST_SERVER_ERROR = 500
# The gateway locks a key for as long.
_LOCKOUT_SECONDS = 300.0
_FIRST_REQUEST_SECONDS = 2.0
# Fewer than the wrong signatures that lock a key.
_MAX_UNCONFIRMED_REQUESTS = 3
_MAX_REJECTED_KEYS = 16


def is_wrong_signature(response: HttpResponse) -> bool:
    """Whether an error response says that the signature is wrong, and not its date."""
    if response.status not in AUTH_STATUSES:
        return False
    text = response.body.lower()
    return b"signature fail" in text and b"expired" not in text


@dataclass(frozen=True, slots=True)
class _Rejection:
    response: HttpResponse
    at: float


class KeyLockoutGuard:
    """Lets one request try a new pair of keys; a wrong pair is not sent again for a while.

    If that request gets no response, a few others try the pair too, but never as many as would
    lock it. A pair that was accepted once stays valid: a later error concerns one request only.

    Args:
        now: returns the time in seconds.
        first_request_seconds: how long other requests wait for the first one.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        first_request_seconds: float = _FIRST_REQUEST_SECONDS,
    ) -> None:
        self._now = now
        self._first_request_seconds = first_request_seconds
        self._accepted: HuaweiCredentials | None = None
        self._rejected: dict[HuaweiCredentials, _Rejection] = {}
        self._unconfirmed = 0
        self._changed = asyncio.Event()

    def is_accepted(self, keys: HuaweiCredentials) -> bool:
        """Whether the gateway has accepted these keys last, so that nobody waits for a slot."""
        return keys is self._accepted or keys == self._accepted

    @asynccontextmanager
    async def slot(self, keys: HuaweiCredentials) -> AsyncGenerator[None]:
        """Wait until a request may be signed with these keys, and send it inside.

        Raises:
            AuthError: the keys were rejected a short while ago.
        """
        if not self.is_accepted(keys):
            await self._wait(keys)
        self._check(keys)
        if self.is_accepted(keys):
            yield
            return
        self._unconfirmed += 1
        try:
            yield
        finally:
            self._unconfirmed -= 1
            self._notify()

    def record(self, keys: HuaweiCredentials, response: HttpResponse) -> None:
        """Learn from the response to a request that was signed with these keys."""
        if response.status in AUTH_STATUSES:
            if not self.is_accepted(keys) and is_wrong_signature(response):
                self._rejected[keys] = _Rejection(response, self._now())
                while len(self._rejected) > _MAX_REJECTED_KEYS:
                    del self._rejected[next(iter(self._rejected))]
        elif response.status < _FIRST_SERVER_ERROR and response.status != _THROTTLED_STATUS:
            self._accepted = keys
            self._rejected.pop(keys, None)

    async def _wait(self, keys: HuaweiCredentials) -> None:
        """Wait for the first request with these keys; after a while, until few are unconfirmed."""
        try:
            async with asyncio.timeout(self._first_request_seconds):
                await self._fewer_unconfirmed_than(1, keys)
        except TimeoutError:
            await self._fewer_unconfirmed_than(_MAX_UNCONFIRMED_REQUESTS, keys)

    async def _fewer_unconfirmed_than(self, most: int, keys: HuaweiCredentials) -> None:
        while (
            self._unconfirmed >= most and not self.is_accepted(keys) and keys not in self._rejected
        ):
            await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _check(self, keys: HuaweiCredentials) -> None:
        rejection = self._rejected.get(keys)
        if rejection is None:
            return
        left = rejection.at + _LOCKOUT_SECONDS - self._now()
        if left <= 0:
            del self._rejected[keys]
            return
        raise _not_sent(rejection.response, left)


def _not_sent(response: HttpResponse, seconds_left: float) -> VidKitError:
    error = error_from_response(response)
    error.message = (
        "not sent: the gateway rejected the signature of these keys a short while ago, and more "
        f"wrong signatures would lock them; correct the secret key, or wait {seconds_left:.0f} s"
    )
    # The status belongs to an earlier request.
    error.status = None
    return error
