"""A kit on a local cloud, and servers that answer as they are told."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from kit_options import FAST, T0

from vidkit import AwsConfig, HuaweiConfig, VidKit
from vidkit.local import LocalCloud


@pytest.fixture(autouse=True)
async def no_task_is_left():
    """What a test started has ended when it ends."""
    before = asyncio.all_tasks()
    yield
    # Closed connections take a few turns of the loop to be gone, and longer on a busy machine.
    for _ in range(300):
        left = asyncio.all_tasks() - before - {asyncio.current_task()}
        if not left:
            return
        await asyncio.sleep(0.01)
    assert not left


@pytest.fixture
def t0():
    return T0


@pytest.fixture
async def cloud(clock_clip):
    """A local cloud with one stream and one object: the clock clip."""
    async with LocalCloud(job_seconds=0.2) as cloud:
        cloud.add_stream("front-door", clock_clip.path, start_timestamp=T0)
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)
        yield cloud


@pytest.fixture
async def kit(cloud):
    async with cloud.kit(**FAST) as kit:
        yield kit


class Scripted:
    """A server that gives one answer after another, the last one for ever."""

    def __init__(self):
        self.answers = []
        self.requests = []
        self.endpoint = ""

    def then(self, answer: web.Response | Callable[[web.Request], Awaitable[web.StreamResponse]]):
        self.answers.append(answer)
        return self

    def json(self, content, status=200, **headers):
        async def answer(_):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.json_response(content, status=status, headers=named)

        return self.then(answer)

    def raw(self, body, status=200, content_type="application/json"):
        async def answer(_):
            return web.Response(body=body, status=status, content_type=content_type)

        return self.then(answer)

    def hang(self):
        async def answer(_):
            await asyncio.sleep(30)
            return web.Response()

        return self.then(answer)

    def drop(self):
        """Take the request, then close the connection without a word."""

        async def answer(request):
            request.transport.close()
            return web.Response()

        return self.then(answer)

    async def handle(self, request):
        body = await request.read()
        self.requests.append((request, body))
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        return await answer(request)

    def kit(self, **options):
        return VidKit(
            aws=AwsConfig(
                region="us-east-1",
                access_key_id="AKIA",
                secret_access_key="s3cret-value",
                endpoint_url=self.endpoint,
            ),
            huawei=HuaweiConfig(
                region="cn-north-4",
                project_id="p1",
                access_key="AK",
                secret_key="s3cret-value",
                endpoint=self.endpoint,
            ),
            **(FAST | options),
        )


@pytest.fixture
async def scripted():
    script = Scripted()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    script.endpoint = f"http://{host}:{port}"
    yield script
    await runner.cleanup()


@pytest.fixture
async def dead_endpoint(unused_tcp_port):
    """An address where nobody listens."""
    return f"http://127.0.0.1:{unused_tcp_port}"


@pytest.fixture(scope="module")
def moto_server():
    """The endpoint of moto's server, a second implementation of AWS's services."""
    # Its import takes long, and few tests need it.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
