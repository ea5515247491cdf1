"""The repr of configurations, and the checks of endpoint URLs."""

import sys

import pytest

from vidkit import AwsConfig, ConfigError, HuaweiConfig, HuaweiCredentials, PollPolicy
from vidkit._internal.arguments import number, seconds
from vidkit.config.endpoints import (
    check_endpoint_url,
    check_secure_endpoint,
    is_link_local,
    is_loopback,
)
from vidkit.config.field_checks import check_all_or_none, check_identifier


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (AwsConfig(), "AwsConfig()"),
        (AwsConfig(region="eu-central-1"), "AwsConfig(region='eu-central-1')"),
        (
            AwsConfig(region="eu-central-1", max_connections=4),
            "AwsConfig(region='eu-central-1', max_connections=4)",
        ),
        (
            HuaweiConfig(region="r", access_key="AK", secret_key="hidden"),
            "HuaweiConfig(region='r', access_key='AK', secret_key=***)",
        ),
        (
            HuaweiCredentials(access_key="AK", secret_key="hidden"),
            "HuaweiCredentials(access_key='AK', secret_key=***)",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_all_that_was_given_is_shown_but_the_secrets(options, shown):
    assert repr(options) == shown


@pytest.mark.parametrize(
    ("address", "ours", "on_our_link"),
    [
        ("http://localhost:1", True, False),
        ("http://127.0.0.1", True, False),
        ("http://127.8.9.1:80/path", True, False),
        ("http://[::1]:1", True, False),
        ("http://169.254.169.254", False, True),
        ("http://[fe80::1]", False, True),
        ("http://10.0.0.1", False, False),
        ("http://example.com", False, False),
        ("http://localhost.example.com", False, False),
        ("http://127.example.com", False, False),
        ("http://127.0.0.1.example.com", False, False),
        ("http://169.254.example.com", False, False),
        ("http://[::1", False, False),
        ("http://", False, False),
        ("", False, False),
    ],
)
def test_whose_an_address_is(address, ours, on_our_link):
    assert is_loopback(address) is ours
    assert is_link_local(address) is on_our_link


def test_no_address_is_nobodys():
    assert is_loopback(None) is False


@pytest.mark.parametrize(("sign", "digits"), [(1, 400), (-1, 400), (1, 5000)])
def test_a_number_that_no_float_holds_is_refused_and_shown_if_it_can_be(sign, digits):
    size = sign * 10**digits
    shown = str(size)[:80] + "..." if digits < 4300 else "a number of too many digits"
    with pytest.raises(ConfigError) as caught:
        seconds(size, parameter="wait")
    assert caught.value.message == f"wait={shown}: must be more than 0 seconds, and finite"
    with pytest.raises(ConfigError) as caught:
        number(size, parameter="factor", minimum=1)
    assert caught.value.message == f"factor={shown}: must be 1 or more, and finite"


def test_the_least_and_the_largest_are_admitted():
    number(1, parameter="factor", minimum=1)
    number(sys.float_info.max, parameter="factor", minimum=1)
    assert seconds(sys.float_info.max, parameter="wait") == sys.float_info.max
    assert PollPolicy(factor=1).factor == 1
    for size in (0.999, float("inf"), float("nan"), True, "1", None):
        with pytest.raises(ConfigError, match="factor="):
            number(size, parameter="factor", minimum=1)


def refusal(check, *arguments, **named):
    with pytest.raises(ConfigError) as caught:
        check(*arguments, **named)
    return caught.value.message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": "a b"}, "region='a b': must not be empty, nor have white space or control"),
        ({"region": ""}, "region='': must not be empty, nor have white space or control"),
        ({"region": 5}, "region=5: must be text"),
        ({"secret_key": "a\n"}, "secret_key=***: must not be empty, nor have white space or"),
        ({"username": "a\n"}, "username='a\\n': must not be empty, nor have control characters"),
        ({"password": "a\n"}, "password=***: must not be empty, nor have control characters"),
    ],
)
def test_a_text_says_what_is_wrong_with_it(options, message):
    assert refusal(HuaweiConfig, **options).startswith(message)


def test_a_word_has_letters_digits_and_two_signs():
    for word in ("azAZ09_-", "EU", None):
        check_identifier(word, "region")
    for word in ("a.b", "a b", "", "a\n", "ä"):
        message = f"region={word!r}: must consist of letters, digits, - and _"
        assert refusal(check_identifier, word, "region") == message


@pytest.mark.parametrize(
    "address",
    [
        "host:1",
        "ftp://h",
        "http://",
        "http://h:99999",
        "http://h:0",
        "http://h:x",
        "http://[::1",
        "http://h?x=1",
        "http://h#x",
        "http://u:p@h",
        "http://@h",
        "",
    ],
)
def test_an_address_has_a_host_and_no_more_and_is_not_shown(address):
    message = "proxy: must be a URL such as https://host:port, without user, query or fragment"
    assert refusal(check_endpoint_url, address, "proxy") == message
    assert refusal(check_secure_endpoint, address, "proxy", allow_http=True) == message


def test_an_address_may_have_a_port_and_a_path():
    for address in ("https://h", "http://h:1", "https://h/path", "http://[::1]:1", None):
        check_endpoint_url(address, "proxy")


def test_plain_http_leaves_this_machine_only_where_that_is_allowed():
    for address in ("https://h", "http://localhost:1", None):
        check_secure_endpoint(address, "proxy")
    check_secure_endpoint("http://h", "proxy", allow_http=True)
    assert refusal(check_secure_endpoint, "http://h", "proxy") == (
        "proxy='http://h': must be https; plain http is for this machine's own addresses, or "
        "needs allow_http=True"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": "1", "b": None}, "b: missing beside a; give both or neither"),
        ({"a": "", "b": "1"}, "a: missing beside b; give both or neither"),
        ({"a": "1", "b": None, "c": None}, "b, c: missing beside a; give all of them or neither"),
        ({"a": "1", "b": None, "c": "2"}, "b: missing beside a, c; give all of them or neither"),
    ],
)
def test_what_belongs_together_is_given_together(given, message):
    assert refusal(check_all_or_none, given) == message
    check_all_or_none(dict.fromkeys(given))
    check_all_or_none(dict.fromkeys(given, "1"))


def test_connections_are_counted_from_one():
    assert AwsConfig(max_connections=1).max_connections == 1
    assert refusal(AwsConfig, max_connections=0) == "max_connections=0: must be at least 1"
    assert refusal(AwsConfig, max_connections=True) == (
        "max_connections=True: must be a whole number"
    )
    assert AwsConfig(connect_timeout=3).connect_timeout == 3.0
    assert refusal(AwsConfig, connect_timeout=0).startswith("connect_timeout=0: must be more than")
