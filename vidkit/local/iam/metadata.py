"""The metadata endpoints of a Huawei Cloud server, which issue temporary keys."""

import re
from typing import Final

from vidkit.local.iam.gateway import JSON
from vidkit.local.iam.state import MetadataState
from vidkit.local.protocol.browser_guard import rejection_reason
from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, iso
from vidkit.local.runtime.state import State

TOKEN_PATH: Final = "/meta-data/latest/api/token"  # noqa: S105 - a path
KEY_PATH: Final = "/openstack/latest/securitykey"
MAX_TOKEN_SECONDS: Final = 21_600

_OPERATIONS = {("PUT", TOKEN_PATH): "CreateToken", ("GET", KEY_PATH): "GetSecurityKey"}


class MetadataService:
    """The two metadata endpoints that issue tokens and keys; their requests are not signed.

    ``MetadataState`` says whether tokens are needed and whether there are keys. Where the
    documents leave a choice: each request for keys returns new ones, and the old ones stay valid
    until they expire.
    """

    name = "metadata"

    def __init__(self, state: State) -> None:
        self._state = state
        self._settings = state.of(MetadataState)
        self._accounts = state.of(HuaweiAccounts)

    def operation(self, request: Request) -> str | None:
        """The operation of a method and path."""
        return _OPERATIONS.get((request.method, request.path))

    async def handle(self, operation: str, request: Request) -> Response:
        """Issue a token, or keys.

        Raises:
            ApiError: the endpoint rejects the request.
        """
        if operation == "CreateToken":
            return self._token(request)
        return self._key(request)

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error: its message as plain text."""
        del request_id
        body = error.message.encode("utf-8", "replace")
        return Response(error.status, body, {"Content-Type": "text/plain; charset=utf-8"})

    async def close(self) -> None:
        """Do nothing: no work outlives its request."""

    def _token(self, request: Request) -> Response:
        if self._settings.tokens == "missing":
            raise ApiError("404", "404 Not Found", status=404)
        seconds = request.headers.get("X-Metadata-Token-Ttl-Seconds", "")
        if not re.fullmatch("[0-9]{1,5}", seconds) or not 1 <= int(seconds) <= MAX_TOKEN_SECONDS:
            message = f"X-Metadata-Token-Ttl-Seconds must be from 1 to {MAX_TOKEN_SECONDS}."
            raise ApiError("400", message)
        text = self._accounts.issue_metadata_token(now=self._state.now(), seconds=int(seconds))
        return Response(200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _key(self, request: Request) -> Response:
        accounts, now = self._accounts, self._state.now()
        text = request.headers.get("X-Metadata-Token")
        if self._settings.tokens != "missing":
            if text is None and self._settings.tokens == "required":
                raise ApiError("401", "X-Metadata-Token is missing.", status=401)
            until = now if text is None else accounts.metadata_tokens.get(text, now)
            if text is not None and until <= now:
                raise ApiError("401", "X-Metadata-Token is not valid, or not any more.", status=401)
        if not self._settings.agency:
            raise ApiError("401", "Please configure Cloud Service Agency first", status=401)
        key = accounts.issue_key(now=now, seconds=accounts.key_seconds)
        credential = {
            "access": key.access_key,
            "secret": key.secret_key,
            "securitytoken": key.security_token,
            "expires_at": iso(key.expires_at),
        }
        return Response.json({"credential": credential}, media_type=JSON)


def check_browser(request: Request) -> None:
    """Reject a request to the metadata endpoints that a web page could have sent.

    Raises:
        ApiError: 403.
    """
    if reason := rejection_reason(request):
        raise ApiError("403", reason, status=403)
