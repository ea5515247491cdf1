"""What is kept of a refusal, and what is not."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from vidkit import ServiceError, ThrottledError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import error_from_response, retry_after


def response(status, content, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpResponse(
        status, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_a_refusal_keeps_the_requests_id_and_the_wait_that_was_asked_for():
    error = error_from_response(
        response(429, {"message": "slow"}, x_amzn_requestid="q-1", retry_after="7")
    )
    assert type(error) is ThrottledError
    assert (error.request_id, error.retry_after, error.message) == ("q-1", 7.0, "slow")
    error = error_from_response(response(429, {"message": "slow", "request_id": "q-2"}))
    assert (error.request_id, error.retry_after) == ("q-2", None)


@pytest.mark.parametrize("status", [300, 301, 302, 307, 399])
def test_what_a_redirect_says_is_not_repeated(status):
    error = error_from_response(response(status, {"message": "go to https://elsewhere"}))
    assert type(error) is ServiceError
    assert error.message == "redirected, which is never followed"


def test_what_other_refusals_say_is():
    assert error_from_response(response(400, {"message": "no"})).message == "no"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"message": 5, "Message": "second"}, "second"),
        ({"message": "", "error_msg": "third"}, "third"),
        ({"message": None}, "no message given"),
        ({}, "a response that is no error document (unknown content type, 2 bytes)"),
        (b"oops", "a response that is no error document (unknown content type, 4 bytes)"),
        (b"", "no message given"),
    ],
)
def test_the_first_message_that_is_one_is_taken(content, message):
    assert error_from_response(response(400, content)).message == message


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("aws.protocol#Throttling:http://x#y", "Throttling"),
        ("Throttling:http://x", "Throttling"),
        ("a#b#Throttling", "Throttling"),
        ("Throttling", "Throttling"),
        ("#", None),
        ("", None),
        (None, None),
        (5, "5"),
        (True, None),
    ],
)
def test_a_code_is_what_stands_between_its_namespace_and_its_address(code, kept):
    assert error_from_response(response(400, {"__type": code})).code == kept


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("999999999", 999_999_999.0),
        ("000000007", 7.0),
        ("1000000000", float("inf")),
        ("0000000007", float("inf")),
        (" 5 ", 5.0),
    ],
)
def test_a_wait_of_many_digits_is_for_ever(value, seconds):
    assert retry_after(response(429, {}, retry_after=value)) == seconds


def test_no_wait_is_none():
    assert retry_after(response(429, {})) is None


def test_a_date_is_reckoned_from_this_machines_time():
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < retry_after(response(429, {}, retry_after=date)) <= 3600


def test_a_date_of_another_zone_is_that_moment():
    now = datetime(2026, 2, 1, tzinfo=UTC)
    date = "Sun, 01 Feb 2026 08:01:00 +0800"
    assert retry_after(response(429, {}, retry_after=date), now=now) == 60.0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"code": 400, "error_code": "MPC.10053"}, "MPC.10053"),
        ({"code": 0, "error_code": "APIGW.0301"}, "APIGW.0301"),
        ({"error": {"code": 401, "message": "no"}}, "401"),
        ({"code": 0}, None),
    ],
)
def test_a_string_says_more_than_a_number_beside_it(content, code):
    assert error_from_response(response(400, content)).code == code


def test_a_request_id_may_be_nested_with_the_error():
    content = {"error": {"code": "a", "request_id": "r"}}
    assert error_from_response(response(400, content)).request_id == "r"
