import asyncio
import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vidkit import (
    AmbiguousError,
    InvalidRequestError,
    RetryPolicy,
    ThrottledError,
    TransportError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.retry.attempts import run
from vidkit.retry.budget import RetryBudget, retry_cost
from vidkit.retry.deadline import Deadline
from vidkit.retry.decision import decide

policies = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 10),
    base_delay=st.floats(0, 5),
    throttling_base_delay=st.floats(0, 5),
    max_delay=st.floats(0, 60),
)
errors = st.builds(
    lambda cls, retryable, ambiguous, retry_after: cls(
        "x", retryable=retryable, ambiguous=ambiguous, retry_after=retry_after
    ),
    st.sampled_from([ThrottledError, UnavailableError, TransportError, InvalidRequestError]),
    st.booleans(),
    st.booleans(),
    st.none() | st.floats(0, 120),
)


def case(error=ThrottledError, *, attempts=1, draw=1.0, retry_after=None, **policy):
    """An error that is retried, unless the arguments are a reason not to."""
    return {
        "error": error("x", retryable=True, retry_after=retry_after),
        "attempts": attempts,
        "policy": RetryPolicy(**policy),
        "idempotent": True,
        "remaining": 60.0,
        "draw": draw,
    }


@example(**case(attempts=4))
@example(**case(attempts=3, draw=0.25))
@example(**case(UnavailableError, attempts=4, max_attempts=9, base_delay=1, max_delay=2))
@example(**case(draw=0.5, retry_after=2.0))
@example(**case(retry_after=61.0))
@given(
    error=errors,
    attempts=st.integers(1, 12),
    policy=policies,
    idempotent=st.booleans(),
    remaining=st.floats(-1, 200),
    draw=st.floats(0, 1),
)
def test_the_laws_of_a_decision(error, attempts, policy, idempotent, remaining, draw):
    delay = decide(
        error,
        attempts=attempts,
        policy=policy,
        idempotent=idempotent,
        remaining=remaining,
        draw=draw,
    )
    if delay is None:
        return
    assert error.retryable
    assert attempts < policy.max_attempts
    assert idempotent or not error.ambiguous
    assert 0 <= delay < remaining
    base = policy.throttling_base_delay if isinstance(error, ThrottledError) else policy.base_delay
    jitter_most = min(policy.max_delay, base * 2 ** (attempts - 1))
    assert delay == pytest.approx(max(draw * jitter_most, error.retry_after or 0))


def test_a_retry_is_refused_only_for_a_reason():
    error = UnavailableError("x", retryable=True, ambiguous=True)

    def delay(**changes):
        call = {
            "attempts": 1,
            "policy": RetryPolicy(),
            "idempotent": True,
            "remaining": 60.0,
            "draw": 0.5,
        }
        return decide(error, **(call | changes))

    assert delay() == pytest.approx(0.05)
    assert delay(attempts=4) is None
    assert delay(idempotent=False) is None
    assert delay(remaining=0.01) is None
    assert delay(attempts=3) == pytest.approx(0.2)


def failing(*outcomes):
    """An attempt that raises or returns the outcomes in order, and its call count."""
    calls = []

    async def attempt(number):
        calls.append(number)
        outcome = outcomes[min(len(calls), len(outcomes)) - 1]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return attempt, calls


async def retried(attempt, *, idempotent=True, policy=None, budget=None, deadline=60.0):
    return await run(
        attempt,
        policy=policy or RetryPolicy(base_delay=0, throttling_base_delay=0),
        budget=budget or RetryBudget(),
        deadline=Deadline(deadline),
        idempotent=idempotent,
    )


def unavailable():
    return UnavailableError("down", retryable=True, ambiguous=True)


async def test_attempts_are_numbered_and_counted_on_the_error():
    attempt, calls = failing(unavailable())
    with pytest.raises(UnavailableError) as caught:
        await retried(attempt)
    assert calls == [1, 2, 3, 4]
    assert caught.value.attempts == 4


