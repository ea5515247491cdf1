"""Huawei Cloud's sources of credentials while no file descriptor is free."""

import errno
import os
from pathlib import Path

import pytest

from vidkit import HuaweiConfig, TransportError
from vidkit._internal.descriptors import lack_of_descriptors
from vidkit.transports.base import HttpRequest
from vidkit.transports.huawei.credentials.metadata import MetadataSource
from vidkit.transports.huawei.credentials.profile import ProfileSource
from vidkit.transports.huawei.credentials.static import CallableSource
from vidkit.transports.huawei.transport import HuaweiTransport

LACK = OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def fail(*_, **__):
    raise LACK


async def no_connection(_):
    raise lack_of_descriptors() from LACK


@pytest.mark.parametrize(
    "source",
    [
        ProfileSource(None, None, required=False),
        ProfileSource(None, "p", required=True),
        CallableSource(fail),
        MetadataSource(no_connection, "http://127.0.0.1:1"),
    ],
    ids=["profile", "required", "callable", "metadata"],
)
async def test_a_source_that_cannot_open_a_file_is_not_passed_over(source, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(TransportError) as caught:
        await source.fetch()
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)


@pytest.mark.parametrize("at", ["ssl.create_default_context", "aiohttp.ClientSession.request"])
async def test_a_request_that_gets_no_connection_passes(at, monkeypatch):
    monkeypatch.setattr(at, fail)
    keys = {"access_key": "AK", "secret_key": "SK", "project_id": "p"}
    transport = HuaweiTransport(HuaweiConfig(region="cn-north-4", **keys))
    try:
        with pytest.raises(TransportError) as caught:
            await transport.send(HttpRequest("GET", "/v1/{project_id}/thumbnails"))
    finally:
        await transport.close()
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)
