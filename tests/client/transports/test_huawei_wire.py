"""What goes over the wire to Huawei Cloud is what httpx would send, but for who it says it is."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import httpx
import pytest

from vidkit.transports.huawei.http_client import _Network

JSON = {"Content-Type": "application/json", "X-Project-Id": "p1"}
REQUESTS = {
    "GET": ("GET", "/v1/p1/thumbnails?a=%E6%97%A5&a=1%2F2&b=~", b"", JSON),
    "POST": ("POST", "/v1/p1/thumbnails", b'{"name":"x"}', JSON),
    "POST of no type": ("POST", "/v3/auth/tokens", b"{}", {}),
    "PUT of nothing": ("PUT", "/meta-data/latest/api/token", b"", {"X-Ttl": "60"}),
    "DELETE": ("DELETE", "/v1/p1/thumbnails?task_id=7", b"", JSON),
}
ANSWERS = {
    "with a length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Request-Id: 7\r\n\r\n{}",
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "refused": b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nDate: x\r\n\r\n{}",
    "of nothing": b"HTTP/1.1 204 No Content\r\n\r\n",
}


@asynccontextmanager
async def server(answer):
    """Gives one answer to all; what was sent is kept, byte for byte."""
    sent = []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = told(head)[1].get("content-length", 0)
        sent.append((head, await reader.readexactly(int(length))))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1], sent


def told(head):
    """The request line and the headers, but for who asks, and for the length of nothing."""
    line, *lines = head.decode().rstrip("\r\n").split("\r\n")
    headers = dict(header.split(": ", 1) for header in lines)
    return line, {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() not in {"user-agent", "accept-encoding", "connection", "accept"}
        and (name.lower(), value) != ("content-length", "0")
    }


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("request_", REQUESTS)
async def test_request_and_answer_are_those_of_httpx(request_, answer):
    method, path, content, headers = REQUESTS[request_]
    answers = []
    async with server(ANSWERS[answer]) as (port, sent), aiohttp.ClientSession() as session:
        for transport in (
            _Network(session, proxy=None, connect_timeout=5),
            httpx.AsyncHTTPTransport(),
        ):
            request = httpx.Request(
                method, f"http://127.0.0.1:{port}{path}", content=content or None, headers=headers
            )
            found = await transport.handle_async_request(request)
            body = await found.aread()
            answers.append((found.status_code, body, found.headers.get("x-request-id")))
            await transport.aclose()
    assert answers[0] == answers[1]
    (ours, our_body), (theirs, their_body) = sent
    assert our_body == their_body == content
    line, ours = told(ours)
    assert (line, ours) == told(theirs)
