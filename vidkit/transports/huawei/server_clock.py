"""The service's clock, as far as its refusals tell of it.

A signature is good for 15 minutes around its date. Whoever's clock is further off is refused, and
the refusal's ``Date`` says what time it is.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["ServerClock", "server_date_of_a_skew"]

# A little less than the gateway's own 15 minutes: its clock is not read at the same moment.
_ADMITTED = timedelta(minutes=14)
# Where the gateway itself blames the date, a smaller difference is one as well.
_BLAMED = timedelta(seconds=30)
_EXPIRED = b"expired"
_AUTH_STATUSES = {401, 403}
_PATIENCE = 2.0


def server_date_of_a_skew(
    *, status: int, date: str | None, body: bytes, signed: datetime
) -> datetime | None:
    """The service's time, when a refusal is for the date of the signature; None otherwise.

    Args:
        status: of the answer.
        date: its ``Date`` header.
        body: its body.
        signed: the date that was signed.
    """
    if status not in _AUTH_STATUSES or not date:
        return None
    try:
        told = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    difference = abs(told - signed)
    blamed = b"signature" in body.lower() and _EXPIRED in body.lower()
    return told if difference > (_BLAMED if blamed else _ADMITTED) else None


class ServerClock:
    """The time as the service has it: this machine's, and an offset once one is known.

    Args:
        now: this machine's clock.
        patience: seconds for which others wait for the first signed request.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = _PATIENCE,
    ) -> None:
        self._now = now
        self._patience = patience
        self._offset = timedelta(0)
        self._judged = False
        self._first = asyncio.Lock()

    def now(self) -> datetime:
        """The time to sign with."""
        return self._now() + self._offset

    def offset_to(self, told: datetime) -> timedelta:
        """How far ahead of this machine's clock another one is that has just told its time."""
        return told - self._now()

    def accept(self, offset: timedelta | None = None) -> None:
        """A service has answered to a date of ours.

        Args:
            offset: the one that made the difference; None when the present one is fine.
        """
        self._judged = True
        if offset is not None:
            self._offset = offset

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Let the first signed request go alone, so that one refusal is enough to learn the time.

        Five refusals in a row would lock the key. Whoever waits does so for a short while only.
        """
        alone = await self._waited()
        try:
            yield
        finally:
            if alone:
                self._first.release()

    async def _waited(self) -> bool:
        """Wait while another one is the first; whether we are the first now."""
        if self._is_judged():
            return False
        try:
            async with asyncio.timeout(self._patience):
                await self._first.acquire()
        except TimeoutError:
            return False
        if self._is_judged():
            self._first.release()
            return False
        return True

    def _is_judged(self) -> bool:
        return self._judged
