"""The cost and the delays of retries, in virtual time, and what errors say of them."""

import asyncio
from types import SimpleNamespace

import pytest
from fake_archived_media import run as in_virtual_time

from vidkit import (
    AmbiguousError,
    ConfigError,
    RetryPolicy,
    ThrottledError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit._internal.send_state import mark_sent, mark_unsent
from vidkit.retry.attempts import run
from vidkit.retry.budget import RetryBudget, retry_cost
from vidkit.retry.deadline import Deadline
from vidkit.retry.decision import decide
from vidkit.transports.refresh_failures import failed_refresh


@pytest.fixture(autouse=True)
def deadlines_in_virtual_time(monkeypatch):
    def moment():
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return 0.0

    monkeypatch.setattr("vidkit.retry.deadline.time", SimpleNamespace(monotonic=moment))


def unavailable(**facts):
    return UnavailableError("down", retryable=True, ambiguous=True, **facts)


def throttled(**facts):
    return ThrottledError("slow", retryable=True, **facts)


def attempted(*outcomes, idempotent=True, deadline=60.0, draw=1.0, **given):
    """Make attempts with these outcomes; returns their times, and the result or the error."""
    made = []
    left = list(outcomes)

    async def attempt(_):
        made.append(asyncio.get_running_loop().time())
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if callable(outcome):
            outcome = await outcome()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def work():
        try:
            return await run(
                attempt,
                policy=given.get("policy", RetryPolicy()),
                budget=given.get("budget", RetryBudget()),
                deadline=Deadline(deadline),
                idempotent=idempotent,
                draw=lambda: draw,
            )
        except (AmbiguousError, UnavailableError, ThrottledError, VidKitTimeoutError) as error:
            return error

    result = in_virtual_time(work())
    return [round(moment - made[0], 3) for moment in made], result


@pytest.mark.parametrize(
    ("draw", "moments"), [(1.0, [0, 0.1, 0.3, 0.7]), (0.5, [0, 0.05, 0.15, 0.35]), (0, [0] * 4)]
)
def test_waits_are_drawn_and_double(draw, moments):
    made, error = attempted(unavailable(), draw=draw)
    assert made == moments
    assert isinstance(error, UnavailableError)


def test_after_throttling_waits_are_longer_and_never_too_long():
    policy = RetryPolicy(max_attempts=6, throttling_base_delay=2, max_delay=5)
    made, _ = attempted(throttled(), policy=policy)
    assert made == [0, 2, 6, 11, 16, 21]


def test_what_the_service_asks_for_is_waited_for():
    assert attempted(throttled(retry_after=7.0), "done") == ([0, 7], "done")
    # A delay that is over already is no delay.
    assert attempted(unavailable(retry_after=0.0), "done", draw=0) == ([0, 0], "done")


def test_each_wait_is_that_of_its_own_error():
    made, _ = attempted(throttled(retry_after=3.0), unavailable(), "done")
    assert made == [0, 3, 3.2]


def decision(error=None, **changes):
    call = {
        "attempts": 1,
        "policy": RetryPolicy(),
        "idempotent": True,
        "remaining": 60.0,
        "draw": 1.0,
    }
    return decide(error or unavailable(), **(call | changes))


def test_a_wait_that_would_end_with_the_deadline_is_not_begun():
    assert decision(throttled(retry_after=5.0), remaining=5.0) is None
    assert decision(throttled(retry_after=5.0), remaining=5.001) == 5.0


def test_no_number_of_attempts_is_too_large_to_reckon_with():
    assert decision(attempts=10**6, policy=RetryPolicy(max_attempts=10**7)) == 20.0


def test_a_retry_may_take_the_last_of_the_budget():
    budget = RetryBudget(tokens=14)
    assert budget.take(14) is True
    assert budget.tokens == 0
    assert budget.take(1) is False
    assert budget.tokens == 0


@pytest.mark.parametrize(
    ("outcomes", "left"),
    [
        (["done"], 101),
        ([unavailable(), "done"], 100),
        ([throttled(), "done"], 100),
        # Only the tokens of the last retry are returned.
        ([unavailable(), unavailable(), "done"], 86),
        ([unavailable(), throttled(), "done"], 86),
        ([throttled(), unavailable(), "done"], 95),
        ([unavailable()], 100 - 3 * 14),
        ([throttled()], 100 - 3 * 5),
    ],
)
def test_what_retries_take_from_the_budget_and_put_back(outcomes, left):
    budget = RetryBudget(tokens=100)
    attempted(*outcomes, budget=budget)
    assert budget.tokens == left


def test_a_budget_is_never_more_than_full():
    budget = RetryBudget()
    assert attempted("done", budget=budget)[1] == "done"
    assert budget.tokens == budget.capacity == 500


def test_a_budget_that_is_spent_ends_the_trying():
    made, error = attempted(unavailable(), budget=RetryBudget(tokens=20))
    assert len(made) == 2
    assert error.attempts == 2


def test_doubt_is_told_with_all_that_is_known():
    facts = {
        "service": "mpc",
        "operation": "CreateThumbnailsTask",
        "code": "MPC.10050",
        "status": 500,
        "request_id": "q-1",
    }
    _, error = attempted(unavailable(**facts), idempotent=False)
    assert type(error) is AmbiguousError
    assert {name: getattr(error, name) for name in facts} == facts
    assert (error.attempts, error.ambiguous, error.retryable) == (1, True, False)
    assert "down" in error.message


def test_doubt_after_a_harmless_failure_counts_both_attempts():
    _, error = attempted(throttled(), unavailable(), idempotent=False)
    assert type(error) is AmbiguousError
    assert error.attempts == 2


def test_what_may_be_repeated_ends_as_itself():
    _, error = attempted(unavailable(), policy=RetryPolicy.none())
    assert type(error) is UnavailableError
    assert error.attempts == 1


async def hang():
    await asyncio.sleep(1000)


async def hang_after_a_rejection():
    mark_sent()
    mark_unsent()
    await asyncio.sleep(1000)


async def hang_sent():
    mark_sent()
    await asyncio.sleep(1000)


@pytest.mark.parametrize(
    ("hangs", "ambiguous"), [(hang_sent, True), (hang, False), (hang_after_a_rejection, False)]
)
def test_a_timeout_leaves_doubt_unless_nothing_was_sent(hangs, ambiguous):
    made, error = attempted(hangs, deadline=5)
    assert made == [0]
    assert type(error) is VidKitTimeoutError
    assert error.message == "the deadline of 5 s passed"
    assert (error.ambiguous, error.retryable) == (ambiguous, False)
    assert isinstance(error.__cause__, TimeoutError)


def test_a_timeout_of_what_must_not_happen_twice_is_ambiguous_once_it_was_sent():
    assert type(attempted(hang_sent, deadline=5, idempotent=False)[1]) is AmbiguousError
    assert type(attempted(hang, deadline=5, idempotent=False)[1]) is VidKitTimeoutError


def test_an_attempt_has_its_own_limit_and_the_last_one_what_is_left():
    policy = RetryPolicy(base_delay=0, attempt_timeout=2)
    made, error = attempted(hang, policy=policy, deadline=5)
    assert made == [0, 2, 4]
    assert error.message == "the deadline of 5 s passed"
    made, error = attempted(hang, policy=policy)
    assert made == [0, 2, 4, 6]
    assert error.message == "the attempt timeout of 2 s passed"
    assert error.retryable is True
    assert error.attempts == 4


def test_without_a_limit_of_its_own_an_attempt_has_all_the_time_there_is():
    policy = RetryPolicy(attempt_timeout=None)
    made, error = attempted(hang, policy=policy, deadline=100)
    assert made == [0]
    assert error.message == "the deadline of 100 s passed"


def test_a_deadline_counts_down():
    async def work():
        deadline = Deadline(10)
        await asyncio.sleep(4)
        return deadline.total, deadline.remaining()

    assert in_virtual_time(work()) == (10, pytest.approx(6, abs=0.01))


def test_no_retries_is_one_attempt():
    assert RetryPolicy.none() == RetryPolicy(max_attempts=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_attempts": 1.5}, "max_attempts=1.5: must be a whole number"),
        ({"max_attempts": "3"}, "max_attempts='3': must be a whole number"),
        ({"max_attempts": 0}, "max_attempts=0: must be at least 1"),
        ({"base_delay": -1}, "base_delay=-1: must be 0 seconds or more, and finite"),
        ({"throttling_base_delay": -1}, "throttling_base_delay=-1: must be 0 seconds or more"),
        ({"max_delay": -1}, "max_delay=-1: must be 0 seconds or more"),
        ({"attempt_timeout": 0}, "attempt_timeout=0: must be more than 0 seconds, and finite"),
        ({"attempt_timeout": "1"}, "attempt_timeout='1': give seconds as a number"),
    ],
)
def test_a_policy_says_what_is_wrong_with_it(options, message):
    with pytest.raises(ConfigError) as caught:
        RetryPolicy(**options)
    assert caught.value.message.startswith(message)


