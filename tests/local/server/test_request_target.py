"""Requests whose target is a complete URL, as clients send them to a proxy."""

import asyncio
from urllib.parse import urlsplit

import pytest
from local_cloud_calls import huawei_headers, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.server.request_target import split_target

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LIST_TOPICS = b"Action=ListTopics&Version=2010-03-31"


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


async def status_of(cloud, method, target, headers, body=b"", *, host=None):
    """The status of a request that is written byte for byte."""
    netloc = urlsplit(cloud.endpoint).netloc
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name.lower() != "host"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    reader, writer = await asyncio.open_connection(*netloc.split(":"))
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    response = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(response.split(b" ")[1])


@pytest.mark.parametrize(
    ("service", "method", "target", "body", "extra"),
    [
        ("ivs", "POST", "/ListChannels", b"{}", {}),
        ("s3", "GET", "/bucket/a%20b?x-id=GetObject", b"", {}),
        ("sns", "POST", "/", LIST_TOPICS, FORM),
    ],
)
async def test_signatures_of_aws_hold_in_absolute_form(cloud, service, method, target, body, extra):
    cloud.add_object("bucket", "a b", b"hello")
    headers = signed_headers(cloud, method, target, body, service=service, headers=extra)
    assert await status_of(cloud, method, cloud.endpoint + target, headers, body) == 200
    assert await status_of(cloud, method, f"{cloud.endpoint}{target}x", headers, body) >= 400


async def test_signatures_of_huawei_cloud_hold_in_absolute_form(cloud):
    target = f"/v1/{cloud.project_id}/thumbnails"
    headers = huawei_headers(cloud, target)
    assert await status_of(cloud, "GET", cloud.endpoint + target, headers) == 200
    assert await status_of(cloud, "GET", f"{cloud.endpoint}{target}?page=1", headers) == 401


@pytest.mark.parametrize("target", ["", "?list-type=2"])
async def test_a_complete_url_without_a_path_is_that_of_the_root(cloud, target):
    url = cloud.endpoint + target
    headers = signed_headers(cloud, "POST", "/", LIST_TOPICS, service="sns", headers=FORM)
    assert await status_of(cloud, "POST", cloud.endpoint, headers, LIST_TOPICS) == 200
    headers = signed_headers(cloud, "GET", f"/{target}", service="s3")
    assert await status_of(cloud, "GET", url, headers) == (501 if target else 200)
    assert cloud.calls[0].operation == "ListTopics"
    assert cloud.calls[1].operation == ("GET /" if target else "ListBuckets")


@pytest.mark.parametrize(("method", "target"), [("OPTIONS", "*"), ("CONNECT", "localhost:80")])
async def test_a_target_that_is_no_path_is_rejected_by_a_service(cloud, method, target):
    assert await status_of(cloud, method, target, {}) == 403
    assert cloud.calls[-1].code == "AccessDenied"


async def test_the_host_of_the_target_counts_and_not_that_of_the_header(cloud):
    calls, named = "/_local/calls", "http://127.evil.example"
    assert await status_of(cloud, "GET", named + calls, {}) == 403
    assert await status_of(cloud, "GET", cloud.endpoint + calls, {}, host="evil.example") == 200


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a%20b?c=d", ("/a%20b?c=d", None)),
        ("//a/b", ("//a/b", None)),
        ("/a?u=http://b/c", ("/a?u=http://b/c", None)),
        ("http://h:1/a%20b?c=d", ("/a%20b?c=d", "h:1")),
        ("HTTPS://h", ("/", "h")),
        ("http://h?c=d", ("/?c=d", "h")),
        ("*", ("*", None)),
    ],
)
def test_a_target_in_origin_form(target, expected):
    assert split_target(target) == expected
