"""Huawei Cloud through httpx on aiohttp's transport: the one file that imports them.

Why that transport: httpx's own pool does not survive cancelled requests (see docs/decisions).
"""

import asyncio
import json
import logging
import os
import ssl
from collections.abc import Awaitable, Generator
from datetime import datetime
from typing import TypeVar, cast
from urllib.parse import parse_qsl, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from vidkit.config import HuaweiConfig, is_loopback
from vidkit.config.values import is_link_local
from vidkit.errors import (
    ConfigError,
    RequestError,
    TransportError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.answers import read_answer
from vidkit.transports.base import HttpRequest, Reply
from vidkit.transports.handover import handed_over, not_handed_over, watch_handover
from vidkit.transports.huawei_clock import ServerClock, server_date_of_a_skew
from vidkit.transports.huawei_credentials import answers
from vidkit.transports.huawei_credentials.addresses import mpc_address, origin
from vidkit.transports.huawei_credentials.callers import Caller, Callers
from vidkit.transports.huawei_credentials.found import IamToken, Identity, Question, sent_secrets
from vidkit.transports.huawei_credentials.refusals import has_ended
from vidkit.transports.huawei_signer import canonical_query, sdk_date, sign
from vidkit.transports.masks import without

__all__ = ["HuaweiTransport", "SignedAuth"]

T = TypeVar("T")

_log = logging.getLogger("vidkit")

_SIGNED_HEADERS = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")
_REFUSED = {401, 403}
_REQUEST_FAULTS = range(400, 500)


class SignedAuth(httpx.Auth):
    """Signs each request with SDK-HMAC-SHA256, dated anew each time it is sent.

    A request that is refused for its date is signed and sent once more, with the date that the
    refusal tells. Any other refusal stays: five wrong signatures in a row lock the key.

    Args:
        access_key: the AK.
        secret_key: the SK.
        security_token: the token of temporary keys.
        clock: the time, and what is learnt of the service's.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        clock: ServerClock | None = None,
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._clock = clock or ServerClock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the date, the token of temporary keys and the signature."""
        signed = self._clock.now()
        self._sign(request, signed)
        response = yield request
        told = server_date_of_a_skew(
            status=response.status_code,
            date=response.headers.get("date"),
            body=response.content,
            signed=signed,
        )
        if told is None:
            self._clock.accept()
            return
        offset = self._clock.offset_to(told)
        self._sign(request, told)
        response = yield request
        self._clock.accept(None if response.status_code in _REFUSED else offset)

    def _sign(self, request: httpx.Request, moment: datetime) -> None:
        request.headers["X-Sdk-Date"] = sdk_date(moment)
        if self._security_token:
            request.headers["X-Security-Token"] = self._security_token
        request.headers["Authorization"] = sign(
            request.method,
            # Still encoded: decoding twice would sign another path.
            request.url.raw_path.partition(b"?")[0].decode("ascii"),
            parse_qsl(request.url.query.decode(), keep_blank_values=True),
            {name: request.headers[name] for name in _SIGNED_HEADERS if name in request.headers},
            request.content,
            access_key=self._access_key,
            secret_key=self._secret_key,
        )


class TokenAuth(httpx.Auth):
    """Sends an IAM token instead of a signature."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token
        yield request


class _Network(AiohttpTransport):
    """aiohttp, of whose answers no more than the limit is read and nothing is inflated."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await super().handle_async_request(request)
        except Exception as error:
            hide_request(error)
            raise
        chunks = cast("httpx.AsyncByteStream", response.stream)
        try:
            body = await read_answer(chunks, status=response.status_code, headers=response.headers)
        except Exception as error:
            raise _broken_off(error, response) from error
        finally:
            await chunks.aclose()
        response.headers.pop("content-encoding", None)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            content=body,
            extensions=response.extensions,
        )


