"""Images and fragments of Kinesis Video Streams."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from os import PathLike
from typing import Any

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.any_operation import AnyOperation
from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation, UntypedOperation
from vidkit.errors import DecodeError, RequestError
from vidkit.images.archived_media import ARCHIVED_MEDIA, ArchivedMedia, Cost
from vidkit.images.fragments import Fragment, ListFragmentsRequest, ListFragmentsResponse
from vidkit.images.grid import PAGE_SIZE, Grid, Window, windows
from vidkit.images.models import (
    GetImagesRequest,
    GetImagesResponse,
    Image,
    ImageFormat,
    ImagePage,
    ImageSelectorType,
)
from vidkit.images.rate_limits import GET_IMAGES_METADATA_POINTS
from vidkit.images.saving.saver import (
    OnProgress,
    Saver,
    SaveReport,
    check_progress,
    create_target,
)
from vidkit.images.untyped_requests import points_of, stream_of
from vidkit.images.windows.gaps import ListingRange, Span, recorded_spans
from vidkit.images.windows.pages import WindowPages
from vidkit.images.windows.recorded_windows import RecordedWindows
from vidkit.images.windows.window_source import KnownWindows, UnsavedWindows, WindowSource
from vidkit.models.timestamps import from_millis
from vidkit.paging.pager import AsyncPager
from vidkit.transports.base import AwsRequest

__all__ = ["ImagesClient"]

_GET_IMAGES = Operation("images", "GetImages", GetImagesResponse)
_LIST_FRAGMENTS = Operation("images", "ListFragments", ListFragmentsResponse)

_MAX_FRAGMENTS = 1000
_PAGE_TOKEN = re.compile(r"at-(-?[0-9]{1,20})")


class ImagesClient(AnyOperation):
    """Images and fragments of a stream's archived media; ``kit.images``.

    Example:
        ```python
        async for image in kit.images.get_images(
            stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + timedelta(minutes=5)
        ):
            print(image.timestamp, image.error or len(image.content))
        ```
    """

    _service = "images"
    _apis = ("kinesisvideo", ARCHIVED_MEDIA)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._archived_media = ArchivedMedia(caller)

    @checked_arguments
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
        skip_gaps: bool = False,
    ) -> AsyncPager[Image, ImagePage]:
        """Images at regular sampling points of a range of any length.

        The sampling points are start, start + interval, ... up to and including the end. The
        range is split into windows of one page each; ``concurrency`` of them are fetched at the
        same time. Images come in time order, each timestamp once. A point without an image is an
        item too, with ``error`` set.

        Args:
            stream_name: the stream's name; give either this or ``stream_arn``.
            stream_arn: the stream's ARN.
            start_timestamp: the first sampling point, aware; truncated to milliseconds.
            end_timestamp: the end of the range, aware, not before the start.
            sampling_interval: the time between two points; at least 200 ms, whole milliseconds
                (1 s).
            image_selector_type: which timestamps of the stream count, ``"SERVER_TIMESTAMP"``
                (default) or ``"PRODUCER_TIMESTAMP"``.
            format: ``"JPEG"`` (default) or ``"PNG"``.
            jpeg_quality: 1 to 100; the service's default is 80.
            width_pixels: 1 to 3840, together with the height; default: as recorded.
            height_pixels: 1 to 2160, together with the width; default: as recorded.
            max_results: sampling points in one window and page, 1 to 25 (25).
            concurrency: windows fetched at the same time, 1 to 64 (8).
            skip_gaps: whether to list the stream's fragments first, and to request only the
                sampling points within them (False). Points in gaps are no items then. The last
                page can be empty, if the page before it could not know that it was the last.

        Returns:
            A pager over images; its pages are the windows.

        Raises:
            RequestError: at once, if a parameter is invalid.
            NotFoundError: while iterating: there is no such stream.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetImages``, ``GetDataEndpoint`` and (for ``skip_gaps``) ``ListFragments`` of
        Kinesis Video Streams.
        """
        request = GetImagesRequest.from_arguments(locals())
        grid = request.grid

        def pages(token: str | None, *, ahead: bool) -> AsyncIterator[ImagePage]:
            begin = grid.start if token is None else _from_token(token, grid)
            source = self._windows(request, begin, ahead=ahead)
            return self._pages(request, source, concurrency=request.concurrency if ahead else 1)

        return AsyncPager(pages)

    @checked_arguments
    async def save_images(
        self,
        target: str | PathLike[str],
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
        skip_gaps: bool = False,
        on_progress: OnProgress | None = None,
        storage_options: Mapping[str, Any] | None = None,
    ) -> SaveReport:
        """Write the images of a range into a folder or an object store, one file each.

        A file is named after its image's timestamp, such as ``2026-05-01T12-00-00.000Z.jpg``. It
        is complete or does not exist. Existing files are not changed, and windows of which every
        sampling point has a file are not requested: called again after a failure or a crash,
        this method resumes where it stopped. Give each stream, and each size and quality, a
        target of its own.

        Args:
            target: a folder, created if it does not exist; or a URL that fsspec supports, such
                as ``s3://bucket/frames``, which needs ``vidkit[fsspec]``.
            stream_name: the stream's name; give either this or ``stream_arn``.
            stream_arn: the stream's ARN.
            start_timestamp: the first sampling point, aware; truncated to milliseconds.
            end_timestamp: the end of the range, aware, not before the start.
            sampling_interval: the time between two points; at least 200 ms, whole milliseconds
                (1 s).
            image_selector_type: which timestamps of the stream count, ``"SERVER_TIMESTAMP"``
                (default) or ``"PRODUCER_TIMESTAMP"``.
            format: ``"JPEG"`` (default) or ``"PNG"``.
            jpeg_quality: 1 to 100; the service's default is 80.
            width_pixels: 1 to 3840, together with the height; default: as recorded.
            height_pixels: 1 to 2160, together with the width; default: as recorded.
            max_results: sampling points in one window, 1 to 25 (25).
            concurrency: windows fetched at the same time, 1 to 64 (8).
            skip_gaps: whether to list the stream's fragments first, and to request only the
                sampling points that may lie within them (False).
            on_progress: called after each window with a `SaveProgress`; must not block. A
                `SaveProgressBar` can be given here.
            storage_options: for a URL: the options of fsspec's file system, such as
                ``{"endpoint_url": ...}``.

        Returns:
            How many images were saved and skipped, which images are missing and why, how many
            sampling points are in gaps, and how many bytes were written.

        Raises:
            RequestError: a parameter is invalid, or the target cannot be written: no permission,
                a full disk.
            ConfigError: the target's URL needs a package that is not installed.
            NotFoundError: there is no such stream.
            VidKitError: see `vidkit.errors`. Images that were saved before stay.

        Source: ``GetImages``, ``GetDataEndpoint`` and (for ``skip_gaps``) ``ListFragments`` of
        Kinesis Video Streams.
        """
        request = GetImagesRequest.from_arguments(locals())
        check_progress(on_progress)
        self._caller.runtime.check()
        files = await create_target(target, storage_options)
        saver = Saver(files, request.format, request.grid, on_progress)
        await saver.open()
        source = UnsavedWindows(
            self._windows(request, request.grid.start, ahead=True),
            saver.is_saved,
            request.grid.interval,
        )
        pages = self._pages(request, source, concurrency=request.concurrency)
        return await saver.save(pages, source)

    @checked_arguments
    def list_fragments(
        self,
        *,
        stream_name: str | None = None,
        stream_arn: str | None = None,
        fragment_selector_type: ImageSelectorType = "SERVER_TIMESTAMP",
        start_timestamp: datetime,
        end_timestamp: datetime,
        max_results: int = _MAX_FRAGMENTS,
    ) -> AsyncPager[Fragment, ListFragmentsResponse]:
        """The fragments that begin within a range, both ends included.

        They come in no order, not even from page to page: the service guarantees none. A
        fragment that was ingested just now may not be listed yet.

        Args:
            stream_name: the stream's name; give either this or ``stream_arn``.
            stream_arn: the stream's ARN.
            fragment_selector_type: which timestamps of the fragments count,
                ``"SERVER_TIMESTAMP"`` (default) or ``"PRODUCER_TIMESTAMP"``.
            start_timestamp: the beginning of the range, aware.
            end_timestamp: the end of the range, aware, not before the start.
            max_results: fragments on a page, 1 to 1000 (1000). Each uses one of the 10,000
                fragment-metadata points that a stream has per second.

        Returns:
            A pager over fragments.

        Raises:
            RequestError: at once, if a parameter is invalid.
            NotFoundError: while iterating: there is no such stream.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListFragments`` and ``GetDataEndpoint`` of Kinesis Video Streams.
        """
        return self._fragments(
            ListFragmentsRequest(
                stream_name=stream_name,
                stream_arn=stream_arn,
                fragment_selector_type=fragment_selector_type,
                start_timestamp=start_timestamp,
                end_timestamp=end_timestamp,
                max_results=max_results,
            )
        )

    async def _send_untyped(
        self, operation: UntypedOperation, request: AwsRequest
    ) -> dict[str, Any]:
        if request.api != ARCHIVED_MEDIA:
            return await super()._send_untyped(operation, request)
        stream, cost = stream_of(request.params), points_of(operation.name, request.params)
        return await self._archived_media.call(
            operation, stream, request.params, cost, content=request.content
        )

    def _fragments(
        self, request: ListFragmentsRequest
    ) -> AsyncPager[Fragment, ListFragmentsResponse]:
        async def fetch(token: str | None) -> ListFragmentsResponse:
            return await self._archived_media.call(
                _LIST_FRAGMENTS, request, request.wire_params(token), Cost(request.max_results)
            )

        return self._caller.pager(fetch)

    def _windows(self, request: GetImagesRequest, begin: int, *, ahead: bool) -> WindowSource:
        grid, page_size = request.grid, request.max_results
        if not request.skip_gaps:
            known = windows(begin, grid.end, grid.interval, page_size=page_size)
            return KnownWindows(known, begin)
        return RecordedWindows(
            grid,
            begin,
            lambda listing_range: self._spans(request, listing_range),
            self._caller.runtime.spawn,
            page_size=page_size,
            ahead=ahead,
        )

    async def _spans(self, request: GetImagesRequest, listing_range: ListingRange) -> list[Span]:
        """When media was recorded within a listing range."""
        fragments = self._fragments(
            ListFragmentsRequest(
                stream_name=request.stream_name,
                stream_arn=request.stream_arn,
                fragment_selector_type=request.image_selector_type,
                start_timestamp=from_millis(listing_range.listed_from),
                end_timestamp=from_millis(listing_range.listed_until),
                max_results=listing_range.max_results,
            )
        )
        return recorded_spans(await fragments.collect(), request.image_selector_type)

    def _pages(
        self, request: GetImagesRequest, source: WindowSource, *, concurrency: int
    ) -> WindowPages:
        return WindowPages(
            source,
            lambda window: self._fetch(request, window),
            self._caller.runtime.spawn,
            concurrency=concurrency,
            token=_to_token,
        )

    async def _fetch(self, request: GetImagesRequest, window: Window) -> list[Image]:
        """All images of one window, from all pages on which the service returns them."""
        params = request.wire_params() | {
            "StartTimestamp": from_millis(window.start),
            "EndTimestamp": from_millis(window.end),
            # The service counts the images that are requested, not those that it returns.
            "MaxResults": window.points,
        }
        cost = Cost(GET_IMAGES_METADATA_POINTS + window.points, window.points)
        images: list[Image] = []
        seen: set[str] = set()
        token: str | None = None
        while True:
            next_page = {} if token is None else {"NextToken": token}
            response = await self._archived_media.call(
                _GET_IMAGES, request, params | next_page, cost
            )
            images.extend(response.images)
            token = response.next_token or None
            if token is None:
                return images
            if token in seen:
                raise DecodeError(
                    "the service returned a page token it had given before",
                    service=_GET_IMAGES.service,
                    operation=_GET_IMAGES.name,
                )
            seen.add(token)


def _to_token(millis: int) -> str:
    return f"at-{millis}"


def _from_token(token: str, grid: Grid) -> int:
    match = _PAGE_TOKEN.fullmatch(token)
    if match and (point := int(match[1])) in grid:
        return point
    raise RequestError(
        f"token={token[:40]!r}: must be a next_token of get_images with the same range and interval"
    )
