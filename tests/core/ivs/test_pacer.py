"""How paced calls are spaced, and how they pause."""

import asyncio

import pytest

from vidkit import RetryPolicy
from vidkit.ivs import rate_limits
from vidkit.ivs.rate_limits import Pacer, ThrottlingPatience

POLICY = RetryPolicy(throttling_base_delay=1, max_delay=20)


@pytest.fixture
def clock(monkeypatch):
    """A clock that sleeping moves; random numbers are 1."""
    now = [1000.0]

    async def sleep(seconds):
        now[0] += seconds

    monkeypatch.setattr(rate_limits.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(rate_limits.asyncio, "sleep", sleep)
    monkeypatch.setattr(rate_limits.random, "random", lambda: 1.0)
    return now


async def times(pacer, clock, count):
    slots = []
    for _ in range(count):
        await pacer.acquire()
        slots.append(round(clock[0] - 1000, 3))
    return slots


async def test_slots_are_evenly_spaced(clock):
    assert await times(Pacer(5), clock, 4) == [0, 0.2, 0.4, 0.6]


async def test_pauses_grow_until_a_call_succeeds(clock):
    pacer, pauses = Pacer(5), []
    for _ in range(7):
        pacer.pause(clock[0], POLICY, None)
        began = clock[0]
        await pacer.acquire()
        pauses.append(clock[0] - began)
    assert pauses == [1, 2, 4, 8, 16, 20, 20]
    assert pacer.throttled_seconds(0) == sum(pauses)
    pacer.accepted()
    assert pacer.throttled_seconds(0) == 0
    pacer.pause(clock[0], POLICY, None)
    assert await times(pacer, clock, 2) == [72, 72.2]


async def test_calls_that_were_under_way_together_make_one_pause(clock):
    pacer = Pacer(5)
    sent_at = clock[0]
    clock[0] += 0.5
    for _ in range(10):
        pacer.pause(sent_at, POLICY, None)
    assert await times(pacer, clock, 2) == [1.5, 1.7]


async def test_the_service_may_ask_for_a_longer_pause(clock):
    pacer = Pacer(5)
    pacer.pause(clock[0], POLICY, 7.0)
    assert await times(pacer, clock, 1) == [7]
    pacer.pause(clock[0], POLICY, 86_400.0)
    assert await times(pacer, clock, 1) == [67]


async def test_a_pause_holds_for_calls_that_wait_already():
    pacer, slots = Pacer(20), []

    async def call():
        await pacer.acquire()
        slots.append(asyncio.get_running_loop().time())

    waiting = [asyncio.ensure_future(call()) for _ in range(3)]
    await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    pacer.pause(began, RetryPolicy(throttling_base_delay=0), 0.3)
    await asyncio.gather(*waiting)
    assert slots[0] < began
    assert slots[1] - began >= 0.29


async def test_patience_begins_with_the_calls_that_have_it(clock):
    """That an earlier call was throttled an hour ago leaves the patience of later ones."""
    pacer = Pacer(5)
    pacer.pause(clock[0], POLICY, None)
    clock[0] += 3600
    patience = ThrottlingPatience(300)
    pacer.pause(clock[0], POLICY, None)
    assert not patience.is_over(pacer)
    clock[0] += 299
    assert not patience.is_over(pacer)
    clock[0] += 1
    assert patience.is_over(pacer)
    pacer.accepted()
    assert not patience.is_over(pacer)
