"""Huawei Cloud: who calls, where to, and once more when it was the credentials' fault."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from vidkit._internal.send_state import mark_unsent, watch_send_state
from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError, VidKitError, VidKitTimeoutError
from vidkit.transports.base import HttpRequest, HttpResponse
from vidkit.transports.huawei.credentials.endpoints import mpc_endpoint
from vidkit.transports.huawei.credentials.expiry import is_expired
from vidkit.transports.huawei.credentials.resolver import CredentialResolver, ResolvedCredentials
from vidkit.transports.huawei.credentials.source import CredentialRequest
from vidkit.transports.huawei.http_client import HuaweiHttpClient
from vidkit.transports.huawei.signer import canonical_query

if TYPE_CHECKING:
    import httpx

__all__ = ["HuaweiTransport"]

T = TypeVar("T")

_log = logging.getLogger("vidkit")

_REFUSED = {401, 403}


class HuaweiTransport:
    """Owns the connections to Huawei Cloud MPC, and to IAM and the metadata service beside it.

    Args:
        config: where and who.
        transport: stands in for the network, in tests.
    """

    def __init__(
        self, config: HuaweiConfig, *, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self._config = config
        self._http = HuaweiHttpClient(config, transport)
        self._resolver = CredentialResolver(config, self._ask, environ=os.environ)
        # Whoever waits for a connection does so before the request is dated and signed.
        self._connection_slots = asyncio.Semaphore(config.max_connections)

    async def project_id(self) -> str:
        """The project that calls are for.

        It is the configuration's or the environment's, or comes with the credentials, or is looked
        up through IAM, once. That takes time and may fail: call it where a deadline holds.

        Raises:
            ConfigError: no credentials or no project can be found.
            VidKitError: IAM could not be asked, or refused.
        """
        return await self._guarded(self._resolver.project_id())

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send once; see `Transport`.

        A refusal for a clock that is off, or for a token or temporary keys that have ended, was
        carried out by nobody: corrected, the request is sent once more.
        """
        mark_unsent()
        # What can be told without asking anybody is told first.
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
        if response.status not in _REFUSED:
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
            # Its text could hold what must not be shown.
            raise ConfigError(f"credentials: {type(error).__name__}") from error

    async def _send(
        self, address: str, request: HttpRequest, caller: ResolvedCredentials
    ) -> tuple[HttpResponse, bool]:
        """The answer, and whether it is the second one, after a correction of the date."""
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

    async def _ask(self, question: CredentialRequest) -> HttpResponse:
        """Ask IAM or the metadata service; see `Ask`."""
        late = f"no answer within {question.seconds:g} s"
        try:
            # What is sent here is not the request of the attempt.
            with watch_send_state():
                async with asyncio.timeout(question.seconds):
                    response, _ = await self._http.exchange(
                        question.method,
                        question.url,
                        question.body,
                        question.headers,
                        question.identity,
                    )
        except VidKitError as error:
            # What the caller wanted was not sent yet.
            error.ambiguous = False
            told = late if isinstance(error, TimeoutError) else error.message
            error.message = f"credentials: {question.what}: {told}"
            raise
        except TimeoutError as error:
            told = f"credentials: {question.what}: {late}"
            raise VidKitTimeoutError(told, retryable=True) from error
        _log.debug("%s %s status=%d", question.what, urlsplit(question.url).path, response.status)
        return response
