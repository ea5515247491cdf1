"""The metadata service of a cloud server, which hands out temporary keys of its agency."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from vidkit.config import HuaweiCredentials
from vidkit.errors import ConfigError, TransportError, VidKitTimeoutError
from vidkit.transports.base import Reply
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.source import Ask, Found, NotHereError, Question

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

    def __init__(self, ask: Ask, address: str) -> None:
        self._ask = ask
        self._address = address.rstrip("/")
        self._there = False

    @property
    def name(self) -> str:
        """The service and its address."""
        return f"metadata service ({self._address})"

    async def fetch(self) -> Found:
        """The present keys.

        Raises:
            NotHereError: no such service answers, or it has no keys for this server.
            DecodeError: what it answers is no pair of keys.
            VidKitError: it is there and cannot answer now.
        """
        token = await self._session_token()
        self._there = True
        reply = await self._send("GET", _KEYS_PATH, {"X-Metadata-Token": token} if token else {})
        if reply.status in _REFUSALS and reply.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NotHereError(f"has no keys for this server (status {reply.status})")
        if not reply.ok:
            raise responses.refusal(reply, "the metadata service")
        return _found(reply)

    async def _session_token(self) -> str | None:
        headers = {"X-Metadata-Token-Ttl-Seconds": _TOKEN_SECONDS}
        try:
            reply = await self._send("PUT", _TOKEN_PATH, headers)
        except (TransportError, VidKitTimeoutError) as error:
            if self._there:
                raise
            raise NotHereError("does not answer") from error
        if reply.status in _NO_TOKENS:
            return None
        if reply.status in _REFUSALS and reply.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise NotHereError(f"gives no token (status {reply.status})")
        if not reply.ok:
            raise responses.refusal(reply, "the metadata service")
        token = reply.body.decode("latin-1").strip()
        if not (token and token.isascii() and token.isprintable()):
            raise NotHereError("gives a token that is none")
        return token

    async def _send(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        return await self._ask(
            Question(
                what="the metadata service",
                method=method,
                url=f"{self._address}{path}",
                headers=headers,
                seconds=_SECONDS if self._there else _SECONDS_TO_FIND,
            )
        )


def _found(reply: Reply) -> Found:
    what = "the metadata service"
    told = responses.inside(responses.members(reply.body), "credential")
    end = responses.moment(told, "expires_at")
    if end is None:
        raise responses.unreadable(reply, what, "expires_at")
    keys = _keys(told, end)
    if keys is None:
        raise responses.unreadable(reply, what, "usable access, secret and securitytoken")
    return Found(keys, lifetime=responses.lifetime(end, reply=reply))


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
