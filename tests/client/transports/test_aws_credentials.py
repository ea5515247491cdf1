"""Credentials that AWS calls cannot get: the class of the error, and what it says to do."""

import errno
import os

import pytest

from vidkit import AwsConfig, ConfigError, RetryPolicy, TransportError, VidKit
from vidkit._internal.descriptors import lack_of_descriptors
from vidkit.transports.aws import transport

ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def profile(tmp_path, monkeypatch):
    """Write the config file of botocore, and make a kit with a profile of it."""

    def write(text):
        path = tmp_path / "config"
        path.write_text(text)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
        monkeypatch.setenv("HOME", str(tmp_path))

    return write


def kit(endpoint="http://127.0.0.1:1", **options):
    aws = AwsConfig(region="us-east-1", endpoint_url=endpoint, profile=options.pop("profile", None))
    return VidKit(aws=aws, retry=options.pop("retry", RetryPolicy.none()), **options)


async def failure(**options):
    async with kit(**options) as one:
        with pytest.raises(Exception, match="credentials") as caught:
            await one.ivs.list_channels().collect()
    assert not caught.value.ambiguous
    return caught.value


async def test_a_missing_token_file_of_a_web_identity_is_a_config_error(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "gone"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    error = await failure()
    assert type(error) is ConfigError
    assert "assume-role-with-web-identity" in error.message
    assert str(tmp_path / "gone") in error.message


async def test_a_process_whose_keys_have_expired_is_a_config_error(profile, tmp_path):
    keys = (
        '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": "t",'
        ' "Expiration": "2020-01-01T00:00:00Z"}'
    )
    (tmp_path / "keys").write_text(keys)
    profile(f"[profile p]\ncredential_process = cat {tmp_path / 'keys'}\n")
    error = await failure(profile="p")
    assert type(error) is ConfigError
    assert "still expired" in error.message


async def test_a_role_that_requires_an_mfa_code_is_rejected_without_a_prompt(profile, monkeypatch):
    def prompt(*_):
        raise AssertionError("the prompt would block the loop")

    monkeypatch.setattr("getpass.getpass", prompt)
    profile(
        "[profile base]\naws_access_key_id = A\naws_secret_access_key = B\n"
        f"[profile role]\nrole_arn = {ROLE}\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/user\n"
    )
    async with kit(profile="role") as one:
        for _ in range(2):
            with pytest.raises(ConfigError, match=r"MFA.*export-credentials --profile role "):
                await one.ivs.list_channels().collect()


@pytest.mark.parametrize(
    "settings",
    [
        "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n",
        "sso_session = s\n[sso-session s]\nsso_start_url = https://x\nsso_region = us-east-1\n",
    ],
    ids=["legacy", "session"],
)
async def test_an_sso_error_says_how_to_log_in_again(profile, settings):
    profile(f"[profile p]\nsso_account_id = 123456789012\nsso_role_name = r\n{settings}")
    error = await failure(profile="p")
    assert type(error) is ConfigError
    assert "log in again: aws sso login --profile p" in error.message


async def test_a_lack_of_descriptors_at_a_first_call_passes(scripted, profile, monkeypatch):
    scripted.json({"channels": []})
    profile("[profile p]\naws_access_key_id = A\naws_secret_access_key = B\n")
    lack = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    fail = True

    def read_models(*arguments):
        if fail:
            raise lack
        return original(*arguments)

    original = transport._read_models
    monkeypatch.setattr(transport, "_read_models", read_models)
    async with kit(scripted.endpoint, profile="p") as one:
        with pytest.raises(TransportError) as caught:
            await one.ivs.list_channels().collect()
        assert (caught.value.retryable, caught.value.ambiguous) == (True, False)
        assert caught.value.message == lack_of_descriptors().message
        fail = False
        assert await one.ivs.list_channels().collect() == []


async def test_a_transport_that_cannot_be_imported_for_lack_of_descriptors_passes(monkeypatch):
    def fail(_):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async with kit() as one:
        calls = one.ivs.list_channels().collect, lambda: one.mpc.get_thumbnails_task("1")
        monkeypatch.setattr("vidkit.calls.runtime.import_module", fail)
        for call in calls:
            with pytest.raises(TransportError) as caught:
                await call()
            assert caught.value.retryable
