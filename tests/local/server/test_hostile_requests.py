"""Requests that no client sends: each is an error response of its service, without a traceback."""

import json
import logging
import time
from datetime import UTC, datetime

import pytest
from local_cloud_calls import huawei_headers, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.notifications.remote_publisher import require_local_endpoint
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.aws import OBJECT_STORE, verify_aws

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
DIGITS = "1" * 5000
DEEP = b"[" * 100_000
PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/20260101/us-east-1/s3/aws4_request"
    f"&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=a&X-Amz-Expires={DIGITS}"
)
ATTRIBUTES = {"QueueName": "q", "Attributes": {"DelaySeconds": DIGITS}}


@pytest.fixture
async def cloud(caplog):
    caplog.set_level(logging.ERROR)
    async with LocalCloud() as running:
        running.add_object("bucket", "key", b"content")
        yield running
    assert [record.getMessage() for record in caplog.records] == []


async def code_of(cloud, method, target, body=b"", *, service=None, **headers):
    """The status of a request and the code that was recorded."""
    if service is not None:
        headers = signed_headers(cloud, method, target, body, service=service, headers=headers)
    status, _, _ = await send(cloud, method, target, body, headers)
    return status, cloud.calls[-1].code


@pytest.mark.parametrize(
    ("method", "target", "body", "code"),
    [
        ("GET", f"/bucket?list-type=2&max-keys={DIGITS}", b"", "InvalidArgument"),
        ("GET", "/bucket?list-type=2&encoding-type=x", b"", "InvalidArgument"),
        ("PUT", "/new", b'<?xml version="1.0" encoding="nope"?><a/>', "MalformedXML"),
        ("PUT", "/new", b"<a", "MalformedXML"),
    ],
)
async def test_requests_of_s3(cloud, method, target, body, code):
    assert await code_of(cloud, method, target, body, service="s3") == (400, code)


async def test_the_number_of_a_part(cloud):
    _, _, body = await send(
        cloud,
        "POST",
        "/bucket/key?uploads",
        b"",
        signed_headers(cloud, "POST", "/bucket/key?uploads", service="s3"),
    )
    upload = body.partition(b"<UploadId>")[2].partition(b"<")[0].decode()
    target = f"/bucket/key?partNumber={DIGITS}&uploadId={upload}"
    assert await code_of(cloud, "PUT", target, service="s3") == (400, "InvalidArgument")
    listed = b'<?xml version="1.0" encoding="nope"?><a/>'
    target = f"/bucket/key?uploadId={upload}"
    assert await code_of(cloud, "POST", target, listed, service="s3") == (400, "MalformedXML")


async def test_the_range_of_an_object(cloud):
    headers = {"Range": f"bytes={DIGITS}-"}
    assert (await code_of(cloud, "GET", "/bucket/key", service="s3", **headers))[0] == 200


async def test_the_expiry_of_a_presigned_url(cloud):
    code = "AuthorizationQueryParametersError"
    assert await code_of(cloud, "GET", f"/bucket/key?{PRESIGNED}") == (400, code)


@pytest.mark.parametrize(
    ("service", "target", "headers", "code"),
    [
        ("ivs", "/ListChannels", {}, "ValidationException"),
        ("kinesisvideo", "/getDataEndpoint", {}, "InvalidArgumentException"),
        (
            "rekognition",
            "/",
            {"X-Amz-Target": "RekognitionService.ListStreamProcessors"},
            "SerializationException",
        ),
        ("sqs", "/", {"X-Amz-Target": "AmazonSQS.ListQueues"}, "SerializationException"),
    ],
)
async def test_brackets_in_brackets(cloud, service, target, headers, code):
    assert await code_of(cloud, "POST", target, DEEP, service=service, **headers) == (400, code)


async def test_brackets_in_brackets_for_iam(cloud):
    assert await code_of(cloud, "POST", "/v3/auth/tokens", DEEP, **JSON) == (400, "400")


@pytest.mark.parametrize("number", [DIGITS, f"{'0' * 9}1{'9' * 5000}"])
async def test_the_page_of_a_list_of_projects(cloud, number):
    target = f"/v3/projects?page=1&per_page={number}"
    headers = huawei_headers(cloud, target)
    assert await code_of(cloud, "GET", target, **headers) == (400, "400")


@pytest.mark.parametrize(
    "first", [b"a." * 30_000 + b"b=1&Action=ListTopics", b"Action.x=ListTopics"]
)
async def test_forms(cloud, first):
    body = first + b"&Version=2010-03-31"
    assert await code_of(cloud, "POST", "/", body, service="sns", **FORM) == (400, "InvalidAction")


@pytest.mark.parametrize(
    ("operation", "content", "code"),
    [
        ("CreateQueue", ATTRIBUTES, "InvalidAttributeValue"),
        ("GetQueueAttributes", {"QueueUrl": "http://[a"}, "InvalidAddress"),
        ("DeleteMessage", {"QueueUrl": "http://[a", "ReceiptHandle": "a"}, "InvalidAddress"),
    ],
)
async def test_requests_of_sqs(cloud, operation, content, code):
    body = json.dumps(content).encode()
    headers = {"X-Amz-Target": f"AmazonSQS.{operation}"}
    assert await code_of(cloud, "POST", "/", body, service="sqs", **headers) == (400, code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("007", 7),
        ("10", 10),
        ("11", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1\n", None),
        ("1_0", None),
        ("\u0661", None),
        ("0" * 5000, None),
    ],
)
def test_a_whole_number(text, expected):
    assert whole_number(text, 0, 10) == expected


@pytest.mark.parametrize("port", ["99999", "abc", "0", "-1"])
def test_the_port_of_another_sns(port):
    with pytest.raises(ValueError, match=r"[Pp]ort|loopback"):
        require_local_endpoint(f"http://127.0.0.1:{port}")


def test_a_date_without_a_zone_is_in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    headers = {
        "Date": "Thu, 01 Jan 2026 00:00:00 -0000",
        "Host": "localhost",
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAVIDKITLOCALCLOUD/20260101/us-east-1/s3"
        "/aws4_request, SignedHeaders=date;host, Signature=a",
        "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
    }
    request = Request("GET", "/", (), headers, b"", raw_target="/")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    try:
        with pytest.raises(ApiError) as caught:
            verify_aws(request, identity=Identity(), now=now, service="s3", dialect=OBJECT_STORE)
    finally:
        monkeypatch.undo()
        time.tzset()
    # Not RequestTimeTooSkewed, and not of another day than the scope.
    assert "headers must be signed" in caught.value.message
