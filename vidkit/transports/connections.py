"""How both transports use aiohttp's connections.

A request is sent from its first byte on; a name is forgotten when connecting fails; a connection on
which anything came while it was idle is not used again.
"""

import asyncio
import select
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

__all__ = ["configure"]


def configure(session: aiohttp.ClientSession, *, on_sent: Callable[[], object]) -> None:
    """Make a session follow the rules of this module, and send each request once.

    Args:
        session: a session that has sent nothing yet, with a connector of its own.
        on_sent: called in the context of a request, right before its first byte is sent.
    """
    trace = _trace(on_sent)
    trace.freeze()
    session.trace_configs.append(trace)
    # aiohttp would retry a GET or DELETE by itself; retries have one layer here.
    session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    connector = session.connector
    assert connector is not None  # noqa: S101 - only a closed session has none
    new_protocol = partial(_new_protocol, asyncio.get_running_loop())
    connector._factory = new_protocol  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class _Protocol(ResponseHandler):
    """aiohttp's side of one connection."""

    def is_connected(self) -> bool:
        """Whether an idle connection can be used again.

        What came while it was idle would be read as the response to the next request.
        """
        return super().is_connected() and not self.should_close and not self._has_unread_bytes()

    def _has_unread_bytes(self) -> bool:
        """Whether the peer sent something, or closed, that the event loop has not read yet."""
        transport = self.transport
        sock = None if transport is None else transport.get_extra_info("socket")
        return sock is not None and sock.fileno() >= 0 and _is_readable(sock)


def _new_protocol(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return _Protocol(loop)


if hasattr(select, "poll"):

    def _is_readable(sock: Any) -> bool:
        # Not `select`, which fails for large file descriptors.
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))

else:

    def _is_readable(sock: Any) -> bool:
        return bool(select.select([sock.fileno()], [], [], 0)[0])


def _trace(on_sent: Callable[[], object]) -> aiohttp.TraceConfig:
    # A request through a proxy sends a CONNECT of its own first, which is not traced.
    async def headers_sent(*_: object) -> None:
        on_sent()

    async def connecting(_: object, request: SimpleNamespace, __: object) -> None:
        request.is_connecting = True

    async def connected(_: object, request: SimpleNamespace, __: object) -> None:
        request.is_connecting = False

    async def failed(session: aiohttp.ClientSession, request: SimpleNamespace, _: object) -> None:
        # After a cancellation too: an endpoint that has moved may not respond at its old address.
        connector = session.connector
        if getattr(request, "is_connecting", False) and isinstance(connector, aiohttp.TCPConnector):
            connector.clear_dns_cache()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(headers_sent)
    trace.on_connection_create_start.append(connecting)
    trace.on_connection_create_end.append(connected)
    trace.on_request_exception.append(failed)
    return trace
