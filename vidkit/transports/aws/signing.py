"""Signature version 4 of requests to AWS, as botocore's signer makes it."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.utils import normalize_url_path  # pyright: ignore[reportUnknownVariableType]

__all__ = ["SignedRequest", "Signer"]

_ALGORITHM = "AWS4-HMAC-SHA256"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(slots=True)
class SignedRequest:
    """A request to sign.

    Attributes:
        method: the HTTP method.
        url: the URL, encoded.
        headers: the headers to sign, by name; those of the signature are added.
        body: the body.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """What a signature says of a URL.

    Attributes:
        host: the ``Host`` header: without the port if it is the default one.
        path: the path, normalized and encoded once more.
        query: the query, sorted by name and value.
    """

    host: str
    path: str
    query: str


@lru_cache(maxsize=128)
def _target(url: str) -> _Target:
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    if parts.port not in {None, _DEFAULT_PORTS.get(parts.scheme)}:
        host = f"{host}:{parts.port}"
    pairs = sorted(pair.partition("=") for pair in parts.query.split("&") if pair)
    query = "&".join(f"{name}={value}" for name, _, value in pairs)
    return _Target(host, quote(normalize_url_path(parts.path), safe="/~"), query)


def _canonical_request(request: SignedRequest, headers: dict[str, str], names: str) -> str:
    """The request in the form that is signed.

    Args:
        request: the request.
        headers: the headers to sign, by lower-case name, sorted.
        names: the names of the headers, as the signature states them.
    """
    target = _target(request.url)
    lines = [f"{name}:{' '.join(value.split())}" for name, value in headers.items()]
    body_hash = hashlib.sha256(request.body).hexdigest()
    return "\n".join((request.method, target.path, target.query, *lines, "", names, body_hash))


class Signer:
    """Signs the requests of one service in one region.

    Args:
        name: the service's name in signatures.
        region: the region in signatures.
    """

    def __init__(self, name: str, region: str) -> None:
        self.name = name
        self.region = region
        self._key_of: tuple[str, str] | None = None
        self._key = b""

    def sign(self, request: SignedRequest, credentials: Any, date: datetime) -> None:
        """Add the date, the session token and the signature to the headers.

        Args:
            request: the request.
            credentials: botocore's frozen credentials.
            date: the date of the signature, in UTC.
        """
        timestamp = date.strftime(_TIMESTAMP)
        request.headers["X-Amz-Date"] = timestamp
        if credentials.token:
            request.headers["X-Amz-Security-Token"] = credentials.token
        signed = {name.lower(): value for name, value in request.headers.items()}
        signed["host"] = _target(request.url).host
        signed = dict(sorted(signed.items()))
        names = ";".join(signed)
        canonical = _canonical_request(request, signed, names)
        day = timestamp[:8]
        scope = f"{day}/{self.region}/{self.name}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{timestamp}\n{scope}\n{digest}"
        key = self._derived_key(credentials.secret_key, day)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        request.headers["Authorization"] = (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}"
        )

    def _derived_key(self, secret_key: str, day: str) -> bytes:
        """The signing key of a day; derived once for many requests."""
        if self._key_of != (secret_key, day):
            key = f"AWS4{secret_key}".encode()
            for part in (day, self.region, self.name, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key, self._key_of = key, (secret_key, day)
        return self._key
