"""The HTTP session of aiobotocore, without its redirects, retries and unlimited bodies."""

# aiobotocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import ssl
from collections.abc import Callable
from typing import Any, ClassVar

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientResponse, ClientResponseError, ClientSession
from botocore.exceptions import HTTPClientError

from vidkit.errors import VidKitError
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.aws.trusted_endpoints import check_signed_request_url
from vidkit.transports.body_limit import BodyReader
from vidkit.transports.connections import configure

__all__ = ["http_session_class"]


class _LimitedResponse:
    """An aiohttp response whose body is limited in size."""

    def __init__(self, response: ClientResponse, body_reader: BodyReader) -> None:
        self._response = response
        self._body_reader = body_reader
        self._body: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)

    async def read(self) -> bytes:
        if self._body is None:
            try:
                self._body = await self._body_reader.read(self._response)
            except BaseException:
                # Reading the rest would cost more than a new connection.
                self._response.close()
                raise
        return self._body


class _SingleRequestSession:
    """An aiohttp session that sends a request once and follows no redirect.

    aiohttp would follow redirects and send the session token of temporary credentials along.
    """

    def __init__(self, session: ClientSession, body_reader: BodyReader) -> None:
        self._session = session
        self._body_reader = body_reader

    async def request(self, method: str, **parameters: Any) -> _LimitedResponse:
        try:
            response = await self._session.request(method, allow_redirects=False, **parameters)
        except ClientResponseError as error:
            hide_request(error)
            raise
        return _LimitedResponse(response, self._body_reader)


class _HttpSession(AIOHTTPSession):  # type: ignore[misc]
    """Sends the requests of AWS clients, and those for credentials."""

    https_only = True
    on_sent: Callable[[], object]
    contexts: ClassVar[dict[Any, Any]]
    """Created from all certificate authorities in 20 ms; all clients of a transport share one."""

    def __init__(self, *settings: Any, **options: Any) -> None:
        super().__init__(*settings, **options)
        self._body_reader = BodyReader()
        self._own_sessions: dict[Any, _SingleRequestSession] = {}

    async def __aexit__(self, *error: object) -> None:
        self._own_sessions.clear()
        self._body_reader.close()
        await super().__aexit__(*error)

    async def send(self, request: Any) -> Any:
        """Send once, but never in plain text over the network.

        Raises:
            ConfigError: the URL is plain http to another machine.
            DecodeError: the response is too large.
        """
        if self.https_only:
            check_signed_request_url(request.url)
        try:
            return await super().send(request)
        except HTTPClientError as error:
            own = error.kwargs.get("error")
            if isinstance(own, VidKitError):
                raise own from None
            raise

    def _get_ssl_context(self) -> ssl.SSLContext:
        context: ssl.SSLContext = super()._get_ssl_context()
        # The default, except where Python leaves it to the system.
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _build_ssl_contexts(self, proxy_url: Any) -> Any:
        if proxy_url or self._cert_file:
            # These contexts get certificates of this one client.
            return super()._build_ssl_contexts(proxy_url)
        if self._verify not in self.contexts:
            self.contexts[self._verify] = super()._build_ssl_contexts(proxy_url)
        return self.contexts[self._verify]

    async def _get_session(self, proxy_url: Any) -> Any:
        if proxy_url not in self._own_sessions:
            session = await super()._get_session(proxy_url)
            # Another request may have come first meanwhile.
            if proxy_url not in self._own_sessions:
                configure(session, on_sent=self.on_sent)
                own = _SingleRequestSession(session, self._body_reader)
                self._own_sessions[proxy_url] = own
        return self._own_sessions[proxy_url]


def http_session_class(*, allow_http: bool, on_sent: Callable[[], object]) -> Any:
    """The class of the HTTP sessions of one transport.

    Args:
        allow_http: whether plain http may go over the network.
        on_sent: called right before the first byte of a request is sent.
    """
    sent = staticmethod(on_sent)

    class HttpSession(_HttpSession):
        https_only = not allow_http
        on_sent = sent
        contexts: ClassVar[dict[Any, Any]] = {}

    return HttpSession
