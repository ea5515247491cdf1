"""The rates of Rekognition's operations."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.rates import TokenBucket

_DEFAULT_CALLS_PER_SECOND = 20.0
_JOB_CALLS_PER_SECOND = 5.0
_PICTURE_CALLS_PER_SECOND = 50.0
_RATES = {
    **dict.fromkeys(
        (
            "IndexFaces",
            "SearchFaces",
            "SearchFacesByImage",
            "SearchUsers",
            "SearchUsersByImage",
            "DetectLabels",
            "DetectFaces",
            "DetectModerationLabels",
            "DetectText",
            "RecognizeCelebrities",
            "CompareFaces",
        ),
        _PICTURE_CALLS_PER_SECOND,
    ),
    "StopStreamProcessor": 1.0,
    "ListStreamProcessors": 5.0,
    "ListTagsForResource": 10.0,
}
_BURST_SECONDS = 1.0


def rate_of(operation: str) -> float:
    """The requests a second that an operation accepts from one account.

    Example:
        >>> rate_of("StartLabelDetection"), rate_of("StopStreamProcessor")
        (5.0, 1.0)
    """
    if operation in _RATES:
        return _RATES[operation]
    return (
        _DEFAULT_CALLS_PER_SECOND
        if operation.endswith("StreamProcessor")
        else _JOB_CALLS_PER_SECOND
    )


@dataclass(slots=True)
class _Limit:
    bucket: TokenBucket
    throttled_at: float = -math.inf
    """When a request was last throttled."""
    throttled_since: float = 0.0
    """The first of the throttled requests that are at most a second apart."""


class RekognitionThrottle:
    """One token bucket for each operation, with the capacity of one second.

    A burst gets ``ThrottlingException``; a caller that stays too fast for over a second gets
    ``ProvisionedThroughputExceededException``.

    Args:
        clock: a monotonic clock in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[str, _Limit] = {}

    def take(self, operation: str) -> None:
        """Count a request.

        Raises:
            ApiError: the request exceeds the rate.
        """
        limit = self._limits.get(operation)
        if limit is None:
            bucket = TokenBucket(rate_of(operation), clock=self._clock)
            limit = self._limits[operation] = _Limit(bucket)
        if limit.bucket.take():
            return
        now = self._clock()
        if now - limit.throttled_at > _BURST_SECONDS:
            limit.throttled_since = now
        limit.throttled_at = now
        if now - limit.throttled_since <= _BURST_SECONDS:
            raise ApiError("ThrottlingException", "Slow down; sudden increase in rate of requests.")
        raise ApiError("ProvisionedThroughputExceededException", "Provisioned Rate exceeded.")
