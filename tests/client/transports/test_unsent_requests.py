"""A request is sent from its first byte on; until then no failure is ambiguous."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
from creates import create_policy, create_task
from kit_options import FAST

from vidkit import (
    AmbiguousError,
    AwsConfig,
    HuaweiConfig,
    RequestError,
    RetryPolicy,
    TransportError,
    VidKit,
    VidKitTimeoutError,
)

CREATES = pytest.mark.parametrize("create", [create_policy, create_task])


@pytest.fixture
async def busy_threads():
    """The program's own work has the threads of asyncio, which opening needs, until it is set."""
    may_end = threading.Event()
    executor = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(executor)
    work = executor.submit(may_end.wait, 60)
    yield may_end
    may_end.set()
    assert work.result()


@CREATES
async def test_a_create_that_waits_for_the_kit_to_open_was_not_sent(cloud, busy_threads, create):
    retry = RetryPolicy(attempt_timeout=0.05, base_delay=0.001)
    async with cloud.kit(retry=retry, deadline=0.3) as kit:
        with pytest.raises(VidKitTimeoutError) as caught:
            await create(kit)
        assert not caught.value.ambiguous
    assert not cloud.calls


@CREATES
async def test_a_kit_opens_once_however_many_wait_and_are_cancelled(
    cloud, busy_threads, create, monkeypatch
):
    opened = []
    to_thread = asyncio.to_thread

    async def counting(work, *arguments, **options):
        opened.append(getattr(work, "__name__", work))
        return await to_thread(work, *arguments, **options)

    monkeypatch.setattr(asyncio, "to_thread", counting)
    async with cloud.kit() as kit:
        first = asyncio.create_task(create(kit))
        others = [asyncio.create_task(kit.ivs.list_channels().collect()) for _ in range(20)]
        others += [asyncio.create_task(kit.mpc.get_thumbnails_task("1")) for _ in range(20)]
        await asyncio.sleep(0.01)
        for task in [first, *others[::2]]:
            task.cancel()
        await asyncio.wait([first, *others[::2]])
        busy_threads.set()
        await asyncio.wait(others)
        assert all(task.cancelled() for task in [first, *others[::2]])
        assert [task.exception() for task in others[1:20:2]] == [None] * 10
    # Two transports; for AWS a session and one API as well. Plain http needs no certificates.
    assert opened.count("import_module") == 2, opened
    assert opened.count("configured_session") == opened.count("_read_models") == 1


@CREATES
async def test_closing_ends_the_opening(cloud, busy_threads, create):
    async with cloud.kit() as kit:
        task = asyncio.create_task(create(kit))
        await asyncio.sleep(0.01)
    with pytest.raises(RequestError, match="closed"):
        await task
    assert not cloud.calls


@CREATES
@pytest.mark.parametrize("said", [b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", b""])
async def test_behind_a_proxy_that_lets_nothing_through_nothing_was_sent(said, create, monkeypatch):
    asked = []

    async def proxy(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(said)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    keys = {"region": "us-east-1", "access_key_id": "AKIA", "secret_access_key": "s3cret"}
    huawei = HuaweiConfig(region="cn-north-4", project_id="p1", access_key="AK", secret_key="SK")
    async with server, VidKit(aws=AwsConfig(**keys), huawei=huawei, **FAST) as kit:
        with pytest.raises(TransportError) as caught:
            await create(kit)
    assert not isinstance(caught.value, AmbiguousError)
    assert not caught.value.ambiguous
    # Nothing happened, so it was tried again.
    assert len(asked) == caught.value.attempts > 1
    assert all(request.startswith(b"CONNECT ") for request in asked)


@CREATES
async def test_a_create_whose_first_byte_was_sent_is_ambiguous(create, unused_tcp_port):
    arrived = asyncio.Event()

    async def silent(reader, writer):
        await reader.readexactly(1)
        arrived.set()
        writer.close()
        await writer.wait_closed()

    endpoint = f"http://127.0.0.1:{unused_tcp_port}"
    aws = AwsConfig(
        region="us-east-1",
        access_key_id="AKIA",
        secret_access_key="s3cret",
        endpoint_url=endpoint,
    )
    huawei = HuaweiConfig(
        region="cn-north-4", project_id="p1", access_key="AK", secret_key="SK", endpoint=endpoint
    )
    server = await asyncio.start_server(silent, "127.0.0.1", unused_tcp_port)
    retry = RetryPolicy(max_attempts=1)
    async with server, VidKit(aws=aws, huawei=huawei, retry=retry) as kit:
        with pytest.raises(AmbiguousError):
            await create(kit)
    assert arrived.is_set()


@CREATES
async def test_a_create_whose_date_was_rejected_is_not_sent_until_it_is_signed_anew(
    create, unused_tcp_port, monkeypatch
):
    body = b'{"__type": "InvalidSignatureException", "error_msg": "Signature expired"}'
    connect = aiohttp.TCPConnector.connect
    connections = []

    async def rejects(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 403 Forbidden\r\nDate: Thu, 01 Jan 2026 12:00:00 GMT\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        writer.close()

    async def one_connection(self, *given, **options):
        connections.append(self)
        if len(connections) > 1:
            # As when a proxy closes its connection.
            raise aiohttp.ServerDisconnectedError
        return await connect(self, *given, **options)

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", one_connection)
    keys = {"region": "us-east-1", "access_key_id": "AKIA", "secret_access_key": "s3cret"}
    endpoint = f"http://127.0.0.1:{unused_tcp_port}"
    huawei = HuaweiConfig(
        region="cn-north-4", project_id="p1", access_key="AK", secret_key="SK", endpoint=endpoint
    )
    aws = AwsConfig(**keys, endpoint_url=endpoint)
    server = await asyncio.start_server(rejects, "127.0.0.1", unused_tcp_port)
    async with server, VidKit(aws=aws, huawei=huawei, retry=RetryPolicy.none()) as kit:
        with pytest.raises(TransportError) as caught:
            await create(kit)
    assert len(connections) == 2
    assert not caught.value.ambiguous
