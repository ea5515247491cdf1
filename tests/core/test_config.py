import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vidkit import (
    AwsConfig,
    ConfigError,
    HuaweiConfig,
    HuaweiCredentials,
    PollPolicy,
    RetryPolicy,
    VidKit,
)
from vidkit.config import seconds

SECRET = "s3cret-value"


@pytest.mark.parametrize(
    "config",
    [
        AwsConfig(access_key_id="AKIA", secret_access_key=SECRET, session_token=SECRET),
        HuaweiConfig(access_key="AK", secret_key=SECRET, security_token=SECRET),
        HuaweiConfig(auth_token=SECRET),
        HuaweiConfig(username="anna b", password=f"{SECRET} ", domain_name="acme"),
        HuaweiCredentials(access_key="AK", secret_key=SECRET, security_token=SECRET),
        HuaweiCredentials(access_key="AK", secret_key=SECRET, expires_at=datetime.now(UTC)),
    ],
)
def test_secrets_are_masked_and_configs_are_frozen_and_picklable(config):
    assert SECRET not in repr(config)
    assert SECRET not in str(config)
    assert SECRET not in f"{config!r:>200}"
    assert "***" in repr(config)
    assert pickle.loads(pickle.dumps(config)) == config
    with pytest.raises(AttributeError):
        setattr(config, "region" if hasattr(config, "region") else "access_key", "elsewhere")


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: AwsConfig(regoin="eu-central-1"), ["regoin", "region"]),
        (lambda: HuaweiConfig(ak="x"), ["ak", "access_key"]),
        (lambda: RetryPolicy(attempts=3), ["attempts", "max_attempts"]),
        (lambda: PollPolicy(delay=3), ["delay", "initial_delay"]),
        (lambda: VidKit(region="eu-central-1"), ["region", "aws"]),
        (lambda: VidKit(aws="eu-central-1"), ["aws", "AwsConfig"]),
        (lambda: VidKit(retry=3), ["retry", "RetryPolicy"]),
        (lambda: VidKit(on_event=3), ["on_event"]),
        (lambda: VidKit(deadline=0), ["deadline", "0"]),
        (lambda: VidKit(deadline="60"), ["deadline", "60"]),
        (lambda: VidKit(deadline=True), ["deadline", "True"]),
        (lambda: VidKit(deadline=float("nan")), ["deadline", "nan"]),
        (lambda: AwsConfig("eu-central-1"), ["AwsConfig", "region"]),
        (lambda: AwsConfig(access_key_id="AKIA"), ["secret_access_key", "access_key_id"]),
        (lambda: AwsConfig(session_token=SECRET), ["session_token", "access_key_id"]),
        (lambda: HuaweiConfig(secret_key=SECRET), ["access_key", "secret_key"]),
        (lambda: HuaweiConfig(security_token=SECRET), ["security_token", "access_key"]),
        (
            lambda: HuaweiConfig(auth_token=SECRET, access_key="a", secret_key=SECRET),
            ["auth_token", "access_key"],
        ),
        (lambda: AwsConfig(endpoint_url="localhost:4588"), ["endpoint_url", "https://"]),
        (lambda: AwsConfig(endpoint_url="http://h:99999"), ["endpoint_url"]),
        (lambda: AwsConfig(endpoint_url=f"http://u:{SECRET}@h"), ["endpoint_url"]),
        (lambda: HuaweiConfig(endpoint="ftp://h"), ["endpoint"]),
        (lambda: HuaweiConfig(endpoint="http://mpc.example.com"), ["endpoint", "https"]),
        (lambda: HuaweiConfig(iam_endpoint="http://10.0.0.1"), ["iam_endpoint", "https"]),
        (lambda: HuaweiConfig(metadata_endpoint="http://10.0.0.1"), ["metadata_endpoint"]),
        (lambda: HuaweiConfig(metadata_endpoint="https://example.com"), ["metadata_endpoint"]),
        (
            lambda: HuaweiConfig(use_metadata=False, metadata_endpoint="http://127.0.0.1:1"),
            ["metadata_endpoint", "use_metadata"],
        ),
        (lambda: HuaweiConfig(use_metadata=1), ["use_metadata", "True or False"]),
        (lambda: HuaweiConfig(username="u"), ["password, domain_name", "username", "all of them"]),
        (lambda: HuaweiConfig(password=SECRET), ["username, domain_name", "password"]),
        (
            lambda: HuaweiConfig(username="u", password=f"{SECRET}\n", domain_name="d"),
            ["password=***"],
        ),
        (lambda: HuaweiConfig(credentials="AK"), ["credentials", "callable"]),
        (lambda: HuaweiConfig(auth_token=f"{SECRET}ü"), ["auth_token", "ASCII"]),
        (lambda: HuaweiConfig(credentials_file=b"x"), ["credentials_file"]),
        (lambda: HuaweiConfig(profile=""), ["profile"]),
        (lambda: HuaweiCredentials(access_key="AK"), ["secret_key"]),
        (lambda: HuaweiCredentials(access_key="AK", secret_key=None), ["secret_key"]),
        (lambda: HuaweiCredentials(access_key=5, secret_key=SECRET), ["access_key=5"]),
        (lambda: HuaweiCredentials(access_key="AK", secret_key=f"{SECRET} "), ["secret_key=***"]),
        (
            lambda: HuaweiCredentials(
                access_key="AK",
                secret_key=SECRET,
                expires_at=datetime(2026, 1, 1),  # noqa: DTZ001
            ),
            ["expires_at", "aware"],
        ),
        (
            lambda: HuaweiCredentials(access_key="AK", secret_key=SECRET, expires_at="soon"),
            ["expires_at", "aware"],
        ),
        (lambda: AwsConfig(max_connections=0), ["max_connections", "0"]),
        (lambda: AwsConfig(max_connections=1.5), ["max_connections", "1.5"]),
        (lambda: AwsConfig(connect_timeout=-1), ["connect_timeout", "-1"]),
        (lambda: RetryPolicy(max_attempts=0), ["max_attempts", "0"]),
        (lambda: RetryPolicy(max_attempts=True), ["max_attempts", "True"]),
        (lambda: RetryPolicy(base_delay=-0.1), ["base_delay", "-0.1"]),
        (lambda: RetryPolicy(max_delay=float("inf")), ["max_delay", "inf"]),
        (lambda: RetryPolicy(attempt_timeout=0), ["attempt_timeout", "0"]),
        (lambda: PollPolicy(initial_delay=0), ["initial_delay", "0"]),
        (lambda: PollPolicy(factor=0.5), ["factor", "0.5"]),
    ],
)
def test_a_bad_option_is_a_config_error_that_names_it(make, names):
    with pytest.raises(ConfigError) as caught:
        make()
    for name in names:
        assert name in str(caught.value)
    assert SECRET not in str(caught.value)


