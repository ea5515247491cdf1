"""The number of requests to a service that is down, counted at the server."""

import asyncio

import pytest
from kit_options import FAST, T0

from vidkit import RetryPolicy, UnavailableError
from vidkit.local import LocalCloud

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/AAAAAAAAAAAA"
AT_ONCE = 50
CAPACITY, COST = 500, 14
SERVICES = {
    "images": lambda kit: kit.images.get_images(
        stream_name="front-door", start_timestamp=T0, end_timestamp=T0
    ).first(),
    "rekognition": lambda kit: kit.rekognition.list_stream_processors().first(),
    "ivs": lambda kit: kit.ivs.get_playback_restriction_policy(ARN),
    "mpc": lambda kit: kit.mpc.get_thumbnails_task("1"),
}


async def fail(call, kit, count):
    """Make calls that end as unavailable, a few at the same time."""
    numbers = iter(range(count))

    async def caller():
        for _ in numbers:
            with pytest.raises(UnavailableError):
                await call(kit)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))


@pytest.mark.long
# The number of retries does not grow with that of calls: a few hundred calls show it.
@pytest.mark.parametrize(("service", "calls"), [("rekognition", 1000), ("ivs", 300), ("mpc", 300)])
async def test_a_thousand_calls_to_a_dead_service_are_little_more_than_a_thousand_requests(
    service, calls, capsys
):
    call = SERVICES[service]
    no_waits = {"retry": RetryPolicy(base_delay=0, throttling_base_delay=0)}
    async with LocalCloud() as cloud, cloud.kit(**FAST | no_waits) as kit:
        cloud.inject("unavailable", service=service)
        await fail(call, kit, calls // 2)
        first = len(cloud.calls)
        await fail(call, kit, calls // 2)
        rest = len(cloud.calls) - first
    with capsys.disabled():
        print(f"\n{service}: {first + rest} requests for {calls} calls")  # noqa: T201
    assert first + rest <= 1.15 * calls
    # All tasks share the budget; once it is used up, there are no retries.
    assert first == calls // 2 + CAPACITY // COST
    assert rest == calls // 2


async def test_calls_that_look_up_one_endpoint_at_once_share_even_the_failure():
    call = SERVICES["images"]
    retry = RetryPolicy(base_delay=0, throttling_base_delay=0)
    async with LocalCloud() as cloud, cloud.kit(**FAST | {"retry": retry}) as kit:
        cloud.inject("unavailable", service="images")
        await fail(call, kit, 2 * AT_ONCE)
        assert 0 < len(cloud.calls) <= 1.15 * 2 * AT_ONCE


async def test_when_it_is_back_calls_earn_retries_again():
    call = SERVICES["ivs"]
    retry = RetryPolicy(base_delay=0, throttling_base_delay=0)
    async with LocalCloud() as cloud, cloud.kit(**FAST | {"retry": retry}) as kit:
        cloud.inject("unavailable")
        await fail(call, kit, 100)
        cloud.uninject()
        assert kit._runtime.budgets["ivs"].tokens < COST
        for _ in range(COST):
            await kit.ivs.list_channels().collect()
        cloud.inject("unavailable", times=1)
        before = len(cloud.calls)
        await kit.ivs.list_channels().collect()
        assert len(cloud.calls) - before == 2
