"""Bounds of the service's time, which may differ from this machine's.

This machine's wall clock is not used: it may be wrong, and it may be set while a create is retried.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

__all__ = ["EARLIEST", "LATEST", "ClockBounds"]

# A Date header has whole seconds, and another machine than the responding one dates the tasks.
_EXPECTED_SKEW = timedelta(seconds=5)
_MAX_SKEW = timedelta(minutes=2)
_MIN_YEAR, _MAX_YEAR = 1970, 9000

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before all tasks."""

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""After all tasks."""


def _boot_seconds() -> float:
    """A monotonic clock that also runs while this machine sleeps, where there is one."""
    boot_clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


# Many responses have the same date.
@lru_cache(maxsize=4)
def _timestamp(date: str) -> datetime | None:
    """The time of a ``Date`` header; None if it is not a plausible one."""
    try:
        timestamp = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    timestamp = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    # Arithmetic with other years could overflow.
    return timestamp.astimezone(UTC) if _MIN_YEAR <= timestamp.year <= _MAX_YEAR else None


class ClockBounds:
    """The service's time, learned from the ``Date`` header of its responses.

    Args:
        monotonic: a monotonic clock, in seconds.

    Example:
        >>> clock = ClockBounds(monotonic=lambda: 100.0)
        >>> clock.observe_date("Thu, 01 Jan 2026 12:00:00 GMT")
        >>> clock.server_time_at(40.0)
        datetime.datetime(2026, 1, 1, 11, 59, tzinfo=datetime.timezone.utc)
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = _boot_seconds,
    ) -> None:
        self._monotonic = monotonic
        self._observed: tuple[datetime, float] | None = None

    def now(self) -> float:
        """The monotonic clock's present value."""
        return self._monotonic()

    def observe_date(self, date: str | None) -> None:
        """Learn the service's time from the ``Date`` of a response, on its arrival."""
        if timestamp := _timestamp(date or ""):
            self._observed = timestamp, self._monotonic()

    def server_time_at(self, monotonic_time: float) -> datetime | None:
        """The service's time at a value of `now`; None until a response has brought it."""
        if self._observed is None:
            return None
        timestamp, observed_at = self._observed
        return timestamp + timedelta(seconds=monotonic_time - observed_at)

    def certain_from(self, monotonic_time: float) -> datetime:
        """The service's time from which a task counts as newer than a value of `now`.

        It allows for a skew of 5 seconds between the machines of the service. Until a response has
        brought the service's time, no task does.
        """
        server_time = self.server_time_at(monotonic_time)
        return LATEST if server_time is None else server_time - _EXPECTED_SKEW

    def possible_from(self, monotonic_time: float) -> datetime:
        """The service's time before which a task is older than a value of `now`.

        It allows for a skew of 2 minutes. Until a response has brought the service's time, no task
        is.
        """
        server_time = self.server_time_at(monotonic_time)
        return EARLIEST if server_time is None else server_time - _MAX_SKEW
