import json
from datetime import UTC, datetime

import pytest

from vidkit import AuthError, InvalidRequestError, NotFoundError, ThrottledError, UnavailableError
from vidkit.transports.base import Reply
from vidkit.transports.error_responses import refusal, request_id, retry_after


def reply(status, content, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("answer", "cls", "code", "message"),
    [
        (
            reply(
                400,
                {
                    "__type": "InvalidParameterException",
                    "Code": "InvalidParameterException",
                    "Logref": "l",
                    "Message": "bad bucket",
                },
            ),
            InvalidRequestError,
            "InvalidParameterException",
            "bad bucket",
        ),
        (
            reply(400, {"__type": "com.amazon#ThrottlingException", "message": "slow down"}),
            ThrottledError,
            "ThrottlingException",
            "slow down",
        ),
        (
            reply(
                404,
                {"Message": "no stream"},
                x_amzn_errortype="ResourceNotFoundException:http://internal.amazon.com/x/",
            ),
            NotFoundError,
            "ResourceNotFoundException",
            "no stream",
        ),
        (
            reply(
                403,
                {"exceptionMessage": "pending"},
                x_amzn_errortype="PendingVerification",
            ),
            AuthError,
            "PendingVerification",
            "pending",
        ),
        (
            reply(401, {"error_msg": "bad", "error_code": "APIGW.0301", "request_id": "q"}),
            AuthError,
            "APIGW.0301",
            "bad",
        ),
        (
            reply(401, {"error": {"code": 401, "message": "nested", "title": "Unauthorized"}}),
            AuthError,
            None,
            "nested",
        ),
        (
            reply(502, b"<html>bad gateway</html>", content_type="text/html"),
            UnavailableError,
            None,
            "an answer that is no error document (text/html, 24 bytes)",
        ),
        (reply(500, b""), UnavailableError, None, "no message given"),
        (reply(302, b""), None, None, "redirected, which is never followed"),
        (reply(400, [1, 2]), InvalidRequestError, None, None),
        (reply(400, b"[" * 100_000), InvalidRequestError, None, None),
        (reply(400, b"\xff\xfe"), InvalidRequestError, None, None),
    ],
)
def test_every_format_of_a_refusal_is_read(answer, cls, code, message):
    error = refusal(answer)
    if cls is not None:
        assert type(error) is cls
    assert error.code == code
    if message is not None:
        assert error.message == message
    assert error.status == answer.status


def test_request_id_comes_from_headers_or_huaweis_body():
    assert request_id(reply(200, {}, x_amzn_requestid="a")) == "a"
    assert request_id(reply(200, {}, x_request_id="b")) == "b"
    assert request_id(reply(401, {"request_id": "c"})) == "c"
    assert request_id(reply(200, {"request_id": "c"})) is None
    assert request_id(reply(401, {"request_id": 7})) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Sun, 01 Feb 2026 00:01:00 GMT", 60.0),
        ("Sun, 01 Feb 2026 00:01:00 -0000", 60.0),
        ("Sat, 31 Jan 2026 23:00:00 GMT", 0.0),
        ("9" * 400, float("inf")),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0661", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    now = datetime(2026, 2, 1, tzinfo=UTC)
    assert retry_after(reply(429, {}, retry_after=value), now=now) == seconds


def test_a_message_of_any_length_is_cut():
    assert len(refusal(reply(400, {"message": "x" * 10_000})).message) == 500
