"""What botocore raises: the message that is left of it, and what may be shown as its cause."""

import errno
import os
import socket

import aiohttp
import pytest
from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from vidkit import (
    AuthError,
    ConfigError,
    DecodeError,
    InvalidRequestError,
    ThrottledError,
    TransportError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.errors import kit_closed
from vidkit.transports.aws.errors import (
    configuration_error,
    credentials_error,
    safe_cause,
    translate,
)

ADDRESS = "http://127.0.0.1:1"
SECRET = "wJalrXUtnFEMIK7MDENG"
KEY = aiohttp.client_reqrep.ConnectionKey("127.0.0.1", 80, False, True, None, None, None)
UNREADABLE = ResponseParserError(f"invalid XML received:\n<SecretAccessKey>{SECRET}")


def connection(error):
    return botocore_errors.EndpointConnectionError(endpoint_url=ADDRESS, error=error)


@pytest.mark.parametrize(
    ("raised", "cls", "retryable", "ambiguous"),
    [
        (
            connection(aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))),
            TransportError,
            True,
            False,
        ),
        (connection(socket.gaierror()), TransportError, True, False),
        (connection(aiohttp.ClientOSError(104, "reset")), TransportError, True, True),
        (connection(None), TransportError, True, True),
        (
            botocore_errors.HTTPClientError(error=socket.gaierror("no name")),
            TransportError,
            True,
            False,
        ),
        (
            botocore_errors.HTTPClientError(error=ConnectionResetError("x")),
            TransportError,
            True,
            True,
        ),
        (
            botocore_errors.HTTPClientError(error=aiohttp.ServerDisconnectedError()),
            TransportError,
            True,
            True,
        ),
        (
            botocore_errors.ConnectionClosedError(endpoint_url=ADDRESS),
            TransportError,
            True,
            True,
        ),
        (
            botocore_errors.ConnectTimeoutError(endpoint_url=ADDRESS),
            VidKitTimeoutError,
            True,
            False,
        ),
        (botocore_errors.ReadTimeoutError(endpoint_url=ADDRESS), VidKitTimeoutError, True, True),
        (
            botocore_errors.SSLError(endpoint_url=ADDRESS, error="self-signed"),
            TransportError,
            False,
            False,
        ),
        (
            botocore_errors.ProxyConnectionError(proxy_url=ADDRESS),
            TransportError,
            True,
            False,
        ),
        (botocore_errors.NoCredentialsError(), ConfigError, False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_keeps_its_text_and_says_whether_to_try_again(raised, cls, retryable, ambiguous):
    error = translate(raised)
    assert type(error) is cls
    assert error.message == str(raised)
    assert error.retryable is retryable
    assert error.ambiguous is ambiguous


def test_an_error_of_another_kind_is_named():
    error = translate(ValueError("a bug below"))
    assert type(error) is TransportError
    assert error.message == "ValueError: a bug below"
    assert (error.retryable, error.ambiguous) == (False, True)


@pytest.mark.parametrize("bug", [TypeError("x"), ValueError("x"), RuntimeError("x"), KeyError("x")])
def test_a_bug_of_a_library_is_named_and_not_tried_again(bug):
    error = translate(botocore_errors.HTTPClientError(error=bug))
    assert type(error) is TransportError
    assert error.message.startswith(f"{type(bug).__name__}: ")
    assert (error.retryable, error.ambiguous) == (False, True)


def test_an_answer_that_cannot_be_read_is_not_quoted():
    error = translate(UNREADABLE)
    assert type(error) is DecodeError
    assert error.message.startswith("the response is not the XML")
    assert SECRET not in error.message
    assert (error.retryable, error.ambiguous) == (False, True)


@pytest.mark.parametrize(
    "wrap",
    [
        ValueError,
        lambda text: botocore_errors.SSLError(endpoint_url=ADDRESS, error=text),
        lambda text: botocore_errors.HTTPClientError(error=text),
        lambda text: botocore_errors.ReadTimeoutError(endpoint_url=text),
        lambda text: botocore_errors.CredentialRetrievalError(provider="sso", error_msg=text),
    ],
    ids=["other", "tls", "http", "timeout", "credentials"],
)
def test_a_secret_that_is_quoted_is_masked_and_no_cause_shows_it(wrap):
    raised = wrap(f"SecretAccessKey={SECRET}")
    assert SECRET in str(raised)
    for told in (translate(raised), configuration_error(raised)):
        assert SECRET not in told.message
        assert "SecretAccessKey=***" in told.message
    assert safe_cause(raised) is None


def test_a_cause_is_shown_when_it_tells_no_secret():
    raised = ValueError("a bug below")
    assert safe_cause(raised) is raised
    assert safe_cause(UNREADABLE) is None
    assert safe_cause(ResponseParserError("whatever it says")) is None


def test_what_cannot_be_used_is_a_matter_of_configuration():
    error = configuration_error(botocore_errors.NoCredentialsError())
    assert type(error) is ConfigError
    assert error.message == "AWS configuration: Unable to locate credentials"
    error = configuration_error(UNREADABLE)
    assert type(error) is ConfigError
    assert error.message.startswith("AWS configuration: credentials: ")
    assert SECRET not in error.message


@pytest.mark.parametrize(
    ("raised", "cls", "retryable", "text"),
    [
        (FileNotFoundError(2, "No such file"), ConfigError, False, "FileNotFoundError: [Errno 2]"),
        (RuntimeError("still expired"), ConfigError, False, "RuntimeError: still expired"),
        (
            botocore_errors.CredentialRetrievalError(provider="x", error_msg="exit 1"),
            ConfigError,
            False,
            "Error when retrieving credentials from x: exit 1",
        ),
        (connection(socket.gaierror()), TransportError, True, "Could not connect"),
        (connection(aiohttp.ClientOSError(104, "reset")), TransportError, True, "Could not"),
        (UNREADABLE, DecodeError, False, "a response that cannot be read"),
        (DecodeError("too large"), DecodeError, False, "too large"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_failing_source_of_credentials_is_named_and_nothing_was_sent(
    raised, cls, retryable, text
):
    error = credentials_error(raised, "container-role: ")
    assert type(error) is cls
    assert text in error.message
    if error is not raised:
        assert error.message.startswith("credentials: container-role: ")
    assert (error.retryable, error.ambiguous) == (retryable, False)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
@pytest.mark.parametrize("make", [translate, configuration_error, credentials_error])
def test_a_lack_of_file_descriptors_passes_and_nothing_was_sent(number, make):
    lack = OSError(number, os.strerror(number))
    wrapped = botocore_errors.HTTPClientError(error=lack)
    wrapped.__context__ = lack
    for raised in (lack, wrapped):
        error = make(raised)
        assert type(error) is TransportError
        assert (error.retryable, error.ambiguous) == (True, False)
        assert "ulimit -n" in error.message


def test_what_libraries_pass_over_for_lack_of_descriptors_is_no_configuration(monkeypatch):
    missing = botocore_errors.ProfileNotFound(profile="p")
    found = ConfigError("credentials: none found")
    closed = kit_closed()
    assert type(configuration_error(missing)) is ConfigError
    assert configuration_error(found) is found
    monkeypatch.setattr("vidkit.transports.aws.errors.has_free_descriptor", lambda: False)
    assert type(configuration_error(missing)) is TransportError
    assert type(configuration_error(found)) is TransportError
    assert configuration_error(closed) is closed


def refused(response):
    return credentials_error(botocore_errors.ClientError(response, "AssumeRole"))


@pytest.mark.parametrize(
    ("code", "status", "cls", "retryable"),
    [
        ("AccessDenied", 403, AuthError, False),
        ("Throttling", 400, ThrottledError, True),
        ("ServiceUnavailable", 503, UnavailableError, True),
    ],
)
def test_a_refusal_of_credentials_says_so_and_leaves_no_doubt(code, status, cls, retryable):
    error = refused(
        {
            "Error": {"Code": code, "Message": f"no: SecretAccessKey={SECRET}"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
    )
    assert type(error) is cls
    assert (error.code, error.status) == (code, status)
    assert error.message == "credentials: AssumeRole: no: SecretAccessKey=***"
    assert error.retryable is retryable
    # Nothing of the caller's own was sent.
    assert error.ambiguous is False


def test_a_refusal_of_credentials_that_says_little_is_one_all_the_same():
    error = refused({})
    assert type(error) is InvalidRequestError
    assert (error.code, error.status) == (None, 400)
    assert error.message.startswith("credentials: AssumeRole: ")
    assert refused({"ResponseMetadata": {}}).status == 400
