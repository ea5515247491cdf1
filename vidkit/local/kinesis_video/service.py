"""Kinesis Video Streams of the local cloud: data endpoints, images and fragments."""

import asyncio
import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from typing import Any, Final

from vidkit.local.kinesis_video.fragments import (
    FragmentsRequest,
    fragments_page,
    read_fragments_request,
)
from vidkit.local.kinesis_video.images import ImagesRequest, images_page, read_images_request
from vidkit.local.kinesis_video.limits import KinesisVideoThrottle
from vidkit.local.kinesis_video.recording import Recording
from vidkit.local.kinesis_video.requests import invalid, not_found, read_times
from vidkit.local.kinesis_video.state import KinesisVideoState, Stream
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.local.video.media import NotAVideoError
from vidkit.local.video.pictures import Pictures, VideoFile

_JSON: Final = "application/json"
_PATH = re.compile(r"(?:/data/(?P<key>[0-9a-f]{16}))?/(?P<call>getImages|listFragments)")
_DIGEST_LENGTH: Final = 8
_OPERATIONS = {"getImages": "GetImages", "listFragments": "ListFragments"}
_API_NAMES = {"GetImages": "GET_IMAGES", "ListFragments": "LIST_FRAGMENTS"}

# The response of every other endpoint to GetImages, with HTTP status 200.
_WRONG_ENDPOINT: Final = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
)


