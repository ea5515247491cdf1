"""A plan applies to the next start only."""

import asyncio

from vidkit.jobs.idempotency import (
    PlannedStart,
    plan_request_token,
    take_planned_request_token,
    take_planned_start,
)


def in_a_task(work):
    """Run a function in a new context."""

    async def task():
        return work()

    return asyncio.run(task())


def test_a_plan_is_used_up_by_asking():
    def work():
        plan_request_token("t-1", maybe_used=True)
        return take_planned_start(), take_planned_start()

    assert in_a_task(work) == (PlannedStart("t-1", True), None)


def test_a_token_is_used_up_by_asking():
    def work():
        plan_request_token("t-1")
        return take_planned_request_token(), take_planned_request_token(), take_planned_start()

    assert in_a_task(work) == ("t-1", None, None)


def test_a_later_plan_is_in_the_place_of_an_earlier_one():
    def work():
        plan_request_token("t-1", maybe_used=True)
        plan_request_token("t-2")
        return take_planned_start(), take_planned_start()

    assert in_a_task(work) == (PlannedStart("t-2", False), None)


def test_where_nothing_is_planned_there_is_nothing():
    assert in_a_task(take_planned_start) is None
    assert in_a_task(take_planned_request_token) is None


def test_tasks_that_begin_at_once_have_plans_of_their_own():
    async def start(token):
        plan_request_token(token)
        await asyncio.sleep(0)
        return take_planned_request_token()

    async def work():
        return await asyncio.gather(*(start(f"t-{n}") for n in range(5)))

    assert asyncio.run(work()) == [f"t-{n}" for n in range(5)]
