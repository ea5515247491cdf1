"""HTTP to Huawei Cloud, through httpx on aiohttp's connections: the one file that imports httpx.

Why those: httpx's own pool does not survive cancelled requests (see docs/decisions).
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
from yarl import URL

from vidkit._internal.send_state import mark_sent
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
from vidkit.transports.base import HttpResponse
from vidkit.transports.body_limit import BodyReader
from vidkit.transports.huawei.auth import _REFUSED, SignedAuth, TokenAuth
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.endpoints import origin
from vidkit.transports.huawei.credentials.source import IamToken, Identity, sent_secrets
from vidkit.transports.huawei.key_lockout import KeyLockoutGuard
from vidkit.transports.huawei.proxy import environment_proxy
from vidkit.transports.huawei.server_clock import ServerClock
from vidkit.transports.redaction import without_secrets

__all__ = ["HuaweiHttpClient"]

_REQUEST_FAULTS = range(400, 500)


class _Network(httpx.AsyncBaseTransport):
    """aiohttp, of whose answers no more than the limit is read and nothing is inflated.

    Its errors stay aiohttp's own, which tell whether anything was sent.

    Args:
        session: whose connections are used; closed with this.
        proxy: what requests go through.
        connect_timeout: seconds, for making a connection.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, proxy: httpx.Proxy | None, connect_timeout: float
    ) -> None:
        self._session = session
        self._body_reader = BodyReader()
        self._options: dict[str, Any] = {
            "allow_redirects": False,
            # What httpx sends without a type stays so.
            "skip_auto_headers": ["Content-Type"],
            # The call's own timeout ends an attempt; no other one must be sooner.
            "timeout": aiohttp.ClientTimeout(sock_connect=connect_timeout),
        }
        if proxy is not None:
            self._options["proxy"] = str(proxy.url)
            if proxy.auth is not None:
                # aiohttp sends it on as Proxy-Authorization.
                told = {"Authorization": aiohttp.encode_basic_auth(*proxy.auth)}
                self._options["proxy_headers"] = told

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._session.closed:
            # While it waited for its turn.
            raise kit_closed()
        try:
            response = await self._session.request(
                request.method,
                # Encoded as it was signed.
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
                # What is still to come is not worth the connection.
                response.close()
        headers = [
            (name, value)
            for name, value in response.raw_headers
            if name.lower() != b"content-encoding"
        ]
        return httpx.Response(response.status, headers=headers, content=body)

    async def aclose(self) -> None:
        self._body_reader.close()
        await self._session.close()


class HuaweiHttpClient:
    """Owns the connections; signs with the time and the keys that the gateway is known to admit.

    Args:
        config: the connections' limits.
        transport: stands in for the network, in tests.
    """

    def __init__(self, config: HuaweiConfig, transport: httpx.AsyncBaseTransport | None) -> None:
        self._config = config
        self._transport = transport
        self._clock = ServerClock()
        self._lockout_guard = KeyLockoutGuard()
        self._networks: dict[str, httpx.AsyncBaseTransport] = {}
        self._context: ssl.SSLContext | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def exchange(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        identity: Identity | None,
    ) -> tuple[HttpResponse, bool]:
        """The answer to a request, and whether it is the second one: the first had a bad date.

        Raises:
            ConfigError: the connections cannot be opened as configured.
            AuthError: the keys were refused a short while ago; nothing was sent.
            DecodeError: the answer is too long to be one.
            TransportError: no whole answer came.
            VidKitTimeoutError: the network was too slow.
        """
        network = await self._network(url)
        request = _build_request(method, url, body, headers)
        if self._transport is not None:
            mark_sent()
        try:
            response, corrected = await self._signed(network, request, identity)
        except VidKitError:
            raise
        except Exception as error:
            raise _translate(error) from error
        return _response(response, identity), corrected

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        networks, self._networks = list(self._networks.values()), {}
        async with AsyncExitStack() as stack:
            for network in networks:
                stack.push_async_callback(network.aclose)

    async def _signed(
        self, network: httpx.AsyncBaseTransport, request: httpx.Request, identity: Identity | None
    ) -> tuple[httpx.Response, bool]:
        """The answer, and whether it is the second one."""
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
        async with self._clock.slot(), self._lockout_guard.slot(identity):
            response, corrected = await _send_with_auth(network, request, auth)
            self._lockout_guard.judge(
                identity, HttpResponse(response.status_code, response.content)
            )
            return response, corrected

    async def _network(self, address: str) -> httpx.AsyncBaseTransport:
        """The connections to an address; each origin has its own, since each has its own proxy."""
        key = "" if self._transport else origin(address)
        if key not in self._networks:
            async with self._opening:
                if key not in self._networks:
                    self._networks[key] = await self._open(address)
        return self._networks[key]

    async def _open(self, address: str) -> httpx.AsyncBaseTransport:
        try:
            network = self._transport or await self._connections(address)
        except Exception as error:
            raise ConfigError(f"Huawei Cloud configuration: {error}") from error
        if self._closed:
            await network.aclose()
            raise kit_closed()
        return network

    async def _connections(self, address: str) -> httpx.AsyncBaseTransport:
        named = environment_proxy(address)
        proxy = None if named is None else httpx.Proxy(named)
        if proxy is None and urlsplit(address).scheme == "http":
            # It knows no certificates, and so trusts nobody: there is no TLS here.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        else:
            context = await self._tls()
        return _Network(
            self._session(context), proxy=proxy, connect_timeout=self._config.connect_timeout
        )

    async def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            # Certificates are read from disk: off the loop.
            self._context = await asyncio.to_thread(ssl.create_default_context)
            # The default, but for Pythons that leave it to the system.
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context

    def _session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._config.max_connections, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=[_connection_trace()],
        )
        # aiohttp would send a GET or DELETE again by itself; retries have one place here.
        session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return session


