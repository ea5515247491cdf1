"""The rates of IVS's operations."""

import time
from collections.abc import Callable

from vidkit.local.ivs.error_responses import too_fast
from vidkit.local.runtime.rates import TokenBucket

_RATE = 5.0
_TAGS_RATE = 10.0
_TAGS = frozenset({"TagResource", "UntagResource", "ListTagsForResource"})


def rate_of(operation: str) -> float:
    """How many requests a second an operation takes from one account.

    Example:
        >>> rate_of("CreateChannel"), rate_of("TagResource")
        (5.0, 10.0)
    """
    return _TAGS_RATE if operation in _TAGS else _RATE


class Throttle:
    """One token bucket for each operation, which holds what the operation takes in a second.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, operation: str) -> None:
        """Let a request pass.

        Raises:
            Fault: ``ThrottlingException``, when it is one too many.
        """
        rate = rate_of(operation)
        bucket = self._buckets.get(operation)
        if bucket is None:
            bucket = self._buckets[operation] = TokenBucket(rate, clock=self._clock)
        if not bucket.take():
            raise too_fast(operation, rate)
