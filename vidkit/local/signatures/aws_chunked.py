"""The ``aws-chunked`` framing that S3 clients use for streamed uploads."""

import hashlib
import hmac
from dataclasses import dataclass

_EMPTY = hashlib.sha256(b"").hexdigest()
_SIGNED_MODES = frozenset(
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}
)
_MODES = _SIGNED_MODES | {"STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
_SIGNATURE_TRAILER = "x-amz-trailer-signature"


class ChunkedBodyError(ValueError):
    """A body whose framing is malformed, or whose chunks have wrong signatures."""

    def __init__(self, message: str, *, forged: bool = False) -> None:
        super().__init__(message)
        self.forged = forged


@dataclass(frozen=True, slots=True)
class ChunkKeys:
    """What the first chunk's signature is computed from."""

    key: bytes
    timestamp: str
    scope: str
    seed: str
    """The signature of the request itself."""


class _SignatureChain:
    """The chunks' signatures; each covers the one before it."""

    def __init__(self, keys: ChunkKeys) -> None:
        self._keys = keys
        self._previous = keys.seed

    def check(self, signature: str, *parts: str, kind: str) -> None:
        keys = self._keys
        text = "\n".join(
            (f"AWS4-HMAC-SHA256-{kind}", keys.timestamp, keys.scope, self._previous, *parts)
        )
        expected = hmac.new(keys.key, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise ChunkedBodyError("The signature of a chunk does not match.", forged=True)
        self._previous = expected


def read_chunked(body: bytes, *, mode: str, keys: ChunkKeys) -> tuple[bytes, dict[str, str]]:
    """Decode a body with the framing.

    Args:
        body: the body as it came.
        mode: the value of ``x-amz-content-sha256``.
        keys: the start of the chain of chunk signatures.

    Returns:
        The content and the trailing headers, names in lower case.

    Raises:
        ChunkedBodyError: the mode is unknown, the framing is malformed, or a signature is wrong.
    """
    if mode not in _MODES:
        raise ChunkedBodyError(f"{mode} is not supported.")
    chain = _SignatureChain(keys) if mode in _SIGNED_MODES else None
    content = bytearray()
    position = 0
    while True:
        end = body.find(b"\r\n", position)
        if end < 0:
            raise ChunkedBodyError("A chunk's header is cut off.")
        size, signature = _chunk_header(body[position:end])
        start = end + 2
        chunk = body[start : start + size]
        if len(chunk) != size:
            raise ChunkedBodyError("A chunk is shorter than its header says.")
        if chain:
            digest = hashlib.sha256(chunk).hexdigest()
            chain.check(signature, _EMPTY, digest, kind="PAYLOAD")
        position = start + size
        if size == 0:
            break
        content += chunk
        if body[position : position + 2] != b"\r\n":
            raise ChunkedBodyError("A chunk does not end where its header says.")
        position += 2
    trailers = _trailers(body[position:])
    signature = trailers.pop(_SIGNATURE_TRAILER, "")
    if chain and mode.endswith("-TRAILER"):
        lines = "".join(f"{name}:{value}\n" for name, value in sorted(trailers.items()))
        chain.check(signature, hashlib.sha256(lines.encode()).hexdigest(), kind="TRAILER")
    return bytes(content), trailers


def _chunk_header(line: bytes) -> tuple[int, str]:
    size, _, extension = line.partition(b";")
    name, _, signature = extension.partition(b"=")
    if not size or size.strip(b"0123456789abcdefABCDEF"):
        raise ChunkedBodyError("A chunk's header is malformed.")
    return int(size, 16), signature.decode("latin-1") if name == b"chunk-signature" else ""


def _trailers(tail: bytes) -> dict[str, str]:
    trailers: dict[str, str] = {}
    for line in tail.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            trailers[name.strip().lower()] = value.strip()
    return trailers
