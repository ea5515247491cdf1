"""Signatures of requests to AWS, by botocore's signer."""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth

__all__ = ["SignedRequest", "Signer"]

_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(slots=True)
class SignedRequest:
    """A request to sign, as botocore's signer reads it.

    Attributes:
        method: the HTTP method.
        url: the URL, encoded.
        headers: the headers; the signature's are added.
        body: the body.
        context: the date.
        params: none: the query is part of the URL.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    context: dict[str, str] = field(default_factory=dict[str, str])
    params: None = None


class _Headers(dict[str, str]):
    """Headers by lower-case name, each once; botocore's own class is one of e-mails."""

    def get_all(self, name: str) -> tuple[str]:
        return (self[name],)


class _DatedAuth(SigV4Auth):  # type: ignore[misc]
    """Signature version 4 with a given date and a signing key that was derived before."""

    def __init__(self, signer: "Signer", credentials: Any, date: datetime) -> None:
        super().__init__(credentials, signer.name, signer.region)
        self._signer = signer
        self._timestamp = date.strftime(_TIMESTAMP)

    def _modify_request_before_signing(self, request: SignedRequest) -> None:
        request.context["timestamp"] = self._timestamp
        super()._modify_request_before_signing(request)

    def headers_to_sign(self, request: SignedRequest) -> Any:
        """The host, and all headers that the request has so far."""
        headers = _Headers((name.lower(), value) for name, value in request.headers.items())
        headers["host"] = _host(request.url)
        return headers

    def signature(self, string_to_sign: str, request: SignedRequest) -> str:
        """The signature of a string."""
        key = self._signer.key(self.credentials.secret_key, request.context["timestamp"][:8])
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


@lru_cache(maxsize=128)
def _host(url: str) -> str:
    """The ``Host`` header of a URL: without the port if it is the default one."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    is_default = parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)}
    return host if is_default else f"{host}:{parts.port}"


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
        _DatedAuth(self, credentials, date).add_auth(request)

    def key(self, secret_key: str, day: str) -> bytes:
        """The signing key of a day; derived once for many requests."""
        if self._key_of != (secret_key, day):
            key = f"AWS4{secret_key}".encode()
            for part in (day, self.region, self.name, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key, self._key_of = key, (secret_key, day)
        return self._key
