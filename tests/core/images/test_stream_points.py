"""What a call takes of a stream's points, and which streams are forgotten; in virtual time."""

import asyncio

import pytest
from fake_archived_media import run

from vidkit.images.rate_limits import StreamRateLimits


async def seconds_of(*takes):
    """How long it takes to take so much, one after another."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for take in takes:
        await take
    return loop.time() - begun


def test_both_kinds_of_points_are_paid_for_in_line_and_ahead_of_it():
    async def work(ahead):
        points = StreamRateLimits()

        def taken(**cost):
            return points.take("s", **cost, ahead_of_line=ahead)

        free = await seconds_of(taken(metadata=5000, media=250))
        media = await seconds_of(taken(metadata=1, media=250))
        points = StreamRateLimits()
        await taken(metadata=5000)
        # It took no media, so that all of it is left.
        metadata = await seconds_of(taken(metadata=5000, media=250))
        return free, media, metadata

    for ahead in (False, True):
        free, media, metadata = run(work(ahead))
        assert free < 0.01
        assert media == pytest.approx(250 / 475, rel=0.02)
        assert metadata == pytest.approx(5000 / 9500, rel=0.02)


def test_without_media_none_is_taken():
    async def work():
        points = StreamRateLimits()
        await points.take("s", metadata=1, media=250)
        return await seconds_of(*(points.take("s", metadata=1) for _ in range(20)))

    assert run(work()) < 0.01


@pytest.mark.parametrize("cost", [{"metadata": 1000}, {"metadata": 1, "media": 50}])
def test_after_a_refusal_a_call_costs_more(cost):
    async def work(refused):
        points = StreamRateLimits()
        if refused:
            points.refused("s")
        return await seconds_of(*(points.take("s", **cost) for _ in range(20)))

    # What is there at once is half a second's of five times as much.
    assert run(work(refused=False)) == pytest.approx((20 - 5) / 9.5, rel=0.02)
    # Twice as much makes 3.68 seconds, in which the stream recovers by 2 % each.
    assert 3.2 < run(work(refused=True)) < 3.65


def test_look_ups_come_three_at_once_and_then_two_a_second():
    async def work():
        points = StreamRateLimits()
        return await seconds_of(*(points.take_look_up("s") for _ in range(9)))

    assert run(work()) == pytest.approx(3.0, rel=0.02)


async def use(points, count, *, first=0, refused=False):
    for number in range(first, first + count):
        await points.take(f"s{number}", metadata=400)
        if refused:
            points.refused(f"s{number}")


def test_the_idle_are_forgotten_when_there_are_many():
    async def work():
        points = StreamRateLimits()
        await use(points, 64)
        await asyncio.sleep(10)
        before = len(points)
        await use(points, 1, first=64)
        return before, len(points)

    assert run(work()) == (64, 1)


def test_those_that_have_not_recovered_are_kept_until_there_are_twice_as_many():
    async def work():
        points = StreamRateLimits()
        # The 65th stream looks around, and there is none to forget.
        await use(points, 65, refused=True)
        await asyncio.sleep(60)
        counts = []
        for number in (65, 127, 128):
            await use(points, 1 + number - len(points), first=len(points))
            counts.append(len(points))
            await asyncio.sleep(10)
        return counts

    # They have recovered, but nobody looks around before the 129th.
    assert run(work()) == [66, 128, 1]
