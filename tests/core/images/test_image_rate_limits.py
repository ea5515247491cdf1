"""The rate limits of each stream, in virtual time, against buckets like the service's."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from fake_archived_media import FakeArchivedMedia, moment, run

from vidkit import RetryPolicy, VidKitError
from vidkit.images.rate_limits import StreamRateLimits

START = 1_777_636_800_000
ARN = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1234567890123"


def now():
    return asyncio.get_running_loop().time()


def images(kit, points, *, interval=1000, **asked):
    return kit.images.get_images(
        start_timestamp=moment(START),
        end_timestamp=moment(START + (points - 1) * interval),
        sampling_interval=timedelta(milliseconds=interval),
        **({"stream_name": "s"} | asked),
    )


@pytest.mark.parametrize("latency", [0.02, 0.2])
def test_a_long_range_is_never_throttled_and_nearly_as_fast_as_can_be(latency):
    archive = FakeArchivedMedia(throttle=True, latency=latency)

    async def work():
        async with archive.kit() as kit:
            begun = now()
            found = await images(kit, 8_000, concurrency=64).collect()
            return len(found), 8_000 / (now() - begun)

    count, rate = run(work())
    assert count == 8_000
    assert archive.throttled == []
    assert 470 < rate < 510


def test_all_calls_of_a_kit_share_what_a_stream_has():
    """By name and by ARN, through views, images and fragments, many at the same time."""
    archive = FakeArchivedMedia(throttle=True, latency=0.1)

    async def work():
        async with archive.kit() as kit:
            view = kit.with_options(deadline=1000)

            def fragments(of):
                return of.images.list_fragments(
                    stream_arn=ARN, start_timestamp=moment(START), end_timestamp=moment(START)
                )

            await asyncio.gather(
                *(images(kit, 250, max_results=1 + n).collect() for n in range(6)),
                *(images(view, 250, stream_name=None, stream_arn=ARN).collect() for _ in range(6)),
                *(fragments(kit).collect() for _ in range(30)),
                *(fragments(view).collect() for _ in range(30)),
            )

    run(work())
    assert archive.throttled == []
    assert Counter(archive.calls)["ListFragments"] == 60
    # One for each name of the stream and each API.
    assert Counter(archive.calls)["GetDataEndpoint"] == 3


def test_streams_do_not_wait_for_one_another():
    archive = FakeArchivedMedia(throttle=True)

    async def work():
        async with archive.kit() as kit:
            begun = now()
            found = await asyncio.gather(
                *(images(kit, 250, stream_name=f"s{n}").collect() for n in range(12))
            )
            return sum(map(len, found)), now() - begun

    count, seconds = run(work())
    assert count == 3000
    assert seconds < 2
    assert archive.throttled == []


def test_waiting_for_points_is_no_part_of_the_deadline():
    """A range of ten seconds' points, with a deadline of one."""
    archive = FakeArchivedMedia(throttle=True)

    async def work():
        async with archive.kit(deadline=1) as kit:
            pagers = [images(kit, 1000, concurrency=64).collect() for _ in range(5)]
            begun = now()
            found = await asyncio.gather(*pagers)
            return [len(each) for each in found], now() - begun

    counts, seconds = run(work())
    assert counts == [1000] * 5
    assert seconds > 8
    assert archive.throttled == []


def test_what_is_throttled_all_the_same_is_tried_again_and_pays_again():
    archive = FakeArchivedMedia(throttle=True, latency=0.01)
    # Random delays may be short, all of them: six attempts were once too few.
    archive.attempts = 20

    async def work():
        async with archive.kit() as kit:
            await images(kit, 1).first()
            # Another program has used up the points.
            archive.buckets["s", "media"].held = -1000
            events = []
            view = kit.with_options(on_event=events.append)
            begun = now()
            found = await images(view, 100).collect()
            return len(found), now() - begun, [event.code for event in events]

    count, seconds, codes = run(work())
    assert count == 100
    assert "ClientLimitExceededException" in codes
    assert 2 < seconds < 30


