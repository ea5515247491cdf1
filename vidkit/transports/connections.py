"""How both transports use aiohttp's connections.

A request is sent from its first byte on; a name is forgotten when connecting fails; a connection on
which anything came while it was idle is not used again; a body that is no HTTP ends.
"""

# aiohttp has no option for most of this:
# pyright: reportPrivateUsage=false

import asyncio
import select
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

__all__ = ["configure"]


def configure(session: aiohttp.ClientSession, *, on_sent: Callable[[], object]) -> None:
    """Make a session follow the rules of this module, and send each request once.

    Args:
        session: a session that has sent nothing yet, with a connector of its own.
        on_sent: called in the context of a request, right before its first byte is sent.
    """
    # aiohttp's traces would do a part of this, but they take a tenth of the time of a small call.
    session._request_class = _request_class(on_sent)  # noqa: SLF001
    # aiohttp would retry a GET or DELETE by itself; retries have one layer here.
    session._retry_connection = False  # noqa: SLF001
    connector = session.connector
    assert connector is not None  # noqa: S101 - only a closed session has none
    connector._factory = partial(_new_protocol, asyncio.get_running_loop())  # noqa: SLF001
    if isinstance(connector, aiohttp.TCPConnector):
        connect = partial(_connect, connector, connector._create_connection)  # noqa: SLF001
        connector._create_connection = connect  # type: ignore[method-assign]  # noqa: SLF001


def _request_class(on_sent: Callable[[], object]) -> type[aiohttp.ClientRequest]:
    class _Request(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            # A request through a proxy sends a CONNECT of its own first, which is of another class.
            on_sent()
            return await super().send(conn)

    return _Request


async def _connect(
    connector: aiohttp.TCPConnector,
    create: Callable[..., Awaitable[ResponseHandler]],
    *request: Any,
    **options: Any,
) -> ResponseHandler:
    try:
        return await create(*request, **options)
    except BaseException:
        # After a cancellation too: an endpoint that has moved may not respond at its old address.
        connector.clear_dns_cache()
        raise


class _Protocol(ResponseHandler):
    """aiohttp's side of one connection."""

    def is_connected(self) -> bool:
        """Whether an idle connection can be used again.

        What came while it was idle would be read as the response to the next request.
        """
        return super().is_connected() and not self.should_close and not self._has_unread_bytes()

    def set_exception(self, exc: Any, exc_cause: Any = None) -> None:
        """End the response with an error, and its body too.

        aiohttp leaves a body to wait without end once its parser has failed, as it does where a
        proxy spoils the length of a chunk.
        """
        super().set_exception(exc, *(() if exc_cause is None else (exc_cause,)))
        body = self._payload
        if body is not None and not body.is_eof() and body.exception() is None:
            # Without the cause, which quotes the response.
            body.set_exception(aiohttp.ClientPayloadError("the body of the response is no HTTP"))

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