def test_a_policys_durations_are_seconds_and_may_be_none_at_all():
    policy = RetryPolicy(base_delay=0, throttling_base_delay=0, max_delay=0, attempt_timeout=None)
    delays = (policy.base_delay, policy.throttling_base_delay, policy.max_delay)
    assert delays == (0.0, 0.0, 0.0)
    assert all(isinstance(delay, float) for delay in delays)
    assert RetryPolicy(attempt_timeout=3).attempt_timeout == 3.0


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("foreign", [LookupError, asyncio.CancelledError])
def test_an_error_of_another_kind_is_never_repeated(foreign, before):
    made = []

    async def attempt(number):
        made.append(number)
        raise unavailable() if len(made) <= before else foreign("not ours")

    async def work():
        with pytest.raises(foreign):
            await run(
                attempt,
                policy=RetryPolicy(),
                budget=RetryBudget(),
                deadline=Deadline(10),
                idempotent=True,
            )

    in_virtual_time(work())
    assert made == [1, 2, 3][: before + 1]


@pytest.mark.parametrize("error", [ConfigError("no keys"), unavailable(), throttled()])
def test_a_retry_after_a_failed_refresh_of_credentials_costs_nothing(error):
    assert retry_cost(error) > 0
    assert retry_cost(failed_refresh(error)) == 0
