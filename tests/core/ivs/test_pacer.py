"""How paced calls are spaced, and how they slow down."""

import asyncio
import random

import pytest

from vidkit import RetryPolicy
from vidkit.ivs import rate_limits
from vidkit.ivs.rate_limits import Pacer, ThrottlingPatience

POLICY = RetryPolicy(throttling_base_delay=1, max_delay=20)


@pytest.fixture
def clock(monkeypatch):
    """A clock that sleeping moves."""
    now = [1000.0]

    async def sleep(seconds):
        now[0] += seconds

    monkeypatch.setattr(rate_limits.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(rate_limits.asyncio, "sleep", sleep)
    return now


async def times(pacer, clock, count):
    slots = []
    for _ in range(count):
        await pacer.acquire()
        slots.append(round(clock[0] - 1000, 3))
    return slots


async def test_slots_are_evenly_spaced(clock):
    assert await times(Pacer(5), clock, 4) == [0, 0.2, 0.4, 0.6]


async def test_throttled_calls_are_spaced_wider_and_accepted_ones_bring_the_rate_back(clock):
    pacer, rates = Pacer(5), []
    for _ in range(30):
        pacer.slow_down(clock[0], POLICY, None)
        rates.append(pacer.rate)
        await pacer.acquire()
    assert rates[:3] == pytest.approx([3.5, 2.45, 1.715])
    # A tenth is left, until nothing has been accepted for five seconds.
    assert rates[6:8] == pytest.approx([0.5, 0.35])
    # The longest delay of the policy: one call in 20 seconds.
    assert rates[-1] == 1 / 20
    assert pacer.throttled_seconds(0) == pytest.approx(clock[0] - 1000)
    pacer.accepted()
    assert pacer.rate == pytest.approx(0.6)
    assert pacer.throttled_seconds(0) == 0
    for _ in range(60):
        pacer.accepted()
    assert pacer.rate == 5


async def test_calls_that_were_under_way_together_lower_the_rate_once(clock):
    pacer = Pacer(5)
    sent_at = clock[0]
    clock[0] += 0.5
    for _ in range(10):
        pacer.slow_down(sent_at, POLICY, None)
    assert pacer.rate == 3.5
    assert await times(pacer, clock, 2) == [0.786, 1.071]


async def test_the_service_may_ask_for_a_pause(clock):
    pacer = Pacer(5)
    pacer.slow_down(clock[0], POLICY, 7.0)
    assert await times(pacer, clock, 1) == [7]
    pacer.slow_down(clock[0], POLICY, 86_400.0)
    assert await times(pacer, clock, 1) == [67]


async def test_a_pause_holds_for_calls_that_wait_already():
    pacer, slots = Pacer(20), []

    async def call():
        await pacer.acquire()
        slots.append(asyncio.get_running_loop().time())

    waiting = [asyncio.ensure_future(call()) for _ in range(3)]
    await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    pacer.slow_down(began, RetryPolicy(throttling_base_delay=0), 0.3)
    await asyncio.gather(*waiting)
    assert slots[0] < began
    assert slots[1] - began >= 0.29


async def calls_until_all_are_accepted(pacer, clock, count, is_throttled, seconds=0.1):
    """Ten calls are under way at a time, each for some time; returns the number of calls."""
    calls, accepted, patience, under_way = 0, 0, ThrottlingPatience(300), []
    while accepted < count:
        await pacer.acquire()
        calls += 1
        under_way.append((clock[0], is_throttled(clock[0])))
        while under_way and (len(under_way) == 10 or under_way[0][0] <= clock[0] - seconds):
            sent_at, throttled = under_way.pop(0)
            if throttled:
                pacer.slow_down(sent_at, POLICY, None)
                assert not patience.is_over(pacer)
            else:
                pacer.accepted()
                accepted += 1
    return calls


@pytest.mark.parametrize("seconds", [0.001, 0.1])
async def test_where_half_of_the_calls_are_throttled_thousands_are_accepted(clock, seconds):
    toss = random.Random(1)
    calls = await calls_until_all_are_accepted(
        Pacer(200), clock, 5_000, lambda _: toss.random() < 0.5, seconds
    )
    assert 9_500 < calls < 10_500
    # At the full rate it would be 50 s.
    assert clock[0] - 1000 < 500


@pytest.mark.parametrize(("rate", "most_calls"), [(5, 1.2), (20, 1.5), (50, 2.2), (200, 5)])
async def test_the_rate_settles_near_what_the_service_accepts(clock, rate, most_calls):
    """A service that accepts five calls a second, with a burst of ten."""
    tokens, at = 10.0, clock[0]

    def is_throttled(now):
        nonlocal tokens, at
        tokens, at = min(10.0, tokens + (now - at) * 5), now
        if tokens < 1:
            return True
        tokens -= 1
        return False

    calls = await calls_until_all_are_accepted(Pacer(rate), clock, 2_000, is_throttled)
    assert clock[0] - 1000 < 2_000 / 5 * 1.25
    assert calls < 2_000 * most_calls


async def test_patience_begins_with_the_calls_that_have_it(clock):
    """That an earlier call was throttled an hour ago leaves the patience of later ones."""
    pacer = Pacer(5)
    pacer.slow_down(clock[0], POLICY, None)
    clock[0] += 3600
    patience = ThrottlingPatience(300)
    pacer.slow_down(clock[0], POLICY, None)
    assert not patience.is_over(pacer)
    clock[0] += 299
    assert not patience.is_over(pacer)
    clock[0] += 1
    assert patience.is_over(pacer)
    pacer.accepted()
    assert not patience.is_over(pacer)
