"""The metadata service of a cloud server, which hands out temporary keys of its agency."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from vidkit.config import HuaweiCredentials
from vidkit.errors import ConfigError, TransportError, VidKitTimeoutError
from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.source import (
    CredentialRequest,
    FoundCredentials,
    NoCredentialsError,
    SendRequest,
)

__all__ = ["ADDRESS", "MetadataSource"]

ADDRESS: Final = "http://169.254.169.254"

_TOKEN_PATH = "/meta-data/latest/api/token"  # noqa: S105
_KEYS_PATH = "/openstack/latest/securitykey"
_TOKEN_SECONDS = "21600"  # noqa: S105
# The service is on the same machine or its link: where it is, it answers at once.
_SECONDS_TO_FIND = 1.0
_SECONDS = 5.0
# Where the older version is served alone, asking for a token is answered so.
_NO_TOKENS = {404, 405, 503}
_REFUSALS = range(400, 500)


class MetadataSource:
    """The keys of the agency of the server that we run on.

    The newer version of the service is asked first: it wants a token of its own, which other
    machines cannot get. Where it is not served, the older one is asked.

    Args:
        ask: sends requests.
        address: where the service is.
    """

    def __init__(self, ask: SendRequest, address: str) -> None:
        self._ask = ask
        self._address = address.rstrip("/")
        self._there = False

    @property
    def name(self) -> str:
        """The service and its address."""
        return f"metadata service ({self._address})"

    async def fetch(self) -> FoundCredentials:
        """The present keys.

        Raises:
            NoCredentialsError: no such service answers, or it has no keys for this server.
            DecodeError: what it answers is no pair of keys.
            VidKitError: it is there and cannot answer now.
        """
        token = await self._session_token()
        self._there = True
        response = await self._send("GET", _KEYS_PATH, {"X-Metadata-Token": token} if token else {})
        if response.status in _REFUSALS and response.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NoCredentialsError(f"has no keys for this server (status {response.status})")
        if not response.ok:
            raise responses.error_from_response(response, "the metadata service")
        return _found(response)

    async def _session_token(self) -> str | None:
        headers = {"X-Metadata-Token-Ttl-Seconds": _TOKEN_SECONDS}
        try:
            response = await self._send("PUT", _TOKEN_PATH, headers)
        except (TransportError, VidKitTimeoutError) as error:
            if self._there:
                raise
            raise NoCredentialsError("does not answer") from error
        if response.status in _NO_TOKENS:
            return None
        if response.status in _REFUSALS and response.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NoCredentialsError(f"gives no token (status {response.status})")
        if not response.ok:
            raise responses.error_from_response(response, "the metadata service")
        token = response.body.decode("latin-1").strip()
        if not (token and token.isascii() and token.isprintable()):
            raise NoCredentialsError("gives a token that is none")
        return token

    async def _send(self, method: str, path: str, headers: dict[str, str]) -> HttpResponse:
        return await self._ask(
            CredentialRequest(
                what="the metadata service",
                method=method,
                url=f"{self._address}{path}",
                headers=headers,
                seconds=_SECONDS if self._there else _SECONDS_TO_FIND,
            )
        )


def _found(response: HttpResponse) -> FoundCredentials:
    what = "the metadata service"
    told = responses.inside(responses.members(response.body), "credential")
    end = responses.moment(told, "expires_at")
    if end is None:
        raise responses.unreadable(response, what, "expires_at")
    keys = _keys(told, end)
    if keys is None:
        raise responses.unreadable(response, what, "usable access, secret and securitytoken")
    return FoundCredentials(keys, lifetime=responses.lifetime(end, response=response))


def _keys(told: responses.Members, end: datetime) -> HuaweiCredentials | None:
    access, secret = responses.text(told, "access"), responses.text(told, "secret")
    token = responses.text(told, "securitytoken")
    if not (access and secret and token):
        return None
    try:
        return HuaweiCredentials(
            access_key=access, secret_key=secret, security_token=token, expires_at=end
        )
    except ConfigError:
        return None
