"""How much of something a service gives in a second."""

import time
from collections.abc import Callable


class TokenBucket:
    """A bucket that holds what a rate gives in a second, unless told otherwise.

    Args:
        rate: tokens that come back each second.
        capacity: what the bucket holds, full at first; ``rate`` by default.
        clock: seconds that only grow.

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
        """Whether the bucket holds that much at this moment."""
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        return self._tokens >= amount

    def take(self, amount: float = 1) -> bool:
        """Take out that much, if the bucket holds it."""
        held = self.has(amount)
        if held:
            self._tokens -= amount
        return held
