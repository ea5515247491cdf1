"""How many points of a stream a call uses, and which streams are dropped; in virtual time."""

import asyncio

import pytest
from fake_archived_media import run

from vidkit.images.rate_limits import StreamRateLimits


async def seconds_of(*takes):
    """How many seconds these acquisitions take, one after another."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for take in takes:
        await take
    return loop.time() - begun


def test_both_kinds_of_points_are_paid_for_in_line_and_ahead_of_it():
    async def work(ahead):
        limits = StreamRateLimits()

        def taken(**cost):
            return limits.acquire("s", **cost, ahead_of_line=ahead)

        free = await seconds_of(taken(metadata=5000, media=250))
        media = await seconds_of(taken(metadata=1, media=250))
        limits = StreamRateLimits()
        await taken(metadata=5000)
        # It used no media points, so all of them are left.
        metadata = await seconds_of(taken(metadata=5000, media=250))
        return free, media, metadata

    for ahead in (False, True):
        free, media, metadata = run(work(ahead))
        assert free < 0.01
        assert media == pytest.approx(250 / 475, rel=0.02)
        assert metadata == pytest.approx(5000 / 9500, rel=0.02)


def test_without_media_none_is_taken():
    async def work():
        limits = StreamRateLimits()
        await limits.acquire("s", metadata=1, media=250)
        return await seconds_of(*(limits.acquire("s", metadata=1) for _ in range(20)))

    assert run(work()) < 0.01


@pytest.mark.parametrize("cost", [{"metadata": 1000}, {"metadata": 1, "media": 50}])
def test_after_a_refusal_a_call_costs_more(cost):
    async def work(refused):
        limits = StreamRateLimits()
        if refused:
            limits.slow_down("s")
        return await seconds_of(*(limits.acquire("s", **cost) for _ in range(20)))

    # The burst is five of them: half a second's points.
    assert run(work(refused=False)) == pytest.approx((20 - 5) / 9.5, rel=0.02)
    # At half the rate it would take 3.68 seconds, but the stream recovers 2 % in each second.
    assert 3.2 < run(work(refused=True)) < 3.65


def test_look_ups_come_three_at_once_and_then_two_a_second():
    async def work():
        limits = StreamRateLimits()
        return await seconds_of(*(limits.acquire_look_up("s") for _ in range(9)))

    assert run(work()) == pytest.approx(3.0, rel=0.02)


async def use(limits, count, *, first=0, refused=False):
    for number in range(first, first + count):
        await limits.acquire(f"s{number}", metadata=400)
        if refused:
            limits.slow_down(f"s{number}")


def test_the_idle_are_forgotten_when_there_are_many():
    async def work():
        limits = StreamRateLimits()
        await use(limits, 64)
        await asyncio.sleep(10)
        before = len(limits)
        await use(limits, 1, first=64)
        return before, len(limits)

    assert run(work()) == (64, 1)


def test_those_that_have_not_recovered_are_kept_until_there_are_twice_as_many():
    async def work():
        limits = StreamRateLimits()
        # The 65th stream starts a clean-up, which finds none to drop.
        await use(limits, 65, refused=True)
        await asyncio.sleep(60)
        counts = []
        for number in (65, 127, 128):
            await use(limits, 1 + number - len(limits), first=len(limits))
            counts.append(len(limits))
            await asyncio.sleep(10)
        return counts

    # They have recovered, but the next clean-up comes with the 129th.
    assert run(work()) == [66, 128, 1]
