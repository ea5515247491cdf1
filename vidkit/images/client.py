"""Images out of Kinesis Video Streams."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

from vidkit.calls import Caller, Operation
from vidkit.checks import operation
from vidkit.errors import (
    AuthError,
    ConflictError,
    DecodeError,
    InvalidRequestError,
    NotFoundError,
    QuotaError,
    RequestError,
    ThrottledError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.images.endpoints import DataEndpoint, DataEndpoints
from vidkit.images.models import (
    GetDataEndpointAnswer,
    GetImagesAnswer,
    GetImagesRequest,
    Image,
    ImageFormat,
    ImagePage,
    ImageSelectorType,
)
from vidkit.images.window_pages import WindowPages
from vidkit.images.windows import PAGE_SIZE, Window, from_millis, to_millis, windows
from vidkit.paging import AsyncPager
from vidkit.transports.base import AwsRequest

__all__ = ["ImagesClient"]

_GET_IMAGES = Operation("images", "GetImages", GetImagesAnswer)
_GET_DATA_ENDPOINT = Operation("images", "GetDataEndpoint", GetDataEndpointAnswer)

_MILLISECOND = timedelta(milliseconds=1)
# Answers that the right endpoint gives; after any other failure it is looked up again.
_ENDPOINT_IS_GOOD = (ConflictError, InvalidRequestError, QuotaError, ThrottledError)
_ENDPOINT_IS_BAD = (AuthError, DecodeError, NotFoundError)

_TOKEN_PREFIX = "at-"  # noqa: S105


class ImagesClient:
    """Images of a stream's archived media; ``kit.images``.

    Example:
        ```python
        async for image in kit.images.get_images(
            stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + timedelta(minutes=5)
        ):
            print(image.timestamp, image.error or len(image.content))
        ```
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._endpoints = caller.runtime.shared(DataEndpoints)

    @operation
    def get_images(
        self,
        *,
        stream_name: str | None = None,
        stream_arn: str | None = None,
        start_timestamp: datetime,
        end_timestamp: datetime,
        sampling_interval: timedelta = timedelta(seconds=1),
        image_selector_type: ImageSelectorType = "SERVER_TIMESTAMP",
        format: ImageFormat = "JPEG",
        jpeg_quality: int | None = None,
        width_pixels: int | None = None,
        height_pixels: int | None = None,
        max_results: int = PAGE_SIZE,
        concurrency: int = 8,
    ) -> AsyncPager[Image, ImagePage]:
        """Images at regular sampling points of a range of any length.

        The sampling points are start, start + interval, ... up to and including the end. The
        range is split into windows of one page each; ``concurrency`` of them are fetched at once,
        and their images come in time order, each timestamp once. A point without an image is an
        item too, with ``error`` set.

        Args:
            stream_name: the stream's name; give it or ``stream_arn``.
            stream_arn: the stream's ARN.
            start_timestamp: the first sampling point, aware; finer than milliseconds is cut off.
            end_timestamp: the end of the range, aware, not before the start.
            sampling_interval: between two points; at least 200 ms, whole milliseconds (1 s).
            image_selector_type: whose clock the timestamps are of (``"SERVER_TIMESTAMP"``).
            format: ``"JPEG"`` (default) or ``"PNG"``.
            jpeg_quality: 1 to 100; the service's default is 80.
            width_pixels: 1 to 3840, together with the height; default: as recorded.
            height_pixels: 1 to 2160, together with the width; default: as recorded.
            max_results: sampling points in one window and page, 1 to 25 (25).
            concurrency: windows fetched at once, 1 to 64 (8).

        Returns:
            A pager over images; its pages are the windows.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such stream.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetImages`` and ``GetDataEndpoint`` of Kinesis Video Streams.
        """
        request = GetImagesRequest(
            stream_name=stream_name,
            stream_arn=stream_arn,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            sampling_interval=sampling_interval,
            image_selector_type=image_selector_type,
            format=format,
            jpeg_quality=jpeg_quality,
            width_pixels=width_pixels,
            height_pixels=height_pixels,
            max_results=max_results,
            concurrency=concurrency,
        )
        start = to_millis(request.start_timestamp)
        end = to_millis(request.end_timestamp)
        interval = request.sampling_interval // _MILLISECOND

        def pages(token: str | None, *, ahead: bool) -> AsyncIterator[ImagePage]:
            begin = start if token is None else _from_token(token, start, end, interval)
            return WindowPages(
                windows(begin, end, interval, page_size=request.max_results),
                lambda window: self._fetch(request, window),
                self._caller.runtime.spawn,
                concurrency=request.concurrency if ahead else 1,
                token=_to_token,
            )

        return AsyncPager(pages)

    async def _fetch(self, request: GetImagesRequest, window: Window) -> list[Image]:
        """All images of one window; what the service puts on further pages is followed."""
        params = request.wire_params() | {
            "StartTimestamp": from_millis(window.start),
            "EndTimestamp": from_millis(window.end),
        }
        images: list[Image] = []
        seen: set[str] = set()
        token: str | None = None
        while True:
            more = {} if token is None else {"NextToken": token}
            answer = await self._get_images(request, params | more)
            images.extend(answer.images)
            token = answer.next_token or None
            if token is None:
                return images
            if token in seen:
                raise DecodeError(
                    "the service answered with a page token it had given before",
                    service=_GET_IMAGES.service,
                    operation=_GET_IMAGES.name,
                )
            seen.add(token)

    async def _get_images(
        self, request: GetImagesRequest, params: Mapping[str, object]
    ) -> GetImagesAnswer:
        async def look_up(number: int) -> str:
            member = "StreamName" if request.stream_name is not None else "StreamARN"
            lookup = {member: request.stream, "APIName": "GET_IMAGES"}
            answer = await self._caller.once(
                _GET_DATA_ENDPOINT,
                AwsRequest("kinesisvideo", "GetDataEndpoint", lookup),
                attempt=number,
            )
            return answer.data_endpoint

        # The endpoint of a request that has not come to an end; a timeout leaves it here.
        unfinished: DataEndpoint | None = None

        async def attempt(number: int) -> GetImagesAnswer:
            nonlocal unfinished
            if unfinished is not None:
                self._endpoints.drop(request.stream, unfinished)
            endpoint, was_known = await self._endpoints.get(request.stream, lambda: look_up(number))
            unfinished = endpoint
            call = AwsRequest("kinesis-video-archived-media", "GetImages", params, endpoint.url)
            try:
                answer = await self._caller.once(_GET_IMAGES, call, attempt=number)
            except VidKitError as error:
                unfinished = None
                if not isinstance(error, _ENDPOINT_IS_GOOD):
                    self._endpoints.drop(request.stream, endpoint)
                # A stream that was moved is found by looking again, so that is worth a try.
                if was_known and isinstance(error, _ENDPOINT_IS_BAD):
                    error.retryable = True
                raise _explained(error) from error.__cause__
            unfinished = None
            return answer

        try:
            return await self._caller.retrying(_GET_IMAGES, attempt)
        except VidKitTimeoutError:
            if unfinished is not None:
                self._endpoints.drop(request.stream, unfinished)
            raise


def _explained(error: VidKitError) -> VidKitError:
    if isinstance(error, DecodeError) and "Images: Field required" in error.message:
        error.message += (
            "; an answer without Images is what an endpoint other than the stream's GET_IMAGES "
            "data endpoint gives"
        )
    return error


def _to_token(millis: int) -> str:
    return f"{_TOKEN_PREFIX}{millis}"


def _from_token(token: str, start: int, end: int, interval: int) -> int:
    digits = token.removeprefix(_TOKEN_PREFIX)
    if token.startswith(_TOKEN_PREFIX) and digits.isascii() and digits.isdecimal():
        point = int(digits[:20])
        if start <= point <= end and (point - start) % interval == 0:
            return point
    raise RequestError(
        f"token={token[:40]!r}: must be a next_token of get_images with the same range and interval"
    )
