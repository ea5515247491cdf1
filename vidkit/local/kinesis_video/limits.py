"""The rates of Kinesis Video: calls a second, and points of archived media a second."""

import time
from collections.abc import Callable
from typing import Final

from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.rates import TokenBucket

ENDPOINTS_PER_SECOND_OF_ACCOUNT: Final = 300
"""GetDataEndpoint calls of an account a second."""
ENDPOINTS_PER_SECOND_OF_STREAM: Final = 5
"""GetDataEndpoint calls for a stream a second."""

METADATA_POINTS_PER_SECOND: Final = 10_000
"""Points of a stream's metadata a second."""
MEDIA_POINTS_PER_SECOND: Final = 500
"""Points of a stream's media a second."""

_IMAGES_BASE_POINTS = 400


class KinesisVideoThrottle:
    """The token buckets of each stream and of the account.

    ``GetImages`` costs 400 points of a stream's metadata plus one for each image requested, and
    one point of its media for each image. ``ListFragments`` costs one point of the metadata for
    each fragment requested. A request that is throttled costs nothing.

    Args:
        clock: a monotonic clock in seconds.

    Example:
        >>> throttle = KinesisVideoThrottle(clock=lambda: 0.0)
        >>> for _ in range(5):
        ...     throttle.take_images("door", 100)
        >>> try:
        ...     throttle.take_images("door", 1)
        ... except ApiError as error:
        ...     print(error.code)
        ClientLimitExceededException
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._account = TokenBucket(ENDPOINTS_PER_SECOND_OF_ACCOUNT, clock=clock)
        self._endpoints: dict[str, TokenBucket] = {}
        self._metadata: dict[str, TokenBucket] = {}
        self._media: dict[str, TokenBucket] = {}

    def take_endpoint(self, stream: str) -> None:
        """Count a GetDataEndpoint call.

        Raises:
            ApiError: the call exceeds the rate of the stream or the account.
        """
        endpoints = self._bucket(self._endpoints, stream, ENDPOINTS_PER_SECOND_OF_STREAM)
        _take("GetDataEndpoint calls", (endpoints, 1), (self._account, 1))

    def take_images(self, stream: str, count: int) -> None:
        """Take the points of a GetImages call for ``count`` images, however many it returns.

        Raises:
            ApiError: the stream has not enough points left.
        """
        metadata = self._bucket(self._metadata, stream, METADATA_POINTS_PER_SECOND)
        media = self._bucket(self._media, stream, MEDIA_POINTS_PER_SECOND)
        _take("points of archived media", (metadata, _IMAGES_BASE_POINTS + count), (media, count))

    def take_fragments(self, stream: str, count: int) -> None:
        """Take the points of a ListFragments call for ``count`` fragments.

        Raises:
            ApiError: the stream has not enough points left.
        """
        metadata = self._bucket(self._metadata, stream, METADATA_POINTS_PER_SECOND)
        _take("points of fragment metadata", (metadata, count))

    def _bucket(self, buckets: dict[str, TokenBucket], stream: str, rate: int) -> TokenBucket:
        if stream not in buckets:
            buckets[stream] = TokenBucket(rate, clock=self._clock)
        return buckets[stream]


def _take(what: str, *costs: tuple[TokenBucket, int]) -> None:
    if not all(bucket.has(amount) for bucket, amount in costs):
        raise ApiError("ClientLimitExceededException", f"Too many {what} in a second; call later.")
    for bucket, amount in costs:
        bucket.take(amount)
