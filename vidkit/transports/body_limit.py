"""The size limit of response bodies."""

from collections.abc import AsyncIterable, Mapping
from io import BytesIO

from aiohttp import ClientResponse

from vidkit.errors import DecodeError

__all__ = ["MAX_BODY_SIZE", "BodyReader", "read_body"]

MAX_BODY_SIZE = 256 * 1024 * 1024
"""Bytes. A page of 25 images of the largest size is 150 MiB; every other response is smaller."""

_MAX_LENGTH_DIGITS = 15
# A length that is merely declared takes no memory: room is made for this many times what has come.
_ROOM_FACTOR = 8


class BodyReader:
    """Reads bodies, and ends reading when the connections are closed.

    When its session closes, aiohttp ends only requests that wait for the head of a response.
    """

    def __init__(self) -> None:
        self._open: set[ClientResponse] = set()

    async def read(self, response: ClientResponse) -> bytes:
        """Read the complete body of a response; see `read_body`.

        Raises:
            DecodeError: it is too large.
            ClientError: it is incomplete, or the connection was closed.
        """
        self._open.add(response)
        try:
            return await read_body(
                response.content.iter_any(), status=response.status, headers=response.headers
            )
        finally:
            self._open.discard(response)

    def close(self) -> None:
        """Close the connections of the bodies that are being read."""
        for response in list(self._open):
            response.close()


async def read_body(
    chunks: AsyncIterable[bytes], *, status: int, headers: Mapping[str, str]
) -> bytes:
    """Read the complete body as it was transferred; it is not decompressed.

    The caller closes the connection when this raises.

    Args:
        chunks: the chunks of the body.
        status: the status of the response.
        headers: its headers; names in any case.

    Raises:
        DecodeError: the body, or its declared length, is larger than ``MAX_BODY_SIZE``.
    """
    declared = _declared_length(headers.get("content-length", ""))
    if declared > MAX_BODY_SIZE:
        raise _too_large(status)
    # One growing buffer: joining chunks takes twice the memory, and millions of tiny chunks far
    # more.
    body, room = BytesIO(), 0
    async for chunk in chunks:
        size = body.tell() + len(chunk)
        if size > MAX_BODY_SIZE:
            raise _too_large(status)
        if room < size < declared:
            room = min(declared, size * _ROOM_FACTOR)
            _make_room(body, room)
        body.write(chunk)
    # Less may have come than was declared.
    body.truncate()
    return body.getvalue()


def _make_room(body: BytesIO, room: int) -> None:
    """Let a buffer grow once: if it grew with each chunk, it would be copied again and again."""
    end = body.tell()
    body.seek(room - 1)
    body.write(b"\0")
    body.seek(end)


def _declared_length(length: str) -> int:
    """The declared length of a body; 0 where none is declared or it is no number."""
    digits = length.strip().lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        return 0
    return int(digits) if len(digits) <= _MAX_LENGTH_DIGITS else MAX_BODY_SIZE + 1


def _too_large(status: int) -> DecodeError:
    return DecodeError(
        f"the response is larger than {MAX_BODY_SIZE} bytes, which no response of the API is; "
        "it was not read to its end",
        status=status,
        ambiguous=True,
    )
