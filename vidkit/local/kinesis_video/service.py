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
from vidkit.local.kinesis_video.limits import Limits
from vidkit.local.kinesis_video.recording import Recording
from vidkit.local.kinesis_video.requests import invalid, not_found, read_times
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import Answer, Fault, Request, parse_json
from vidkit.local.runtime.state import State, Stream
from vidkit.local.runtime.worker_threads import in_thread
from vidkit.local.video.media import NotAVideoError
from vidkit.local.video.pictures import Pictures, VideoFile

_JSON: Final = "application/json"
_PATH = re.compile(r"(?:/data/(?P<key>[0-9a-f]{16}))?/(?P<call>getImages|listFragments)")
_HALF: Final = 8
_OPERATIONS = {"getImages": "GetImages", "listFragments": "ListFragments"}
_API_NAMES = {"GetImages": "GET_IMAGES", "ListFragments": "LIST_FRAGMENTS"}

# What every other endpoint says to a GetImages that belongs to a data endpoint: HTTP 200.
_WRONG_ENDPOINT: Final = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
)


class KinesisVideo:
    """GetDataEndpoint, and GetImages and ListFragments on the data endpoints it hands out.

    A stream's media is a video file that starts at the stream's start timestamp. A data endpoint is
    a path below the server's address, one for each stream and ``APIName``. On the bare address, and
    on an endpoint that the stream has for another API, GetImages answers as the regional endpoint
    of the service does, with status 200 and no images; ListFragments is a
    ``ResourceNotFoundException`` there, which is our choice. ``SamplingInterval`` is 3000 ms where
    it is left out. Width and height go together: one of them alone is an
    ``InvalidArgumentException``. A request pays for what it asks once it has been found to make
    sense, and before any work is done.

    Args:
        state: what the services share.
        limits: the limits that hold when the cloud throttles.
    """

    name = "images"

    def __init__(self, state: State, limits: Limits | None = None) -> None:
        self._state = state
        self._tokens = PageTokens()
        self._limits = limits or Limits()
        self._pictures = Pictures()
        self._recordings: dict[str, tuple[Stream, int | None, Recording]] = {}
        archive = LazyModel("kinesis-video-archived-media", code="InvalidArgumentException")
        self._models = {
            "GetDataEndpoint": LazyModel("kinesisvideo", code="InvalidArgumentException"),
            "GetImages": archive,
            "ListFragments": archive,
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

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        if request.path == "/getImages":
            return Answer(body=_WRONG_ENDPOINT, headers={"Content-Type": _JSON})
        body = parse_json(request.body, fault=invalid("The request body must be one JSON object."))
        read_times(body)
        parameters = await self._models[operation].accept(operation, body)
        stream = self._stream(parameters)
        if operation == "GetDataEndpoint":
            return self._data_endpoint(stream, parameters["APIName"], request.headers["Host"])
        asked = _PATH.fullmatch(request.path)
        endpoint = (asked and asked["key"]) or ""
        if endpoint != self._key(stream, _API_NAMES[operation]):
            if operation == "GetImages" and endpoint[:_HALF] == self._key(stream)[:_HALF]:
                return Answer(body=_WRONG_ENDPOINT, headers={"Content-Type": _JSON})
            raise not_found(stream.name)
        if operation == "GetImages":
            return await self._images(stream, parameters)
        return await self._fragments(stream, parameters)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as the service has it: its type in a header, its message in the body."""
        del request_id  # The server puts it into a header; the body has none.
        body = json.dumps({"Message": fault.message}).encode()
        error_type = f"{fault.code}:http://internal.amazon.com/coral/com.amazon.kinesisvideo/"
        return Answer(
            status=fault.status,
            body=body,
            headers={"Content-Type": _JSON, "x-amzn-ErrorType": error_type},
        )

    async def close(self) -> None:
        """Forget the pictures that were made; each request ends its own work."""
        self._pictures.clear()

    def _stream(self, parameters: Mapping[str, Any]) -> Stream:
        if ("StreamName" in parameters) == ("StreamARN" in parameters):
            raise invalid("Either StreamName or StreamARN must be given, and not both.")
        asked: str = parameters.get("StreamName") or parameters["StreamARN"]
        for stream in self._state.streams.values():
            if asked == (stream.name if "StreamName" in parameters else stream.arn):
                return stream
        raise not_found(asked)

    def _data_endpoint(self, stream: Stream, api_name: str, host: str) -> Answer:
        if self._state.throttles(self.name):
            self._limits.take_endpoint(stream.name)
        endpoint = f"http://{host}/data/{self._key(stream, api_name)}"
        return Answer.json({"DataEndpoint": endpoint}, media_type=_JSON)

    def _key(self, stream: Stream, api_name: str = "") -> str:
        """What an endpoint is known by; the first half tells the stream, the second the API."""
        identity = self._state.identity
        named = f"{identity.account_id}/{identity.region}/{stream.name}"
        return f"{_digest(named)}{_digest(f'{named}/{api_name}')}"

    async def _images(self, stream: Stream, parameters: Mapping[str, Any]) -> Answer:
        asked = read_images_request(stream, parameters, self._tokens)
        if self._state.throttles(self.name):
            self._limits.take_images(stream.name, asked.max_results)
        async with self._workers:
            return await in_thread(self._images_answer, stream, asked)

    async def _fragments(self, stream: Stream, parameters: Mapping[str, Any]) -> Answer:
        asked = read_fragments_request(stream, parameters, self._tokens)
        if self._state.throttles(self.name):
            self._limits.take_fragments(stream.name, asked.page_size)
        async with self._workers:
            return await in_thread(self._fragments_answer, stream, asked)

    def _images_answer(self, stream: Stream, asked: ImagesRequest) -> Answer:
        file = _video_of(stream)
        recording = self._recording(stream, file)
        body = images_page(file, recording, asked, pictures=self._pictures, tokens=self._tokens)
        return Answer(body=body, headers={"Content-Type": _JSON})

    def _fragments_answer(self, stream: Stream, asked: FragmentsRequest) -> Answer:
        file = _video_of(stream)
        content = fragments_page(
            stream,
            self._recording(stream, file),
            asked,
            bytes_per_millisecond=0 if file is None else file.size / _length(file),
            tokens=self._tokens,
        )
        return Answer.json(content, media_type=_JSON)

    def _recording(self, stream: Stream, file: VideoFile | None) -> Recording:
        """The stream's media; put together anew only when the stream or its file has changed."""
        length = None if file is None else _length(file)
        known = self._recordings.get(stream.name)
        if known is not None and known[0] is stream and known[1] == length:
            return known[2]
        recording = Recording(stream, length)
        self._recordings[stream.name] = (stream, length, recording)
        return recording


def _video_of(stream: Stream) -> VideoFile | None:
    try:
        return VideoFile.at(stream.path)
    except NotAVideoError:
        return None


def _length(file: VideoFile) -> int:
    """The milliseconds at which a file shows a frame, the last of which may not be a whole one."""
    return math.ceil(file.line.duration * 1000)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HALF]
