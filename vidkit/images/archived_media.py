"""One call to a stream's archived media: its data endpoint, its rate limits, its retries."""

import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vidkit.calls.caller import Caller
from vidkit.calls.operation import CallableOperation, Operation
from vidkit.errors import (
    AuthError,
    ConflictError,
    DecodeError,
    InvalidRequestError,
    NotFoundError,
    QuotaError,
    ThrottledError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.images.data_endpoint_cache import ApiName, DataEndpoint, DataEndpoints
from vidkit.images.models import GetDataEndpointResponse, StreamRequest
from vidkit.images.rate_limits import StreamRateLimits
from vidkit.transports.base import AwsRequest, HttpContent

__all__ = ["ARCHIVED_MEDIA", "ArchivedMedia", "Cost", "api_name"]

T = TypeVar("T")

ARCHIVED_MEDIA = "kinesis-video-archived-media"
"""The API's name."""

_GET_DATA_ENDPOINT = Operation("images", "GetDataEndpoint", GetDataEndpointResponse)
# A word begins at a capital that follows a small letter or precedes one.
_WORD_BEGINNING = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Errors that only the right endpoint returns. After any other error it is looked up again.
_FROM_RIGHT_ENDPOINT = (ConflictError, InvalidRequestError, QuotaError, ThrottledError)
# Errors that an endpoint returns when it is no longer the stream's.
_FROM_STALE_ENDPOINT = (AuthError, DecodeError, NotFoundError)


@dataclass(frozen=True, slots=True)
class Cost:
    """How many points of a stream's quotas a call uses.

    Attributes:
        metadata: points of the fragment-metadata quota.
        media: points of the fragment-media quota.
    """

    metadata: int
    media: int = 0


class ArchivedMedia:
    """Calls the operations of archived media, for each stream at its own data endpoint.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._endpoints = caller.runtime.shared(DataEndpoints)
        self._rate_limits = caller.runtime.shared(StreamRateLimits)

    def call(
        self,
        operation: CallableOperation[T],
        request: StreamRequest,
        params: Mapping[str, Any],
        cost: Cost,
        *,
        content: HttpContent | None = None,
    ) -> Coroutine[Any, Any, T]:
        """Call an operation, with retries, as soon as the stream's rate limits allow it.

        The deadline begins after that wait: a stream that is read a lot is no failure.

        Args:
            operation: the operation.
            request: says which stream.
            params: the members of the request, under their wire names.
            cost: the points that every attempt uses.
            content: the request as it is written already.

        Raises:
            VidKitError: whatever the last attempt ended with.
        """
        return _Call(
            caller=self._caller,
            endpoints=self._endpoints,
            rate_limits=self._rate_limits,
            operation=operation,
            api_name=api_name(operation.name),
            request=request,
            params=params,
            cost=cost,
            content=content,
        ).run()


def api_name(operation: str) -> ApiName:
    """The ``APIName`` under which a stream's endpoint for an operation is looked up.

    Example:
        >>> api_name("GetHLSStreamingSessionURL")
        'GET_HLS_STREAMING_SESSION_URL'
    """
    return _WORD_BEGINNING.sub("_", operation).upper()


@dataclass(kw_only=True, slots=True, eq=False)
class _Call(Generic[T]):
    """One call of an operation, with all its attempts.

    Attributes:
        endpoint: the data endpoint of an attempt that has not ended; None between attempts. An
            attempt that times out leaves it set.
        own_endpoint: the data endpoint that this call looked up before its first attempt; None
            if it was cached.
    """

    caller: Caller
    endpoints: DataEndpoints
    rate_limits: StreamRateLimits
    operation: CallableOperation[T]
    api_name: ApiName
    request: StreamRequest
    params: Mapping[str, Any]
    cost: Cost
    content: HttpContent | None
    endpoint: DataEndpoint | None = None
    own_endpoint: DataEndpoint | None = None

    async def run(self) -> T:
        # The look-up comes before the wait for points, which must be used at once.
        await self._look_up_own_endpoint()
        await self.rate_limits.acquire(
            self.request.stream, metadata=self.cost.metadata, media=self.cost.media
        )
        try:
            return await self.caller.retrying(self.operation, self._attempt)
        except VidKitTimeoutError:
            self._drop_unfinished()
            raise

    async def _look_up_own_endpoint(self) -> None:
        if not self.endpoints.has(self.request.stream, self.api_name):
            endpoint, is_new = await self.caller.retrying(_GET_DATA_ENDPOINT, self._get_endpoint)
            self.own_endpoint = endpoint if is_new else None

    async def _attempt(self, number: int) -> T:
        self._drop_unfinished()
        endpoint, is_new = await self._get_endpoint(number)
        endpoint_is_new = is_new or endpoint is self.own_endpoint
        if number > 1:
            await self.rate_limits.acquire(
                self.request.stream,
                metadata=self.cost.metadata,
                media=self.cost.media,
                ahead_of_line=True,
            )
        self.endpoint = endpoint
        call = AwsRequest(
            ARCHIVED_MEDIA, self.operation.name, self.params, endpoint.url, content=self.content
        )
        try:
            response = await self.caller.once(self.operation, call, attempt=number)
        except VidKitError as error:
            self._learn_from(error, endpoint, endpoint_is_new=endpoint_is_new)
            raise _explained(error, self.api_name) from error.__cause__
        self.endpoint = None
        return response

    def _learn_from(
        self, error: VidKitError, endpoint: DataEndpoint, *, endpoint_is_new: bool
    ) -> None:
        """Adapt the rate limits, the cached endpoint and the retries to a failed attempt."""
        self.endpoint = None
        if isinstance(error, ThrottledError):
            self.rate_limits.slow_down(self.request.stream)
        if not isinstance(error, _FROM_RIGHT_ENDPOINT):
            self.endpoints.drop(self.request.stream, self.api_name, endpoint)
        # The stream may have moved to another endpoint, which the next attempt looks up.
        if not endpoint_is_new and isinstance(error, _FROM_STALE_ENDPOINT):
            error.retryable = True

    def _drop_unfinished(self) -> None:
        """Drop the endpoint of an attempt that timed out: it may not be reachable."""
        if self.endpoint is not None:
            self.endpoints.drop(self.request.stream, self.api_name, self.endpoint)
            self.endpoint = None

    async def _get_endpoint(self, number: int) -> tuple[DataEndpoint, bool]:
        return await self.endpoints.get(
            self.request.stream, self.api_name, lambda: self._look_up(number)
        )

    async def _look_up(self, number: int) -> str:
        await self.rate_limits.acquire_look_up(self.request.stream)
        params = self.request.stream_params() | {"APIName": self.api_name}
        call = AwsRequest("kinesisvideo", "GetDataEndpoint", params)
        response = await self.caller.once(_GET_DATA_ENDPOINT, call, attempt=number)
        return response.data_endpoint


def _explained(error: VidKitError, api_name: ApiName) -> VidKitError:
    for member in ("Images", "Fragments"):
        if isinstance(error, DecodeError) and f"{member}: Field required" in error.message:
            error.message += (
                f"; a response without {member} is what an endpoint other than the stream's "
                f"{api_name} data endpoint returns"
            )
    return error
