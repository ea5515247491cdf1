"""Bounds of the service's time, which may differ from this machine's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["ClockBounds"]

# A Date header has whole seconds, and another machine than the responding one dates the tasks.
_EXPECTED_SKEW = timedelta(seconds=5)
_MAX_SKEW = timedelta(minutes=2)
# Without a Date there is only this machine's clock; signatures tolerate 15 minutes of skew.
_MAX_SKEW_WITHOUT_DATE = timedelta(minutes=20)
_MIN_YEAR, _MAX_YEAR = 1970, 9000


class ClockBounds:
    """The service's time, learned from the ``Date`` header of its responses.

    Args:
        monotonic: a monotonic clock, in seconds.
        wall: this machine's time, used until a response has brought the service's.

    Example:
        >>> clock = ClockBounds(monotonic=lambda: 100.0)
        >>> clock.observe_date("Thu, 01 Jan 2026 12:00:00 GMT")
        >>> clock.server_time_at(40.0)
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
        self._observed: tuple[datetime, float] | None = None

    def now(self) -> float:
        """The monotonic clock's present value."""
        return self._monotonic()

    def observe_date(self, date: str | None) -> None:
        """Learn the service's time from the ``Date`` of a response, on its arrival."""
        try:
            timestamp = parsedate_to_datetime(date or "")
        except (ValueError, OverflowError):
            return
        timestamp = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
        if not _MIN_YEAR <= timestamp.year <= _MAX_YEAR:
            # Not a plausible time, and arithmetic with it could overflow.
            return
        self._observed = timestamp.astimezone(UTC), self._monotonic()

    def server_time_at(self, monotonic_time: float) -> datetime:
        """The earliest time that the service may have had at a value of `now`."""
        timestamp, observed_at = self._observed or (self._wall(), self._monotonic())
        return timestamp + timedelta(seconds=monotonic_time - observed_at)

    def certain_from(self, monotonic_time: float) -> datetime:
        """The service's time from which a task counts as newer than a value of `now`.

        It allows for a skew of 5 seconds between the machines of the service.
        """
        return self.server_time_at(monotonic_time) - _EXPECTED_SKEW

    def possible_from(self, monotonic_time: float) -> datetime:
        """The service's time before which a task is older than a value of `now`.

        It allows for a skew of 2 minutes; of 20 minutes, as long as there was no ``Date``.
        """
        max_skew = _MAX_SKEW if self._observed else _MAX_SKEW_WITHOUT_DATE
        return self.server_time_at(monotonic_time) - max_skew
