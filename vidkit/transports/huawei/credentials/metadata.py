"""The metadata service of a cloud server, which returns a temporary AK/SK."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from vidkit._internal.descriptors import is_lack_of_descriptors
from vidkit.config import HuaweiCredentials
from vidkit.errors import ConfigError, TransportError, VidKitTimeoutError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import json_object
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.credential_source import (
    CredentialRequest,
    FoundCredentials,
    NoCredentialsError,
    SendRequest,
)

__all__ = ["DEFAULT_ENDPOINT", "MetadataSource"]

DEFAULT_ENDPOINT: Final = "http://169.254.169.254"

_TOKEN_PATH = "/meta-data/latest/api/token"  # noqa: S105
_CREDENTIAL_PATH = "/openstack/latest/securitykey"
_TOKEN_TTL_SECONDS = "21600"  # noqa: S105
# The service is on the same machine or link: where it exists, it responds at once.
_PROBE_TIMEOUT_SECONDS = 1.0
_TIMEOUT_SECONDS = 5.0
# The responses to a token request where only the older version of the service exists.
_TOKENS_UNSUPPORTED_STATUSES = {404, 405, 503}
_CLIENT_ERRORS = range(400, 500)


class MetadataSource:
    """The temporary AK/SK of the agency of the server that runs this program.

    It uses the newer version of the service, which requires a session token that other machines
    cannot get; where only the older version exists, it uses that one.

    Args:
        send_request: sends requests to the service.
        endpoint: the service's endpoint.
    """

    def __init__(self, send_request: SendRequest, endpoint: str) -> None:
        self._send_request = send_request
        self._endpoint = endpoint.rstrip("/")
        self._available = False

    @property
    def name(self) -> str:
        """The service and its endpoint."""
        return f"metadata service ({self._endpoint})"

    async def fetch(self) -> FoundCredentials:
        """Get the present AK/SK and security token.

        Raises:
            NoCredentialsError: the service does not respond, or has no agency's AK/SK for this
                server.
            DecodeError: the response has no usable AK/SK.
            VidKitError: the service has responded before, but does not now; or it returned another
                error.
        """
        token = await self._session_token()
        self._available = True
        headers = {"X-Metadata-Token": token} if token else {}
        response = await self._send("GET", _CREDENTIAL_PATH, headers)
        if response.status in _CLIENT_ERRORS and response.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NoCredentialsError(f"has no keys for this server (status {response.status})")
        if not response.ok:
            raise responses.credential_error(response, "the metadata service")
        return _credentials(response)

    async def _session_token(self) -> str | None:
        headers = {"X-Metadata-Token-Ttl-Seconds": _TOKEN_TTL_SECONDS}
        try:
            response = await self._send("PUT", _TOKEN_PATH, headers)
        except (TransportError, VidKitTimeoutError) as error:
            if self._available or is_lack_of_descriptors(error):
                raise
            raise NoCredentialsError("does not respond") from error
        if response.status in _TOKENS_UNSUPPORTED_STATUSES:
            return None
        if response.status in _CLIENT_ERRORS and response.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NoCredentialsError(f"gives no token (status {response.status})")
        if not response.ok:
            raise responses.credential_error(response, "the metadata service")
        token = response.body.decode("latin-1").strip()
        if not (token and token.isascii() and token.isprintable()):
            raise NoCredentialsError("gives an invalid token")
        return token

    async def _send(self, method: str, path: str, headers: dict[str, str]) -> HttpResponse:
        return await self._send_request(
            CredentialRequest(
                what="the metadata service",
                method=method,
                url=f"{self._endpoint}{path}",
                headers=headers,
                seconds=_TIMEOUT_SECONDS if self._available else _PROBE_TIMEOUT_SECONDS,
            )
        )


def _credentials(response: HttpResponse) -> FoundCredentials:
    service = "the metadata service"
    members = responses.object_member(json_object(response.body), "credential")
    expires_at = responses.time_member(members, "expires_at")
    if expires_at is None:
        raise responses.missing_member(response, service, "expires_at")
    identity = _temporary_keys(members, expires_at)
    if identity is None:
        raise responses.missing_member(response, service, "usable access, secret and securitytoken")
    return FoundCredentials(identity, lifetime=responses.lifetime(expires_at, response=response))


def _temporary_keys(members: responses.Members, expires_at: datetime) -> HuaweiCredentials | None:
    access_key = responses.text_member(members, "access")
    secret_key = responses.text_member(members, "secret")
    security_token = responses.text_member(members, "securitytoken")
    if not (access_key and secret_key and security_token):
        return None
    try:
        return HuaweiCredentials(
            access_key=access_key,
            secret_key=secret_key,
            security_token=security_token,
            expires_at=expires_at,
        )
    except ConfigError:
        return None