def test_programs_that_read_one_stream_share_it_and_none_fails():
    """Two kits that share no state, each of which would use all points."""
    archive = FakeArchivedMedia(throttle=True, latency=0.2)

    async def program():
        async with archive.kit(retry=RetryPolicy(), deadline=60) as kit:
            return len(await images(kit, 7_500, concurrency=64).collect())

    async def work():
        begun = now()
        counts = await asyncio.gather(*(program() for _ in range(2)))
        return counts, 2 * 7_500 / (now() - begun)

    counts, rate = run(work())
    assert counts == [7_500] * 2
    # Of 600 calls.
    assert len(archive.throttled) < 40
    assert rate > 300


def test_a_stream_that_is_free_again_is_soon_used_to_the_full():
    async def work():
        limits = StreamRateLimits()

        async def rate(seconds):
            begun, taken = now(), 0
            while now() < begun + seconds:
                await limits.acquire("s", metadata=425, media=25)
                taken += 25
            return taken / seconds

        full = await rate(20)
        # Calls that are throttled at the same time count once.
        for _ in range(50):
            limits.slow_down("s")
        half = await rate(2)
        for _ in range(50):
            await asyncio.sleep(1)
            limits.slow_down("s")
        await rate(1)
        least = await rate(5)
        await rate(50)
        return full, half, least, await rate(20)

    full, half, least, again = run(work())
    assert 470 < full < 490
    assert 200 < half < 280
    assert 40 < least < 100
    assert 470 < again < 490


def test_a_dear_call_is_not_kept_waiting_by_cheap_ones():
    async def work():
        limits = StreamRateLimits()
        served = []

        async def cheap():
            for _ in range(300):
                await limits.acquire("s", metadata=401, media=1)
                served.append("cheap")

        async def dear():
            await asyncio.sleep(2)
            await limits.acquire("s", metadata=1000)
            served.append("dear")

        await asyncio.gather(dear(), *(cheap() for _ in range(10)))
        return served

    served = run(work())
    # 12 at once, 24 per second for two seconds, and one more for each of the ten.
    assert served.index("dear") < 100


def test_a_retry_does_not_stand_in_line():
    async def work():
        limits = StreamRateLimits()
        waiting = [
            asyncio.create_task(limits.acquire("s", metadata=425, media=25)) for _ in range(1000)
        ]
        await asyncio.sleep(1)
        begun = now()
        await limits.acquire("s", metadata=425, media=25, ahead_of_line=True)
        seconds = now() - begun
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return seconds

    assert run(work()) < 0.2


def test_who_is_cancelled_while_waiting_takes_nothing_for_ever():
    async def work():
        limits = StreamRateLimits()
        await limits.acquire("s", metadata=425, media=250)
        for _ in range(20):
            waiting = [
                asyncio.create_task(limits.acquire("s", metadata=800, media=250)) for _ in range(10)
            ]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        # All points that were used are refilled, and can be acquired at once.
        await asyncio.sleep(2)
        begun = now()
        await limits.acquire("s", metadata=5000, media=250)
        return now() - begun

    assert run(work()) < 0.001


def test_streams_that_are_not_used_are_forgotten():
    async def work():
        limits = StreamRateLimits()
        for number in range(5000):
            await limits.acquire(f"s{number}", metadata=425, media=25)
            await asyncio.sleep(0.01)
        most = len(limits)
        # The points of a busy stream stay counted as long as it matters.
        await limits.acquire("busy", metadata=425, media=250)
        for number in range(200):
            await limits.acquire(f"t{number}", metadata=1)
        begun = now()
        await limits.acquire("busy", metadata=425, media=25)
        return most, now() - begun

    most, waited = run(work())
    assert most < 200
    assert waited > 0.04


def test_end_points_are_looked_up_no_more_than_five_times_in_a_second():
    """However many calls need one, and though each look-up fails: calls share its error."""
    archive = FakeArchivedMedia(throttle=True, faults=1.0, most_faults=10_000, latency=0.01)
    failures = []

    async def work():
        async with archive.kit() as kit:

            async def one():
                try:
                    await images(kit, 1).first()
                except VidKitError as error:
                    failures.append(error)

            await asyncio.gather(*(one() for _ in range(50)))

    run(work())
    assert len(failures) == 50
    times = [at for at, operation in archive.arrivals if operation == "GetDataEndpoint"]
    assert all(sum(at <= later < at + 0.99 for later in times) <= 5 for at in times)
    assert archive.throttled == []
