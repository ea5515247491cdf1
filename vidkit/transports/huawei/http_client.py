"""HTTP to Huawei Cloud, through httpx on aiohttp's connections.

httpx's own connection pool does not survive cancelled requests (decision 0003).
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
from yarl import URL

from vidkit._internal.descriptors import is_lack_of_descriptors, lack_of_descriptors
from vidkit._internal.send_state import is_unsent, mark_sent, mark_unsent
from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.config import HuaweiConfig
from vidkit.errors import (
    ConfigError,
    RequestError,
    TransportError,
    VidKitError,
    VidKitTimeoutError,
    kit_closed,
)
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.base import AUTH_STATUSES, HttpResponse
from vidkit.transports.body_limit import BodyReader
from vidkit.transports.connections import configure
from vidkit.transports.error_responses import request_id
from vidkit.transports.huawei.auth import SignedAuth, TokenAuth
from vidkit.transports.huawei.credentials.credential_source import IamToken, Identity, sent_secrets
from vidkit.transports.huawei.credentials.endpoints import origin
from vidkit.transports.huawei.key_lockout import KeyLockoutGuard
from vidkit.transports.huawei.proxy import environment_proxy
from vidkit.transports.huawei.server_clock import ServerClock
from vidkit.transports.redaction import without_secrets

__all__ = ["HuaweiHttpClient"]

_CLIENT_ERRORS = range(400, 500)
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class _ReadResponse(httpx.Response):
    """A response whose body has been read, and is not decoded."""

    def __init__(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        super().__init__(status, headers=headers, stream=httpx.ByteStream(body))
        # httpx would read it through its decoders.
        self._content = body


class _Network(httpx.AsyncBaseTransport):
    """aiohttp as an httpx transport: bodies are limited in size and not decompressed.

    Errors stay aiohttp's own.

    Args:
        session: owns the connections; closed with this transport.
        proxy: the proxy that requests go through.
        connect_timeout: seconds to make a connection.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, proxy: httpx.Proxy | None, connect_timeout: float
    ) -> None:
        self._session = session
        self._body_reader = BodyReader()
        self._options: dict[str, Any] = {
            "allow_redirects": False,
            # httpx sets a Content-Type where one is needed.
            "skip_auto_headers": ["Content-Type"],
            # The attempt timeout ends an attempt; no other timeout may be shorter.
            "timeout": aiohttp.ClientTimeout(sock_connect=connect_timeout),
        }
        if proxy is not None:
            self._options["proxy"] = str(proxy.url)
            if proxy.auth is not None:
                # aiohttp sends it as Proxy-Authorization.
                headers = {"Authorization": aiohttp.encode_basic_auth(*proxy.auth)}
                self._options["proxy_headers"] = headers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._session.closed:
            # Closed while the request waited for a connection slot.
            raise kit_closed()
        try:
            response = await self._session.request(
                request.method,
                # Encoded exactly as it was signed.
                URL(str(request.url), encoded=True),
                data=request.content or None,
                headers=request.headers.multi_items(),
                **self._options,
            )
        except Exception as error:
            hide_request(error)
            raise
        try:
            body = await self._body_reader.read(response)
        except Exception as error:
            raise _incomplete_response(error, response) from error
        finally:
            if not response.content.at_eof():
                # Reading the rest would cost more than a new connection.
                response.close()
        return _ReadResponse(response.status, response.raw_headers, body)

    async def aclose(self) -> None:
        self._body_reader.close()
        await self._session.close()