class KinesisVideoService:
    """GetDataEndpoint, and GetImages and ListFragments on the data endpoints that it returns.

    A stream's media is a video file that starts at the stream's start timestamp. A data endpoint is
    a path below the server's URL, one for each stream and ``APIName``. On the server's URL itself,
    and on the stream's endpoint for another API, GetImages responds as the regional endpoint of the
    service does, with status 200 and no images; ListFragments is a ``ResourceNotFoundException``
    there, which is our choice. The default ``SamplingInterval`` is 3000 ms. Width without height,
    or height without width, is an ``InvalidArgumentException``. The points of a request are taken
    after it has passed the checks, and before any work is done.

    Args:
        state: what the services share.
        throttle: the rates when the cloud throttles.
    """

    name = "images"

    def __init__(self, state: State, throttle: KinesisVideoThrottle | None = None) -> None:
        self._state = state
        self._tokens = PageTokens()
        self._throttle = throttle or KinesisVideoThrottle()
        self._pictures = Pictures()
        self._recordings: dict[str, tuple[Stream, int | None, Recording]] = {}
        archived_media = LazyModel("kinesis-video-archived-media", code="InvalidArgumentException")
        self._models = {
            "GetDataEndpoint": LazyModel("kinesisvideo", code="InvalidArgumentException"),
            "GetImages": archived_media,
            "ListFragments": archived_media,
        }
        # More decoders than processors would only slow each other down.
        self._workers = asyncio.Semaphore(os.cpu_count() or 1)

    def operation(self, request: Request) -> str | None:
        """``GetDataEndpoint``, ``GetImages`` or ``ListFragments``, by the path."""
        if request.method != "POST":
            return None
        if request.path == "/getDataEndpoint":
            return "GetDataEndpoint"
        known = _PATH.fullmatch(request.path)
        return _OPERATIONS[known["call"]] if known else None

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        self._models[operation].check_query(request)
        if request.path == "/getImages":
            return Response(body=_WRONG_ENDPOINT, headers={"Content-Type": _JSON})
        body = parse_json(request.body, error=invalid("The request body must be one JSON object."))
        read_times(body)
        parameters = await self._models[operation].accept(operation, body)
        stream = self._stream(parameters)
        if operation == "GetDataEndpoint":
            return self._data_endpoint(stream, parameters["APIName"], request.headers["Host"])
        path = _PATH.fullmatch(request.path)
        key = (path and path["key"]) or ""
        if key != self._key(stream, _API_NAMES[operation]):
            stream_part = self._key(stream)[:_DIGEST_LENGTH]
            if operation == "GetImages" and key[:_DIGEST_LENGTH] == stream_part:
                return Response(body=_WRONG_ENDPOINT, headers={"Content-Type": _JSON})
            raise not_found(stream.name)
        if operation == "GetImages":
            return await self._images(stream, parameters)
        return await self._fragments(stream, parameters)

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error: its type in a header, its message in the body."""
        del request_id  # The server puts it into a header; the body has none.
        body = json.dumps({"Message": error.message}).encode()
        error_type = f"{error.code}:http://internal.amazon.com/coral/com.amazon.kinesisvideo/"
        return Response(
            status=error.status,
            body=body,
            headers={"Content-Type": _JSON, "x-amzn-ErrorType": error_type},
        )

    async def close(self) -> None:
        """Drop the cached pictures; no work outlives its request."""
        self._pictures.clear()

    def _stream(self, parameters: Mapping[str, Any]) -> Stream:
        if ("StreamName" in parameters) == ("StreamARN" in parameters):
            raise invalid("Either StreamName or StreamARN must be given, and not both.")
        name: str = parameters.get("StreamName") or parameters["StreamARN"]
        for stream in self._state.of(KinesisVideoState).streams.values():
            if name == (stream.name if "StreamName" in parameters else stream.arn):
                return stream
        raise not_found(name)

    def _data_endpoint(self, stream: Stream, api_name: str, host: str) -> Response:
        if self._state.throttles(self.name):
            self._throttle.take_endpoint(stream.name)
        endpoint = f"http://{host}/data/{self._key(stream, api_name)}"
        return Response.json({"DataEndpoint": endpoint}, media_type=_JSON)

    def _key(self, stream: Stream, api_name: str = "") -> str:
        """The key in an endpoint's path; its first half stands for the stream."""
        identity = self._state.identity
        named = f"{identity.account_id}/{identity.region}/{stream.name}"
        return f"{_digest(named)}{_digest(f'{named}/{api_name}')}"

    async def _images(self, stream: Stream, parameters: Mapping[str, Any]) -> Response:
        request = read_images_request(
            stream, parameters, self._tokens, square_pixels=self._state.square_pixels
        )
        if self._state.throttles(self.name):
            self._throttle.take_images(stream.name, request.max_results)
        async with self._workers:
            return await in_worker_thread(self._images_response, stream, request)

    async def _fragments(self, stream: Stream, parameters: Mapping[str, Any]) -> Response:
        request = read_fragments_request(stream, parameters, self._tokens)
        if self._state.throttles(self.name):
            self._throttle.take_fragments(stream.name, request.page_size)
        async with self._workers:
            return await in_worker_thread(self._fragments_response, stream, request)

    def _images_response(self, stream: Stream, request: ImagesRequest) -> Response:
        file = _video_of(stream)
        recording = self._recording(stream, file)
        body = images_page(file, recording, request, pictures=self._pictures, tokens=self._tokens)
        return Response(body=body, headers={"Content-Type": _JSON})

    def _fragments_response(self, stream: Stream, request: FragmentsRequest) -> Response:
        file = _video_of(stream)
        content = fragments_page(
            stream,
            self._recording(stream, file),
            request,
            bytes_per_millisecond=0 if file is None else file.size / _length(file),
            tokens=self._tokens,
        )
        return Response.json(content, media_type=_JSON)

    def _recording(self, stream: Stream, file: VideoFile | None) -> Recording:
        """The stream's media; cached until the stream or the length of its file changes."""
        length = None if file is None else _length(file)
        cached = self._recordings.get(stream.name)
        if cached is not None and cached[0] is stream and cached[1] == length:
            return cached[2]
        recording = Recording(stream, length)
        self._recordings[stream.name] = (stream, length, recording)
        return recording


def _video_of(stream: Stream) -> VideoFile | None:
    try:
        return VideoFile.at(stream.path)
    except NotAVideoError:
        return None


def _length(file: VideoFile) -> int:
    """The length of a file in milliseconds, rounded up."""
    return math.ceil(file.line.duration * 1000)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