def _connection_trace() -> aiohttp.TraceConfig:
    """Tells of the moment from which on a request may be on its way: it has a connection."""

    async def connected(*_: object) -> None:
        mark_sent()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace


@lru_cache(maxsize=64)
def _url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise RequestError(f"the address that the request makes is none: {error}") from None


def _build_request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Request:
    always = {"User-Agent": "vidkit", "Accept": "*/*", "Accept-Encoding": "identity"}
    return httpx.Request(method, _url(url), content=body, headers={**always, **headers})


async def _send_with_auth(
    network: httpx.AsyncBaseTransport, request: httpx.Request, auth: httpx.Auth
) -> tuple[httpx.Response, bool]:
    """The answer to a request, and whether that had to be sent a second time.

    `httpx.AsyncClient` does this and more, and takes longer for it than for all the rest of a call:
    it looks for cookies and redirects, and merges each request with defaults of its own.
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
    finally:
        flow.close()


def _incomplete_response(error: Exception, response: aiohttp.ClientResponse) -> VidKitError:
    """The error for an answer that began and did not come whole, with what its head says."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    head = HttpResponse(response.status, b"", headers)
    failure = _translate(error)
    failure.status = head.status
    failure.request_id = responses.request_id(head)
    if head.status in _REQUEST_FAULTS:
        failure.ambiguous = False
    if head.status in _REFUSED:
        # It may be for the signature.
        failure.retryable = False
    return failure


def _response(response: httpx.Response, identity: Identity | None) -> HttpResponse:
    body = response.content
    headers = {name.lower(): value for name, value in response.headers.items()}
    if identity is not None and not response.is_success:
        # The gateway quotes what it thinks was signed, the security token included.
        secrets = sent_secrets(identity)
        text = without_secrets(body.decode("utf-8", "surrogateescape"), secrets)
        body = text.encode("utf-8", "surrogateescape")
        headers = {name: without_secrets(value, secrets) for name, value in headers.items()}
    return HttpResponse(status=response.status_code, body=body, headers=headers)


def _never_sent(error: Exception) -> bool:
    return isinstance(
        error,
        aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.ClientProxyConnectionError,
    )


def _translate(error: Exception) -> VidKitError:
    """A vidkit error for whatever kept a whole answer from coming."""
    if isinstance(error, VidKitError):
        return error
    what = f"{type(error).__name__}: {error}"
    sent = not _never_sent(error)
    if isinstance(error, aiohttp.ClientSSLError):
        return TransportError(what)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return VidKitTimeoutError(what, retryable=True, ambiguous=sent)
    retryable = isinstance(error, httpx.TransportError | aiohttp.ClientError) and not isinstance(
        error, httpx.UnsupportedProtocol | aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError
    )
    return TransportError(what, retryable=retryable, ambiguous=sent)
