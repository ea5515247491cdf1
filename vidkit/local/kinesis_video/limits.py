"""The limits of Kinesis Video: calls a second, and points a second of archived media."""

import time
from collections.abc import Callable
from typing import Final

from vidkit.local.protocol.wire import Fault
from vidkit.local.runtime.rates import TokenBucket

ENDPOINTS_OF_ACCOUNT: Final = 300
ENDPOINTS_OF_STREAM: Final = 5
"""GetDataEndpoint calls a second."""

METADATA_POINTS: Final = 10_000
MEDIA_POINTS: Final = 500
"""Points a second and stream."""

_IMAGES_BASE = 400


class Limits:
    """What each stream, and the account, has left of the present second.

    ``GetImages`` costs 400 points and one for each image asked for of a stream's metadata, and one
    for each image of its media. ``ListFragments`` costs a metadata point for each fragment asked
    for. A request that is refused costs nothing.

    Args:
        clock: seconds that only grow.

    Example:
        >>> limits = Limits(clock=lambda: 0.0)
        >>> for _ in range(5):
        ...     limits.take_images("door", 100)
        >>> try:
        ...     limits.take_images("door", 1)
        ... except Fault as fault:
        ...     print(fault.code)
        ClientLimitExceededException
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._account = TokenBucket(ENDPOINTS_OF_ACCOUNT, clock=clock)
        self._endpoints: dict[str, TokenBucket] = {}
        self._metadata: dict[str, TokenBucket] = {}
        self._media: dict[str, TokenBucket] = {}

    def take_endpoint(self, stream: str) -> None:
        """Let a GetDataEndpoint pass.

        Raises:
            Fault: the stream or the account has had too many.
        """
        endpoints = self._bucket(self._endpoints, stream, ENDPOINTS_OF_STREAM)
        _take("GetDataEndpoint calls", (endpoints, 1), (self._account, 1))

    def take_images(self, stream: str, asked: int) -> None:
        """Let a GetImages pass that asks for so many images, however many it will get.

        Raises:
            Fault: the stream has not enough points left.
        """
        metadata = self._bucket(self._metadata, stream, METADATA_POINTS)
        media = self._bucket(self._media, stream, MEDIA_POINTS)
        _take("points of archived media", (metadata, _IMAGES_BASE + asked), (media, asked))

    def take_fragments(self, stream: str, asked: int) -> None:
        """Let a ListFragments pass that asks for so many fragments.

        Raises:
            Fault: the stream has not enough points left.
        """
        metadata = self._bucket(self._metadata, stream, METADATA_POINTS)
        _take("points of fragment metadata", (metadata, asked))

    def _bucket(self, buckets: dict[str, TokenBucket], stream: str, rate: int) -> TokenBucket:
        if stream not in buckets:
            buckets[stream] = TokenBucket(rate, clock=self._clock)
        return buckets[stream]


def _take(what: str, *costs: tuple[TokenBucket, int]) -> None:
    if not all(bucket.has(amount) for bucket, amount in costs):
        raise Fault("ClientLimitExceededException", f"Too many {what} in a second; call later.")
    for bucket, amount in costs:
        bucket.take(amount)