def test_durations_are_seconds_or_timedeltas():
    assert seconds(1.5, parameter="x") == 1.5
    assert seconds(timedelta(milliseconds=250), parameter="x") == 0.25


WAYS = {
    "auth_token": {"auth_token": SECRET},
    "access_key": {"access_key": "AK", "secret_key": SECRET},
    "username": {"username": "u", "password": SECRET, "domain_name": "d"},
    "credentials": {"credentials": lambda: None},
    "profile": {"profile": "work"},
    "credentials_file": {"credentials_file": Path("keys")},
}


@pytest.mark.parametrize("one", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_who_calls_is_given_in_one_way_only(one, other):
    both = WAYS[one] | WAYS[other]
    if one == other or {one, other} == {"profile", "credentials_file"}:
        assert HuaweiConfig(**both)
        return
    with pytest.raises(ConfigError, match="contradict one another") as caught:
        HuaweiConfig(**both)
    assert SECRET not in str(caught.value)


class Vault:
    """Shows what it must not, as many an object does."""

    def __repr__(self):
        return f"Vault({SECRET!r})"

    def keys(self):
        return None


def test_a_callable_is_not_shown():
    assert repr(HuaweiConfig(credentials=Vault().keys)) == "HuaweiConfig(credentials=***)"


@pytest.mark.parametrize(
    "address", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://example.com"]
)
def test_plain_http_stays_on_this_machine(address):
    config = HuaweiConfig(endpoint=address, iam_endpoint=address)
    assert config.endpoint == config.iam_endpoint == address


@pytest.mark.parametrize("address", ["http://169.254.169.254", "http://[fe80::1]:80"])
def test_a_metadata_service_is_on_this_machines_link(address):
    assert HuaweiConfig(metadata_endpoint=address).metadata_endpoint == address


def test_a_path_is_kept_as_text():
    assert HuaweiConfig(credentials_file=Path("my keys")).credentials_file == "my keys"