class HuaweiHttpClient:
    """Owns the connections, the service's clock and the guard against key lockout.

    Args:
        config: the limits of connections.
        transport: replaces the network in tests.
    """

    def __init__(self, config: HuaweiConfig, transport: httpx.AsyncBaseTransport | None) -> None:
        self._config = config
        self._transport = transport
        self._clock = ServerClock()
        self._lockout_guard = KeyLockoutGuard()
        self._networks: dict[str, httpx.AsyncBaseTransport] = {}
        self._context: ssl.SSLContext | None = None
        self._tasks = BackgroundTasks()
        self._tls = SingleFlight(self._tasks, self._create_tls_context)
        self._closed = False

    async def exchange(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        identity: Identity | None,
    ) -> tuple[HttpResponse, bool]:
        """Send a request; whether it was sent twice, because the first date was rejected.

        Returns:
            The response, and whether it is the one to the second request.

        Raises:
            ConfigError: the connections cannot be opened as configured.
            AuthError: the keys were rejected a short while ago; nothing was sent.
            DecodeError: the response is too large.
            TransportError: no complete response was received.
            VidKitTimeoutError: the network was too slow.
        """
        mark_unsent()
        network = await self._network(url)
        request = _build_request(method, url, body, headers)
        if self._transport is not None:
            mark_sent()
        try:
            response, corrected = await self._signed(network, request, identity)
        except VidKitError:
            raise
        except Exception as error:
            raise _translate(error, sent=not is_unsent()) from error
        return _response(response, identity), corrected

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        networks, self._networks = list(self._networks.values()), {}
        async with AsyncExitStack() as stack:
            for network in networks:
                stack.push_async_callback(network.aclose)
            await self._tasks.close()

    async def _signed(
        self, network: httpx.AsyncBaseTransport, request: httpx.Request, identity: Identity | None
    ) -> tuple[httpx.Response, bool]:
        """Send with authentication; see `exchange`."""
        if identity is None:
            return await _send_with_auth(network, request, httpx.Auth())
        if isinstance(identity, IamToken):
            return await _send_with_auth(network, request, TokenAuth(identity.value))
        auth = SignedAuth(
            identity.access_key,
            identity.secret_key,
            security_token=identity.security_token,
            clock=self._clock,
        )
        async with AsyncExitStack() as slots:
            # Most requests need no slot, and two async generators take a tenth of their time.
            if not (self._clock.is_confirmed() and self._lockout_guard.is_accepted(identity)):
                await slots.enter_async_context(self._clock.slot())
                await slots.enter_async_context(self._lockout_guard.slot(identity))
            response, corrected = await _send_with_auth(network, request, auth)
            self._lockout_guard.record(
                identity, HttpResponse(response.status_code, response.content)
            )
            return response, corrected

    async def _network(self, address: str) -> httpx.AsyncBaseTransport:
        """The connections to an endpoint; one set for each origin, since each has its own proxy."""
        key = "" if self._transport else origin(address)
        if key not in self._networks:
            try:
                network = self._transport or await self._connections(address)
            except VidKitError:
                raise
            except Exception as error:
                if is_lack_of_descriptors(error):
                    raise lack_of_descriptors() from error
                raise ConfigError(f"Huawei Cloud configuration: {error}") from error
            self._networks[key] = network
        return self._networks[key]

    async def _connections(self, address: str) -> httpx.AsyncBaseTransport:
        named = environment_proxy(address)
        proxy = None if named is None else httpx.Proxy(named)
        if proxy is None and urlsplit(address).scheme == "http":
            # Without TLS no certificates are needed; this context trusts none.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        else:
            context = self._context or await self._tls.join()
        if self._closed:
            raise kit_closed()
        # Another request may have opened them meanwhile.
        return self._networks.get(origin(address)) or _Network(
            self._session(context), proxy=proxy, connect_timeout=self._config.connect_timeout
        )

    async def _create_tls_context(self) -> ssl.SSLContext:
        # Certificates are read from disk, which would block the loop.
        context = await asyncio.to_thread(ssl.create_default_context)
        # The default, except where Python leaves it to the system.
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context = context
        return context

    def _session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._config.max_connections, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        configure(session, on_sent=mark_sent)
        return session


@lru_cache(maxsize=64)
def _url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise RequestError(f"the URL of the request is invalid: {error}") from None


def _build_request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Request:
    """The request that `httpx.AsyncClient` would build, in less time."""
    target = _url(url)
    own = {
        "Host": target.netloc.decode("ascii"),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": "vidkit",
    }
    if body or method in _WITH_BODY:
        own["Content-Length"] = str(len(body))
    request = httpx.Request(
        method, target, headers=own | {**headers}, stream=httpx.ByteStream(body)
    )
    request.read()
    return request


async def _send_with_auth(
    network: httpx.AsyncBaseTransport, request: httpx.Request, auth: httpx.Auth
) -> tuple[httpx.Response, bool]:
    """Run an auth flow; the response, and whether the request was sent twice.

    `httpx.AsyncClient` would do this and more, and take longer than the rest of a call: it handles
    cookies and redirects, and merges each request with its own defaults.
    """
    flow = auth.auth_flow(request)
    next(flow)
    corrected = False
    try:
        while True:
            response = await network.handle_async_request(request)
            await response.aread()
            try:
                request = flow.send(response)
            except StopIteration:
                return response, corrected
            corrected = True
            mark_unsent()
    finally:
        flow.close()


def _incomplete_response(error: Exception, response: aiohttp.ClientResponse) -> VidKitError:
    """The error for a response whose body is incomplete, with status and id from its head."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    head = HttpResponse(response.status, b"", headers)
    failure = _translate(error, sent=True)
    failure.status = head.status
    failure.request_id = request_id(head)
    if head.status in _CLIENT_ERRORS:
        failure.ambiguous = False
    if head.status in AUTH_STATUSES:
        # The signature may be the cause.
        failure.retryable = False
    return failure


def _response(response: httpx.Response, identity: Identity | None) -> HttpResponse:
    body = response.content
    headers = dict(response.headers.items())
    if identity is not None and not response.is_success:
        # The gateway quotes the canonical request, which includes the security token.
        secrets = sent_secrets(identity)
        text = without_secrets(body.decode("utf-8", "surrogateescape"), secrets)
        body = text.encode("utf-8", "surrogateescape")
        headers = {name: without_secrets(value, secrets) for name, value in headers.items()}
    return HttpResponse(status=response.status_code, body=body, headers=headers)


def _translate(error: Exception, *, sent: bool) -> VidKitError:
    """The vidkit error for an error of the network.

    Args:
        error: the error.
        sent: whether a part of the request may have been sent.
    """
    if isinstance(error, VidKitError):
        return error
    if is_lack_of_descriptors(error):
        return lack_of_descriptors()
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, aiohttp.ClientSSLError):
        return TransportError(what)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return VidKitTimeoutError(what, retryable=True, ambiguous=sent)
    retryable = isinstance(error, httpx.TransportError | aiohttp.ClientError) and not isinstance(
        error, httpx.UnsupportedProtocol | aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError
    )
    return TransportError(what, retryable=retryable, ambiguous=sent)
