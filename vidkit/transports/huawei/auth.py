"""Authentication of requests to Huawei Cloud: a signature or an IAM token, as httpx auth flows."""

from collections.abc import Generator
from datetime import datetime
from urllib.parse import parse_qsl

import httpx

from vidkit.transports.base import AUTH_STATUSES
from vidkit.transports.huawei.server_clock import ServerClock, server_date_of_a_skew
from vidkit.transports.huawei.signer import sdk_date, sign

__all__ = ["SignedAuth", "TokenAuth"]

_SIGNED_HEADERS = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")


class SignedAuth(httpx.Auth):
    """Signs each request with SDK-HMAC-SHA256, with a new date each time it is sent.

    A request that is rejected for its date is signed and sent once more, with the date of the
    error response. No other rejected request is sent again: five wrong signatures in a row lock
    the key.

    Args:
        access_key: the AK.
        secret_key: the SK.
        security_token: the security token of temporary keys.
        clock: the service's time.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        clock: ServerClock | None = None,
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._clock = clock or ServerClock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the date, the security token and the signature."""
        signed = self._clock.now()
        self._sign(request, signed)
        response = yield request
        server_date = server_date_of_a_skew(
            status=response.status_code,
            date=response.headers.get("date"),
            body=response.content,
            signed=signed,
        )
        if server_date is None:
            self._clock.confirm()
            return
        offset = self._clock.offset_to(server_date)
        self._sign(request, server_date)
        response = yield request
        self._clock.confirm(None if response.status_code in AUTH_STATUSES else offset)

    def _sign(self, request: httpx.Request, date: datetime) -> None:
        request.headers["X-Sdk-Date"] = sdk_date(date)
        if self._security_token:
            request.headers["X-Security-Token"] = self._security_token
        # Still encoded: a second decoding would sign another path.
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        request.headers["Authorization"] = sign(
            request.method,
            path,
            parse_qsl(query, keep_blank_values=True),
            {name: value for name, value in request.headers.items() if name in _SIGNED_HEADERS},
            request.content,
            access_key=self._access_key,
            secret_key=self._secret_key,
        )


class TokenAuth(httpx.Auth):
    """Sends an IAM token instead of a signature."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token
        yield request
