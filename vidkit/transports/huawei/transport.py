"""Huawei Cloud: who calls, where to, and once more when it was the credentials' fault."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from vidkit._internal.send_state import not_handed_over, watch_handover
from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError, VidKitError, VidKitTimeoutError
from vidkit.transports.base import HttpRequest, Reply
from vidkit.transports.huawei.credentials.endpoints import mpc_address
from vidkit.transports.huawei.credentials.expiry import has_ended
from vidkit.transports.huawei.credentials.resolver import Caller, Callers
from vidkit.transports.huawei.credentials.source import Question
from vidkit.transports.huawei.http_client import HuaweiHttp
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
        self._http = HuaweiHttp(config, transport)
        self._callers = Callers(config, self._ask, environ=os.environ)
        # Whoever waits for a connection does so before the request is dated and signed.
        self._turns = asyncio.Semaphore(config.max_connections)

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
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._http.close)
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
        url = address + request.path.format(project_id=caller.project_id)
        if request.query:
            url = f"{url}?{canonical_query(request.query)}"
        async with self._turns:
            return await self._http.exchange(
                request.method,
                url,
                b"" if request.body is None else json.dumps(request.body).encode(),
                {"Content-Type": "application/json", "X-Project-Id": caller.project_id},
                caller.identity,
            )

    async def _ask(self, question: Question) -> Reply:
        """Ask IAM or the metadata service; see `Ask`."""
        late = f"no answer within {question.seconds:g} s"
        try:
            # What is sent here is not the request of the attempt.
            with watch_handover():
                async with asyncio.timeout(question.seconds):
                    reply, _ = await self._http.exchange(
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
        _log.debug("%s %s status=%d", question.what, urlsplit(question.url).path, reply.status)
        return reply
