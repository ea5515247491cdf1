import asyncio
import gc

import pytest
from job_service import FAST, Service

from vidkit import (
    AuthError,
    JobError,
    JobFailedError,
    QuotaError,
    RequestError,
    VidKit,
)
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.tokens import JobRef


@pytest.fixture
async def kit(monkeypatch):
    async with VidKit(poll=FAST) as kit:
        yield kit


def resumable(kit, service, monkeypatch):
    def resume(token, *, completion=None):
        del completion
        return service.job(JobRef.from_token(token).id)

    monkeypatch.setattr(kit, "resume", resume)


async def test_one_outcome_each_with_a_few_in_flight(kit):
    service = Service()
    starters = [service.starter(f"j{n}", fails=n % 10 == 3) for n in range(50)]
    outcomes = [outcome async for outcome in kit.run_jobs(starters, max_in_flight=7)]
    assert sorted(int(outcome.key) for outcome in outcomes) == list(range(50))
    assert service.most_in_progress <= 7
    for outcome in outcomes:
        assert not outcome.repeated
        if int(outcome.key) % 10 == 3:
            assert isinstance(outcome.error, JobFailedError)
            assert (outcome.result, outcome.job is None) == (None, False)
        else:
            assert (outcome.result, outcome.error) == (f"result j{outcome.key}", None)


async def test_a_start_that_fails_is_an_outcome_too(kit):
    service = Service()
    starters = {
        "bad": service.starter("bad", refuses=ValueError("no")),
        "good": service.starter("good"),
    }
    outcomes = {outcome.key: outcome async for outcome in kit.run_jobs(starters)}
    assert isinstance(outcomes["bad"].error, ValueError)
    assert outcomes["bad"].job is None
    assert outcomes["good"].result == "result good"


class Stop(BaseException):
    """As `pytest.fail` and `sys.exit` raise."""


async def test_what_is_no_exception_comes_out_of_the_iteration(kit):
    starters = [Service().starter("a", refuses=Stop()), Service(10_000).starter("b")]
    with pytest.raises(Stop):
        [outcome async for outcome in kit.run_jobs(starters)]
    assert not kit._runtime._tasks


async def test_so_does_what_making_a_result_raises(kit):
    service = Service()

    async def start():
        job = await service.starter("a")()
        object.__setattr__(job._driver, "result", stop)
        return job

    def stop(_):
        raise Stop

    with pytest.raises(Stop):
        [outcome async for outcome in kit.run_jobs([start])]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (Stop(), Stop),
        (asyncio.CancelledError(), JobError),
        # This one would end the iteration in silence.
        (StopAsyncIteration(), RuntimeError),
    ],
)
async def test_so_does_what_the_iterable_of_starters_raises(kit, error, raised):
    def starters():
        yield Service().starter("a")
        raise error

    run = kit.run_jobs(starters())
    with pytest.raises(raised):
        [outcome async for outcome in run]


async def test_a_full_account_means_waiting_for_a_place(kit):
    service = Service(limit=3)
    starters = [service.starter(f"j{n}") for n in range(20)]
    outcomes = [outcome async for outcome in kit.run_jobs(starters, max_in_flight=10)]
    assert [outcome.error for outcome in outcomes] == [None] * 20
    assert service.refused > 0
    assert service.most_in_progress <= 3


async def test_another_quota_is_an_outcome(kit):
    starters = [Service().starter("j", refuses=QuotaError("x", code="ServiceQuotaExceeded"))]
    (outcome,) = [outcome async for outcome in kit.run_jobs(starters)]
    assert isinstance(outcome.error, QuotaError)


async def test_starters_are_asked_for_as_places_become_free(kit):
    service = Service()
    taken = []

    def starters():
        for n in range(100):
            taken.append(n)
            yield service.starter(f"j{n}")

    run = kit.run_jobs(starters(), max_in_flight=2)
    await anext(run)
    await asyncio.sleep(0.1)
    # Two in flight and four undelivered outcomes: a slow reader delays the starts.
    assert len(taken) <= 7
    await run.aclose()


async def test_leaving_starts_no_more(kit):
    service = Service()
    async for _ in kit.run_jobs([service.starter(f"j{n}") for n in range(50)], max_in_flight=2):
        break
    gc.collect()
    await asyncio.sleep(0.05)
    started = len(service.started)
    assert started < 20
    await asyncio.sleep(0.05)
    assert len(service.started) == started


async def test_closing_at_the_end_of_a_block(kit):
    service = Service(polls_needed=10_000)
    async with kit.run_jobs([service.starter("a")]) as run:
        waiting = asyncio.ensure_future(anext(run))
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    with pytest.raises(StopAsyncIteration):
        await anext(run)


