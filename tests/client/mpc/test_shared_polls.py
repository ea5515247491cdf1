"""Many jobs at a time: few calls, within the rate limit, each job with its own outcome."""

import asyncio
import gc
import time
import weakref

import pytest
from aiohttp import web

from vidkit import (
    AuthError,
    InvalidRequestError,
    JobCanceledError,
    JobFailedError,
    NotFoundError,
    PollPolicy,
    RequestError,
    RetryPolicy,
    UnavailableError,
)
from vidkit.jobs.rate_limits import minute_limiter, poll_limiter
from vidkit.jobs.tokens import JobRef
from vidkit.local import LocalCloud
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.mpc.shared_polls import POLLS_PER_MINUTE

FAST = {
    "poll": PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000),
    "retry": RetryPolicy(base_delay=0.001, throttling_base_delay=0.001),
}
NOTES = ObsObjInfo(bucket="bucket", location="cn-north-4", object="notes.txt")
OUT = ObsObjInfo(bucket="bucket", location="cn-north-4", object="out")


def token(task_id):
    return JobRef("mpc.thumbnails_task", task_id, "cn-north-4/p1").token()


def tasks_by_id(statuses):
    """Respond with the requested ids; each has the next status of its list, or the last."""
    seen = {}

    def status(task_id):
        number = seen[task_id] = seen.get(task_id, -1) + 1
        values = statuses(task_id)
        return values[min(number, len(values) - 1)]

    async def respond(request):
        ids = request.query.getall("task_id")
        content = [{"task_id": task_id, "status": status(task_id)} for task_id in ids]
        return web.json_response({"task_array": content, "total": len(ids)})

    return respond


async def test_three_hundred_tasks_are_polled_ten_a_call(scripted):
    scripted.then(tasks_by_id(lambda _: ["SUCCEEDED"]))
    async with scripted.kit() as kit:
        # Otherwise the first polls would wait for it one by one, too long on a busy machine.
        await kit._runtime.huawei()
        jobs = [kit.resume(token(str(number))) for number in range(300)]
        tasks = await asyncio.gather(*jobs)
    assert [task.task_id for task in tasks] == [str(number) for number in range(300)]
    assert len(scripted.requests) == 30
    assert all(len(request.query.getall("task_id")) == 10 for request, _ in scripted.requests)


async def test_pausing_jobs_are_polled_along_with_others(scripted):
    """Jobs that began at different times come to share their polls."""
    scripted.then(tasks_by_id(lambda _: ["WAITING"] * 4 + ["SUCCEEDED"]))
    poll = PollPolicy(initial_delay=0.3, factor=1, polls_per_second=1000)
    async with scripted.kit(poll=poll) as kit:
        waiting = []
        for number in range(10):
            waiting.append(asyncio.create_task(kit.resume(token(str(number))).result()))
            await asyncio.sleep(0.02)
        await asyncio.gather(*waiting)
    # Five polls of each of ten tasks are 50; with jitter, they would share calls only by chance.
    assert len(scripted.requests) < 25


async def test_two_jobs_of_one_task_share_a_poll(scripted):
    scripted.then(tasks_by_id(lambda _: ["SUCCEEDED"]))
    async with scripted.kit() as kit:
        first, second = await asyncio.gather(kit.resume(token("7")), kit.resume(token("7")))
    assert first == second
    (request,) = (request for request, _ in scripted.requests)
    assert request.query.getall("task_id") == ["7"]


async def test_each_job_has_its_own_outcome(scripted):
    async def respond(request):
        known = {
            "1": {"status": "SUCCEEDED"},
            "2": {"status": "FAILED", "description": "MPC.10062"},
            "3": {"status": "CANCELED"},
            "4": {"status": "NO_TASK"},
        }
        ids = [task_id for task_id in request.query.getall("task_id") if task_id in known]
        content = [{"task_id": int(task_id)} | known[task_id] for task_id in ids]
        return web.json_response({"task_array": content, "total": len(content)})

    scripted.then(respond)
    async with scripted.kit() as kit:
        jobs = [kit.resume(token(task_id)) for task_id in "12345"]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert len(scripted.requests) == 1
    kinds = [type(outcome) for outcome in outcomes[1:]]
    assert kinds == [JobFailedError, JobCanceledError, NotFoundError, NotFoundError]
    assert outcomes[0].task_id == "1"
    assert [outcome.job_token for outcome in outcomes[1:]] == [job.token for job in jobs[1:]]
    failed = outcomes[1]
    assert failed.code == "MPC.10062"
    assert "video codec" in failed.message


async def test_an_invalid_id_does_not_fail_the_others(scripted):
    async def respond(request):
        ids = request.query.getall("task_id")
        if "bad" in ids:
            error = {"error_code": "MPC.10202", "error_msg": "Invalid request parameter"}
            return web.json_response(error, status=400)
        content = [{"task_id": task_id, "status": "SUCCEEDED"} for task_id in ids]
        return web.json_response({"task_array": content, "total": len(ids)})

    scripted.then(respond)
    async with scripted.kit() as kit:
        jobs = [kit.resume(token(task_id)) for task_id in ("1", "bad", "3")]
        first, bad, third = await asyncio.gather(*jobs, return_exceptions=True)
    assert (first.task_id, third.task_id) == ("1", "3")
    assert isinstance(bad, InvalidRequestError)
    assert bad.job_token == jobs[1].token


