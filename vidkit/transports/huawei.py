"""Huawei Cloud through httpx on aiohttp's connections: the one file that imports them.

Why those: httpx's own pool does not survive cancelled requests (see docs/decisions).
"""

import asyncio
import json
import logging
import os
import ssl
from collections.abc import Awaitable, Generator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

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
from vidkit.transports.huawei_keys import KeyTrials
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
        # Still encoded: decoding twice would sign another path.
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        request.headers["Authorization"] = sign(
            request.method,
            path,
            parse_qsl(query, keep_blank_values=True),
            {name: value for name, value in request.headers.items() if name in _SIGNED_HEADERS},
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
        self._options: dict[str, Any] = {
            "allow_redirects": False,
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
            raise _closed()
        try:
            answer = await self._session.request(
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
            body = await read_answer(
                answer.content.iter_any(), status=answer.status, headers=answer.headers
            )
        except Exception as error:
            raise _broken_off(error, answer) from error
        finally:
            if not answer.content.at_eof():
                # What is still to come is not worth the connection.
                answer.close()
        headers = [
            (name, value)
            for name, value in answer.raw_headers
            if name.lower() != b"content-encoding"
        ]
        return httpx.Response(answer.status, headers=headers, content=body)

    async def aclose(self) -> None:
        await self._session.close()


class HuaweiTransport:
    """Owns the connections to Huawei Cloud MPC, and to IAM and the metadata service beside it.

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
        self._trials = KeyTrials()
        self._callers = Callers(config, self._ask, environ=os.environ)
        self._networks: dict[str, httpx.AsyncBaseTransport] = {}
        # Whoever waits for a connection does so before the request is dated and signed.
        self._turns = asyncio.Semaphore(config.max_connections)
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
        """Close the connections."""
        self._closed = True
        networks, self._networks = list(self._networks.values()), {}
        async with AsyncExitStack() as stack:
            for network in networks:
                stack.push_async_callback(network.aclose)
            await self._callers.close()

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
        network = await self._network(address)
        url = address + request.path.format(project_id=caller.project_id)
        if request.query:
            url = f"{url}?{canonical_query(request.query)}"
        async with self._turns:
            built = _built(
                request.method,
                url,
                b"" if request.body is None else json.dumps(request.body).encode(),
                {"Content-Type": "application/json", "X-Project-Id": caller.project_id},
            )
            if self._transport is not None:
                handed_over()
            try:
                response, corrected = await self._exchange(network, built, caller.identity)
            except VidKitError:
                raise
            except Exception as error:
                raise _translate(error) from error
        return _reply(response, caller.identity), corrected

    async def _ask(self, question: Question) -> Reply:
        """Ask IAM or the metadata service; see `Ask`."""
        network = await self._network(question.url)
        built = _built(question.method, question.url, question.body, question.headers)
        try:
            # What is sent here is not the request of the attempt.
            with watch_handover():
                async with asyncio.timeout(question.seconds):
                    response, _ = await self._exchange(network, built, question.identity)
        except Exception as error:
            raise _unanswered(question, error) from error
        _log.debug("%s %s status=%d", question.what, built.url.path, response.status_code)
        return _reply(response, question.identity)

    async def _exchange(
        self, network: httpx.AsyncBaseTransport, request: httpx.Request, identity: Identity | None
    ) -> tuple[httpx.Response, bool]:
        """The answer, and whether it is the second one."""
        if identity is None:
            return await _sent(network, request, httpx.Auth())
        if isinstance(identity, IamToken):
            return await _sent(network, request, TokenAuth(identity.value))
        auth = SignedAuth(
            identity.access_key,
            identity.secret_key,
            security_token=identity.security_token,
            clock=self._clock,
        )
        async with self._clock.turn(), self._trials.turn(identity):
            response, corrected = await _sent(network, request, auth)
            self._trials.judge(identity, Reply(response.status_code, response.content))
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
            raise _closed()
        return network

    async def _connections(self, address: str) -> httpx.AsyncBaseTransport:
        proxy = _environment_proxy(address)
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


@lru_cache(maxsize=64)
def _url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise RequestError(f"the address that the request makes is none: {error}") from None


def _built(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Request:
    always = {"User-Agent": "vidkit", "Accept": "*/*", "Accept-Encoding": "identity"}
    return httpx.Request(method, _url(url), content=body, headers={**always, **headers})


async def _sent(
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


def _broken_off(error: Exception, response: aiohttp.ClientResponse) -> VidKitError:
    """The error for an answer that began and did not come whole, with what its head says."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    head = Reply(response.status, b"", headers)
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
    headers = {name.lower(): value for name, value in response.headers.items()}
    if identity is not None and not response.is_success:
        # The gateway quotes what it thinks was signed, the security token included.
        secrets = sent_secrets(identity)
        text = without(body.decode("utf-8", "surrogateescape"), secrets)
        body = text.encode("utf-8", "surrogateescape")
        headers = {name: without(value, secrets) for name, value in headers.items()}
    return Reply(status=response.status_code, body=body, headers=headers)


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


def _closed() -> RequestError:
    return RequestError("this VidKit is closed; make a new one")


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
