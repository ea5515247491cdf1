"""A run of jobs outlasts an outage: its starts are as patient as its polls."""

import asyncio
from functools import partial

import pytest
from job_service import FAST, Service

from vidkit import (
    AmbiguousError,
    ConfigError,
    PollPolicy,
    RequestError,
    ThrottledError,
    UnavailableError,
    VidKit,
)
from vidkit.jobs import starting
from vidkit.jobs.idempotency import take_planned_start
from vidkit.jobs.journal import Journal


class Outage:
    """Starts that fail a number of times, and the most of them at the same time."""

    def __init__(self, failures, error):
        self.service, self.failures, self.error = Service(), failures, error
        self.tries = 0

    def starter(self, name):
        async def start():
            self.tries += 1
            if self.failures:
                self.failures -= 1
                raise self.error()
            return await self.service.starter(name)()

        return start


async def run(outage, count, *, max_in_flight=5, **policy):
    poll = PollPolicy(**{"initial_delay": 0.001, "max_delay": 0.005} | policy)
    async with VidKit(poll=poll) as kit:
        starters = [outage.starter(f"j{n}") for n in range(count)]
        return [outcome async for outcome in kit.run_jobs(starters, max_in_flight=max_in_flight)]


@pytest.mark.parametrize(
    "error",
    [
        lambda: ThrottledError("slow down"),
        lambda: UnavailableError("down", retryable=True),
        lambda: ConfigError("credentials: the agent failed", retryable=True),
    ],
)
async def test_no_starter_is_used_up_in_an_outage(error):
    outage = Outage(30, error)
    outcomes = await run(outage, 20)
    assert [outcome.error for outcome in outcomes] == [None] * 20
    assert outage.tries == 50


async def test_in_an_outage_one_start_at_a_time_is_tried():
    outage = Outage(10**9, lambda: ThrottledError("slow down"))
    outcomes = await run(outage, 6, initial_delay=0.05, max_delay=0.05, patience=0.3)
    assert {type(outcome.error) for outcome in outcomes} == {ThrottledError}
    # The first five at once, then one every 0.04 s at the least. Each waits for at least 0.3 s.
    assert 6 < outage.tries <= 6 + 0.9 / 0.0375


async def test_an_ambiguous_start_is_repeated_only_with_its_own_token():
    def marked(token):
        error = AmbiguousError("perhaps")
        error.marker = token and f"vidkit-{token}"
        return error

    tokens = []

    async def start(own):
        planned = take_planned_start()
        tokens.append(planned)
        if len(tokens) == 1:
            raise marked(None if own else planned.token)
        return await made()

    service = Service()
    made = service.starter("a")
    async with VidKit(poll=FAST) as kit:
        (outcome,) = [o async for o in kit.run_jobs([partial(start, own=False)])]
        assert outcome.error is None
        first, second = tokens
        assert (first.token, first.maybe_used) == (second.token, False)
        assert second.maybe_used
        tokens.clear()
        (outcome,) = [o async for o in kit.run_jobs([partial(start, own=True)])]
        assert isinstance(outcome.error, AmbiguousError)
    assert len(tokens) == 1


async def test_what_may_have_been_done_without_the_token_is_not_repeated():
    outage = Outage(1, lambda: UnavailableError("down", retryable=True, ambiguous=True))
    (outcome,) = await run(outage, 1)
    assert isinstance(outcome.error, UnavailableError)
    assert outage.tries == 1


async def test_starts_that_fail_together_make_one_delay_and_not_the_longest():
    """200 starts that fail in one moment are one sign of an outage, not 200."""
    outage = Outage(202, lambda: ThrottledError("slow down"))
    began = asyncio.get_running_loop().time()
    outcomes = await run(outage, 200, max_in_flight=200, initial_delay=0.02, factor=4, max_delay=30)
    assert [outcome.error for outcome in outcomes] == [None] * 200
    assert asyncio.get_running_loop().time() - began < 5


async def test_no_start_waits_for_longer_than_a_minute_because_a_service_asks_for_it(monkeypatch):
    """A Retry-After may be a date, which is years away for a clock that was set back."""
    slept = []
    sleep = asyncio.sleep

    async def quick(seconds):
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(starting.asyncio, "sleep", quick)
    outage = Outage(2, lambda: ThrottledError("slow down", retry_after=315_360_000.0))
    (outcome,) = await run(outage, 1)
    assert outcome.error is None
    assert max(slept) == 60


async def test_a_start_that_could_not_be_noted_tells_its_job(tmp_path, monkeypatch):
    write = Journal.write

    async def full(journal, key, **fields):
        if "token" in fields:
            raise RequestError("journal: no space left")
        await write(journal, key, **fields)

    monkeypatch.setattr(Journal, "write", full)
    service = Service()
    async with VidKit(poll=FAST) as kit:
        run = kit.run_jobs([service.starter("a")], journal=tmp_path / "j")
        (outcome,) = [outcome async for outcome in run]
    assert isinstance(outcome.error, RequestError)
    assert kit.resume(outcome.error.job_token).id == next(iter(service.started.values()))
