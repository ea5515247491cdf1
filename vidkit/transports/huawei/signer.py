"""SDK-HMAC-SHA256, the request signature of Huawei Cloud, as a pure function.

Source: the signing guide of API Gateway, cross-checked with signatures of Huawei's own signer.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote

__all__ = ["canonical_query", "canonical_request", "sdk_date", "sign"]

ALGORITHM = "SDK-HMAC-SHA256"

_DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_CONTENT_HASH = "x-sdk-content-sha256"


def sdk_date(date: datetime) -> str:
    """The value of ``X-Sdk-Date``: UTC, whole seconds, basic ISO format."""
    return date.astimezone(UTC).strftime(_DATE_FORMAT)


def _encode(text: str) -> str:
    return quote(text, safe="~")


def canonical_query(query: Iterable[tuple[str, str]]) -> str:
    """The query as it is signed and sent: sorted by raw key and value, percent-encoded."""
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in sorted(query))


@lru_cache(maxsize=64)
def _canonical_path(path: str) -> str:
    encoded = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _signed(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    # Many proxies drop names with an underscore; the gateway does not expect them.
    return sorted(
        (name.lower(), value.strip()) for name, value in headers.items() if "_" not in name
    )


def _canonical_request(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    signed: Sequence[tuple[str, str]],
    body: bytes,
) -> str:
    """See `canonical_request`; the headers are those that are signed."""
    stated_hash = dict(signed).get(_CONTENT_HASH) if body else None
    return "\n".join(
        (
            method.upper(),
            _canonical_path(path),
            canonical_query(query),
            *[f"{name}:{value}" for name, value in signed],
            "",
            ";".join([name for name, _ in signed]),
            stated_hash or hashlib.sha256(body).hexdigest(),
        )
    )


def canonical_request(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """The canonical request: method, path, query, headers and body in canonical form."""
    return _canonical_request(method, path, query, _signed(headers), body)


def sign(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    *,
    access_key: str,
    secret_key: str,
) -> str:
    """The value of the ``Authorization`` header.

    Args:
        method: the HTTP method.
        path: the URL's path, encoded or not.
        query: keys and values, not encoded, in any order.
        headers: every header to sign; ``Host`` and ``X-Sdk-Date`` must be among them.
        body: the bytes that are sent.
        access_key: the AK.
        secret_key: the SK.
    """
    signed = _signed(headers)
    request = _canonical_request(method, path, query, signed, body)
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"{ALGORITHM}\n{dict(signed)['x-sdk-date']}\n{digest}"
    signature = hmac.digest(secret_key.encode(), text.encode(), "sha256").hex()
    names = ";".join([name for name, _ in signed])
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"
