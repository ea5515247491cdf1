import asyncio
import logging

import pytest

from vidkit import (
    AuthError,
    ConfigError,
    DecodeError,
    HuaweiCredentials,
    RequestError,
    TransportError,
)
from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.transports.huawei.credentials.credential_source import FoundCredentials, IamToken
from vidkit.transports.huawei.credentials.refresh import RefreshableCredentials

HOUR = 3600.0


class Clock:
    def __init__(self):
        self.time = 1_000_000.0

    def __call__(self):
        return self.time


class Numbered:
    """A source of tokens t1, t2, ...; it can be blocked, and can fail."""

    name = "numbered"

    def __init__(self, lifetime=HOUR):
        self.lifetime = lifetime
        self.refreshable = True
        self.fetches = 0
        self.tokens = 0
        self.failure = None
        self.same = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self):
        self.fetches += 1
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        if not self.same:
            self.tokens += 1
        token = IamToken(f"t{self.tokens}")
        return FoundCredentials(token, lifetime=self.lifetime, refreshable=self.refreshable)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def tasks():
    tasks = BackgroundTasks()
    yield tasks
    await tasks.close()


@pytest.fixture
def source():
    return Numbered()


@pytest.fixture
def credentials(source, tasks, clock):
    return RefreshableCredentials(source, tasks, clock=clock)


async def value(credentials):
    return (await credentials.get()).identity.value


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_concurrent_callers_share_one_refresh(credentials, source):
    source.gate.clear()
    callers = [asyncio.ensure_future(value(credentials)) for _ in range(50)]
    await settle()
    source.gate.set()
    assert await asyncio.gather(*callers) == ["t1"] * 50
    assert await value(credentials) == "t1"
    assert source.fetches == 1


async def test_every_caller_gets_its_own_copy_of_an_error(credentials, source):
    source.failure = TransportError("no way", retryable=True)
    results = await asyncio.gather(*(value(credentials) for _ in range(5)), return_exceptions=True)
    assert {type(result) for result in results} == {TransportError}
    assert len({id(result) for result in results}) == 5
    results[0].attempts = 3
    assert results[1].attempts == 0
    assert source.fetches == 1
    source.failure = None
    assert await value(credentials) == "t1"


async def test_credentials_near_their_expiry_are_refreshed_in_the_background(
    credentials, source, clock
):
    assert await value(credentials) == "t1"
    clock.time += 0.7 * HOUR
    assert await value(credentials) == "t1"
    assert source.fetches == 1
    clock.time += 0.1 * HOUR
    source.gate.clear()
    # During the refresh the old credentials are still valid: no caller waits.
    for _ in range(20):
        assert await value(credentials) == "t1"
        await settle()
    assert source.fetches == 2
    source.gate.set()
    await settle()
    assert await value(credentials) == "t2"


@pytest.mark.parametrize(
    ("lifetime", "early"), [(24 * HOUR, 40 * 60), (HOUR, 15 * 60), (600.0, 150)]
)
async def test_the_advisory_refresh_is_40_minutes_before_expiry_or_in_the_last_quarter(
    tasks, clock, lifetime, early
):
    source = Numbered(lifetime)
    credentials = RefreshableCredentials(source, tasks, clock=clock)
    await value(credentials)
    clock.time += lifetime - early - 1
    await value(credentials)
    await settle()
    assert source.fetches == 1
    clock.time += 2
    await value(credentials)
    await settle()
    assert source.fetches == 2


async def test_expired_credentials_are_not_used(credentials, source, clock):
    assert await value(credentials) == "t1"
    clock.time += HOUR - 9
    assert await value(credentials) == "t2"
    clock.time += 10 * HOUR
    assert await value(credentials) == "t3"


async def test_a_failed_refresh_is_harmless_while_the_old_credentials_are_valid(
    credentials, source, clock, caplog
):
    caplog.set_level(logging.DEBUG, logger="vidkit")
    assert await value(credentials) == "t1"
    clock.time += 0.8 * HOUR
    source.failure = TransportError("IAM is away", retryable=True)
    for _ in range(5):
        assert await value(credentials) == "t1"
        await settle()
    # The refresh is retried after a pause, not with each call.
    assert source.fetches == 2
    assert "IAM is away" in caplog.text
    clock.time += 61
    assert await value(credentials) == "t1"
    await settle()
    assert source.fetches == 3
    clock.time += HOUR
    with pytest.raises(TransportError):
        await value(credentials)
    source.failure = None
    assert await value(credentials) == "t2"


async def test_a_source_without_newer_credentials_is_not_called_each_time(
    credentials, source, clock
):
    await value(credentials)
    source.same, source.lifetime = True, 0.2 * HOUR
    clock.time += 0.8 * HOUR
    for _ in range(5):
        assert await value(credentials) == "t1"
        await settle()
    assert source.fetches == 2


