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
from vidkit.transports.base import Reply
from vidkit.transports.huawei_credentials import answers

__all__ = ["KeyTrials", "is_wrongly_signed"]

_REFUSED = {401, 403}
# That long a key would be locked.
_REMEMBERED = 300.0
_PATIENCE = 2.0
_MOST = 16


def is_wrongly_signed(reply: Reply) -> bool:
    """Whether a refusal says that the signature is wrong, and not its date."""
    if reply.status not in _REFUSED:
        return False
    told = reply.body.lower()
    return b"signature fail" in told and b"expired" not in told


@dataclass(frozen=True, slots=True)
class _Refusal:
    reply: Reply
    at: float


class KeyTrials:
    """Lets one request try a new pair of keys; a wrong pair is not sent again for a while.

    A pair that was let in once stays good: what is refused then is that request.

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
        self._first = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, keys: HuaweiCredentials) -> AsyncGenerator[None]:
        """Go on when the pair may be used; a new one is used by one request at first.

        Raises:
            AuthError: it was refused a short while ago.
        """
        alone = not self._is_good(keys) and await self._waited(keys)
        try:
            self._check(keys)
            yield
        finally:
            if alone:
                self._first.release()

    def judge(self, keys: HuaweiCredentials, reply: Reply) -> None:
        """Learn from an answer to a request that the pair has signed."""
        if reply.status not in _REFUSED:
            self._good = keys
            self._refused.pop(keys, None)
        elif not self._is_good(keys) and is_wrongly_signed(reply):
            self._refused[keys] = _Refusal(reply, self._now())
            while len(self._refused) > _MOST:
                del self._refused[next(iter(self._refused))]

    def _is_good(self, keys: HuaweiCredentials) -> bool:
        return keys is self._good or keys == self._good

    async def _waited(self, keys: HuaweiCredentials) -> bool:
        """Wait while another request is the first; whether this one is the first now."""
        try:
            async with asyncio.timeout(self._patience):
                await self._first.acquire()
        except TimeoutError:
            return False
        if self._is_good(keys):
            self._first.release()
            return False
        return True

    def _check(self, keys: HuaweiCredentials) -> None:
        refusal = self._refused.get(keys)
        if refusal is None:
            return
        left = refusal.at + _REMEMBERED - self._now()
        if left <= 0:
            del self._refused[keys]
            return
        raise _not_sent(refusal.reply, left)


def _not_sent(reply: Reply, left: float) -> VidKitError:
    told = answers.members(reply.body)
    error = service_error(
        code=answers.text(told, "error_code"),
        status=reply.status,
        message=(
            "not sent: the signature with these keys was refused a short while ago, and some more "
            f"refusals would lock them; correct the secret key, or wait {left:.0f} s"
        ),
        request_id=answers.request_id(reply, told),
    )
    # That was the answer to another request.
    error.status = None
    return error
