"""The server of all cases, a process of its own: ``python -m benchmarks.server``.

It checks no signatures and keeps no clients waiting but for the latency of the port that they
asked; what it answers is made up beforehand wherever that can be. It prints its addresses as one
line of JSON, by latency in milliseconds, and ends when its standard input does.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from benchmarks.answers import Answers

__all__ = ["LATENCIES", "serve"]

LATENCIES = (0, 20, 50, 500)
"""Milliseconds, one port each."""


def _handler(
    answers: Answers, latency: float
) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        content: Any = json.loads(await request.read() or b"{}")
        target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        operation = target or request.path.rpartition("/")[2]
        body, is_page = await answers.answer(operation, content, f"http://{request.host}")
        if latency and is_page:
            await asyncio.sleep(latency)
        return web.Response(body=body, content_type="application/json")

    return handle


async def serve() -> None:
    """Serve until standard input ends."""
    answers = Answers()
    addresses: dict[int, str] = {}
    runners: list[web.ServerRunner] = []
    for latency in LATENCIES:
        server = web.Server(_handler(answers, latency / 1000), access_log=None)
        runner = web.ServerRunner(server)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        runners.append(runner)
        addresses[latency] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for runner in runners:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
