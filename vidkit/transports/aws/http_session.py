"""The HTTP session of aiobotocore, without its redirects, retries and unlimited bodies."""

# aiobotocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import ssl
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientResponse, ClientResponseError, ClientSession
from botocore.exceptions import HTTPClientError
from yarl import URL

from vidkit.errors import VidKitError
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.aws.errors import safe_cause
from vidkit.transports.aws.network_errors import NETWORK_ERRORS, network_error
from vidkit.transports.aws.trusted_endpoints import check_signed_request_url
from vidkit.transports.base import HttpResponse
from vidkit.transports.body_limit import BodyReader
from vidkit.transports.connections import configure

__all__ = ["HttpSession", "HttpSessions"]


_LARGE_BODY = 2**20


def _as_data(body: bytes) -> bytes | io.BytesIO | None:
    """A body as aiohttp takes it: it warns of large bytes, and sends a stream piece by piece."""
    return io.BytesIO(body) if len(body) > _LARGE_BODY else body or None


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


class HttpSession(AIOHTTPSession):  # type: ignore[misc]
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

    async def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Send a request of vidkit's own once, but never in plain text over the network.

        Args:
            method: the HTTP method.
            url: the URL, encoded.
            headers: the headers, signature included.
            body: the body.

        Raises:
            ConfigError: the URL is plain http to another machine.
            DecodeError: the response is too large.
            TransportError: no complete response was received.
            VidKitTimeoutError: connecting took too long.
        """
        self._check_url(url)
        try:
            return await self._exchange(method, url, headers, body)
        except NETWORK_ERRORS as error:
            raise network_error(error, url) from safe_cause(error)

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        proxy = self._proxy_config.proxy_url_for(url)
        session = await self._get_session(proxy)
        response = await session.request(
            method, url=URL(url, encoded=True), headers=headers, data=_as_data(body), proxy=proxy
        )
        return HttpResponse(
            status=response.status,
            body=await response.read(),
            headers={name.lower(): value for name, value in response.headers.items()},
        )

    async def send(self, request: Any) -> Any:
        """Send once, but never in plain text over the network.

        Raises:
            ConfigError: the URL is plain http to another machine.
            DecodeError: the response is too large.
        """
        self._check_url(request.url)
        try:
            return await super().send(request)
        except HTTPClientError as error:
            own = error.kwargs.get("error")
            if isinstance(own, VidKitError):
                raise own from None
            raise

    def _check_url(self, url: str) -> None:
        if self.https_only:
            check_signed_request_url(url)

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


class HttpSessions:
    """Makes the classes of a transport's HTTP sessions, which share certificate authorities.

    Args:
        allow_http: whether plain http may go over the network.
    """

    def __init__(self, *, allow_http: bool) -> None:
        self._allow_http = allow_http
        self._contexts: dict[Any, Any] = {}

    def session_class(
        self,
        *,
        on_sent: Callable[[], object] = lambda: None,
        on_made: Callable[[HttpSession], object] = lambda _: None,
    ) -> Any:
        """The class of the HTTP sessions of a client.

        Args:
            on_sent: called right before the first byte of a request is sent.
            on_made: called with each session.
        """
        sent = staticmethod(on_sent)
        allow_http, own_contexts = self._allow_http, self._contexts

        class OwnHttpSession(HttpSession):
            https_only = not allow_http
            on_sent = sent
            contexts: ClassVar[dict[Any, Any]] = own_contexts

            def __init__(self, *settings: Any, **options: Any) -> None:
                super().__init__(*settings, **options)
                on_made(self)

        return OwnHttpSession
