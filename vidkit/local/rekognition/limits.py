"""The rates of Rekognition's operations."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from vidkit.local.protocol.wire import Fault
from vidkit.local.runtime.rates import TokenBucket

_DEFAULT_RATE = 20.0
_JOB_RATE = 5.0
_RATES = {
    "StopStreamProcessor": 1.0,
    "ListStreamProcessors": 5.0,
    "ListTagsForResource": 10.0,
}
_SUDDEN_SECONDS = 1.0


def rate_of(operation: str) -> float:
    """How many requests a second an operation takes from one account.

    Example:
        >>> rate_of("StartLabelDetection"), rate_of("StopStreamProcessor")
        (5.0, 1.0)
    """
    if operation in _RATES:
        return _RATES[operation]
    return _DEFAULT_RATE if operation.endswith("StreamProcessor") else _JOB_RATE


@dataclass(slots=True)
class _Limit:
    bucket: TokenBucket
    refused: float = -math.inf
    """When it was last refused."""
    refusing_since: float = 0.0
    """The first of the refusals that came within a second of each other."""


class Throttle:
    """One token bucket for each operation, which holds what the operation takes in a second.

    A burst is refused with ``ThrottlingException``; whoever goes on being too fast for over a
    second, with ``ProvisionedThroughputExceededException``.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[str, _Limit] = {}

    def take(self, operation: str) -> None:
        """Let a request pass.

        Raises:
            Fault: it is one too many.
        """
        limit = self._limits.get(operation)
        if limit is None:
            bucket = TokenBucket(rate_of(operation), clock=self._clock)
            limit = self._limits[operation] = _Limit(bucket)
        if limit.bucket.take():
            return
        now = self._clock()
        if now - limit.refused > _SUDDEN_SECONDS:
            limit.refusing_since = now
        limit.refused = now
        if now - limit.refusing_since <= _SUDDEN_SECONDS:
            raise Fault("ThrottlingException", "Slow down; sudden increase in rate of requests.")
        raise Fault("ProvisionedThroughputExceededException", "Provisioned Rate exceeded.")
