"""Requests to Huawei Cloud go out, and are corrected, as `httpx.AsyncClient` would do it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from vidkit.errors import RequestError
from vidkit.transports.huawei.auth import SignedAuth, TokenAuth
from vidkit.transports.huawei.http_client import _build_request, _send_with_auth
from vidkit.transports.huawei.server_clock import ServerClock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
JSON = {"Content-Type": "application/json", "X-Project-Id": "p1"}
REQUESTS = {
    "no body": ("GET", "https://mpc.example.com/v1/p1/thumbnails", b"", JSON),
    "a query": ("GET", "https://h/x?a=%E6%97%A5&a=1%2F2&b=~&c=%20", b"", JSON),
    "a port": ("DELETE", "http://127.0.0.1:4588/v1/p1/thumbnails?task_id=7", b"", JSON),
    "an IPv6 address": ("GET", "http://[::1]:80/v3/", b"", {}),
    "a body": ("POST", "https://h:8443/v1/", b'{"name":"\\u65e5"}', JSON),
    "a PUT": ("PUT", "http://169.254.169.254/token", b"", {"X-Ttl": "60"}),
}


class Network(httpx.AsyncBaseTransport):
    """Notes what it is given; the first answers are refusals for the date."""

    def __init__(self, skewed):
        self.skewed = skewed
        self.seen = []

    async def handle_async_request(self, request):
        headers = sorted(request.headers.multi_items())
        self.seen.append((request.method, str(request.url), headers, request.content))
        if len(self.seen) > self.skewed:
            return httpx.Response(200, headers={"x-request-id": "7"}, content=b'{"task_id":"1"}')
        date = format_datetime(NOON + timedelta(hours=1), usegmt=True)
        told = b'{"error_msg":"verify aksk signature fail: signature expired"}'
        return httpx.Response(401, headers={"date": date}, content=told)


def auth(kind):
    if kind == "none":
        return httpx.Auth()
    if kind == "token":
        return TokenAuth("iam-token")
    return SignedAuth("AK", "SK", security_token="temporary", clock=ServerClock(now=lambda: NOON))


@pytest.mark.parametrize("skewed", [0, 1, 2])
@pytest.mark.parametrize("kind", ["none", "token", "signed"])
@pytest.mark.parametrize("name", REQUESTS)
async def test_the_exchange_is_that_of_httpx(name, kind, skewed):
    method, url, body, headers = REQUESTS[name]
    ours, theirs = Network(skewed), Network(skewed)
    answer, corrected = await _send_with_auth(
        ours, _build_request(method, url, body, headers), auth(kind)
    )
    async with httpx.AsyncClient(transport=theirs, trust_env=False) as client:
        expected = await client.send(_build_request(method, url, body, headers), auth=auth(kind))
    assert ours.seen == theirs.seen
    assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
    assert answer.headers == expected.headers
    assert corrected == (len(ours.seen) == 2)
    assert len(ours.seen) == (2 if skewed and kind == "signed" else 1)


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_request_is_built_as_httpx_builds_it(name):
    method, url, body, headers = REQUESTS[name]
    own = {"User-Agent": "vidkit", "Accept": "*/*", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(headers=own, trust_env=False) as client:
        expected = client.build_request(method, url, content=body, headers=headers)
    built = _build_request(method, url, body, headers)
    assert (built.method, str(built.url), built.content) == (
        expected.method,
        str(expected.url),
        expected.content,
    )
    # Whether a connection is kept is for aiohttp to say.
    del expected.headers["Connection"]
    assert built.headers == expected.headers


def test_a_kept_url_is_not_changed_by_the_requests_that_share_it():
    first = _build_request("GET", "https://h/x?a=1", b"", JSON)
    first.headers["Host"] = "elsewhere"
    second = _build_request("GET", "https://h/x?a=1", b"", JSON)
    assert second.headers["Host"] == "h"
    assert second.url == httpx.URL("https://h/x?a=1")


@pytest.mark.parametrize("url", ["https://h/" + "a" * 70_000, "https://h/\x01", "https://:x/"])
def test_an_address_that_is_none_is_an_error_of_ours(url):
    with pytest.raises(RequestError, match="the URL of the request is invalid"):
        _build_request("GET", url, b"", JSON)
