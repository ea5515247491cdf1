"""Who a request to Huawei Cloud is from: a signature or an IAM token, as httpx puts them on."""

from collections.abc import Generator
from datetime import datetime
from urllib.parse import parse_qsl

import httpx

from vidkit.transports.huawei.server_clock import ServerClock, server_date_of_a_skew
from vidkit.transports.huawei.signer import sdk_date, sign

__all__ = ["SignedAuth", "TokenAuth"]

_SIGNED_HEADERS = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")

_REFUSED = {401, 403}


class SignedAuth(httpx.Auth):
    """Signs each request with SDK-HMAC-SHA256, dated anew each time it is sent.

    A request that is refused for its date is signed and sent once more, with the date that the
    refusal tells. Any other refusal stays: five wrong signatures in a row lock the key.

    Args:
        access_key: the AK.
        secret_key: the SK.
        security_token: the token of temporary keys.
        clock: the time, and what is learnt of the service's.
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
        """Add the date, the token of temporary keys and the signature."""
        signed = self._clock.now()
        self._sign(request, signed)
        response = yield request
        told = server_date_of_a_skew(
            status=response.status_code,
            date=response.headers.get("date"),
            body=response.content,
            signed=signed,
        )
        if told is None:
            self._clock.accept()
            return
        offset = self._clock.offset_to(told)
        self._sign(request, told)
        response = yield request
        self._clock.accept(None if response.status_code in _REFUSED else offset)

    def _sign(self, request: httpx.Request, moment: datetime) -> None:
        request.headers["X-Sdk-Date"] = sdk_date(moment)
        if self._security_token:
            request.headers["X-Security-Token"] = self._security_token
        # Still encoded: decoding twice would sign another path.
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
