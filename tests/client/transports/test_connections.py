"""Names and idle connections: what has moved, and what came when nothing was asked for."""

import asyncio
import socket
import threading
from contextlib import suppress

import pytest
from kit_options import FAST

from vidkit import AwsConfig, HuaweiConfig, RetryPolicy, TransportError, VidKit

BODY = b'{"channels": [], "task_array": [], "total": 0}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)
UNASKED = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"


def list_channels(kit):
    return kit.ivs.list_channels().collect()


def list_tasks(kit):
    return kit.mpc.list_thumbnails_task().collect()


BOTH = pytest.mark.parametrize("call", [list_channels, list_tasks])


def kit_at(endpoint, **options):
    aws = AwsConfig(
        region="us-east-1",
        access_key_id="AKIA",
        secret_access_key="s3cret",
        endpoint_url=endpoint,
        allow_http=True,
        connect_timeout=0.2,
    )
    huawei = HuaweiConfig(
        region="cn-north-4",
        project_id="p1",
        access_key="AK",
        secret_key="SK",
        endpoint=endpoint,
        allow_http=True,
        connect_timeout=0.2,
    )
    return VidKit(aws=aws, huawei=huawei, **{**FAST, **options})


@BOTH
@pytest.mark.parametrize("dead", ["refuses", "is silent"])
async def test_a_name_is_looked_up_again_when_its_address_is_dead(
    call, dead, scripted, unused_tcp_port, monkeypatch
):
    scripted.raw(BODY)
    looked_up = []

    async def getaddrinfo(host, port, **_):
        looked_up.append(host)
        there = unused_tcp_port if len(looked_up) == 1 else int(scripted.endpoint.split(":")[-1])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", there))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    connect = asyncio.get_running_loop().sock_connect

    async def sock_connect(sock, address):
        if address[1] == unused_tcp_port and dead == "is silent":
            await asyncio.sleep(30)
        await connect(sock, address)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", sock_connect)
    async with kit_at("http://service.test:80") as kit:
        assert await call(kit) == []
        assert set(looked_up) == {"service.test"}
        times = len(looked_up)
        assert times > 1
        # What works is kept.
        assert await call(kit) == []
    assert len(looked_up) == times


class Server:
    """A server in a thread: it does something unasked on its first connection after an answer."""

    def __init__(self, unasked):
        self.unasked = unasked
        self.may_go_on, self.done = threading.Event(), threading.Event()
        self.served = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.may_go_on.set()
        # Wakes `accept`.
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join(10)
        self._listener.close()

    def _run(self):
        for number in range(2):
            connection, _ = self._listener.accept()
            # A connection that is closed with something unread is reset.
            with connection, suppress(ConnectionResetError):
                connection.settimeout(10)
                while connection.recv(65536):
                    self.served.append(number)
                    connection.sendall(ANSWER)
                    if number == 0:
                        self.may_go_on.wait(10)
                        if not self.unasked:
                            break
                        connection.sendall(self.unasked)
                        self.done.set()
            self.done.set()


@BOTH
@pytest.mark.parametrize("unasked", [UNASKED, b""], ids=["a response", "the end"])
@pytest.mark.parametrize("seen", [True, False])
async def test_a_connection_on_which_something_came_unasked_is_not_used_again(call, unasked, seen):
    with Server(unasked) as server:
        async with kit_at(server.endpoint, retry=RetryPolicy.none()) as kit:
            assert await call(kit) == []
            server.may_go_on.set()
            # This blocks the event loop, which reads nothing meanwhile.
            assert server.done.wait(10)
            if seen:
                await asyncio.sleep(0.02)
            assert await call(kit) == []
    assert server.served == [0, 1]


@BOTH
@pytest.mark.parametrize(
    "rest", [b"no length\r\n", b"1\r\n[no end", b"2\r\n[]\r\n0\r\n\0: x\r\n\r\n"]
)
async def test_a_body_that_is_no_http_is_an_error_at_once(call, rest):
    async def serve(reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
            await writer.drain()
            # What comes with the head fails with the head.
            await asyncio.sleep(0.05)
            writer.write(rest)
            await writer.drain()
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, kit_at(endpoint, retry=RetryPolicy.none()) as kit:
        with pytest.raises(TransportError, match="the body of the response is no HTTP") as caught:
            async with asyncio.timeout(8):
                await call(kit)
    assert caught.value.retryable
