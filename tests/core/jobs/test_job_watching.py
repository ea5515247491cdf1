"""When a job is polled, and what its errors say."""

import asyncio

import pytest
from fake_archived_media import run

from vidkit import (
    AuthError,
    ConfigError,
    JobCanceledError,
    JobFailedError,
    PollPolicy,
    RequestError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.jobs.tokens import JobRef

REF = JobRef("rekognition.label_detection", "job-1", "eu-central-1")
POLICY = PollPolicy(initial_delay=1, factor=2, max_delay=5, patience=60)


def running(status="IN_PROGRESS"):
    return JobPoll(status, JobState.RUNNING, None)


def ended(state=JobState.SUCCEEDED, **members):
    return JobPoll(state.name, state, "response", **members)


def now():
    return asyncio.get_running_loop().time()


class Remote:
    """A job at a service, in virtual time: when it was polled, and after which delays."""

    def __init__(self, *results, pauses=False, ref=REF):
        self.results = list(results)
        self.polled = []
        self.paused = []
        self.canceled = 0
        self.pauses = pauses
        self.ref = ref

    async def poll(self):
        self.polled.append(now())
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, BaseException):
            raise result
        return result

    async def pause(self, polls, delay):
        self.paused.append((polls, delay))

    async def cancel(self):
        self.canceled += 1

    def job(self, policy=POLICY, *, draw=0.0, **options):
        pause = self.pause if self.pauses else None
        watched = JobDriver(self.ref, self.poll, "result of {}".format, self.cancel, pause)
        return Job(watched, policy, draw=lambda: draw, **options)


def watched(remote, work):
    """Run work in virtual time; returns the times of the polls, from the start, and the result."""

    async def timed():
        begun = now()
        result = await work(remote)
        return [round(moment - begun, 2) for moment in remote.polled], result

    return run(timed())


def test_looks_come_as_the_policy_says():
    remote = Remote(*[running()] * 6, ended())
    polled, result = watched(remote, lambda remote: remote.job().result())
    assert result == "result of response"
    assert polled == [0, 1, 3, 7, 12, 17, 22]
    remote = Remote(*[running()] * 2, ended())
    assert watched(remote, lambda remote: remote.job(draw=1.0).result())[0] == [0, 0.75, 2.25]


def test_a_watcher_waits_as_the_policy_says_and_goes_on_where_it_was():
    remote = Remote(running("A"), running("A"), running("B"), ended())

    async def work(remote):
        begun = now()
        return [(status, round(now() - begun)) async for status in remote.job().watch()]

    assert watched(remote, work) == ([0, 1, 3, 7], [("A", 0), ("B", 3), ("SUCCEEDED", 7)])


@pytest.mark.parametrize("how", ["await", "watch"])
def test_a_pause_of_the_services_own_is_in_the_place_of_each_wait(how):
    remote = Remote(running(), running(), ended(), pauses=True)

    async def work(remote):
        job = remote.job()
        if how == "await":
            await job
        else:
            assert [status async for status in job.watch()] == ["IN_PROGRESS", "SUCCEEDED"]
        # It has ended: there are no more delays and polls.
        await job

    polled, _ = watched(remote, work)
    assert polled == [0, 0, 0]
    assert remote.paused == [(0, 0.0), (1, 1.0), (2, 2.0)]


def test_who_looks_first_waits_for_no_word_before_the_first_look():
    remote = Remote(running(), ended(), pauses=True)

    async def work(remote):
        job = remote.job()
        job.poll_first()
        await job

    watched(remote, work)
    assert remote.paused == [(1, 1.0)]


def test_what_was_known_is_not_asked_for():
    remote = Remote(ended())
    polled, result = watched(remote, lambda remote: remote.job(known=ended()).result())
    assert (polled, result) == ([], "result of response")


def test_errors_in_a_row_are_endured_as_long_as_the_patience_and_a_look_begins_anew():
    error = UnavailableError("down", retryable=True)
    # Polls at 0, 1, 3, 7, 12, ...: errors in a row from 3 on, at 67 for more than a minute.
    remote = Remote(error, running(), *[error] * 100)

    async def work(remote):
        with pytest.raises(UnavailableError):
            await remote.job()

    polled, _ = watched(remote, work)
    assert polled[-2:] == [62, 67]


