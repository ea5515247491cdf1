import pytest
from local_cloud_calls import send
from multidict import CIMultiDict

from vidkit.local import LocalCloud
from vidkit.local.protocol.browser_guard import rejection_reason
from vidkit.local.protocol.wire import Request
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts


def reason(host):
    return rejection_reason(Request("GET", "/", (), CIMultiDict({"Host": host}), b""))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:4588",
        "127.0.0.1",
        "127.0.0.1:4588",
        "127.8.9.1",
        "[::1]",
        "[::1]:80",
    ],
)
def test_loopback_names_are_served(host):
    assert reason(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.evil.example",
        "127.0.0.1.evil.example",
        "127.1",
        "127.0.0.1.",
        "127.0.0.01",
        "localhost.evil.example",
        "evil.example:127",
        "[::1].evil.example",
        "[::2]",
        "user@127.0.0.1",
        "127.0.0.1/.evil.example",
        "127.0.0.1#.evil.example",
        "10.0.0.1",
        "",
    ],
)
def test_a_name_that_only_looks_like_a_loopback_address_is_rejected(host):
    assert "no loopback name" in reason(host)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/_local/calls", {}),
        ("POST", "/_local/labels", {"Content-Type": "application/json"}),
        ("GET", "/openstack/latest/securitykey", {}),
        ("PUT", "/meta-data/latest/api/token", {"X-Metadata-Token-Ttl-Seconds": "60"}),
        ("POST", "/v3/auth/tokens", {"Content-Type": "application/json"}),
    ],
)
async def test_no_unsigned_endpoint_serves_a_name_that_begins_like_an_address(
    method, path, headers
):
    async with LocalCloud() as cloud:
        status, _, _ = await send(cloud, method, path, b"", {"Host": "127.evil.example", **headers})
        assert status == 403
        accounts = cloud.state.of(HuaweiAccounts)
        assert (accounts.temporary_keys, accounts.metadata_tokens, accounts.tokens) == ({}, {}, {})
