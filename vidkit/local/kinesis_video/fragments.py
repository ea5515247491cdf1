"""ListFragments: fragments by their start times, in no order."""

import binascii
import hashlib
import math
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vidkit.local.kinesis_video.recording import Recording
from vidkit.local.kinesis_video.requests import invalid, time_range
from vidkit.local.kinesis_video.state import Stream
from vidkit.local.protocol.page_tokens import PageTokens

DEFAULT_MAX_RESULTS: Final = 100
"""The default number of fragments on a page. The service documents none; this is our choice."""

_PRODUCER: Final = "PRODUCER_TIMESTAMP"
_SELECTOR = struct.Struct(">?qq")

# Fragment numbers have 47 digits and the same prefix.
_NUMBER_PREFIX = "91343852333181"
_MILLISECONDS_BEFORE_1970 = 62_135_683_200_000
"""From a day before the year 1 to 1970; with this offset, no time is negative."""
_TAIL_DIGITS = 18
_GOLDEN_SECTION = (math.sqrt(5) - 1) / 2
_AUDIO_BYTES = 8
"""Bytes of a millisecond of audio, or of media that cannot be measured."""
_HEADER_BYTES = 1024


@dataclass(frozen=True, slots=True)
class FragmentsRequest:
    """A ListFragments request that has passed all checks.

    It selects the fragments that start within the range, both ends included, as the model
    describes ``FragmentSelector``. A token contains the selector of its request, which a request
    with a token may therefore leave out, as the model says. A different selector beside a token
    is an error, which is our interpretation.
    """

    by_producer: bool
    start: int
    end: int
    """Milliseconds on the producer's or the server's clock."""
    position: int
    page_size: int


def read_fragments_request(
    stream: Stream, parameters: Mapping[str, Any], tokens: PageTokens
) -> FragmentsRequest:
    """Check a request.

    Raises:
        ApiError: a parameter is invalid.
    """
    selector: tuple[bool, int, int] | None = None
    if "FragmentSelector" in parameters:
        members: Mapping[str, Any] = parameters["FragmentSelector"]
        by_producer = members["FragmentSelectorType"] == _PRODUCER
        selector = (by_producer, *time_range(members["TimestampRange"]))
    position = 0
    if "NextToken" in parameters:
        position, resumed = _read_token(parameters["NextToken"], stream, tokens)
        if selector not in {None, resumed}:
            raise invalid("NextToken is not one of this request.")
        selector = resumed
    if selector is None:
        raise invalid("FragmentSelector is missing; only a request with NextToken needs none.")
    page_size: int = parameters.get("MaxResults", DEFAULT_MAX_RESULTS)
    return FragmentsRequest(*selector, position=position, page_size=page_size)


def fragments_page(
    stream: Stream,
    recording: Recording,
    request: FragmentsRequest,
    *,
    bytes_per_millisecond: float,
    tokens: PageTokens,
) -> dict[str, object]:
    """The response to a request.

    Args:
        stream: the stream.
        recording: its media.
        request: the request.
        bytes_per_millisecond: the bit rate of its file.
        tokens: issues the token of the next page.
    """
    shift = recording.offset if request.by_producer else 0
    first = recording.count_until(request.start - shift - 1)
    count = recording.count_until(request.end - shift) - first
    items = [
        _item(stream, recording, first + number, bytes_per_millisecond)
        for number in _shuffled(count, request.position, request.page_size)
    ]
    content: dict[str, object] = {"Fragments": items}
    following = request.position + len(items)
    if following < count:
        content["NextToken"] = _issue_token(following, stream, request, tokens)
    return content


def _shuffled(count: int, position: int, size: int) -> Iterator[int]:
    """Some of the numbers below ``count``, in a fixed order that is not the order of time.

    The service promises no order, not even across pages. Steps of the golden section, modulo
    ``count``, reach each number once and spread every page over the full range, at the same cost
    for any ``count``.
    """
    step = max(1, round(count * _GOLDEN_SECTION))
    while math.gcd(step, count) > 1:
        step += 1
    for index in range(position, min(position + size, count)):
        yield (index * step + count // 2) % count


def _item(
    stream: Stream, recording: Recording, number: int, bytes_per_millisecond: float
) -> dict[str, object]:
    fragment = recording.fragment(number)
    digest = hashlib.blake2b(f"{stream.arn}/{fragment.start}".encode(), digest_size=8).digest()
    tail = int.from_bytes(digest, "big") % 10**_TAIL_DIGITS
    video = bytes_per_millisecond * recording.video_share(fragment) * (0.8 + 0.4 * digest[0] / 255)
    size = _HEADER_BYTES + fragment.length * (_AUDIO_BYTES + video)
    time = fragment.start + _MILLISECONDS_BEFORE_1970
    return {
        "FragmentNumber": f"{_NUMBER_PREFIX}{time:015}{tail:018}",
        "FragmentSizeInBytes": round(size),
        "ProducerTimestamp": (fragment.start + recording.offset) / 1000,
        "ServerTimestamp": fragment.start / 1000,
        "FragmentLengthInMilliseconds": fragment.length,
    }


def _issue_token(
    position: int, stream: Stream, request: FragmentsRequest, tokens: PageTokens
) -> str:
    selector = (request.by_producer, request.start, request.end)
    token = tokens.issue(position, [stream.arn, *selector])
    return b64encode(_SELECTOR.pack(*selector) + b64decode(token)).decode()


def _read_token(
    token: str, stream: Stream, tokens: PageTokens
) -> tuple[int, tuple[bool, int, int]]:
    error = invalid("NextToken is not one of this stream.")
    try:
        raw = b64decode(token, validate=True)
        by_producer, start, end = _SELECTOR.unpack_from(raw)
    except (binascii.Error, ValueError, struct.error):
        raise error from None
    selector: tuple[bool, int, int] = (by_producer, start, end)
    rest = b64encode(raw[_SELECTOR.size :]).decode()
    position = tokens.read(rest, [stream.arn, *selector])
    if position is None:
        raise error
    return position, selector
