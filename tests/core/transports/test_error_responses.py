import json
from datetime import UTC, datetime

import pytest

from vidkit import AuthError, InvalidRequestError, NotFoundError, ThrottledError, UnavailableError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import error_from_response, request_id, retry_after


def response(status, content, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpResponse(
        status, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )


@pytest.mark.parametrize(
    ("answer", "cls", "code", "message"),
    [
        (
            response(
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
            response(400, {"__type": "com.amazon#ThrottlingException", "message": "slow down"}),
            ThrottledError,
            "ThrottlingException",
            "slow down",
        ),
        (
            response(
                404,
                {"Message": "no stream"},
                x_amzn_errortype="ResourceNotFoundException:http://internal.amazon.com/x/",
            ),
            NotFoundError,
            "ResourceNotFoundException",
            "no stream",
        ),
        (
            response(
                403,
                {"exceptionMessage": "pending"},
                x_amzn_errortype="PendingVerification",
            ),
            AuthError,
            "PendingVerification",
            "pending",
        ),
        (
            response(401, {"error_msg": "bad", "error_code": "APIGW.0301", "request_id": "q"}),
            AuthError,
            "APIGW.0301",
            "bad",
        ),
        (
            response(401, {"error": {"code": 401, "message": "nested", "title": "Unauthorized"}}),
            AuthError,
            "401",
            "nested",
        ),
        (
            response(502, b"<html>bad gateway</html>", content_type="text/html"),
            UnavailableError,
            None,
            "a response that is no error document (text/html, 24 bytes)",
        ),
        (response(500, b""), UnavailableError, None, "no message given"),
        (response(302, b""), None, None, "redirected, which is never followed"),
        (response(400, [1, 2]), InvalidRequestError, None, None),
        (response(400, b"[" * 100_000), InvalidRequestError, None, None),
        (response(400, b"\xff\xfe"), InvalidRequestError, None, None),
    ],
)
def test_every_format_of_a_refusal_is_read(answer, cls, code, message):
    error = error_from_response(answer)
    if cls is not None:
        assert type(error) is cls
    assert error.code == code
    if message is not None:
        assert error.message == message
    assert error.status == answer.status


def test_request_id_comes_from_headers_or_huaweis_body():
    assert request_id(response(200, {}, x_amzn_requestid="a")) == "a"
    assert request_id(response(200, {}, x_request_id="b")) == "b"
    assert request_id(response(401, {"request_id": "c"})) == "c"
    assert request_id(response(200, {"request_id": "c"})) == "c"
    assert request_id(response(200, {"request_id": "c", "tasks": "x" * 1000})) is None
    assert request_id(response(401, {"request_id": 7})) is None


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
    assert retry_after(response(429, {}, retry_after=value), now=now) == seconds


def test_a_message_of_any_length_is_cut():
    assert len(error_from_response(response(400, {"message": "x" * 10_000})).message) == 500
