"""Kinesis Video Streams of the local cloud: data endpoints and images."""

import asyncio
import base64
import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from vidkit.local.lazy_models import LazyModel
from vidkit.local.page_tokens import PageTokens
from vidkit.local.state import State, Stream
from vidkit.local.threads import in_thread
from vidkit.local.video import media
from vidkit.local.wire import Answer, Fault, Request, parse_json

PAGE_SIZE: Final = 25
"""The most images on a page, whatever MaxResults asks for."""

DEFAULT_SAMPLING_INTERVAL: Final = 3000
"""Milliseconds between images where the request names no interval."""

_SHORTEST_INTERVAL: Final = 200
_LONGEST_RANGE: Final = 300_000
_LATEST_SECONDS: Final = 253_402_300_799
_DEFAULT_QUALITY: Final = 80
_BEST_QUALITY: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATA_PATH = re.compile(r"/data/([0-9a-f]{16})/getImages")

# What the regional endpoint says to a GetImages that belongs to a data endpoint: HTTP 200.
_WRONG_ENDPOINT: Final = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
)


@dataclass(frozen=True, slots=True)
class _ImageRequest:
    """A GetImages request that has passed all checks; times are milliseconds."""

    start: int
    end: int
    interval: int
    format: Literal["JPEG", "PNG"]
    quality: int
    size: tuple[int, int] | None
    page_size: int
    bound: Mapping[str, Any]
    """What a NextToken of this request is bound to."""

    def times(self, position: int) -> list[int]:
        """The sampling points of the page at a position; the range's end is one of them."""
        first = self.start + position * self.interval
        return list(range(first, self.end + 1, self.interval))[: self.page_size]


