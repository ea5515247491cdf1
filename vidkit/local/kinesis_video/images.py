"""GetImages: images at sampling points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vidkit.local.kinesis_video.recording import Recording
from vidkit.local.kinesis_video.requests import invalid, time_range
from vidkit.local.kinesis_video.state import Stream
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.video.media import NotAVideoError
from vidkit.local.video.pictures import Pictures, Style, VideoFile

PAGE_SIZE: Final = 25
"""The most images on a page, whatever ``MaxResults`` is."""

DEFAULT_SAMPLING_INTERVAL_MS: Final = 3000
"""The default number of milliseconds between images."""

_MIN_INTERVAL_MS: Final = 200
_MAX_RANGE_MS: Final = 300_000
_DEFAULT_QUALITY: Final = 80
_MAX_QUALITY: Final = 100
_PRODUCER: Final = "PRODUCER_TIMESTAMP"


@dataclass(frozen=True, slots=True)
class ImagesRequest:
    """A GetImages request that has passed all checks; times are milliseconds."""

    by_producer: bool
    """Whether its timestamps, and those of the response, are on the producer's clock."""
    start: int
    end: int
    interval: int
    style: Style
    max_results: int
    """The number of images requested, which is also its cost in points."""
    bound: Mapping[str, Any]
    """The parameters that a ``NextToken`` of this request is bound to."""
    position: int

    @property
    def times(self) -> list[int]:
        """The sampling points of the page; the range includes its end."""
        first = self.start + self.position * self.interval
        size = min(self.max_results, PAGE_SIZE)
        return list(range(first, self.end + 1, self.interval)[:size])


def read_images_request(
    stream: Stream,
    parameters: Mapping[str, Any],
    tokens: PageTokens,
    *,
    square_pixels: bool = True,
) -> ImagesRequest:
    """Check a request.

    Args:
        stream: the stream that it names.
        parameters: its parameters.
        tokens: reads its ``NextToken``.
        square_pixels: whether images are stretched to square pixels.

    Raises:
        ApiError: a parameter is invalid.
    """
    start, end = time_range(parameters)
    interval: int = parameters.get("SamplingInterval", DEFAULT_SAMPLING_INTERVAL_MS)
    width, height = parameters.get("WidthPixels"), parameters.get("HeightPixels")
    if end - start > _MAX_RANGE_MS:
        raise invalid("EndTimestamp must be 300 seconds after StartTimestamp at the most.")
    if interval < _MIN_INTERVAL_MS:
        raise invalid(f"SamplingInterval must be {_MIN_INTERVAL_MS} ms at the least.")
    if (width is None) != (height is None):
        raise invalid("WidthPixels and HeightPixels must be given together, or neither.")
    size = None if width is None or height is None else (width, height)
    bound = {k: v for k, v in parameters.items() if k not in {"NextToken", "MaxResults"}}
    bound |= {"StreamName": stream.name, "StreamARN": stream.arn}
    position: int | None = 0
    if "NextToken" in parameters:
        position = tokens.read(parameters["NextToken"], bound)
    if position is None:
        raise invalid("NextToken is not one of this request.")
    return ImagesRequest(
        by_producer=parameters["ImageSelectorType"] == _PRODUCER,
        start=start,
        end=end,
        interval=interval,
        style=Style(parameters["Format"], _quality(parameters), size, square_pixels),
        max_results=parameters.get("MaxResults", PAGE_SIZE),
        bound=bound,
        position=position,
    )


def images_page(
    file: VideoFile | None,
    recording: Recording,
    request: ImagesRequest,
    *,
    pictures: Pictures,
    tokens: PageTokens,
) -> bytes:
    """The body of the response to a request (blocking: decodes what is not cached).

    Args:
        file: the stream's file; None when it is not a video.
        recording: the stream's media.
        request: the request.
        pictures: encodes pictures and caches them.
        tokens: issues the token of the next page.
    """
    times = request.times
    shift = recording.offset if request.by_producer else 0
    media = [recording.media(time - shift) for time in times]
    offsets = [time - shift - recording.start for time in times]
    frames = {
        offset: file.line.looped_frame_at(offset)
        for offset, found in zip(offsets, media, strict=True)
        if file is not None and found == "PICTURES"
    }
    encoded = _encoded(file, list(frames.values()), request.style, pictures)
    # Joined without json, which would search a megabyte for characters to escape.
    body: list[bytes] = [b'{"Images":[']
    for time, offset, found in zip(times, offsets, media, strict=True):
        picture = encoded.get(frames[offset]) if offset in frames else None
        body.append(b'%b{"TimeStamp":%a,' % (b"," if len(body) > 1 else b"", time / 1000))
        if picture is not None:
            body += (b'"ImageContent":"', picture, b'"}')
        else:
            error = "MEDIA_ERROR" if found == "PICTURES" else found
            body.append(b'"Error":"%b"}' % error.encode())
    body.append(b"]")
    if times and times[-1] + request.interval <= request.end:
        following = tokens.issue(request.position + len(times), request.bound)
        body.append(b',"NextToken":"%b"' % following.encode())
    return b"".join((*body, b"}"))


def _encoded(
    file: VideoFile | None, numbers: Sequence[int], style: Style, pictures: Pictures
) -> dict[int, bytes]:
    if file is None or not numbers:
        return {}
    try:
        return pictures.encoded(file, numbers, style)
    except NotAVideoError:
        return {}


def _quality(parameters: Mapping[str, Any]) -> int:
    config: Mapping[str, str] = parameters.get("FormatConfig", {})
    text = config.get("JPEGQuality", str(_DEFAULT_QUALITY))
    quality = whole_number(text, 1, _MAX_QUALITY)
    if quality is not None:
        return quality
    raise invalid(f"JPEGQuality must be a whole number from 1 to 100; it is {text!r}.")
