"""The laws of delays and of the shared budget, as `run` keeps them."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples

from vidkit import RetryPolicy, ThrottledError, UnavailableError, VidKitError
from vidkit.retry import attempts
from vidkit.retry.attempts import run
from vidkit.retry.budget import RetryBudget, retry_cost
from vidkit.retry.deadline import Deadline

POLICIES = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 8),
    base_delay=st.floats(0, 5),
    throttling_base_delay=st.floats(0, 5),
    max_delay=st.floats(0, 20),
)
KINDS = st.sampled_from([UnavailableError, ThrottledError])


def failure(kind):
    return kind("down", retryable=True)


@settings(max_examples=examples(60), deadline=None)
@given(policy=POLICIES, kinds=st.lists(KINDS, min_size=8, max_size=8), draws=st.data())
def test_waits_stay_within_full_jitter(policy, kinds, draws):
    slept, drawn = [], []

    async def sleep(seconds):
        slept.append(seconds)

    def draw():
        drawn.append(draws.draw(st.floats(0, 1)))
        return drawn[-1]

    async def attempt(number):
        raise failure(kinds[number - 1])

    async def call():
        await run(
            attempt,
            policy=policy,
            budget=RetryBudget(),
            deadline=Deadline(3600),
            idempotent=True,
            draw=draw,
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts.asyncio, "sleep", sleep)
        with pytest.raises(VidKitError):
            asyncio.run(call())
    waits = [wait for wait in slept if wait]
    assert len(slept) <= policy.max_attempts - 1
    for wait in waits:
        assert 0 < wait <= policy.max_delay
    for number, (share, kind) in enumerate(zip(drawn, kinds, strict=False)):
        throttled = kind is ThrottledError
        base = policy.throttling_base_delay if throttled else policy.base_delay
        if number < len(slept):
            assert slept[number] == pytest.approx(share * min(policy.max_delay, base * 2**number))


@settings(max_examples=examples(60), deadline=None)
@given(
    # For each of many concurrent tasks, the failures before each of its successes.
    tasks=st.lists(
        st.lists(st.tuples(st.integers(0, 5), KINDS), min_size=1, max_size=8),
        min_size=1,
        max_size=12,
    ),
    capacity=st.integers(0, 100),
)
def test_all_tasks_together_retry_no_more_than_the_budget_pays(tasks, capacity):
    budget = RetryBudget(capacity=capacity, tokens=capacity)
    spent = earned = 0
    reported = []
    policy = RetryPolicy(base_delay=0, throttling_base_delay=0)

    async def call(failures, kind):
        nonlocal spent, earned
        sent = 0

        async def attempt(number):
            nonlocal sent
            sent = number
            await asyncio.sleep(0)
            assert 0 <= budget.tokens <= capacity
            if number <= failures:
                raise failure(kind)

        try:
            await run(attempt, policy=policy, budget=budget, deadline=Deadline(60), idempotent=True)
        except VidKitError as error:
            reported.append((error.attempts, sent))
        else:
            cost = retry_cost(failure(kind))
            earned += cost if sent > 1 else 1
        spent += (sent - 1) * retry_cost(failure(kind))

    async def task(calls):
        for failures, kind in calls:
            await call(failures, kind)

    async def together():
        await asyncio.gather(*map(task, tasks))

    asyncio.run(together())
    assert all(attempts == sent for attempts, sent in reported)
    assert spent <= capacity + earned
    assert 0 <= budget.tokens <= capacity