class HuaweiTransport:
    """Owns the HTTP clients for Huawei Cloud MPC, and for IAM and the metadata service beside it.

    Args:
        config: where and who.
        transport: stands in for the network, in tests.
    """

    def __init__(
        self, config: HuaweiConfig, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._config = config
        self._transport = transport
        self._clock = ServerClock()
        self._callers = Callers(config, self._ask, environ=os.environ)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._context: ssl.SSLContext | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def project_id(self) -> str:
        """The project that calls are for.

        It is the configuration's or the environment's, or comes with the credentials, or is looked
        up through IAM, once. That takes time and may fail: call it where a deadline holds.

        Raises:
            ConfigError: no credentials or no project can be found.
            VidKitError: IAM could not be asked, or refused.
        """
        return await self._guarded(self._callers.project_id())

    async def send(self, request: HttpRequest) -> Reply:
        """Send once; see `Transport`.

        A refusal for a clock that is off, or for a token or temporary keys that have ended, was
        carried out by nobody: corrected, the request is sent once more.
        """
        not_handed_over()
        # What can be told without asking anybody is told first.
        self._callers.check()
        address = mpc_address(self._config, os.environ)
        caller = await self._guarded(self._callers.get())
        reply, corrected = await self._send(address, request, caller)
        if not corrected and has_ended(caller.identity, reply):
            not_handed_over()
            successor = await self._guarded(self._callers.replace(caller))
            if successor is not None:
                caller = successor
                reply, _ = await self._send(address, request, caller)
        if reply.status not in _REFUSED:
            self._callers.accepted(caller)
        return reply

    async def close(self) -> None:
        """Close the clients and their connections."""
        self._closed = True
        await self._callers.close()
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def _guarded(self, finding: Awaitable[T]) -> T:
        try:
            return await finding
        except VidKitError:
            raise
        except Exception as error:
            # Its text could hold what must not be shown.
            raise ConfigError(f"credentials: {type(error).__name__}") from error

    async def _send(self, address: str, request: HttpRequest, caller: Caller) -> tuple[Reply, bool]:
        """The answer, and whether it is the second one, after a correction of the date."""
        client = await self._client(address)
        url = address + request.path.format(project_id=caller.project_id)
        if request.query:
            url = f"{url}?{canonical_query(request.query)}"
        built = client.build_request(
            request.method,
            url,
            content=b"" if request.body is None else json.dumps(request.body).encode(),
            headers={"Content-Type": "application/json", "X-Project-Id": caller.project_id},
        )
        if self._transport is not None:
            handed_over()
        try:
            response = await self._exchange(client, built, caller.identity)
        except Exception as error:
            raise _translate(error) from error
        return _reply(response, caller.identity), bool(response.history)

    async def _ask(self, question: Question) -> Reply:
        """Ask IAM or the metadata service; see `Ask`."""
        client = await self._client(question.url)
        built = client.build_request(
            question.method, question.url, content=question.body, headers=dict(question.headers)
        )
        try:
            # What is sent here is not the request of the attempt.
            with watch_handover():
                async with asyncio.timeout(question.seconds):
                    response = await self._exchange(client, built, question.identity)
        except Exception as error:
            raise _unanswered(question, error) from error
        _log.debug("%s %s status=%d", question.what, built.url.path, response.status_code)
        return _reply(response, question.identity)

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, identity: Identity | None
    ) -> httpx.Response:
        if identity is None:
            return await client.send(request, auth=None)
        if isinstance(identity, IamToken):
            return await client.send(request, auth=TokenAuth(identity.value))
        auth = SignedAuth(
            identity.access_key,
            identity.secret_key,
            security_token=identity.security_token,
            clock=self._clock,
        )
        async with self._clock.turn():
            return await client.send(request, auth=auth)

    async def _client(self, address: str) -> httpx.AsyncClient:
        """The client for an address; each origin has one, since each has a proxy of its own."""
        key = "" if self._transport else origin(address)
        if key not in self._clients:
            async with self._opening:
                if key not in self._clients:
                    self._clients[key] = await self._open(address)
        return self._clients[key]

    async def _open(self, address: str) -> httpx.AsyncClient:
        try:
            transport = self._transport or await self._network(address)
        except Exception as error:
            raise ConfigError(f"Huawei Cloud configuration: {error}") from error
        if self._closed:
            await transport.aclose()
            raise RequestError("this VidKit is closed; make a new one")
        return httpx.AsyncClient(
            transport=transport,
            headers={"User-Agent": "vidkit", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(None, connect=self._config.connect_timeout),
            follow_redirects=False,
        )

    async def _network(self, address: str) -> httpx.AsyncBaseTransport:
        proxy = _environment_proxy(address)
        if proxy is None and urlsplit(address).scheme == "http":
            # It knows no certificates, and so trusts nobody: there is no TLS here.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        else:
            context = await self._tls()
        return _Network(verify=context, proxy=proxy, client=self._session(context))

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
            trace_configs=[_told_when_connected()],
        )
        # aiohttp would send a GET or DELETE again by itself; retries have one place here.
        session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return session


