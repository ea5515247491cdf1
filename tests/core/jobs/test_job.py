import asyncio
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import (
    AuthError,
    JobCanceledError,
    JobFailedError,
    NotSupportedError,
    PollPolicy,
    RequestError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState, poll_delay
from vidkit.jobs.tokens import JobRef

FAST = PollPolicy(initial_delay=0.001, max_delay=0.002, patience=0.05)
REF = JobRef("rekognition.label_detection", "job-1", "eu-central-1")


def running(status="IN_PROGRESS"):
    return JobPoll(status, JobState.RUNNING, None)


def ended(state=JobState.SUCCEEDED, response="response", message=None):
    return JobPoll(state.name, state, response, message)


class Remote:
    """A job at a service: the result of each poll, and the number of polls."""

    def __init__(self, *results):
        self.results = results
        self.polls = 0

    async def poll(self):
        self.polls += 1
        result = self.results[min(self.polls, len(self.results)) - 1]
        await asyncio.sleep(0)
        if isinstance(result, BaseException):
            raise result
        return result

    def job(self, policy=FAST, cancel=None):
        return Job(
            JobDriver(REF, self.poll, lambda response: f"result of {response}", cancel), policy
        )


def unavailable():
    return UnavailableError("down", retryable=True)


async def test_awaiting_gives_the_result_and_asks_no_more_afterwards():
    remote = Remote(running(), running(), ended())
    job = remote.job()
    assert await job == "result of response"
    assert await job.result() == "result of response"
    assert await job.status() == "SUCCEEDED"
    assert remote.polls == 3
    assert repr(job) == "<Job rekognition.label_detection id=job-1 status=SUCCEEDED>"


async def test_watch_gives_each_change_once():
    remote = Remote(running("WAITING"), running("WAITING"), running("PROCESSING"), ended())
    job = remote.job()
    assert [status async for status in job.watch()] == ["WAITING", "PROCESSING", "SUCCEEDED"]
    assert [status async for status in job.watch()] == ["SUCCEEDED"]


async def test_a_failed_job_raises_with_the_services_message_and_its_token():
    job = Remote(ended(JobState.FAILED, message="no video in it")).job()
    with pytest.raises(JobFailedError, match="no video in it") as caught:
        await job
    assert JobRef.from_token(caught.value.job_token) == REF
    assert (caught.value.service, caught.value.operation) == ("rekognition", "label_detection")
    assert [status async for status in job.watch()] == ["FAILED"]


async def test_a_canceled_job_raises():
    with pytest.raises(JobCanceledError):
        await Remote(ended(JobState.CANCELED)).job()


async def test_a_passing_error_does_not_lose_the_job():
    remote = Remote(unavailable(), unavailable(), running(), unavailable(), ended())
    assert await remote.job() == "result of response"
    assert remote.polls == 5


async def test_an_error_that_stays_ends_the_watching_after_a_while():
    remote = Remote(unavailable())
    with pytest.raises(UnavailableError) as caught:
        await asyncio.wait_for(remote.job().result(), 10)
    assert JobRef.from_token(caught.value.job_token) == REF
    assert remote.polls > 2


async def test_an_error_that_cannot_pass_ends_the_watching_at_once():
    remote = Remote(running(), AuthError("expired"))
    with pytest.raises(AuthError) as caught:
        await remote.job()
    assert caught.value.job_token == REF.token()
    assert remote.polls == 2


async def test_a_timeout_ends_the_waiting_not_the_job():
    remote = Remote(running())
    job = remote.job()
    started = time.monotonic()
    with pytest.raises(VidKitTimeoutError, match="continues") as caught:
        await asyncio.wait_for(job.result(timeout=0.05), 10)
    assert time.monotonic() - started < 5
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.job_token == REF.token()
    remote.results = (ended(),)
    assert await job == "result of response"


async def test_cancelling_the_await_stops_the_watching_only():
    canceled = []
    remote = Remote(running())

    async def cancel():
        canceled.append(True)

    waiting = asyncio.ensure_future(remote.job(cancel=cancel).result())
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not canceled
    polls = remote.polls
    await asyncio.sleep(0.01)
    assert remote.polls == polls


async def test_cancel_is_refused_where_the_service_has_none():
    remote = Remote(running())
    with pytest.raises(NotSupportedError, match=r"rekognition\.label_detection"):
        await remote.job().cancel()
    assert remote.polls == 0


@pytest.mark.parametrize("limit", [0, -1, "5", float("nan")])
async def test_a_timeout_must_be_a_duration(limit):
    with pytest.raises(RequestError, match="timeout"):
        await Remote(ended()).job().result(timeout=limit)


text = st.text(max_size=60)


@given(kind=text.filter(bool), id_=text.filter(bool), place=text)
def test_a_token_is_short_json_safe_and_comes_back_whole(kind, id_, place):
    ref = JobRef(kind, id_, place)
    token = ref.token()
    assert json.loads(json.dumps(token)) == token
    assert token.isascii()
    assert token.isprintable()
    assert " " not in token
    assert JobRef.from_token(token) == ref


@given(st.text() | st.binary() | st.integers() | st.none())
def test_what_is_no_token_is_refused_whatever_it_is(token):
    with pytest.raises(RequestError, match="token"):
        JobRef.from_token(token)


@given(st.data())
def test_a_token_that_was_cut_or_changed_is_refused_or_another_job(data):
    token = REF.token()
    at = data.draw(st.integers(0, len(token) - 1))
    cut = data.draw(st.booleans())
    mangled = token[:at] if cut else token[:at] + data.draw(st.characters()) + token[at + 1 :]
    try:
        ref = JobRef.from_token(mangled)
    except RequestError:
        return
    assert mangled == token or ref != REF


@given(
    policy=st.builds(
        PollPolicy,
        initial_delay=st.floats(0.001, 10),
        factor=st.floats(1, 10),
        max_delay=st.floats(0.001, 100),
    ),
    polls=st.integers(1, 10_000),
    draw=st.floats(0, 1),
)
def test_waits_grow_to_a_maximum_and_are_jittered(policy, polls, draw):
    delay = poll_delay(policy, polls, draw)
    assert 0 < delay <= policy.max_delay
    assert delay <= poll_delay(policy, polls + 1, 0) or draw == 0
    assert delay >= 0.75 * min(policy.max_delay, policy.initial_delay) * 0.999999