async def test_a_success_after_failures_is_a_success():
    attempt, calls = failing(unavailable(), ThrottledError("slow", retryable=True), "done")
    assert await retried(attempt) == "done"
    assert calls == [1, 2, 3]


async def test_what_cannot_get_better_is_not_repeated():
    attempt, calls = failing(InvalidRequestError("no"))
    with pytest.raises(InvalidRequestError):
        await retried(attempt)
    assert calls == [1]


async def test_an_ambiguous_end_of_what_must_not_happen_twice_is_said_so():
    attempt, calls = failing(unavailable())
    with pytest.raises(AmbiguousError) as caught:
        await retried(attempt, idempotent=False)
    assert calls == [1]
    assert isinstance(caught.value.__cause__, UnavailableError)
    assert "down" in str(caught.value)


async def test_what_was_surely_not_carried_out_is_repeated_even_if_not_idempotent():
    attempt, calls = failing(
        TransportError("refused", retryable=True), ThrottledError("slow", retryable=True), "made"
    )
    assert await retried(attempt, idempotent=False) == "made"
    assert calls == [1, 2, 3]


async def test_the_deadline_cuts_an_attempt_that_hangs():
    async def hangs(_):
        await asyncio.sleep(60)

    started = time.monotonic()
    with pytest.raises(VidKitTimeoutError, match=r"deadline of 0\.1 s") as caught:
        await retried(hangs, deadline=0.1)
    assert time.monotonic() - started < 5
    assert not caught.value.retryable


async def test_an_attempt_timeout_leaves_time_for_another_attempt():
    turns = itertools.count()

    async def hangs_once(_):
        if next(turns) == 0:
            await asyncio.sleep(60)
        return "answer"

    policy = RetryPolicy(base_delay=0, attempt_timeout=0.05)
    assert await retried(hangs_once, policy=policy) == "answer"


async def test_no_wait_reaches_past_the_deadline():
    attempt, calls = failing(ThrottledError("slow", retryable=True, retry_after=3600.0))
    started = time.monotonic()
    with pytest.raises(ThrottledError):
        await retried(attempt)
    assert calls == [1]
    assert time.monotonic() - started < 5


async def test_cancellation_is_never_retried():
    attempt, calls = failing(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await retried(attempt)
    assert calls == [1]


async def test_a_foreign_timeout_inside_an_attempt_is_not_taken_for_ours():
    attempt, calls = failing(TimeoutError("theirs"))
    with pytest.raises(TimeoutError, match="theirs"):
        await retried(attempt)
    assert calls == [1]


async def test_calls_at_once_do_not_mix_their_attempts():
    async def caller(name, failures):
        seen = []

        async def attempt(number):
            seen.append(number)
            await asyncio.sleep(0)
            if number <= failures:
                raise UnavailableError(name, retryable=True, ambiguous=True)
            return name

        assert await retried(attempt) == name
        return seen

    results = await asyncio.gather(*(caller(f"c{n}", n) for n in range(4)))
    assert results == [list(range(1, n + 2)) for n in range(4)]


async def test_a_dead_service_costs_little_more_than_one_request_a_call():
    budget = RetryBudget()
    sent = 0
    for _ in range(1000):
        attempt, calls = failing(unavailable())
        with pytest.raises(UnavailableError):
            await retried(attempt, budget=budget)
        sent += len(calls)
    assert sent == 1000 + 500 // 14


@given(st.integers(0, 60), st.lists(st.tuples(st.booleans(), st.sampled_from([5, 14]))))
def test_a_budget_stays_within_its_bounds(capacity, steps):
    budget = RetryBudget(capacity, capacity)
    for take, cost in steps:
        before = budget.tokens
        if take:
            assert budget.take(cost) is (before >= cost)
        else:
            budget.refund(cost)
        assert 0 <= budget.tokens <= budget.capacity


def test_throttling_is_the_cheaper_retry():
    assert retry_cost(ThrottledError("x")) == 5
    assert retry_cost(UnavailableError("x")) == 14
