"""The rates of IVS's operations."""

import time
from collections.abc import Callable

from vidkit.local.ivs.error_responses import too_fast
from vidkit.local.runtime.rates import TokenBucket

_CALLS_PER_SECOND = 5.0
_TAGS_CALLS_PER_SECOND = 10.0
_TAG_OPERATIONS = frozenset({"TagResource", "UntagResource", "ListTagsForResource"})


def rate_of(operation: str) -> float:
    """The requests a second that an operation accepts from one account.

    Example:
        >>> rate_of("CreateChannel"), rate_of("TagResource")
        (5.0, 10.0)
    """
    return _TAGS_CALLS_PER_SECOND if operation in _TAG_OPERATIONS else _CALLS_PER_SECOND


class IvsThrottle:
    """One token bucket for each operation, with the capacity of one second.

    Args:
        clock: a monotonic clock in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, operation: str) -> None:
        """Count a request.

        Raises:
            ApiError: ``ThrottlingException``: the request exceeds the rate.
        """
        rate = rate_of(operation)
        bucket = self._buckets.get(operation)
        if bucket is None:
            bucket = self._buckets[operation] = TokenBucket(rate, clock=self._clock)
        if not bucket.take():
            raise too_fast(operation, rate)
