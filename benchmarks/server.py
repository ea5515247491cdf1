"""The server of all cases, a process of its own: ``python -m benchmarks.server``.

It checks no signatures, and delays a response only by the latency of the port; the responses
are prepared in advance where possible. It prints its URLs as one line of JSON, by latency in
milliseconds, and ends when its standard input ends.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from benchmarks.responses import Responses

__all__ = ["LATENCIES", "serve"]

LATENCIES = (0, 20, 50, 500)
"""Latencies in milliseconds, one port each."""


def _handler(
    responses: Responses, latency: float
) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        content: Any = json.loads(await request.read() or b"{}")
        target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        operation = target or request.path.rpartition("/")[2]
        body, is_page = await responses.respond(operation, content, f"http://{request.host}")
        if latency and is_page:
            await asyncio.sleep(latency)
        return web.Response(body=body, content_type="application/json")

    return handle


async def serve() -> None:
    """Serve until standard input ends."""
    responses = Responses()
    addresses: dict[int, str] = {}
    runners: list[web.ServerRunner] = []
    for latency in LATENCIES:
        server = web.Server(_handler(responses, latency / 1000), access_log=None)
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
