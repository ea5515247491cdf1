"""How much of an answer is read into memory."""

from collections.abc import AsyncIterable, Mapping
from io import BytesIO

from aiohttp import ClientResponse

from vidkit.errors import DecodeError

__all__ = ["MAX_BODY_SIZE", "BodyReader", "read_body"]

MAX_BODY_SIZE = 256 * 1024 * 1024
"""In bytes. 25 images of the largest size that GetImages has are 150 MiB; nothing else is near."""

_LONGEST_NUMBER = 15


class BodyReader:
    """The bodies that are being read, so that none is waited for when its connection is closed.

    aiohttp tells only those who wait for the head of an answer that its session was closed.
    """

    def __init__(self) -> None:
        self._open: set[ClientResponse] = set()

    async def read(self, response: ClientResponse) -> bytes:
        """The whole body of an answer; see `read_body`.

        Raises:
            DecodeError: it is too long.
            ClientError: it broke off, or was closed.
        """
        self._open.add(response)
        try:
            return await read_body(
                response.content.iter_any(), status=response.status, headers=response.headers
            )
        finally:
            self._open.discard(response)

    def close(self) -> None:
        """Let all of them end now."""
        for response in list(self._open):
            response.close()


async def read_body(
    chunks: AsyncIterable[bytes], *, status: int, headers: Mapping[str, str]
) -> bytes:
    """The whole body, as it came over the wire: what is compressed stays so.

    Whoever calls this drops the connection when it raises.

    Args:
        chunks: the body's pieces, not decompressed.
        status: the answer's status.
        headers: its headers, by names of any case.

    Raises:
        DecodeError: the body is, or says it is, longer than ``MAX_BODY_SIZE``.
    """
    announced = _announced(headers.get("content-length", ""))
    if announced > MAX_BODY_SIZE:
        raise _too_long(status)
    # One growing buffer: pieces to be joined take twice the memory at the end, and millions of
    # crumbs far more.
    body = BytesIO()
    async for chunk in chunks:
        body.write(chunk)
        if body.tell() > MAX_BODY_SIZE:
            raise _too_long(status)
    return body.getvalue()


def _announced(length: str) -> int:
    """How long an answer says it is; 0 where it says nothing of use."""
    digits = length.strip().lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        return 0
    return int(digits) if len(digits) <= _LONGEST_NUMBER else MAX_BODY_SIZE + 1


def _too_long(status: int) -> DecodeError:
    return DecodeError(
        f"the answer is longer than {MAX_BODY_SIZE} bytes, which no answer of the API is; "
        "it was not read to its end",
        status=status,
        ambiguous=True,
    )
