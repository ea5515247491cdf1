"""ListFragments: fragments by the time they start, in no order."""

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
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.runtime.state import Stream

DEFAULT_MAX_RESULTS: Final = 100
"""Fragments on a page unless asked otherwise. The service's model states none; this is ours."""

_PRODUCER: Final = "PRODUCER_TIMESTAMP"
_SELECTOR = struct.Struct(">?qq")

# Fragment numbers have 47 digits and begin alike.
_NUMBER_PREFIX = "91343852333181"
_ALL_TIME = 62_135_683_200_000
"""Milliseconds from a day before the year 1 to 1970: with these, no moment is negative."""
_TAIL_DIGITS = 18
_GOLDEN = (math.sqrt(5) - 1) / 2
_AUDIO_BYTES = 8
"""Bytes that a millisecond of sound takes, or of media that nobody can measure."""
_FRAGMENT_HEAD = 1024


@dataclass(frozen=True, slots=True)
class FragmentsRequest:
    """A ListFragments request that has passed all checks.

    Fragments are chosen that start within the range, both ends included: so the model describes
    ``FragmentSelector``. A token stands for the selector of the request it came from, which may be
    left out then, as the model says; a different one beside it is refused, which is our reading.
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
        Fault: it makes no sense.
    """
    selector: tuple[bool, int, int] | None = None
    if "FragmentSelector" in parameters:
        asked: Mapping[str, Any] = parameters["FragmentSelector"]
        by_producer = asked["FragmentSelectorType"] == _PRODUCER
        selector = (by_producer, *time_range(asked["TimestampRange"]))
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
    asked: FragmentsRequest,
    *,
    bytes_per_millisecond: float,
    tokens: PageTokens,
) -> dict[str, object]:
    """The answer to a request.

    Args:
        stream: the stream.
        recording: its media.
        asked: the request.
        bytes_per_millisecond: what its file takes.
        tokens: where the token of the next page comes from.
    """
    shift = recording.offset if asked.by_producer else 0
    first = recording.count_until(asked.start - shift - 1)
    count = recording.count_until(asked.end - shift) - first
    items = [
        _item(stream, recording, first + number, bytes_per_millisecond)
        for number in _shuffled(count, asked.position, asked.page_size)
    ]
    content: dict[str, object] = {"Fragments": items}
    following = asked.position + len(items)
    if following < count:
        content["NextToken"] = _issue_token(following, stream, asked, tokens)
    return content


def _shuffled(count: int, position: int, size: int) -> Iterator[int]:
    """A part of the numbers below ``count`` in a fixed order that is not that of time.

    The service promises no order, not even across pages. Going round in steps of the golden section
    takes each number once, comes everywhere on every page, and costs nothing however many there
    are.
    """
    step = max(1, round(count * _GOLDEN))
    while math.gcd(step, count) > 1:
        step += 1
    for index in range(position, min(position + size, count)):
        yield (index * step + count // 2) % count


def _item(
    stream: Stream, recording: Recording, number: int, bytes_per_millisecond: float
) -> dict[str, object]:
    piece = recording.piece(number)
    chance = hashlib.blake2b(f"{stream.arn}/{piece.start}".encode(), digest_size=8).digest()
    unlike = int.from_bytes(chance, "big") % 10**_TAIL_DIGITS
    pictures = bytes_per_millisecond * recording.pictured(piece) * (0.8 + 0.4 * chance[0] / 255)
    size = _FRAGMENT_HEAD + piece.length * (_AUDIO_BYTES + pictures)
    return {
        "FragmentNumber": f"{_NUMBER_PREFIX}{piece.start + _ALL_TIME:015}{unlike:018}",
        "FragmentSizeInBytes": round(size),
        "ProducerTimestamp": (piece.start + recording.offset) / 1000,
        "ServerTimestamp": piece.start / 1000,
        "FragmentLengthInMilliseconds": piece.length,
    }


def _issue_token(position: int, stream: Stream, asked: FragmentsRequest, tokens: PageTokens) -> str:
    selector = (asked.by_producer, asked.start, asked.end)
    token = tokens.issue(position, [stream.arn, *selector])
    return b64encode(_SELECTOR.pack(*selector) + b64decode(token)).decode()


def _read_token(
    token: str, stream: Stream, tokens: PageTokens
) -> tuple[int, tuple[bool, int, int]]:
    refusal = invalid("NextToken is not one of this stream.")
    try:
        raw = b64decode(token, validate=True)
        by_producer, start, end = _SELECTOR.unpack_from(raw)
    except (binascii.Error, ValueError, struct.error):
        raise refusal from None
    selector: tuple[bool, int, int] = (by_producer, start, end)
    rest = b64encode(raw[_SELECTOR.size :]).decode()
    position = tokens.read(rest, [stream.arn, *selector])
    if position is None:
        raise refusal
    return position, selector
