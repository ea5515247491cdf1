import asyncio
import logging

import pytest

from vidkit import HuaweiCredentials, RequestError, TransportError
from vidkit.transports.huawei.credentials.refresh import RefreshableCredentials
from vidkit.transports.huawei.credentials.single_flight import BackgroundTasks, SingleFlight
from vidkit.transports.huawei.credentials.source import FoundCredentials, IamToken

HOUR = 3600.0


class Clock:
    def __init__(self):
        self.time = 1_000_000.0

    def __call__(self):
        return self.time


class Numbered:
    """A source of tokens t1, t2, ...; it can be held up, and can fail."""

    name = "numbered"

    def __init__(self, lifetime=HOUR):
        self.lifetime = lifetime
        self.renewable = True
        self.asked = 0
        self.given = 0
        self.failure = None
        self.same = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self):
        self.asked += 1
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        if not self.same:
            self.given += 1
        token = IamToken(f"t{self.given}")
        return FoundCredentials(token, lifetime=self.lifetime, renewable=self.renewable)


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
def renewal(source, tasks, clock):
    return RefreshableCredentials(source, tasks, clock=clock)


async def value(renewal):
    return (await renewal.get()).identity.value


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_many_who_ask_at_once_are_served_by_one_renewal(renewal, source):
    source.gate.clear()
    resolver = [asyncio.ensure_future(value(renewal)) for _ in range(50)]
    await settle()
    source.gate.set()
    assert await asyncio.gather(*resolver) == ["t1"] * 50
    assert await value(renewal) == "t1"
    assert source.asked == 1


async def test_a_failure_reaches_everybody_each_as_an_error_of_their_own(renewal, source):
    source.failure = TransportError("no way", retryable=True)
    results = await asyncio.gather(*(value(renewal) for _ in range(5)), return_exceptions=True)
    assert {type(result) for result in results} == {TransportError}
    assert len({id(result) for result in results}) == 5
    results[0].attempts = 3
    assert results[1].attempts == 0
    assert source.asked == 1
    source.failure = None
    assert await value(renewal) == "t1"


async def test_near_its_end_it_is_renewed_in_the_background(renewal, source, clock):
    assert await value(renewal) == "t1"
    clock.time += 0.7 * HOUR
    assert await value(renewal) == "t1"
    assert source.asked == 1
    clock.time += 0.1 * HOUR
    source.gate.clear()
    # While the new one is on its way, the old one is still good: nobody waits.
    for _ in range(20):
        assert await value(renewal) == "t1"
        await settle()
    assert source.asked == 2
    source.gate.set()
    await settle()
    assert await value(renewal) == "t2"


@pytest.mark.parametrize(
    ("lifetime", "early"), [(24 * HOUR, 40 * 60), (HOUR, 15 * 60), (600.0, 150)]
)
async def test_renewal_begins_40_minutes_before_the_end_or_in_the_last_quarter(
    tasks, clock, lifetime, early
):
    source = Numbered(lifetime)
    renewal = RefreshableCredentials(source, tasks, clock=clock)
    await value(renewal)
    clock.time += lifetime - early - 1
    await value(renewal)
    await settle()
    assert source.asked == 1
    clock.time += 2
    await value(renewal)
    await settle()
    assert source.asked == 2


async def test_what_has_ended_is_used_no_more(renewal, source, clock):
    assert await value(renewal) == "t1"
    clock.time += HOUR - 9
    assert await value(renewal) == "t2"
    clock.time += 10 * HOUR
    assert await value(renewal) == "t3"


async def test_a_failed_renewal_harms_nobody_while_the_old_one_is_good(
    renewal, source, clock, caplog
):
    caplog.set_level(logging.DEBUG, logger="vidkit")
    assert await value(renewal) == "t1"
    clock.time += 0.8 * HOUR
    source.failure = TransportError("IAM is away", retryable=True)
    for _ in range(5):
        assert await value(renewal) == "t1"
        await settle()
    # It is tried again after a pause, not with each call.
    assert source.asked == 2
    assert "IAM is away" in caplog.text
    clock.time += 61
    assert await value(renewal) == "t1"
    await settle()
    assert source.asked == 3
    clock.time += HOUR
    with pytest.raises(TransportError):
        await value(renewal)
    source.failure = None
    assert await value(renewal) == "t2"


