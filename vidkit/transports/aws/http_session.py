"""The HTTP session under aiobotocore: what it must not do with signed requests and big answers."""

# aiobotocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import ssl
from typing import Any, ClassVar

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientResponse, ClientResponseError, ClientSession
from botocore.exceptions import HTTPClientError

from vidkit.errors import VidKitError
from vidkit.transports.aiohttp_errors import hide_request
from vidkit.transports.aws.endpoints import check_private
from vidkit.transports.body_limit import BodyReader

__all__ = ["http_session_class"]


class _LimitedResponse:
    """aiohttp's answer, of which no more than the limit is read."""

    def __init__(self, response: ClientResponse, bodies: BodyReader) -> None:
        self._response = response
        self._body_reader = bodies
        self._body: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)

    async def read(self) -> bytes:
        if self._body is None:
            try:
                self._body = await self._body_reader.read(self._response)
            except BaseException:
                # What is still to come is not worth the connection.
                self._response.close()
                raise
        return self._body


class _OneRequest:
    """An aiohttp session that sends what it is told, once, to the address it was made for.

    aiohttp would follow redirects and take the session token of temporary credentials along.
    """

    def __init__(self, session: ClientSession, bodies: BodyReader) -> None:
        self._session = session
        self._body_reader = bodies
        # It would send a GET or DELETE again by itself; retries have one place here.
        session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def request(self, method: str, **parameters: Any) -> _LimitedResponse:
        try:
            response = await self._session.request(method, allow_redirects=False, **parameters)
        except ClientResponseError as error:
            hide_request(error)
            raise
        return _LimitedResponse(response, self._body_reader)


class _HttpSession(AIOHTTPSession):  # type: ignore[misc]
    """What sends the requests of AWS clients, those for credentials included."""

    https_only = True
    contexts: ClassVar[dict[Any, Any]]
    """Made from all authorities, which takes 20 ms; one serves all clients of a transport."""

    def __init__(self, *settings: Any, **options: Any) -> None:
        super().__init__(*settings, **options)
        self._body_reader = BodyReader()

    async def __aexit__(self, *error: object) -> None:
        self._body_reader.close()
        await super().__aexit__(*error)

    async def send(self, request: Any) -> Any:
        """Send once, unless it would go over the network in clear.

        Raises:
            ConfigError: it would.
            DecodeError: the answer is too long.
        """
        if self.https_only:
            check_private(request.url)
        try:
            return await super().send(request)
        except HTTPClientError as error:
            own = error.kwargs.get("error")
            if isinstance(own, VidKitError):
                raise own from None
            raise

    def _get_ssl_context(self) -> ssl.SSLContext:
        context: ssl.SSLContext = super()._get_ssl_context()
        # The default, but for Pythons that leave it to the system.
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _build_ssl_contexts(self, proxy_url: Any) -> Any:
        if proxy_url or self._cert_file:
            # What is put into a context for these is for this client alone.
            return super()._build_ssl_contexts(proxy_url)
        if self._verify not in self.contexts:
            self.contexts[self._verify] = super()._build_ssl_contexts(proxy_url)
        return self.contexts[self._verify]

    async def _get_session(self, proxy_url: Any) -> Any:
        return _OneRequest(await super()._get_session(proxy_url), self._body_reader)


def http_session_class(*, allow_http: bool) -> Any:
    """What the HTTP sessions of one transport are made of.

    Args:
        allow_http: whether plain http may go over the network.
    """

    class HttpSession(_HttpSession):
        https_only = not allow_http
        contexts: ClassVar[dict[Any, Any]] = {}

    return HttpSession
