"""One call to a stream's archived media: its endpoint, its points, its retries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
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
from vidkit.images.data_endpoints import ApiName, DataEndpoint, DataEndpoints
from vidkit.images.models import GetDataEndpointResponse, StreamRequest
from vidkit.images.rate_limits import StreamRateLimits
from vidkit.transports.base import AwsRequest

__all__ = ["ArchivedMedia", "Cost"]

M = TypeVar("M", bound=BaseModel)

_GET_DATA_ENDPOINT = Operation("images", "GetDataEndpoint", GetDataEndpointResponse)
_API_NAMES: dict[str, ApiName] = {"GetImages": "GET_IMAGES", "ListFragments": "LIST_FRAGMENTS"}

# Answers that the right endpoint gives; after any other failure it is looked up again.
_ENDPOINT_IS_GOOD = (ConflictError, InvalidRequestError, QuotaError, ThrottledError)
_ENDPOINT_IS_BAD = (AuthError, DecodeError, NotFoundError)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call costs of a stream's points."""

    metadata: int
    media: int = 0


class ArchivedMedia:
    """Calls the archived media of any stream, at the data endpoint of each.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._endpoints = caller.runtime.shared(DataEndpoints)
        self._points = caller.runtime.shared(StreamRateLimits)

    async def call(
        self,
        operation: Operation[M],
        request: StreamRequest,
        params: Mapping[str, Any],
        cost: Cost,
    ) -> M:
        """Call an operation, with retries, as soon as the stream has points left for it.

        The deadline begins when the points are there: a stream that many read is no failure.

        Raises:
            VidKitError: whatever the last attempt ended with.
        """
        stream, api_name = request.stream, _API_NAMES[operation.name]
        just_found = await self._find_endpoint(request, api_name)

        # The endpoint of a request that has not come to an end; a timeout leaves it here.
        unfinished: DataEndpoint | None = None

        async def attempt(number: int) -> M:
            nonlocal unfinished
            if unfinished is not None:
                self._endpoints.drop(stream, api_name, unfinished)
                unfinished = None
            endpoint, was_known = await self._endpoint(request, api_name, number)
            was_known = was_known and endpoint is not just_found
            if number > 1:
                await self._pay(stream, cost, ahead_of_line=True)
            unfinished = endpoint
            call = AwsRequest("kinesis-video-archived-media", operation.name, params, endpoint.url)
            try:
                response = await self._caller.once(operation, call, attempt=number)
            except VidKitError as error:
                unfinished = None
                if isinstance(error, ThrottledError):
                    self._points.refused(stream)
                if not isinstance(error, _ENDPOINT_IS_GOOD):
                    self._endpoints.drop(stream, api_name, endpoint)
                # A stream that was moved is found by looking again, so that is worth a try.
                if was_known and isinstance(error, _ENDPOINT_IS_BAD):
                    error.retryable = True
                raise _explained(error, api_name) from error.__cause__
            unfinished = None
            return response

        await self._pay(stream, cost)
        try:
            return await self._caller.retrying(operation, attempt)
        except VidKitTimeoutError:
            if unfinished is not None:
                self._endpoints.drop(stream, api_name, unfinished)
            raise

    async def _find_endpoint(
        self, request: StreamRequest, api_name: ApiName
    ) -> DataEndpoint | None:
        """Look the endpoint up before points are paid, which are only good for a moment.

        Returns:
            The endpoint, if nobody had found it before.
        """
        if self._endpoints.has(request.stream, api_name):
            return None

        async def attempt(number: int) -> tuple[DataEndpoint, bool]:
            return await self._endpoint(request, api_name, number)

        endpoint, was_known = await self._caller.retrying(_GET_DATA_ENDPOINT, attempt)
        return None if was_known else endpoint

    async def _endpoint(
        self, request: StreamRequest, api_name: ApiName, number: int
    ) -> tuple[DataEndpoint, bool]:
        return await self._endpoints.get(
            request.stream, api_name, lambda: self._look_up(request, api_name, number)
        )

    async def _pay(self, stream: str, cost: Cost, *, ahead_of_line: bool = False) -> None:
        await self._points.take(
            stream, metadata=cost.metadata, media=cost.media, ahead_of_line=ahead_of_line
        )

    async def _look_up(self, request: StreamRequest, api_name: ApiName, number: int) -> str:
        await self._points.take_look_up(request.stream)
        params = request.stream_params() | {"APIName": api_name}
        call = AwsRequest("kinesisvideo", "GetDataEndpoint", params)
        response = await self._caller.once(_GET_DATA_ENDPOINT, call, attempt=number)
        return response.data_endpoint


def _explained(error: VidKitError, api_name: ApiName) -> VidKitError:
    for member in ("Images", "Fragments"):
        if isinstance(error, DecodeError) and f"{member}: Field required" in error.message:
            error.message += (
                f"; an answer without {member} is what an endpoint other than the stream's "
                f"{api_name} data endpoint gives"
            )
    return error
