"""Where a difference of clocks begins to count, and who waits for whom."""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from fake_archived_media import run

from vidkit.transports.huawei.server_clock import ServerClock, server_date_of_a_skew
from vidkit.transports.huawei.signer import sdk_date

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BLAMED = b'{"error_msg":"Signature fail:EXPIRED"}'


def told(seconds, *, body=b"", zone="GMT"):
    date = format_datetime(NOON + timedelta(seconds=seconds), usegmt=True).replace("GMT", zone)
    return server_date_of_a_skew(status=401, date=date, body=body, signed=NOON)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_difference_counts_from_what_the_gateway_admits(sign):
    assert told(14 * 60 * sign) is None
    assert told((14 * 60 + 1) * sign) == NOON + timedelta(seconds=(14 * 60 + 1) * sign)


@pytest.mark.parametrize("sign", [1, -1])
def test_where_the_date_is_blamed_a_smaller_one_counts(sign):
    assert told(30 * sign, body=BLAMED) is None
    assert told(31 * sign, body=BLAMED) == NOON + timedelta(seconds=31 * sign)


@pytest.mark.parametrize("body", [b"signature", b"expired", b"token has expired"])
def test_the_date_is_blamed_by_both_words_alone(body):
    assert told(60, body=body) is None


def test_a_date_without_a_zone_is_utc_and_one_with_another_is_that_moment():
    assert told(3600, zone="-0000") == NOON + timedelta(hours=1)
    assert told(3600, zone="+0000") == NOON + timedelta(hours=1)
    assert told(9 * 3600, zone="+0800") == NOON + timedelta(hours=1)
    assert told(8 * 3600, zone="+0800") is None


def test_whoever_has_waited_long_enough_goes_and_leaves_the_first_its_turn():
    async def work():
        clock = ServerClock(first_request_seconds=2)
        loop = asyncio.get_running_loop()
        begun, went = loop.time(), []

        async def first():
            async with clock.slot():
                await asyncio.sleep(100)

        async def other(after):
            await asyncio.sleep(after)
            async with clock.slot():
                went.append(round(loop.time() - begun, 1))

        hanging = asyncio.ensure_future(first())
        await asyncio.sleep(0)
        await asyncio.gather(other(0), other(3), other(10))
        assert not hanging.done()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
        # Its place is free: nobody waits any more.
        await other(0)
        return went

    assert run(work()) == [2.0, 5.0, 12.0, 12.0]


def test_one_after_another_goes_alone_until_an_answer_came():
    async def work():
        clock = ServerClock(first_request_seconds=60)
        loop = asyncio.get_running_loop()
        begun, went = loop.time(), []

        async def request(mark_received):
            async with clock.slot():
                went.append(round(loop.time() - begun, 1))
                await asyncio.sleep(1)
                if mark_received:
                    clock.confirm()

        await asyncio.gather(
            *(request(mark_received) for mark_received in (False, False, True, True, False, True))
        )
        await request(mark_received=True)
        return went

    assert run(work()) == [0, 1, 2, 3, 3, 3, 4]


def test_an_offset_is_told_from_this_machines_own_clock():
    clock = ServerClock(now=lambda: NOON)
    clock.confirm(clock.offset_to(NOON - timedelta(hours=2)))
    assert clock.now() == NOON - timedelta(hours=2)
    # Not from what it was set to before.
    assert clock.offset_to(NOON + timedelta(hours=1)) == timedelta(hours=1)


def test_a_clock_is_this_machines_at_first():
    before = datetime.now(UTC)
    assert before <= ServerClock().now() <= datetime.now(UTC)


@pytest.fixture
def in_shanghai(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") != "Asia/Shanghai"
    time.tzset()


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a process cannot be set there")
@pytest.mark.usefixtures("in_shanghai")
def test_a_date_is_signed_in_utc_wherever_this_machine_is():
    assert sdk_date(datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)) == "20260301T010203Z"
