import asyncio
import copy
import dataclasses
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
from vidkit._internal.arguments import seconds
from vidkit.transports.huawei.credentials.static import CallableSource

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
def test_secrets_are_masked_and_not_pickled_and_configs_are_frozen(config):
    assert SECRET not in repr(config)
    assert SECRET not in str(config)
    assert SECRET not in f"{config!r:>200}"
    assert "***" in repr(config)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert SECRET.encode() not in pickle.dumps(config, protocol)
    assert copy.copy(config) is copy.deepcopy([config])[0] is config
    with pytest.raises(AttributeError):
        setattr(config, "region" if hasattr(config, "region") else "access_key", "elsewhere")


def test_a_pickled_config_says_what_is_missing_and_takes_it_back():
    config = AwsConfig(region="eu-central-1", access_key_id="AKIA", secret_access_key=SECRET)
    loaded = pickle.loads(pickle.dumps(config))
    assert (loaded.region, loaded.access_key_id) == ("eu-central-1", "AKIA")
    assert loaded != config
    assert "left-out" not in repr(loaded)
    with pytest.raises(ConfigError, match=r"secret_access_key: .*dataclasses\.replace"):
        VidKit(aws=loaded)
    with pytest.raises(ConfigError, match="secret_access_key"):
        VidKit(aws=pickle.loads(pickle.dumps(loaded)))
    whole = dataclasses.replace(loaded, secret_access_key=SECRET)
    assert whole == config
    VidKit(aws=whole)


def test_keys_that_were_pickled_are_not_signed_with():
    keys = pickle.loads(pickle.dumps(HuaweiCredentials(access_key="AK", secret_key=SECRET)))
    with pytest.raises(ConfigError, match=r"secret_key: .*not pickled"):
        asyncio.run(CallableSource(lambda: keys).fetch())


@pytest.mark.parametrize(
    "config",
    [
        AwsConfig(),
        AwsConfig(region="eu-central-1", profile="work", connect_timeout=1, max_connections=3),
        HuaweiConfig(region="cn-north-4", profile="work", use_metadata=False),
    ],
)
def test_a_config_without_secrets_is_pickled_and_checked_again(config):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        pickled = pickle.dumps(config, protocol)
        assert pickle.loads(pickled) == config
    pickled = pickle.dumps(AwsConfig(region="eu-central-1"))
    with pytest.raises(ConfigError, match="region"):
        pickle.loads(pickled.replace(b"eu-central-1", b"eu central 1"))


def test_a_callable_for_credentials_is_not_pickled_either():
    config = pickle.loads(pickle.dumps(HuaweiConfig(credentials=lambda: SECRET)))
    with pytest.raises(ConfigError, match="credentials"):
        VidKit(huawei=config)
    with pytest.raises(ConfigError, match="left out"):
        config.credentials()


@pytest.mark.parametrize(
    "number",
    [10**400, 10**5000, -(10**5000), float("inf"), float("nan")],
    ids=["400 digits", "5000 digits", "-5000 digits", "inf", "nan"],
)
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda number: VidKit(deadline=number), "deadline"),
        (lambda number: RetryPolicy(base_delay=number), "base_delay"),
        (lambda number: PollPolicy(factor=number), "factor"),
        (lambda number: AwsConfig(connect_timeout=number), "connect_timeout"),
    ],
)
def test_numbers_beyond_all_measure_are_refused(make, name, number):
    with pytest.raises(ConfigError, match=f"^{name}=.*finite"):
        make(number)


def test_a_kit_is_not_pickled():
    kit = VidKit(aws=AwsConfig(access_key_id="AKIA", secret_access_key=SECRET))
    for one in (kit, kit.ivs, kit.images, kit.mpc, kit.rekognition):
        with pytest.raises(TypeError, match="make one in each process"):
            pickle.dumps(one)


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
    """An object whose repr shows a secret, as some do."""

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
