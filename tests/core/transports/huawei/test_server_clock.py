import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from vidkit.transports.huawei.server_clock import ServerClock, server_date_of_a_skew

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BLAMED = b'{"error_code":"APIGW.0301","error_msg":"calc ak sk signature fail:signature expired"}'
WRONG = b'{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail,..."}'


def told(*, ahead, body=BLAMED, status=401):
    date = format_datetime(NOON + ahead, usegmt=True)
    return server_date_of_a_skew(status=status, date=date, body=body, signed=NOON)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_refusal_with_another_time_is_for_the_date(sign):
    far, near = timedelta(minutes=20) * sign, timedelta(minutes=5) * sign
    assert told(ahead=far) == NOON + far
    assert told(ahead=far, body=b"") == NOON + far
    assert told(ahead=far, status=403) == NOON + far
    # Less than what the gateway admits is its reason only where it says so.
    assert told(ahead=near) == NOON + near
    assert told(ahead=near, body=WRONG) is None


@pytest.mark.parametrize("status", [200, 400, 404, 429, 500])
def test_other_answers_say_nothing_of_the_date(status):
    assert told(ahead=timedelta(hours=2), status=status) is None


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"]
)
def test_a_date_that_is_none_changes_nothing(date):
    found = server_date_of_a_skew(status=401, date=date, body=BLAMED, signed=NOON)
    assert found is None


def test_the_same_time_is_no_reason_whatever_the_gateway_says():
    assert told(ahead=timedelta(seconds=3)) is None


def test_an_offset_is_kept():
    clock = ServerClock(now=lambda: NOON)
    assert clock.now() == NOON
    clock.confirm()
    assert clock.now() == NOON
    clock.confirm(clock.offset_to(NOON + timedelta(hours=1)))
    assert clock.now() == NOON + timedelta(hours=1)
    clock.confirm()
    assert clock.now() == NOON + timedelta(hours=1)


async def test_the_first_goes_alone_and_then_nobody_waits():
    clock = ServerClock(first_request_seconds=30)
    under_way, together = 0, []

    async def request(*, mark_received, company=0):
        nonlocal under_way
        async with clock.slot():
            under_way += 1
            together.append(under_way)
            # Whoever goes along with others waits until they are there.
            while under_way < company:
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            if mark_received:
                clock.confirm()
            if not company:
                under_way -= 1

    # No answer: the next one is the first again.
    await asyncio.gather(*(request(mark_received=False) for _ in range(3)))
    await request(mark_received=True)
    assert together == [1, 1, 1, 1]
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(mark_received=True, company=10) for _ in range(10)))
    assert max(together) == 10


async def test_a_first_that_hangs_holds_the_others_up_for_a_short_while_only():
    clock = ServerClock(first_request_seconds=0.01)
    hanging = asyncio.Event()

    async def hang():
        async with clock.slot():
            await hanging.wait()

    task = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    async with asyncio.timeout(10), clock.slot():
        pass
    hanging.set()
    await task


async def test_a_first_that_is_cancelled_makes_room():
    clock = ServerClock(first_request_seconds=30)

    async def hang():
        async with clock.slot():
            await asyncio.sleep(30)

    task = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(10), clock.slot():
        pass
