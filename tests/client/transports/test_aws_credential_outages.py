"""A source of AWS credentials that has worked and fails for a while: a credential process."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from vidkit import (
    AwsConfig,
    ConfigError,
    PollPolicy,
    RequestError,
    RetryPolicy,
    S3Video,
    TransportError,
    VidKit,
)
from vidkit.transports.aws import credential_session


class Process:
    """A credential process: it fails while its file of keys is gone, and counts its runs."""

    def __init__(self, folder):
        self._keys, self._runs = folder / "keys", folder / "runs"
        self._runs.touch()
        script = folder / "process.sh"
        script.write_text(f"echo >> {self._runs}\ncat {self._keys}\n")
        self.command = f"sh {script}"

    def works(self, access_key_id="AKIA", secret_access_key="s3cret-value"):
        expiration = datetime.now(UTC) + timedelta(seconds=60)
        keys = {
            "Version": 1,
            "AccessKeyId": access_key_id,
            "SecretAccessKey": secret_access_key,
            "Expiration": f"{expiration:%Y-%m-%dT%H:%M:%SZ}",
        }
        self._keys.write_text(json.dumps(keys))

    def fails(self):
        self._keys.unlink()

    @property
    def runs(self):
        return len(self._runs.read_text())


@pytest.fixture
def process(tmp_path, monkeypatch):
    if sys.platform == "win32":
        pytest.skip("needs a shell")
    process = Process(tmp_path)
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {process.command}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    process.works()
    return process


@pytest.fixture
def nothing_is_valid_for_long(monkeypatch):
    """Count the keys of the process as expired as soon as they were used."""
    monkeypatch.setattr(credential_session, "_MIN_REMAINING_SECONDS", 3600)


def kit_of(endpoint, **options):
    aws = AwsConfig(region="us-east-1", endpoint_url=endpoint)
    return VidKit(aws=aws, **{"retry": RetryPolicy.none()} | options)


def channels(kit):
    return kit.ivs.list_channels().collect()


async def test_a_failed_refresh_is_harmless_while_the_present_keys_are_valid(scripted, process):
    scripted.json({"channels": []})
    async with kit_of(scripted.endpoint) as kit:
        assert await channels(kit) == []
        process.fails()
        before = process.runs
        for _ in range(3):
            assert await asyncio.gather(*(channels(kit) for _ in range(5))) == [[]] * 5
        # After a failure, there is a pause before the next refresh.
        assert process.runs == before + 1


@pytest.mark.usefixtures("nothing_is_valid_for_long")
async def test_keys_that_could_be_had_before_are_an_error_that_may_pass(scripted, process):
    scripted.json({"channels": []})
    async with kit_of(scripted.endpoint) as kit:
        await channels(kit)
        process.fails()
        before, sent = process.runs, len(scripted.requests)
        errors = await asyncio.gather(
            *(kit.ivs.create_playback_restriction_policy(name="x") for _ in range(5)),
            return_exceptions=True,
        )
        assert {type(error) for error in errors} == {TransportError}
        assert {error.retryable for error in errors} == {True}
        assert {error.ambiguous for error in errors} == {False}
        assert "custom-process" in errors[0].message
        # One failed refresh is that of all who wait for it.
        assert process.runs == before + 1
        assert len(scripted.requests) == sent
        process.works()
        await channels(kit)


async def test_keys_that_were_never_there_are_a_config_error(scripted, process):
    process.fails()
    async with kit_of(scripted.endpoint) as kit:
        with pytest.raises(ConfigError):
            await channels(kit)
        process.works()
        scripted.json({"channels": []})
        assert await channels(kit) == []


@pytest.mark.usefixtures("nothing_is_valid_for_long")
async def test_a_call_waits_long_enough_for_a_source_that_recovers(scripted, process, monkeypatch):
    scripted.json({"channels": []})
    delays = []

    async def sleep(delay):
        delays.append(delay)
        if len(delays) == 3:
            process.works()

    async with kit_of(scripted.endpoint, retry=RetryPolicy()) as kit:
        await channels(kit)
        process.fails()
        monkeypatch.setattr("vidkit.retry.attempts.asyncio.sleep", sleep)
        assert await channels(kit) == []
    assert min(filter(None, delays)) >= 2


@pytest.mark.usefixtures("nothing_is_valid_for_long")
async def test_a_source_that_fails_for_a_while_does_not_end_the_watching_of_a_job(cloud, process):
    process.works(cloud.access_key_id, cloud.secret_access_key)
    poll = PollPolicy(initial_delay=0.02, max_delay=0.05)
    async with kit_of(cloud.endpoint, poll=poll) as kit:
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        process.fails()
        before = process.runs
        waiting = asyncio.create_task(job.result())
        while process.runs < before + 2 and not waiting.done():
            await asyncio.sleep(0.01)
        process.works(cloud.access_key_id, cloud.secret_access_key)
        await waiting


@pytest.mark.usefixtures("nothing_is_valid_for_long")
async def test_many_calls_of_a_source_that_fails_leave_the_budget_of_the_service(
    scripted, process, monkeypatch
):
    scripted.json({"channels": []})
    sleep, calls = asyncio.sleep, 64

    async def soon(_):
        process.works()
        await sleep(0.01)

    async with kit_of(scripted.endpoint, retry=RetryPolicy()) as kit:
        await channels(kit)
        process.fails()
        monkeypatch.setattr("vidkit.retry.attempts.asyncio.sleep", soon)
        assert await asyncio.gather(*(channels(kit) for _ in range(calls))) == [[]] * calls


async def test_a_kit_that_closes_while_keys_are_refreshed_says_so(scripted, monkeypatch):
    refreshing, closed = asyncio.Event(), asyncio.Event()
    # Early enough for a refresh by the call itself.
    expiration = datetime.now(UTC) + timedelta(minutes=12)
    keys = {"AccessKeyId": "AKIA", "SecretAccessKey": "s3cret-value", "Token": "t0ken-value"}

    async def late_keys(_):
        refreshing.set()
        await closed.wait()
        return web.json_response(keys | {"Expiration": f"{expiration:%Y-%m-%dT%H:%M:%SZ}"})

    scripted.json(keys | {"Expiration": f"{expiration:%Y-%m-%dT%H:%M:%SZ}"}).then(late_keys)
    scripted.json({"channels": []})
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{scripted.endpoint}/keys")
    async with kit_of(scripted.endpoint) as kit:
        call = asyncio.create_task(channels(kit))
        await asyncio.wait_for(refreshing.wait(), 10)
    closed.set()
    with pytest.raises(RequestError, match="closed"):
        await call
    assert len(scripted.requests) == 2
