"""Rates: how many requests, or points, a service accepts in a second."""

import time
from collections.abc import Callable


class TokenBucket:
    """A token bucket, full at first.

    Args:
        rate: tokens added each second.
        capacity: the most tokens that the bucket holds; ``rate`` by default.
        clock: a monotonic clock in seconds.

    Example:
        >>> bucket = TokenBucket(2, clock=lambda: 0.0)
        >>> [bucket.take(), bucket.take(), bucket.take()]
        [True, True, False]
    """

    def __init__(
        self,
        rate: float,
        capacity: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._capacity = rate if capacity is None else capacity
        self._clock = clock
        self._tokens = self._capacity
        self._filled = clock()

    def has(self, amount: float = 1) -> bool:
        """Whether the bucket holds that many tokens now."""
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        return self._tokens >= amount

    def take(self, amount: float = 1) -> bool:
        """Take tokens out if the bucket holds that many; return whether it did."""
        held = self.has(amount)
        if held:
            self._tokens -= amount
        return held