async def test_a_wrong_signature_is_sent_once_however_many_jobs_wait(scripted):
    """Five in a row would lock the key."""
    scripted.json({"error_code": "APIGW.0301", "error_msg": "verify aksk signature fail"}, 401)
    async with scripted.kit() as kit:
        jobs = [kit.resume(token(str(number))) for number in range(25)]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [AuthError] * 25
    assert len(scripted.requests) == 1


async def test_a_temporary_failure_fails_no_job_and_errors_are_not_shared(scripted):
    scripted.json({"error_code": "MPC.10050"}, status=503)
    async with scripted.kit(poll=PollPolicy(initial_delay=0.01, patience=0.05)) as kit:
        jobs = [kit.resume(token(task_id)) for task_id in "12"]
        first, second = await asyncio.gather(*jobs, return_exceptions=True)
    assert first is not second
    for job, error in zip(jobs, (first, second), strict=True):
        assert isinstance(error, UnavailableError)
        assert error.job_token == job.token
    scripted.requests.clear()
    scripted.answers.clear()
    scripted.json({}, status=503).json({}, status=503)
    scripted.json({}, status=503).json({}, status=503)
    scripted.then(tasks_by_id(lambda _: ["SUCCEEDED"]))
    async with scripted.kit() as kit:
        tasks = await asyncio.gather(*(kit.resume(token(task_id)) for task_id in "12"))
    assert [task.status for task in tasks] == ["SUCCEEDED"] * 2


async def test_a_cancelled_job_leaves_the_others(scripted):
    scripted.then(tasks_by_id(lambda _: ["PROCESSING"] * 3 + ["SUCCEEDED"]))
    async with scripted.kit() as kit:
        stopped, going = (
            asyncio.create_task(kit.resume(token(task_id)).result()) for task_id in "12"
        )
        await asyncio.sleep(0.03)
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped
        assert (await going).status == "SUCCEEDED"


async def test_closing_the_kit_ends_the_waiting(scripted):
    scripted.hang()
    async with scripted.kit() as kit:
        waiting = asyncio.create_task(kit.resume(token("1")).result())
        while not scripted.requests:
            await asyncio.sleep(0.01)
    with pytest.raises(RequestError, match="closed"):
        await waiting


async def test_a_single_poll_is_not_delayed_long(scripted):
    scripted.then(tasks_by_id(lambda _: ["SUCCEEDED"]))
    async with scripted.kit(poll=PollPolicy()) as kit:
        started = time.monotonic()
        assert await kit.resume(token("1")).status() == "SUCCEEDED"
        assert time.monotonic() - started < 5


async def test_no_minute_sees_more_polls_than_allowed(monkeypatch):
    """The limiter against a clock of our own: how many pass in any 60 seconds."""
    limiter = minute_limiter("somebody", POLLS_PER_MINUTE)
    assert minute_limiter("somebody", POLLS_PER_MINUTE) is limiter
    assert minute_limiter("somebody else", POLLS_PER_MINUTE) is not limiter
    now = 0.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    passed = []
    while now < 300:
        while limiter.has_capacity():
            await limiter.acquire()
            passed.append(now)
        now += 0.05
    for first in passed:
        assert sum(first <= time < first + 60 for time in passed) <= POLLS_PER_MINUTE
    # And it allows most of the permitted rate.
    assert len(passed) > 300


def test_limiters_go_with_their_loop():
    """A program that runs one loop after another keeps none of them."""

    async def use():
        await minute_limiter("somebody", 100).acquire()
        await poll_limiter(5).acquire()
        return weakref.ref(asyncio.get_running_loop())

    loops = [asyncio.run(use()) for _ in range(4)]
    gc.collect()
    assert sum(loop() is not None for loop in loops) <= 1


async def test_creates_are_not_delayed_by_polls(scripted):
    """When all polls of the minute are used up, creates are still sent."""
    scripted.json({"task_id": "1"}, status=202)
    async with scripted.kit() as kit:
        limiter = minute_limiter("mpc cn-north-4/p1", POLLS_PER_MINUTE)
        while limiter.has_capacity():
            await limiter.acquire()
        waiting = asyncio.create_task(kit.resume(token("1")).result())
        job = await asyncio.wait_for(
            kit.mpc.create_thumbnails_task(input=NOTES, output=OUT, thumbnail_para=ThumbnailPara()),
            timeout=5,
        )
        assert job.id == "1"
        assert [request.method for request, _ in scripted.requests] == ["POST"]
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_hundred_real_tasks_end_in_few_polls(capsys):
    async with LocalCloud(job_seconds=0) as cloud:
        cloud.add_object("bucket", "notes.txt", b"no video")
        poll = PollPolicy(initial_delay=0.1, max_delay=0.4)
        async with cloud.kit(**(FAST | {"poll": poll})) as kit:
            jobs = [
                await kit.mpc.create_thumbnails_task(
                    input=NOTES, output=OUT, thumbnail_para=ThumbnailPara()
                )
                for _ in range(100)
            ]
            outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        polls = sum(call.operation == "ListThumbnailsTask" for call in cloud.calls)
    assert all(
        isinstance(outcome, JobFailedError) and outcome.code == "MPC.10067" for outcome in outcomes
    )
    with capsys.disabled():
        print(f"\n{polls} polls for 100 tasks")  # noqa: T201
    assert polls <= 40
