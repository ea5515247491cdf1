"""The time by Huawei Cloud's clock, as error responses state it.

A signature is valid for 15 minutes around its date. The gateway rejects a request whose clock is
further off, and the ``Date`` of that response states the gateway's time.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from vidkit.transports.base import AUTH_STATUSES
from vidkit.transports.server_date import skewed_server_date

__all__ = ["ServerClock", "server_date_of_a_skew"]

# A little less than the gateway's own 15 minutes: the two clocks are read at different times.
_MAX_SKEW = timedelta(minutes=14)
# Where the gateway names the date as the cause, a smaller difference counts as well.
_MAX_SKEW_WHEN_NAMED = timedelta(seconds=30)
_EXPIRED = b"expired"
_FIRST_REQUEST_SECONDS = 2.0


def server_date_of_a_skew(
    *, status: int, date: str | None, body: bytes, signed: datetime
) -> datetime | None:
    """The service's time, if it rejected the date of a signature; None otherwise.

    Args:
        status: the status of the response.
        date: its ``Date`` header.
        body: its body.
        signed: the date that was signed.
    """
    if status not in AUTH_STATUSES:
        return None
    is_named = b"signature" in body.lower() and _EXPIRED in body.lower()
    max_skew = _MAX_SKEW_WHEN_NAMED if is_named else _MAX_SKEW
    return skewed_server_date(date, signed=signed, max_skew=max_skew)


class ServerClock:
    """The service's time: this machine's clock and an offset, once one is known.

    Args:
        now: reads this machine's clock.
        first_request_seconds: how long other requests wait for the first signed one.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        first_request_seconds: float = _FIRST_REQUEST_SECONDS,
    ) -> None:
        self._now = now
        self._first_request_seconds = first_request_seconds
        self._offset = timedelta(0)
        self._confirmed = False
        self._first = asyncio.Lock()

    def is_confirmed(self) -> bool:
        """Whether a service has responded to a signed date, so that nobody waits for a slot."""
        return self._confirmed

    def now(self) -> datetime:
        """The time to sign with."""
        return self._now() + self._offset

    def offset_to(self, server_date: datetime) -> timedelta:
        """The offset of a time that a service has just stated from this machine's clock."""
        return server_date - self._now()

    def confirm(self, offset: timedelta | None = None) -> None:
        """Record that a service has responded to a signed date.

        Args:
            offset: the offset that the service accepted; None if the present one is right.
        """
        self._confirmed = True
        if offset is not None:
            self._offset = offset

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Send the first signed request alone, so that one rejected date is enough to learn from.

        Five rejected signatures in a row would lock the key. Other requests wait for a short time
        only.
        """
        is_first = await self._acquire()
        try:
            yield
        finally:
            if is_first:
                self._first.release()

    async def _acquire(self) -> bool:
        """Wait while another request is the first; whether this one is the first now."""
        if self.is_confirmed():
            return False
        try:
            async with asyncio.timeout(self._first_request_seconds):
                await self._first.acquire()
        except TimeoutError:
            return False
        if self.is_confirmed():
            self._first.release()
            return False
        return True