async def test_a_source_that_has_nothing_newer_yet_is_not_asked_with_each_call(
    renewal, source, clock
):
    await value(renewal)
    source.same, source.lifetime = True, 0.2 * HOUR
    clock.time += 0.8 * HOUR
    for _ in range(5):
        assert await value(renewal) == "t1"
        await settle()
    assert source.asked == 2


async def test_what_has_no_end_is_asked_for_once(tasks, clock):
    source = Numbered(lifetime=None)
    renewal = RefreshableCredentials(source, tasks, clock=clock)
    for _ in range(3):
        assert await value(renewal) == "t1"
        clock.time += 1000 * HOUR
    assert source.asked == 1


async def test_a_caller_who_goes_away_leaves_the_renewal_to_the_others(renewal, source):
    source.gate.clear()
    first, second = (asyncio.ensure_future(value(renewal)) for _ in range(2))
    await settle()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.gate.set()
    assert await second == "t1"
    assert source.asked == 1


async def test_the_only_caller_who_goes_away_leaves_the_result_behind(renewal, source):
    source.gate.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await value(renewal)
    source.gate.set()
    assert await value(renewal) == "t1"
    assert source.asked == 1


async def test_closing_ends_the_renewal_and_tells_who_waits(renewal, source, tasks):
    source.gate.clear()
    caller = asyncio.ensure_future(value(renewal))
    await settle()
    await tasks.close()
    with pytest.raises(RequestError, match="closed"):
        await caller
    with pytest.raises(RequestError, match="closed"):
        await value(renewal)


async def test_a_refused_one_is_given_up_once_for_all_who_were_refused(renewal, source):
    refused = (await renewal.get()).identity
    source.gate.clear()
    resolver = [asyncio.ensure_future(renewal.replace(refused)) for _ in range(20)]
    await settle()
    source.gate.set()
    found = await asyncio.gather(*resolver)
    assert {each.identity.value for each in found} == {"t2"}
    assert source.asked == 2
    # Whoever hears of the refusal late finds the successor there.
    assert (await renewal.replace(refused)).identity.value == "t2"
    assert source.asked == 2


async def test_a_replacement_that_is_refused_too_stays_for_a_while(renewal, source, clock):
    await renewal.get()
    second = (await renewal.replace(IamToken("t1"))).identity
    assert await renewal.replace(second) is None
    assert await value(renewal) == "t2"
    assert source.asked == 2
    clock.time += 61
    assert (await renewal.replace(second)).identity.value == "t3"


async def test_a_replacement_that_was_accepted_can_be_replaced_at_once(renewal, source):
    await renewal.get()
    second = (await renewal.replace(IamToken("t1"))).identity
    renewal.accepted(IamToken("t1"))
    assert await renewal.replace(second) is None
    renewal.accepted(second)
    assert (await renewal.replace(second)).identity.value == "t3"


async def test_what_was_given_for_good_has_no_replacement(renewal, source):
    source.renewable = False
    refused = (await renewal.get()).identity
    assert await renewal.replace(refused) is None
    assert source.asked == 1


async def test_a_source_that_has_nothing_else_gives_no_replacement(renewal, source):
    refused = (await renewal.get()).identity
    source.same = True
    assert await renewal.replace(refused) is None
    assert source.asked == 2


async def test_a_replacement_that_cannot_be_had_is_an_error_and_tried_again(renewal, source):
    refused = (await renewal.get()).identity
    source.failure = TransportError("IAM is away")
    with pytest.raises(TransportError):
        await renewal.replace(refused)
    source.failure = None
    assert await value(renewal) == "t2"


async def test_keys_are_compared_as_a_whole(tasks, clock):
    keys = HuaweiCredentials(access_key="a", secret_key="b", security_token="c")

    class Fixed:
        name = "fixed"

        async def fetch(self):
            return FoundCredentials(
                HuaweiCredentials(access_key="a", secret_key="b", security_token="d")
            )

    renewal = RefreshableCredentials(Fixed(), tasks, clock=clock)
    await renewal.get()
    assert (await renewal.replace(keys)).identity.security_token == "d"


async def test_an_error_that_is_none_of_ours_is_passed_on_as_it_is(tasks):
    async def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await SingleFlight(tasks, broken).join()
