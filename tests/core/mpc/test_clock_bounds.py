"""The service's time, and what is certain of a moment when it was stated differently."""

from datetime import UTC, datetime, timedelta

import pytest

from vidkit.mpc.clock_bounds import EARLIEST, LATEST, ClockBounds, ServiceMoment

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MARGIN, MAX_MARGIN = timedelta(seconds=5), timedelta(minutes=2)


@pytest.fixture
def monotonic():
    return [100.0]


@pytest.fixture
def clock(monotonic):
    return ClockBounds(monotonic=lambda: monotonic[0])


def state(clock, time):
    clock.observe_date(time.strftime("%a, %d %b %Y %H:%M:%S GMT"))


def test_until_the_service_states_a_time_nothing_is_excluded(clock):
    moment = ServiceMoment(clock)
    assert (moment.possible_from(), moment.certain_from()) == (EARLIEST, LATEST)


def test_a_time_that_is_stated_later_counts_back_to_the_moment(clock, monotonic):
    moment = ServiceMoment(clock)
    monotonic[0] += 60
    state(clock, NOON)
    began = NOON - timedelta(minutes=1)
    assert (moment.possible_from(), moment.certain_from()) == (began - MAX_MARGIN, began - MARGIN)


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=3650)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_that_is_set_meanwhile_only_widens_the_bounds(clock, shift, sign):
    state(clock, NOON)
    moment = ServiceMoment(clock)
    state(clock, NOON + sign * shift)
    assert moment.possible_from() == min(NOON, NOON + sign * shift) - MAX_MARGIN
    assert moment.certain_from() == max(NOON, NOON + sign * shift) - MARGIN
    # Later moments follow the new time.
    assert ServiceMoment(clock).possible_from() == NOON + sign * shift - MAX_MARGIN
