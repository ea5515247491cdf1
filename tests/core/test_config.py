import pickle
from datetime import timedelta

import pytest

from vidkit import AwsConfig, ConfigError, HuaweiConfig, PollPolicy, RetryPolicy, VidKit
from vidkit.config import seconds

SECRET = "s3cret-value"


@pytest.mark.parametrize(
    "config",
    [
        AwsConfig(access_key_id="AKIA", secret_access_key=SECRET, session_token=SECRET),
        HuaweiConfig(access_key="AK", secret_key=SECRET, security_token=SECRET),
        HuaweiConfig(auth_token=SECRET),
    ],
)
def test_secrets_are_masked_and_configs_are_frozen_and_picklable(config):
    assert SECRET not in repr(config)
    assert SECRET not in str(config)
    assert SECRET not in f"{config!r:>200}"
    assert "***" in repr(config)
    assert pickle.loads(pickle.dumps(config)) == config
    with pytest.raises(AttributeError):
        config.region = "elsewhere"


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


def test_keys_and_project_come_from_the_environment_unless_given(monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "env-ak")
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "env-sk")
    monkeypatch.setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", "env-token")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "env-project")
    found = HuaweiConfig(region="cn-north-4").from_environment()
    assert (found.access_key, found.secret_key, found.security_token, found.project_id) == (
        "env-ak",
        "env-sk",
        "env-token",
        "env-project",
    )
    given = HuaweiConfig(access_key="a", secret_key="b", project_id="p").from_environment()
    assert (given.access_key, given.secret_key, given.security_token, given.project_id) == (
        "a",
        "b",
        None,
        "p",
    )
    assert HuaweiConfig(auth_token="t").from_environment().access_key is None
