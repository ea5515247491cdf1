"""What time it is at the service, which may not be what time it is here."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["ClockBounds"]

# A Date is in whole seconds, and the tasks are dated by another machine than the answers.
_SURE = timedelta(seconds=5)
_POSSIBLE = timedelta(minutes=2)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
# Without any Date only this machine's clock is left; signatures are good for 15 minutes of error.
_POSSIBLE_UNHEARD = timedelta(minutes=20)


class ClockBounds:
    """The service's time, learned from the ``Date`` of its answers.

    Args:
        monotonic: seconds that only grow.
        wall: this machine's time, used as long as no answer has told the service's.

    Example:
        >>> clock = ClockBounds(monotonic=lambda: 100.0)
        >>> clock.hear("Thu, 01 Jan 2026 12:00:00 GMT")
        >>> clock.at(40.0)
        datetime.datetime(2026, 1, 1, 11, 59, tzinfo=datetime.timezone.utc)
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._heard: tuple[datetime, float] | None = None

    def now(self) -> float:
        """This moment, on the clock that only grows."""
        return self._monotonic()

    def hear(self, date: str | None) -> None:
        """Learn from the ``Date`` header of an answer that has just come."""
        try:
            moment = parsedate_to_datetime(date or "")
        except (ValueError, OverflowError):
            return
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            # No time that it can be, nor one to reckon with.
            return
        self._heard = moment.astimezone(UTC), self._monotonic()

    def at(self, moment: float) -> datetime:
        """What time the service had, at the earliest, at a moment of `now`."""
        told, then = self._heard or (self._wall(), self._monotonic())
        return told + timedelta(seconds=moment - then)

    def surely_after(self, moment: float) -> datetime:
        """What is dated from then on was made after the moment, as sure as clocks are."""
        return self.at(moment) - _SURE

    def perhaps_after(self, moment: float) -> datetime:
        """What is dated before then was not made after the moment, however clocks differ."""
        return self.at(moment) - (_POSSIBLE if self._heard else _POSSIBLE_UNHEARD)
