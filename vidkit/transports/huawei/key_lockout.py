"""What the gateway thinks of a pair of keys, so that a wrong one is not tried until it is locked.

Five wrong signatures in a row lock a key, for everybody who uses it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vidkit.config import HuaweiCredentials
from vidkit.errors import VidKitError, service_error
from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.credentials import responses

__all__ = ["KeyLockoutGuard", "is_wrongly_signed"]

_REFUSED = {401, 403}
# What is said by whoever is too busy to look at a signature, or out of order.
_TOO_BUSY, _OUT_OF_ORDER = 429, 500
# That long a key would be locked.
_REMEMBERED = 300.0
_PATIENCE = 2.0
# Fewer than lock a key.
_AT_ONCE = 3
_MOST = 16


def is_wrongly_signed(response: HttpResponse) -> bool:
    """Whether a refusal says that the signature is wrong, and not its date."""
    if response.status not in _REFUSED:
        return False
    told = response.body.lower()
    return b"signature fail" in told and b"expired" not in told


@dataclass(frozen=True, slots=True)
class _Refusal:
    response: HttpResponse
    at: float


class KeyLockoutGuard:
    """Lets one request try a new pair of keys; a wrong pair is not sent again for a while.

    While that one gets no answer, a few others try it too, but never as many as would lock it. A
    pair that was let in once stays good: what is refused then is that request.

    Args:
        now: the time in seconds.
        patience: seconds for which others wait for the first request.
    """

    def __init__(
        self, *, now: Callable[[], float] = time.monotonic, patience: float = _PATIENCE
    ) -> None:
        self._now = now
        self._patience = patience
        self._good: HuaweiCredentials | None = None
        self._refused: dict[HuaweiCredentials, _Refusal] = {}
        self._under_way = 0
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def slot(self, keys: HuaweiCredentials) -> AsyncGenerator[None]:
        """Go on when the pair may be used; a new one is used by one request at first.

        Raises:
            AuthError: it was refused a short while ago.
        """
        if not self._is_good(keys):
            await self._wait(keys)
        self._check(keys)
        if self._is_good(keys):
            yield
            return
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._tell()

    def judge(self, keys: HuaweiCredentials, response: HttpResponse) -> None:
        """Learn from an answer to a request that the pair has signed."""
        if response.status in _REFUSED:
            if not self._is_good(keys) and is_wrongly_signed(response):
                self._refused[keys] = _Refusal(response, self._now())
                while len(self._refused) > _MOST:
                    del self._refused[next(iter(self._refused))]
        elif response.status < _OUT_OF_ORDER and response.status != _TOO_BUSY:
            self._good = keys
            self._refused.pop(keys, None)

    def _is_good(self, keys: HuaweiCredentials) -> bool:
        return keys is self._good or keys == self._good

    async def _wait(self, keys: HuaweiCredentials) -> None:
        """Wait while another request is the first; after a while, while a few are under way."""
        try:
            async with asyncio.timeout(self._patience):
                await self._fewer_than(1, keys)
        except TimeoutError:
            await self._fewer_than(_AT_ONCE, keys)

    async def _fewer_than(self, most: int, keys: HuaweiCredentials) -> None:
        while self._under_way >= most and not self._is_good(keys) and keys not in self._refused:
            await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _check(self, keys: HuaweiCredentials) -> None:
        refusal = self._refused.get(keys)
        if refusal is None:
            return
        left = refusal.at + _REMEMBERED - self._now()
        if left <= 0:
            del self._refused[keys]
            return
        raise _not_sent(refusal.response, left)


def _not_sent(response: HttpResponse, left: float) -> VidKitError:
    told = responses.members(response.body)
    error = service_error(
        code=responses.text(told, "error_code"),
        status=response.status,
        message=(
            "not sent: the signature with these keys was refused a short while ago, and some more "
            f"refusals would lock them; correct the secret key, or wait {left:.0f} s"
        ),
        request_id=responses.request_id(response, told),
    )
    # That was the answer to another request.
    error.status = None
    return error