def _told_when_connected() -> aiohttp.TraceConfig:
    """Tells of the moment from which on a request may be on its way: it has a connection."""

    async def connected(*_: object) -> None:
        handed_over()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace


def _broken_off(error: Exception, response: httpx.Response) -> VidKitError:
    """The error for an answer that began and did not come whole, with what its head says."""
    head = Reply(response.status_code, b"", dict(response.headers))
    failure = _translate(error)
    failure.status = head.status
    failure.request_id = answers.request_id(head)
    if head.status in _REQUEST_FAULTS:
        failure.ambiguous = False
    if head.status in _REFUSED:
        # It may be for the signature.
        failure.retryable = False
    return failure


def _reply(response: httpx.Response, identity: Identity | None) -> Reply:
    body = response.content
    if identity is not None and not response.is_success:
        # The gateway quotes what it thinks was signed, the security token included.
        text = without(body.decode("utf-8", "surrogateescape"), sent_secrets(identity))
        body = text.encode("utf-8", "surrogateescape")
    return Reply(
        status=response.status_code,
        body=body,
        headers={name.lower(): value for name, value in response.headers.items()},
    )


def _unanswered(question: Question, error: Exception) -> VidKitError:
    failure = _translate(error)
    # What the caller wanted was not sent yet.
    failure.ambiguous = False
    late = f"no answer within {question.seconds:g} s"
    told = late if isinstance(error, TimeoutError) else failure.message
    failure.message = f"credentials: {question.what}: {told}"
    return failure


def _environment_proxy(address: str) -> httpx.Proxy | None:
    """The proxy that ``HTTPS_PROXY`` and its kin ask for; httpx leaves it to the transport."""
    if is_loopback(address) or is_link_local(address):
        return None
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.hostname or ""):
        return None
    return httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")


def _never_sent(error: Exception) -> bool:
    # The transport names a reset after sending a ConnectTimeout: only the cause tells.
    return isinstance(
        error.__cause__ or error,
        aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.ClientProxyConnectionError,
    )


def _translate(error: Exception) -> VidKitError:
    """A vidkit error for whatever kept a whole answer from coming."""
    if isinstance(error, VidKitError):
        return error
    cause = error.__cause__ or error
    what = f"{type(cause).__name__}: {cause}"
    sent = not _never_sent(error)
    if isinstance(cause, aiohttp.ClientSSLError):
        return TransportError(what)
    if isinstance(cause, TimeoutError) or (
        isinstance(error, httpx.TimeoutException) and not isinstance(cause, aiohttp.ClientError)
    ):
        return VidKitTimeoutError(what, retryable=True, ambiguous=sent)
    retryable = isinstance(error, httpx.TransportError | aiohttp.ClientError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )
    return TransportError(what, retryable=retryable, ambiguous=sent)
