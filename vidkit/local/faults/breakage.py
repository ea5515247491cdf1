"""What faults do to a response and its connection."""

import asyncio
import math
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from aiohttp import web

from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.protocol.wire import Response

__all__ = ["DEFAULT_SECONDS", "Breakage"]

DEFAULT_SECONDS: Final = {"latency": 0.1, "drip": 1.0, "skewed_clock": 3600.0}
"""The default ``seconds`` of the kinds of faults that use them."""

_Responder: TypeAlias = Callable[[web.Request, Response, float], Awaitable[web.StreamResponse]]

_DRIP_PIECES: Final = 20
_CHECK_SECONDS: Final = 0.02
_PAGE: Final = b"<!DOCTYPE html><html><body><h1>Sign in to this network</h1></body></html>"
_SURPLUS_BYTES: Final = 7
# SO_LINGER on, with a timeout of 0: closing then sends a reset.
_RESET: Final = struct.pack("ii", 1, 0)


class Breakage:
    """Damages responses, or their connections, as a fault rule says.

    Args:
        released: whether the server is closing; requests that hang then end.
    """

    def __init__(self, released: Callable[[], bool]) -> None:
        self._released = released
        self._responders: dict[str, _Responder] = {
            "latency": self._delayed,
            "lost_answer": _lost,
            "half_body": _truncated,
            "wrong_length": _too_long,
            "empty": _empty,
            "drip": self._dripped,
            "close": _closed,
        }

    async def respond(
        self, incoming: web.Request, rule: FaultRule, carry_out: Callable[[], Awaitable[Response]]
    ) -> web.StreamResponse:
        """Respond to a request as a rule says.

        Args:
            incoming: the request.
            rule: the rule that struck it; its kind affects the connection.
            carry_out: carries the request out.
        """
        if rule.kind == "html":
            return web.Response(body=_PAGE, content_type="text/html")
        if rule.kind in {"hang", "reset"}:
            await self._wait(incoming, math.inf if rule.kind == "hang" else 0)
            return _reset(incoming)
        response = await carry_out()
        seconds = DEFAULT_SECONDS.get(rule.kind, 0.0) if rule.seconds is None else rule.seconds
        try:
            return await self._responders[rule.kind](incoming, response, seconds)
        except ConnectionResetError:
            # The client has disconnected in the meantime, so the response is never read.
            return to_web_response(response)

    async def _delayed(
        self, incoming: web.Request, response: Response, seconds: float
    ) -> web.Response:
        await self._wait(incoming, seconds)
        return to_web_response(response)

    async def _wait(self, incoming: web.Request, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        # Checked at intervals: no event reports to a handler that its client has disconnected.
        while (left := until - loop.time()) > 0 and not self._is_over(incoming):  # noqa: ASYNC110
            await asyncio.sleep(min(left, _CHECK_SECONDS))

    async def _dripped(
        self, incoming: web.Request, response: Response, seconds: float
    ) -> web.StreamResponse:
        web_response = await _started(incoming, response, len(response.body))
        size = max(1, -(-len(response.body) // _DRIP_PIECES))
        for begin in range(0, len(response.body), size):
            await self._wait(incoming, seconds * size / len(response.body))
            if incoming.transport is None:
                break
            await web_response.write(response.body[begin : begin + size])
        return web_response

    def _is_over(self, incoming: web.Request) -> bool:
        transport = incoming.transport
        return transport is None or transport.is_closing() or self._released()


def to_web_response(response: Response) -> web.Response:
    """The response as aiohttp's, unchanged."""
    return web.Response(status=response.status, body=response.body, headers=response.headers)


def _headers_without_length(response: Response) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k.lower() != "content-length"}


async def _started(incoming: web.Request, response: Response, length: int) -> web.StreamResponse:
    web_response = web.StreamResponse(
        status=response.status, headers=_headers_without_length(response)
    )
    web_response.content_length = length
    await web_response.prepare(incoming)
    return web_response


async def _lost(incoming: web.Request, response: Response, _: float) -> web.StreamResponse:
    del response
    return _reset(incoming)


async def _empty(incoming: web.Request, response: Response, _: float) -> web.StreamResponse:
    del incoming
    return web.Response(headers=_headers_without_length(response))


async def _closed(incoming: web.Request, response: Response, _: float) -> web.StreamResponse:
    if incoming.transport is not None:
        # Later, so that the response is in the connection's buffer; closing sends the buffer first.
        asyncio.get_running_loop().call_later(_CHECK_SECONDS, incoming.transport.close)
    return to_web_response(response)


async def _truncated(incoming: web.Request, response: Response, _: float) -> web.StreamResponse:
    if not response.body:
        return _reset(incoming)
    web_response = await _started(incoming, response, len(response.body))
    await web_response.write(response.body[: len(response.body) // 2])
    if incoming.transport is not None:
        incoming.transport.close()
    return web_response


async def _too_long(incoming: web.Request, response: Response, _: float) -> web.StreamResponse:
    """Declare a length below the body's; the rest arrives where the next response should start."""
    length = max(0, len(response.body) - _SURPLUS_BYTES)
    web_response = await _started(incoming, response, length)
    await web_response.write(response.body[:length])
    if incoming.transport is not None:
        incoming.transport.write(response.body[length:] or b"{")
    return web_response


def _reset(incoming: web.Request) -> web.StreamResponse:
    transport = incoming.transport
    if transport is not None:
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    # The handler must return a response, but the connection is gone.
    return web.Response(status=503)
