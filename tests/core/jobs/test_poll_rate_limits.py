"""The rate limits that all kits of an event loop share, in virtual time."""

import asyncio

import pytest
from fake_archived_media import run

from vidkit.jobs.rate_limits import minute_limiter, poll_limiter


async def moments(limiter, count):
    """The times at which so many simultaneous requests pass the limiter."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    found = []

    async def one():
        async with limiter():
            found.append(loop.time() - begun)

    await asyncio.gather(*(one() for _ in range(count)))
    return sorted(found)


@pytest.mark.parametrize("rate", [5, 2, 0.5])
def test_looks_are_spaced_evenly(rate):
    found = run(moments(lambda: poll_limiter(rate), 11))
    for number, moment in enumerate(found):
        assert moment == pytest.approx(number / rate, rel=0.01, abs=0.01)


@pytest.mark.parametrize("per_minute", [60, 50])
def test_no_minute_sees_more_than_the_service_serves(per_minute):
    found = run(moments(lambda: minute_limiter("project", per_minute), 3 * per_minute))
    for moment in found:
        within = [other for other in found if moment <= other < moment + 59.9]
        assert len(within) <= per_minute
    assert sum(moment < 0.01 for moment in found) == per_minute * 2 // 5
    # Two fifths in a burst, and three fifths in each minute.
    minutes = (3 - 2 / 5) / (3 / 5)
    assert found[-1] == pytest.approx(60 * minutes, rel=0.01)


def test_equal_rates_share_a_limiter_and_others_do_not():
    async def work():
        assert poll_limiter(5) is poll_limiter(5)
        assert poll_limiter(5) is not poll_limiter(4)
        assert minute_limiter("a", 60) is minute_limiter("a", 60)
        assert minute_limiter("a", 60) is not minute_limiter("b", 60)
        assert minute_limiter("a", 60) is not minute_limiter("a", 30)

    run(work())


def test_loops_have_limiters_of_their_own():
    async def work():
        return poll_limiter(5)

    assert run(work()) is not run(work())