async def test_a_journal_starts_nothing_twice(kit, tmp_path, monkeypatch):
    service = Service()
    resumable(kit, service, monkeypatch)
    journal = tmp_path / "journal.jsonl"

    def run():
        starters = [service.starter(f"j{n}") for n in range(20)]
        return kit.run_jobs(starters, max_in_flight=4, journal=journal)

    first = []
    async with run() as outcomes:
        async for outcome in outcomes:
            first.append(outcome)
            if len(first) == 8:
                break
    second = [outcome async for outcome in run()]
    assert len(service.started) == 20
    assert sorted(int(outcome.key) for outcome in second) == list(range(20))
    assert all(outcome.result == f"result j{outcome.key}" for outcome in second)
    # The eighth was returned, but its reader never requested the next one.
    repeated = {outcome.key for outcome in second if outcome.repeated}
    assert repeated == {outcome.key for outcome in first[:7]}
    third = [outcome async for outcome in run()]
    assert all(outcome.repeated for outcome in third)
    assert len(service.started) == 20


async def test_a_crash_between_start_and_journal_leads_to_the_same_job(kit, tmp_path, monkeypatch):
    service = Service()
    resumable(kit, service, monkeypatch)
    journal = tmp_path / "journal.jsonl"
    await kit.run_jobs([service.starter("a")], journal=journal).aclose()
    [outcome async for outcome in kit.run_jobs([service.starter("a")], journal=journal)]
    lines = journal.read_text().splitlines()
    journal.write_text(lines[0] + "\n")
    [outcome async for outcome in kit.run_jobs([service.starter("a")], journal=journal)]
    assert len(service.started) == 1


async def test_a_journal_that_is_none_is_refused(kit, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    with pytest.raises(RequestError, match="journal"):
        await anext(kit.run_jobs([], journal=path))
    assert path.read_text() == "my notes\n"


@pytest.mark.parametrize("number", [0, -1, 1.5, True, "20"])
async def test_max_in_flight_is_checked(kit, number):
    with pytest.raises(RequestError, match="max_in_flight"):
        kit.run_jobs([], max_in_flight=number)


async def test_closing_the_kit_ends_a_run_with_a_clear_error():
    service = Service(polls_needed=10_000)
    async with VidKit(poll=FAST) as kit:
        run = kit.run_jobs([service.starter("a")])
        waiting = asyncio.ensure_future(anext(run))
        await asyncio.sleep(0.02)
    with pytest.raises(RequestError, match="closed"):
        await waiting


async def test_no_starters_give_no_outcomes(kit):
    assert [outcome async for outcome in kit.run_jobs([])] == []


async def test_what_gives_the_starters_may_fail_and_loses_nothing(kit):
    service = Service()

    def starters():
        yield service.starter("a")
        yield service.starter("b")
        raise ValueError("bad row")

    run = kit.run_jobs(starters())
    outcomes = [await anext(run), await anext(run)]
    assert sorted(outcome.result for outcome in outcomes) == ["result a", "result b"]
    with pytest.raises(ValueError, match="bad row"):
        await anext(run)


async def test_a_cancelled_start_is_an_outcome_and_frees_its_place(kit):
    async def cancelled():
        raise asyncio.CancelledError

    starters = [*[cancelled] * 6, Service().starter("a")]
    async with asyncio.timeout(5):
        outcomes = [outcome async for outcome in kit.run_jobs(starters, max_in_flight=2)]
    assert len(outcomes) == 7
    assert sum(isinstance(outcome.error, JobError) for outcome in outcomes) == 6


async def test_a_watching_that_failed_is_no_end(kit, tmp_path, monkeypatch):
    service = Service()
    resumable(kit, service, monkeypatch)
    journal = tmp_path / "journal.jsonl"

    def poll_fails(id_):
        async def poll():
            raise AuthError("expired")

        ref = JobRef("rekognition.label_detection", id_, "r")
        return Job(JobDriver(ref, poll, lambda response: response), FAST)

    with monkeypatch.context() as patch:
        patch.setattr(service, "job", poll_fails)
        (first,) = [o async for o in kit.run_jobs([service.starter("a")], journal=journal)]
    assert isinstance(first.error, AuthError)
    (second,) = [o async for o in kit.run_jobs([service.starter("a")], journal=journal)]
    assert (second.result, second.repeated) == ("result a", False)
    assert len(service.started) == 1


async def test_a_second_reader_of_a_run_is_told(kit):
    run = kit.run_jobs([Service(polls_needed=10_000).starter("a")])
    waiting = asyncio.ensure_future(anext(run))
    await asyncio.sleep(0.01)
    with pytest.raises(RequestError, match="another task"):
        await anext(run)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await run.aclose()


async def test_a_cancelled_first_step_leaves_the_run_usable(kit, tmp_path):
    run = kit.run_jobs([Service().starter("a")], journal=tmp_path / "j")
    first = asyncio.ensure_future(anext(run))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert [outcome.result async for outcome in run] == ["result a"]


@pytest.mark.parametrize("starters", [None, 5, {0: None}])
async def test_starters_are_checked(kit, starters):
    with pytest.raises(RequestError, match="starters"):
        kit.run_jobs(starters)
