"""The transport to Huawei Cloud: endpoint, credentials, and one more try with new ones."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from vidkit._internal.descriptors import is_lack_of_descriptors, lack_of_descriptors
from vidkit._internal.send_state import SendState, mark_unsent
from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError, VidKitError, VidKitTimeoutError
from vidkit.transports.base import AUTH_STATUSES, HttpRequest, HttpResponse
from vidkit.transports.huawei.credentials.credential_source import CredentialRequest
from vidkit.transports.huawei.credentials.endpoints import mpc_endpoint
from vidkit.transports.huawei.credentials.expiry import is_expired
from vidkit.transports.huawei.credentials.resolver import CredentialResolver, ResolvedCredentials
from vidkit.transports.huawei.http_client import HuaweiHttpClient
from vidkit.transports.huawei.signer import canonical_query

if TYPE_CHECKING:
    import httpx

__all__ = ["HuaweiTransport"]

T = TypeVar("T")

_log = logging.getLogger("vidkit")


class HuaweiTransport:
    """Owns the connections to Huawei Cloud MPC, and to IAM and the metadata service beside it.

    Args:
        config: region, project, credentials and endpoints.
        transport: replaces the network in tests.
    """

    def __init__(
        self, config: HuaweiConfig, *, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self._config = config
        self._http = HuaweiHttpClient(config, transport)
        self._resolver = CredentialResolver(
            config, self._send_credential_request, environ=os.environ
        )
        # A request waits for a connection slot before it is dated and signed.
        self._connection_slots = asyncio.Semaphore(config.max_connections)

    async def project_id(self) -> str:
        """The project ID that calls use.

        It comes from the configuration, the environment or the credentials, or is looked up in IAM
        once. The look-up takes time and may fail: call this where a deadline holds.

        Raises:
            ConfigError: no credentials or no project were found.
            VidKitError: IAM was not reached, or returned an error.
        """
        return await self._guarded(self._resolver.project_id())

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send once; see `Transport`.

        A request that was rejected for a wrong clock, an expired token or expired temporary keys
        was not carried out: it is corrected and sent once more.
        """
        mark_unsent()
        # Configuration errors need no request: they are raised first.
        self._resolver.check()
        address = mpc_endpoint(self._config, os.environ)
        caller = await self._guarded(self._resolver.get())
        response, corrected = await self._send(address, request, caller)
        if not corrected and is_expired(caller.identity, response):
            mark_unsent()
            successor = await self._guarded(self._resolver.replace(caller))
            if successor is not None:
                caller = successor
                response, _ = await self._send(address, request, caller)
        if response.status not in AUTH_STATUSES:
            self._resolver.accepted(caller)
        return response

    async def close(self) -> None:
        """Close the connections."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._http.close)
            await self._resolver.close()

    async def _guarded(self, finding: Awaitable[T]) -> T:
        try:
            return await finding
        except VidKitError:
            raise
        except Exception as error:
            if is_lack_of_descriptors(error):
                raise lack_of_descriptors() from error
            # Its message might hold a secret.
            raise ConfigError(f"credentials: {type(error).__name__}") from error

    async def _send(
        self, address: str, request: HttpRequest, caller: ResolvedCredentials
    ) -> tuple[HttpResponse, bool]:
        """The response, and whether it is the second one, after a correction of the date."""
        url = address + request.path.format(project_id=caller.project_id)
        if request.query:
            url = f"{url}?{canonical_query(request.query)}"
        async with self._connection_slots:
            return await self._http.exchange(
                request.method,
                url,
                b"" if request.body is None else json.dumps(request.body).encode(),
                {"Content-Type": "application/json", "X-Project-Id": caller.project_id},
                caller.identity,
            )

    async def _send_credential_request(self, request: CredentialRequest) -> HttpResponse:
        """Send a request to IAM or the metadata service; see `SendRequest`."""
        late = f"no response within {request.seconds:g} s"
        try:
            # This is not the request of the attempt.
            with SendState():
                async with asyncio.timeout(request.seconds):
                    response, _ = await self._http.exchange(
                        request.method,
                        request.url,
                        request.body,
                        request.headers,
                        request.identity,
                    )
        except VidKitError as error:
            # The caller's own request was not sent yet.
            error.ambiguous = False
            reason = late if isinstance(error, TimeoutError) else error.message
            error.message = f"credentials: {request.what}: {reason}"
            raise
        except TimeoutError as error:
            message = f"credentials: {request.what}: {late}"
            raise VidKitTimeoutError(message, retryable=True) from error
        _log.debug("%s %s status=%d", request.what, urlsplit(request.url).path, response.status)
        return response
