"""The HTTP session of aiobotocore, without its redirects, retries and unlimited bodies."""

# aiobotocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import ssl
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientError, ClientResponse, ClientSession
from botocore.exceptions import HTTPClientError, InvalidProxiesConfigError
from yarl import URL

from vidkit._internal.descriptors import is_lack_of_descriptors
from vidkit.errors import ConfigError, VidKitError, kit_closed
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.aws.errors import safe_cause
from vidkit.transports.aws.network_errors import NETWORK_ERRORS, network_error
from vidkit.transports.aws.trusted_endpoints import check_signed_request_url
from vidkit.transports.base import HttpResponse
from vidkit.transports.body_limit import BodyReader
from vidkit.transports.connections import configure

__all__ = ["HttpConnections", "HttpSessions"]


class HttpConnections(Protocol):
    """Connections to a service, for requests of vidkit's own."""

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
            ConfigError: the URL is plain http to another machine, or certificates cannot be read.
            DecodeError: the response is too large.
            RequestError: the session was closed meanwhile.
            TransportError: no complete response was received.
            VidKitTimeoutError: connecting took too long.
        """
        ...


_LARGE_BODY = 2**20


def _as_data(body: bytes) -> bytes | io.BytesIO | None:
    """A body as aiohttp takes it: it warns of large bytes, and sends a stream piece by piece."""
    return io.BytesIO(body) if len(body) > _LARGE_BODY else body or None


class _LimitedResponse:
    """An aiohttp response whose body is limited in size."""

    def __init__(self, response: ClientResponse, body_reader: BodyReader) -> None:
        self.status = response.status
        self.headers = response.headers
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
        except ClientError as error:
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
        self._closed = False

    async def __aexit__(self, *error: object) -> None:
        self._closed = True
        self._own_sessions.clear()
        self._body_reader.close()
        await super().__aexit__(*error)

    async def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
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
            session = await self._opened_session(proxy_url)
            # Another request may have come first meanwhile.
            if proxy_url not in self._own_sessions:
                configure(session, on_sent=self.on_sent)
                own = _SingleRequestSession(session, self._body_reader)
                self._own_sessions[proxy_url] = own
        return self._own_sessions[proxy_url]

    async def _opened_session(self, proxy_url: Any) -> Any:
        try:
            return await super()._get_session(proxy_url)
        except (AttributeError, OSError, InvalidProxiesConfigError) as error:
            failure = self._opening_error(error)
            if failure is None:
                raise
        # Not from its cause, whose text may have the proxy's password.
        raise failure

    def _opening_error(self, error: Exception) -> VidKitError | None:
        """The error for one that was raised before anything is connected; None: it is fine."""
        if isinstance(error, AttributeError):
            # A closed session of aiobotocore has None in place of its sessions.
            return kit_closed() if self._closed else None
        if isinstance(error, InvalidProxiesConfigError):
            return ConfigError("HTTPS_PROXY, or HTTP_PROXY: not the address of a proxy")
        if is_lack_of_descriptors(error):
            return None
        return ConfigError(
            f"AWS_CA_BUNDLE, or ca_bundle in the profile: {self._verify!r} cannot be read: "
            f"{getattr(error, 'strerror', None) or error}"
        )


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
        on_made: Callable[[HttpConnections], object] = lambda _: None,
    ) -> Any:
        """The class of the HTTP sessions of a client.

        Args:
            on_sent: called right before the first byte of a request is sent.
            on_made: called with each session.
        """
        sent = staticmethod(on_sent)
        allow_http, own_contexts = self._allow_http, self._contexts

        class OwnHttpSession(_HttpSession):
            https_only = not allow_http
            on_sent = sent
            contexts: ClassVar[dict[Any, Any]] = own_contexts

            def __init__(self, *settings: Any, **options: Any) -> None:
                super().__init__(*settings, **options)
                on_made(self)

        return OwnHttpSession