async def test_credentials_without_expiry_are_fetched_once(tasks, clock):
    source = Numbered(lifetime=None)
    credentials = RefreshableCredentials(source, tasks, clock=clock)
    for _ in range(3):
        assert await value(credentials) == "t1"
        clock.time += 1000 * HOUR
    assert source.fetches == 1


async def test_a_cancelled_caller_leaves_the_refresh_to_the_others(credentials, source):
    source.gate.clear()
    first, second = (asyncio.ensure_future(value(credentials)) for _ in range(2))
    await settle()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.gate.set()
    assert await second == "t1"
    assert source.fetches == 1


async def test_the_refresh_of_a_cancelled_caller_is_still_used(credentials, source):
    source.gate.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await value(credentials)
    source.gate.set()
    assert await value(credentials) == "t1"
    assert source.fetches == 1


async def test_closing_cancels_the_refresh_and_fails_its_callers(credentials, source, tasks):
    source.gate.clear()
    caller = asyncio.ensure_future(value(credentials))
    await settle()
    await tasks.close()
    with pytest.raises(RequestError, match="closed"):
        await caller
    with pytest.raises(RequestError, match="closed"):
        await value(credentials)


async def test_rejected_credentials_are_replaced_once_for_all_callers(credentials, source):
    rejected = (await credentials.get()).identity
    source.gate.clear()
    callers = [asyncio.ensure_future(credentials.replace(rejected)) for _ in range(20)]
    await settle()
    source.gate.set()
    found = await asyncio.gather(*callers)
    assert {each.identity.value for each in found} == {"t2"}
    assert source.fetches == 2
    # A request that is rejected late gets the replacement that already exists.
    assert (await credentials.replace(rejected)).identity.value == "t2"
    assert source.fetches == 2


async def test_a_rejected_replacement_is_kept_for_a_while(credentials, source, clock):
    await credentials.get()
    second = (await credentials.replace(IamToken("t1"))).identity
    assert await credentials.replace(second) is None
    assert await value(credentials) == "t2"
    assert source.fetches == 2
    clock.time += 61
    assert (await credentials.replace(second)).identity.value == "t3"


async def test_a_replacement_that_was_accepted_can_be_replaced_at_once(credentials, source):
    await credentials.get()
    second = (await credentials.replace(IamToken("t1"))).identity
    credentials.accepted(IamToken("t1"))
    assert await credentials.replace(second) is None
    credentials.accepted(second)
    assert (await credentials.replace(second)).identity.value == "t3"


async def test_static_credentials_have_no_replacement(credentials, source):
    source.refreshable = False
    rejected = (await credentials.get()).identity
    assert await credentials.replace(rejected) is None
    assert source.fetches == 1


async def test_a_source_without_other_credentials_gives_no_replacement(credentials, source):
    rejected = (await credentials.get()).identity
    source.same = True
    assert await credentials.replace(rejected) is None
    assert source.fetches == 2


async def test_a_failed_replacement_is_an_error_and_retried(credentials, source):
    rejected = (await credentials.get()).identity
    source.failure = TransportError("IAM is away")
    with pytest.raises(TransportError):
        await credentials.replace(rejected)
    source.failure = None
    assert await value(credentials) == "t2"


@pytest.mark.parametrize(
    "failure", [ConfigError("no such file"), DecodeError("no token"), TransportError("refused")]
)
async def test_a_source_that_has_worked_and_fails_is_an_error_that_may_pass(
    credentials, source, clock, failure
):
    source.failure = failure
    with pytest.raises(type(failure)) as caught:
        await value(credentials)
    assert not caught.value.retryable
    source.failure = None
    assert await value(credentials) == "t1"
    source.failure = failure
    clock.time += 2 * HOUR
    for replaced in (False, True):
        with pytest.raises(TransportError) as caught:
            await (credentials.replace(IamToken("t1")) if replaced else value(credentials))
        assert caught.value.message == failure.message
        assert (caught.value.retryable, caught.value.ambiguous) == (True, False)
        assert caught.value.retry_after == 2
    source.failure = None
    assert await value(credentials) == "t2"


async def test_a_source_whose_password_is_rejected_is_not_asked_again_and_again(
    credentials, source, clock
):
    await value(credentials)
    clock.time += 2 * HOUR
    source.failure = AuthError("wrong password", status=401)
    with pytest.raises(AuthError) as caught:
        await value(credentials)
    assert not caught.value.retryable


async def test_credentials_are_compared_completely(tasks, clock):
    keys = HuaweiCredentials(access_key="a", secret_key="b", security_token="c")

    class Fixed:
        name = "fixed"

        async def fetch(self):
            return FoundCredentials(
                HuaweiCredentials(access_key="a", secret_key="b", security_token="d")
            )

    credentials = RefreshableCredentials(Fixed(), tasks, clock=clock)
    await credentials.get()
    assert (await credentials.replace(keys)).identity.security_token == "d"


async def test_other_errors_are_passed_on_unchanged(tasks):
    async def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await SingleFlight(tasks, broken).join()
