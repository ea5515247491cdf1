"""Huawei Cloud through httpx on aiohttp's transport: the one file that imports them.

Why that transport: httpx's own pool does not survive cancelled requests (see docs/decisions).
"""

import asyncio
import json
import ssl
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from vidkit.config import HuaweiConfig, is_loopback
from vidkit.errors import (
    ConfigError,
    RequestError,
    TransportError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.transports.base import HttpRequest, Reply
from vidkit.transports.huawei_signer import canonical_query, sdk_date, sign

__all__ = ["HuaweiTransport", "SignedAuth"]

_SIGNED_HEADERS = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")

# cn-north-1 is older than the product's present name.
_ENDPOINTS = {"cn-north-1": "https://mts.cn-north-1.myhuaweicloud.com"}


class SignedAuth(httpx.Auth):
    """Signs each request with SDK-HMAC-SHA256, dated anew each time it is sent."""

    requires_request_body = True

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the date, the token of temporary keys and the signature."""
        request.headers["X-Sdk-Date"] = sdk_date(self._now())
        if self._security_token:
            request.headers["X-Security-Token"] = self._security_token
        request.headers["Authorization"] = sign(
            request.method,
            request.url.path,
            parse_qsl(request.url.query.decode(), keep_blank_values=True),
            {name: request.headers[name] for name in _SIGNED_HEADERS if name in request.headers},
            request.content,
            access_key=self._access_key,
            secret_key=self._secret_key,
        )
        yield request


class TokenAuth(httpx.Auth):
    """Sends an IAM token instead of a signature."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token
        yield request


class HuaweiTransport:
    """Owns one HTTP client for Huawei Cloud MPC.

    Args:
        config: where and who.
        transport: stands in for the network, in tests.
    """

    def __init__(
        self, config: HuaweiConfig, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._config = config
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def send(self, request: HttpRequest) -> Reply:
        """Send once; see `Transport`."""
        try:
            client = self._client or await self._open()
            built = self._build(client, request)
        except VidKitError:
            raise
        except Exception as error:
            raise ConfigError(f"Huawei Cloud configuration: {error}") from error
        try:
            response = await client.send(built, auth=self._auth())
        except Exception as error:
            raise _translate(error) from error
        return Reply(
            status=response.status_code,
            body=response.content,
            headers={name.lower(): value for name, value in response.headers.items()},
        )

    async def close(self) -> None:
        """Close the client and its connections."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _build(self, client: httpx.AsyncClient, request: HttpRequest) -> httpx.Request:
        project_id = self._project_id()
        url = self._endpoint() + request.path.format(project_id=project_id)
        if request.query:
            url = f"{url}?{canonical_query(request.query)}"
        body = b"" if request.body is None else json.dumps(request.body).encode()
        headers = {"Content-Type": "application/json", "X-Project-Id": project_id}
        return client.build_request(request.method, url, content=body, headers=headers)

    def _endpoint(self) -> str:
        if self._config.endpoint:
            return self._config.endpoint.rstrip("/")
        region = self._config.region
        if not region:
            raise ConfigError(
                "region: none given; give HuaweiConfig(region=...), such as cn-north-4, "
                "or endpoint=..."
            )
        return _ENDPOINTS.get(region, f"https://mpc.{region}.myhuaweicloud.com")

    def _project_id(self) -> str:
        if not self._config.project_id:
            raise ConfigError(
                "project_id: none given; give HuaweiConfig(project_id=...) "
                "or set HUAWEICLOUD_SDK_PROJECT_ID"
            )
        return self._config.project_id

    def _auth(self) -> httpx.Auth:
        config = self._config
        if config.auth_token:
            return TokenAuth(config.auth_token)
        if config.access_key and config.secret_key:
            return SignedAuth(
                config.access_key, config.secret_key, security_token=config.security_token
            )
        raise ConfigError(
            "credentials: none found; give HuaweiConfig(access_key=..., secret_key=...) or "
            "auth_token=..., or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
        )

    async def _open(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                # Refuse a bad configuration before a certificate is read.
                self._endpoint()
                self._project_id()
                self._auth()
                transport = self._transport or await self._network()
                if self._closed:
                    await transport.aclose()
                    raise RequestError("this VidKit is closed; make a new one")
                self._client = httpx.AsyncClient(
                    transport=transport,
                    headers={"User-Agent": "vidkit"},
                    timeout=httpx.Timeout(None, connect=self._config.connect_timeout),
                    follow_redirects=False,
                )
            return self._client

    async def _network(self) -> httpx.AsyncBaseTransport:
        # Certificates are read from disk: off the loop.
        context = await asyncio.to_thread(ssl.create_default_context)
        proxy = _environment_proxy(self._endpoint())
        return AiohttpTransport(verify=context, proxy=proxy, client=self._session(context))

    def _session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._config.max_connections, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # aiohttp would send a GET or DELETE again by itself; retries have one place here.
        session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return session


def _environment_proxy(endpoint: str) -> httpx.Proxy | None:
    """The proxy that ``HTTPS_PROXY`` and its kin ask for; httpx leaves it to the transport."""
    if is_loopback(endpoint):
        return None
    parts = urlsplit(endpoint)
    address = getproxies().get(parts.scheme)
    if not address or proxy_bypass(parts.hostname or ""):
        return None
    return httpx.Proxy(address if "://" in address else f"http://{address}")


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
