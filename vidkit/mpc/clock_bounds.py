"""Bounds of the service's time, which may differ from this machine's.

This machine's wall clock is not used: it may be wrong, and it may be set while a create is retried.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

__all__ = ["EARLIEST", "LATEST", "ClockBounds", "ServiceMoment"]

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


class ServiceMoment:
    """The present moment by the service's clock, as known now and later.

    The service's clock may be set, and a proxy may state another time. Where the times that were
    stated before and since contradict each other, each bound allows for all of them.

    Args:
        clock: the service's time.
    """

    def __init__(self, clock: ClockBounds) -> None:
        self._clock = clock
        self._at = clock.now()
        self._earliest: datetime | None = None
        self._latest: datetime | None = None
        self.observe()

    def observe(self) -> None:
        """Take the service's time into account as the last response has stated it."""
        server_time = self._clock.server_time_at(self._at)
        if server_time is not None:
            self._earliest = min(self._earliest or server_time, server_time)
            self._latest = max(self._latest or server_time, server_time)

    def certain_from(self) -> datetime:
        """The service's time from which a task counts as newer than this moment.

        It allows for a skew of 5 seconds between the machines of the service. Until a response has
        brought the service's time, no task does.
        """
        self.observe()
        return LATEST if self._latest is None else self._latest - _EXPECTED_SKEW

    def possible_from(self) -> datetime:
        """The service's time before which a task is older than this moment.

        It allows for a skew of 2 minutes. Until a response has brought the service's time, no task
        is.
        """
        self.observe()
        return EARLIEST if self._earliest is None else self._earliest - _MAX_SKEW