def test_patience_that_has_just_run_out_is_patience_still():
    error = UnavailableError("down", retryable=True)
    remote = Remote(error, error, error, ended())
    policy = PollPolicy(initial_delay=1, factor=1, max_delay=1, patience=2.001)
    assert watched(remote, lambda remote: remote.job(policy).result())[1] == "result of response"


def test_a_look_that_took_too_long_says_nothing_of_the_job():
    remote = Remote(VidKitTimeoutError("slow"), ended())
    assert watched(remote, lambda remote: remote.job().result()) == ([0, 1], "result of response")


def test_an_error_keeps_its_cause_and_says_which_job_it_was():
    cause = OSError("below")
    error = AuthError("expired")
    error.__cause__ = cause

    async def work(remote):
        with pytest.raises(AuthError) as caught:
            await remote.job()
        return caught.value

    raised = watched(Remote(error, ref=JobRef("mpc.a.b", "j", "p")), work)[1]
    assert raised.__cause__ is cause
    assert (raised.service, raised.operation) == ("mpc", "a.b")
    assert raised.job_token == JobRef("mpc.a.b", "j", "p").token()


@pytest.mark.parametrize(
    ("state", "cls", "message"),
    [
        (JobState.FAILED, JobFailedError, "the job failed"),
        (JobState.CANCELED, JobCanceledError, "the job was canceled"),
    ],
)
def test_an_end_without_words_gets_some_and_one_with_words_keeps_them(state, cls, message):
    async def end(remote):
        with pytest.raises(cls) as caught:
            await remote.job()
        return caught.value

    error = watched(Remote(ended(state)), end)[1]
    assert (error.message, error.code) == (message, None)
    error = watched(Remote(ended(state, message="no video", code="MPC.10067")), end)[1]
    assert (error.message, error.code) == ("no video", "MPC.10067")


def test_a_job_shows_what_is_known_of_it():
    remote = Remote(running("WAITING"))
    job = remote.job()
    assert repr(job) == "<Job rekognition.label_detection id=job-1 status=unknown>"

    async def work(_):
        assert await job.status() == "WAITING"

    watched(remote, work)
    assert repr(job) == "<Job rekognition.label_detection id=job-1 status=WAITING>"


def test_after_a_cancel_the_service_is_asked_anew():
    remote = Remote(ended(JobState.FAILED), ended(JobState.CANCELED))

    async def work(remote):
        job = remote.job()
        before = await job.status(), await job.status()
        await job.cancel()
        assert "unknown" in repr(job)
        return *before, await job.status()

    assert watched(remote, work)[1] == ("FAILED", "FAILED", "CANCELED")
    assert remote.canceled == 1


def test_a_timeout_says_how_long_it_was():
    async def work(remote):
        with pytest.raises(VidKitTimeoutError) as caught:
            await remote.job().result(timeout=2.5)
        return caught.value

    error = watched(Remote(running()), work)[1]
    assert "within 2.5 s" in error.message
    assert error.message.endswith("or resume it later from error.job_token")
    assert isinstance(error.__cause__, TimeoutError)
    assert error.service == "rekognition"


def test_a_foreign_timeout_is_not_taken_for_the_waits():
    async def work(remote):
        with pytest.raises(TimeoutError, match="theirs") as caught:
            await remote.job().result(timeout=60)
        return caught.value

    assert not isinstance(watched(Remote(TimeoutError("theirs")), work)[1], VidKitTimeoutError)


def test_no_time_at_all_is_refused_and_no_limit_is_none():
    async def work(remote):
        with pytest.raises(RequestError, match="timeout=0"):
            await remote.job().result(timeout=0)
        return await remote.job().result(timeout=None)

    assert watched(Remote(ended()), work)[1] == "result of response"


def test_how_often_jobs_are_asked_about_is_a_number_above_zero():
    assert PollPolicy(polls_per_second=0.001).polls_per_second == 0.001
    with pytest.raises(ConfigError, match=r"^polls_per_second=0: must be 0\.001 or more"):
        PollPolicy(polls_per_second=0)
