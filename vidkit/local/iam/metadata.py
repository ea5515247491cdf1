"""What a Huawei Cloud server is told by its metadata address: temporary keys."""

import re
from typing import Final

from vidkit.local.iam.gateway import JSON
from vidkit.local.protocol.browser_guard import page_complaint
from vidkit.local.protocol.wire import Answer, Fault, Request
from vidkit.local.runtime.huawei_accounts import iso
from vidkit.local.runtime.state import State

TOKEN_PATH: Final = "/meta-data/latest/api/token"  # noqa: S105 - a path
KEY_PATH: Final = "/openstack/latest/securitykey"
MAX_TOKEN_SECONDS: Final = 21_600

_OPERATIONS = {("PUT", TOKEN_PATH): "CreateToken", ("GET", KEY_PATH): "GetSecurityKey"}


class Metadata:
    """The two metadata endpoints that clients take keys from; they are not signed.

    ``State.metadata_tokens`` says whether a token is ``optional``, ``required``, or ``missing``,
    when there is no endpoint for tokens (404). ``State.agency`` says whether the server has an
    agency, without which it has no keys (401). Where the documents leave a choice: each look
    gives a new pair of keys, and the old ones stay good until their own end.
    """

    name = "metadata"

    def __init__(self, state: State) -> None:
        self._state = state

    def operation(self, request: Request) -> str | None:
        """The operation behind a method and path."""
        return _OPERATIONS.get((request.method, request.path))

    async def handle(self, operation: str, request: Request) -> Answer:
        """Give a token, or keys.

        Raises:
            Fault: the service refuses.
        """
        if operation == "CreateToken":
            return self._token(request)
        return self._key(request)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as plain text."""
        del request_id
        body = fault.message.encode("utf-8", "replace")
        return Answer(fault.status, body, {"Content-Type": "text/plain; charset=utf-8"})

    async def close(self) -> None:
        """Nothing runs on."""

    def _token(self, request: Request) -> Answer:
        state = self._state
        if state.metadata_tokens == "missing":
            raise Fault("404", "404 Not Found", status=404)
        seconds = request.headers.get("X-Metadata-Token-Ttl-Seconds", "")
        if not re.fullmatch("[0-9]{1,5}", seconds) or not 1 <= int(seconds) <= MAX_TOKEN_SECONDS:
            message = f"X-Metadata-Token-Ttl-Seconds must be from 1 to {MAX_TOKEN_SECONDS}."
            raise Fault("400", message)
        text = state.accounts.issue_metadata_token(now=state.now(), seconds=int(seconds))
        return Answer(200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _key(self, request: Request) -> Answer:
        state, now = self._state, self._state.now()
        text = request.headers.get("X-Metadata-Token")
        if state.metadata_tokens != "missing":
            if text is None and state.metadata_tokens == "required":
                raise Fault("401", "X-Metadata-Token is missing.", status=401)
            until = now if text is None else state.accounts.metadata_tokens.get(text, now)
            if text is not None and until <= now:
                raise Fault("401", "X-Metadata-Token is not valid, or not any more.", status=401)
        if not state.agency:
            raise Fault("401", "Please configure Cloud Service Agency first", status=401)
        key = state.accounts.issue_key(now=now, seconds=state.key_seconds)
        credential = {
            "access": key.access_key,
            "secret": key.secret_key,
            "securitytoken": key.security_token,
            "expires_at": iso(key.expires_at),
        }
        return Answer.json({"credential": credential}, media_type=JSON)


def check_visitor(request: Request) -> None:
    """Refuse a request to the metadata address that a web page could have sent.

    Raises:
        Fault: 403.
    """
    if complaint := page_complaint(request):
        raise Fault("403", complaint, status=403)
