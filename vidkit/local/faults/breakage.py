"""What faults do to the connection that a request came on."""

import asyncio
import math
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from aiohttp import web

from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.protocol.wire import Answer

__all__ = ["DEFAULT_SECONDS", "Breakage"]

DEFAULT_SECONDS: Final = {"latency": 0.1, "drip": 1.0, "skewed_clock": 3600.0}
"""Seconds of the kinds of faults that take some, where the rule says none."""

_Answers: TypeAlias = Callable[[web.Request, Answer, float], Awaitable[web.StreamResponse]]

_PIECES: Final = 20
_LOOK_SECONDS: Final = 0.02
_PAGE: Final = b"<!DOCTYPE html><html><body><h1>Sign in to this network</h1></body></html>"
_MOVED: Final = 7
# Linger switched on, for no time: closing then sends a reset.
_RESET: Final = struct.pack("ii", 1, 0)


class Breakage:
    """Answers requests badly.

    Args:
        released: tells when the server is closing, so that nobody is kept hanging.
    """

    def __init__(self, released: Callable[[], bool]) -> None:
        self._released = released
        self._answers: dict[str, _Answers] = {
            "latency": self._late,
            "lost_answer": _lost,
            "half_body": _half,
            "wrong_length": _too_long,
            "empty": _empty,
            "drip": self._drip,
            "close": _closed,
        }

    async def respond(
        self, incoming: web.Request, rule: FaultRule, carry_out: Callable[[], Awaitable[Answer]]
    ) -> web.StreamResponse:
        """Answer a request in the way of a rule.

        Args:
            incoming: the request.
            rule: the rule that struck it; one of those that touch the connection.
            carry_out: does what the request asks for.
        """
        if rule.kind == "html":
            return web.Response(body=_PAGE, content_type="text/html")
        if rule.kind in {"hang", "reset"}:
            await self._wait(incoming, math.inf if rule.kind == "hang" else 0)
            return _cut(incoming)
        answer = await carry_out()
        seconds = DEFAULT_SECONDS.get(rule.kind, 0.0) if rule.seconds is None else rule.seconds
        try:
            return await self._answers[rule.kind](incoming, answer, seconds)
        except ConnectionResetError:
            # The client has gone in the meantime; nobody reads what is answered.
            return plain(answer)

    async def _late(self, incoming: web.Request, answer: Answer, seconds: float) -> web.Response:
        await self._wait(incoming, seconds)
        return plain(answer)

    async def _wait(self, incoming: web.Request, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        # Looked for again and again: no event tells a handler that its client has gone.
        while (left := until - loop.time()) > 0 and not self._over(incoming):  # noqa: ASYNC110
            await asyncio.sleep(min(left, _LOOK_SECONDS))

    async def _drip(
        self, incoming: web.Request, answer: Answer, seconds: float
    ) -> web.StreamResponse:
        response = await _begun(incoming, answer, len(answer.body))
        size = max(1, -(-len(answer.body) // _PIECES))
        for begin in range(0, len(answer.body), size):
            await self._wait(incoming, seconds * size / len(answer.body))
            if incoming.transport is None:
                break
            await response.write(answer.body[begin : begin + size])
        return response

    def _over(self, incoming: web.Request) -> bool:
        transport = incoming.transport
        return transport is None or transport.is_closing() or self._released()


def plain(answer: Answer) -> web.Response:
    """The answer as it is."""
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def _but_length(answer: Answer) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}


async def _begun(incoming: web.Request, answer: Answer, length: int) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=_but_length(answer))
    response.content_length = length
    await response.prepare(incoming)
    return response


async def _lost(incoming: web.Request, answer: Answer, _: float) -> web.StreamResponse:
    del answer
    return _cut(incoming)


async def _empty(incoming: web.Request, answer: Answer, _: float) -> web.StreamResponse:
    del incoming
    return web.Response(headers=_but_length(answer))


async def _closed(incoming: web.Request, answer: Answer, _: float) -> web.StreamResponse:
    if incoming.transport is not None:
        # After the answer has been handed to the connection, which closing sends off first.
        asyncio.get_running_loop().call_later(_LOOK_SECONDS, incoming.transport.close)
    return plain(answer)


async def _half(incoming: web.Request, answer: Answer, _: float) -> web.StreamResponse:
    if not answer.body:
        return _cut(incoming)
    response = await _begun(incoming, answer, len(answer.body))
    await response.write(answer.body[: len(answer.body) // 2])
    if incoming.transport is not None:
        incoming.transport.close()
    return response


async def _too_long(incoming: web.Request, answer: Answer, _: float) -> web.StreamResponse:
    """Say a smaller length than the body has; the rest follows where the next answer should."""
    length = max(0, len(answer.body) - _MOVED)
    response = await _begun(incoming, answer, length)
    await response.write(answer.body[:length])
    if incoming.transport is not None:
        incoming.transport.write(answer.body[length:] or b"{")
    return response


def _cut(incoming: web.Request) -> web.StreamResponse:
    transport = incoming.transport
    if transport is not None:
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    # Nobody will read it.
    return web.Response(status=503)
