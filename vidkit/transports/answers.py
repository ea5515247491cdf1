"""How much of an answer is read into memory."""

from collections.abc import AsyncIterable, Mapping
from io import BytesIO

from vidkit.errors import DecodeError

__all__ = ["LARGEST_ANSWER", "read_answer"]

LARGEST_ANSWER = 256 * 1024 * 1024
"""In bytes. 25 images of the largest size that GetImages has are 150 MiB; nothing else is near."""

_LONGEST_NUMBER = 15


async def read_answer(
    chunks: AsyncIterable[bytes], *, status: int, headers: Mapping[str, str]
) -> bytes:
    """The whole body, as it came over the wire: what is compressed stays so.

    Whoever calls this drops the connection when it raises.

    Args:
        chunks: the body's pieces, not decompressed.
        status: the answer's status.
        headers: its headers, by names of any case.

    Raises:
        DecodeError: the body is, or says it is, longer than ``LARGEST_ANSWER``.
    """
    if _is_too_long(headers.get("content-length", "")):
        raise _too_long(status)
    # One growing buffer: pieces to be joined take twice the memory at the end, and millions of
    # crumbs far more.
    body = BytesIO()
    async for chunk in chunks:
        body.write(chunk)
        if body.tell() > LARGEST_ANSWER:
            raise _too_long(status)
    return body.getvalue()


def _is_too_long(length: str) -> bool:
    digits = length.strip().lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        return False
    return len(digits) > _LONGEST_NUMBER or int(digits) > LARGEST_ANSWER


def _too_long(status: int) -> DecodeError:
    return DecodeError(
        f"the answer is longer than {LARGEST_ANSWER} bytes, which no answer of the API is; "
        "it was not read to its end",
        status=status,
        ambiguous=True,
    )
