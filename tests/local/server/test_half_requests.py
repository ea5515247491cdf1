"""Clients that stop, or disconnect, in the middle of a request."""

import asyncio
import logging
from urllib.parse import urlsplit

import pytest

from vidkit.local import LocalCloud
from vidkit.local.server import http_server

HEAD = b"POST /ListChannels HTTP/1.1\r\nHost: x\r\n"


async def connect(cloud):
    address = urlsplit(cloud.endpoint)
    return await asyncio.open_connection(address.hostname, address.port)


async def everything(reader):
    async with asyncio.timeout(10):
        return await reader.read()


@pytest.mark.parametrize("begun", [b"", b"POST /Li", HEAD])
async def test_a_connection_without_a_complete_head_is_closed_after_a_while(monkeypatch, begun):
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.1)
    async with LocalCloud() as cloud:
        reader, writer = await connect(cloud)
        writer.write(begun)
        assert await everything(reader) == b""
        writer.close()
        await writer.wait_closed()
        assert cloud.calls == []


async def test_a_body_that_does_not_end_is_given_up_after_a_while(monkeypatch):
    monkeypatch.setattr(http_server, "BODY_SECONDS", 0.1)
    async with LocalCloud() as cloud:
        reader, writer = await connect(cloud)
        writer.write(HEAD + b"Content-Length: 100\r\n\r\nabc")
        assert await everything(reader) == b""
        writer.close()
        await writer.wait_closed()
        assert cloud.calls == []


@pytest.mark.parametrize(
    "rest", [b"Content-Length: 100\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
async def test_a_client_that_disconnects_in_its_body_leaves_no_traceback(caplog, rest):
    caplog.set_level(logging.DEBUG)
    async with LocalCloud() as cloud:
        _, writer = await connect(cloud)
        writer.write(HEAD + rest)
        await writer.drain()
        # A connection that is served later: the request before it has begun.
        reader, other = await connect(cloud)
        other.write(b"GET /_local/calls HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await everything(reader)).endswith(b"[]")
        writer.close()
        await writer.wait_closed()
        other.close()
        await other.wait_closed()
    assert [record for record in caplog.records if record.exc_info] == []
    assert cloud.calls == []