class KinesisVideo:
    """GetDataEndpoint, and GetImages on the data endpoints it hands out.

    A stream's media is one video file that starts at the stream's start timestamp; producer and
    server timestamps are the same. A data endpoint is a path below the server's address; on the
    bare address GetImages answers as the regional endpoint of the service does, with status 200 and
    no images. ``SamplingInterval`` is 3000 ms where it is left out. Width and height go together:
    one of them alone is an ``InvalidArgumentException``.
    """

    name = "images"

    def __init__(self, state: State) -> None:
        self._state = state
        self._tokens = PageTokens()
        self._models = {
            "GetDataEndpoint": LazyModel("kinesisvideo", code="InvalidArgumentException"),
            "GetImages": LazyModel("kinesis-video-archived-media", code="InvalidArgumentException"),
        }
        # More decoders than processors would only slow each other down.
        self._decoders = asyncio.Semaphore(os.cpu_count() or 1)

    def operation(self, request: Request) -> str | None:
        """``GetDataEndpoint`` or ``GetImages``, by the path."""
        if request.method != "POST":
            return None
        if request.path == "/getDataEndpoint":
            return "GetDataEndpoint"
        known = request.path == "/getImages" or _DATA_PATH.fullmatch(request.path)
        return "GetImages" if known else None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        if request.path == "/getImages":
            return Answer(body=_WRONG_ENDPOINT, headers={"Content-Type": "application/json"})
        body = parse_json(request.body, fault=_invalid("The request body must be one JSON object."))
        for name in ("StartTimestamp", "EndTimestamp"):
            if isinstance(body.get(name), str):
                body[name] = _seconds(name, body[name])
        parameters = await self._models[operation].accept(operation, body)
        stream = self._stream(parameters)
        if operation == "GetDataEndpoint":
            endpoint = f"http://{request.headers['Host']}/data/{self._key(stream)}"
            return Answer.json({"DataEndpoint": endpoint}, media_type="application/json")
        asked = _DATA_PATH.fullmatch(request.path)
        if asked is None or asked[1] != self._key(stream):
            raise _not_found(stream.name)
        return await self._images(stream, parameters)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as the service has it: its type in a header, its message in the body."""
        del request_id  # The server puts it into a header; the body has none.
        body = json.dumps({"Message": fault.message}).encode()
        error_type = f"{fault.code}:http://internal.amazon.com/coral/com.amazon.kinesisvideo/"
        return Answer(
            status=fault.status,
            body=body,
            headers={"Content-Type": "application/json", "x-amzn-ErrorType": error_type},
        )

    async def close(self) -> None:
        """End the work that is still running: each request ends its own."""

    def _stream(self, parameters: Mapping[str, Any]) -> Stream:
        if ("StreamName" in parameters) == ("StreamARN" in parameters):
            raise _invalid("Either StreamName or StreamARN must be given, and not both.")
        asked: str = parameters.get("StreamName") or parameters["StreamARN"]
        for stream in self._state.streams.values():
            if asked == (stream.name if "StreamName" in parameters else stream.arn):
                return stream
        raise _not_found(asked)

    def _key(self, stream: Stream) -> str:
        identity = self._state.identity
        named = f"{identity.account_id}/{identity.region}/{stream.name}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    async def _images(self, stream: Stream, parameters: Mapping[str, Any]) -> Answer:
        asked = _image_request(stream, parameters)
        position: int | None = 0
        if "NextToken" in parameters:
            position = self._tokens.read(parameters["NextToken"], asked.bound)
        if position is None:
            raise _invalid("NextToken is not one of this request.")
        times = asked.times(position)
        token: str | None = None
        if times and times[-1] + asked.interval <= asked.end:
            token = self._tokens.issue(position + len(times), asked.bound)
        async with self._decoders:
            return await in_thread(_page, stream, asked, times, token)


def _image_request(stream: Stream, parameters: Mapping[str, Any]) -> _ImageRequest:
    start = _milliseconds("StartTimestamp", parameters["StartTimestamp"])
    end = _milliseconds("EndTimestamp", parameters["EndTimestamp"])
    interval: int = parameters.get("SamplingInterval", DEFAULT_SAMPLING_INTERVAL)
    width, height = parameters.get("WidthPixels"), parameters.get("HeightPixels")
    if end < start:
        raise _invalid("EndTimestamp must not be before StartTimestamp.")
    if end - start > _LONGEST_RANGE:
        raise _invalid("EndTimestamp must be 300 seconds after StartTimestamp at the most.")
    if interval < _SHORTEST_INTERVAL:
        raise _invalid(f"SamplingInterval must be {_SHORTEST_INTERVAL} ms at the least.")
    if (width is None) != (height is None):
        raise _invalid("WidthPixels and HeightPixels must be given together, or neither.")
    bound = {k: v for k, v in parameters.items() if k not in {"NextToken", "MaxResults"}}
    return _ImageRequest(
        start=start,
        end=end,
        interval=interval,
        format=parameters["Format"],
        quality=_quality(parameters),
        size=None if width is None or height is None else (width, height),
        page_size=min(parameters.get("MaxResults", PAGE_SIZE), PAGE_SIZE),
        bound=bound | {"StreamName": stream.name, "StreamARN": stream.arn},
    )


def _quality(parameters: Mapping[str, Any]) -> int:
    config: Mapping[str, str] = parameters.get("FormatConfig", {})
    text = config.get("JPEGQuality", str(_DEFAULT_QUALITY))
    if text.isascii() and text.isdigit() and 1 <= int(text) <= _BEST_QUALITY:
        return int(text)
    raise _invalid(f"JPEGQuality must be a whole number from 1 to 100; it is {text!r}.")


def _page(stream: Stream, asked: _ImageRequest, times: list[int], token: str | None) -> Answer:
    """Decode and encode the images of one page (blocking)."""
    origin = (stream.start_timestamp - _EPOCH) // timedelta(milliseconds=1)
    offsets = [time - origin for time in times]
    items: list[dict[str, object]] = []
    try:
        frames = media.frames_at(stream.path, offsets)
        for time, frame in zip(times, frames, strict=True):
            item: dict[str, object] = {"TimeStamp": time / 1000}
            if frame is None:
                item["Error"] = "NO_MEDIA"
            else:
                image = media.encode(
                    frame, format=asked.format, quality=asked.quality, size=asked.size
                )
                item["ImageContent"] = base64.b64encode(image).decode()
            items.append(item)
    except media.NotAVideoError:
        items = [{"TimeStamp": time / 1000, "Error": "MEDIA_ERROR"} for time in times]
    content: dict[str, object] = {"Images": items}
    if token is not None:
        content["NextToken"] = token
    return Answer.json(content, media_type="application/json")


def _milliseconds(name: str, seconds: float) -> int:
    if not math.isfinite(seconds) or abs(seconds) > _LATEST_SECONDS:
        raise _invalid(f"{name} is no point in time.")
    return round(seconds * 1000)


def _seconds(name: str, text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid(f"{name} is no point in time: {text!r}.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _invalid(message: str) -> Fault:
    return Fault("InvalidArgumentException", message)


def _not_found(stream: str) -> Fault:
    return Fault(
        "ResourceNotFoundException", f"There is no stream {stream!r} at this endpoint.", status=404
    )
