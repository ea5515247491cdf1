"""Jobs: asynchronous work of a service, polled until it has completed.

A job is identified by its token, a short text of its kind, id and place. Any process that has the
token can resume the job. To stop polling never stops the job.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast

from vidkit._internal.arguments import seconds
from vidkit.errors import (
    JobCanceledError,
    JobError,
    JobFailedError,
    NotSupportedError,
    RequestError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.jobs.polling import JobPoll, JobState, PollPolicy, is_transient, poll_delay
from vidkit.jobs.tokens import JobRef, JobToken

__all__ = [
    "Job",
    "JobDriver",
]

ResponseT = TypeVar("ResponseT")
R = TypeVar("R")
E = TypeVar("E", bound=VidKitError)


@dataclass(frozen=True, slots=True)
class JobDriver(Generic[ResponseT, R]):
    """How a job of a service is polled, canceled and turned into its result.

    Attributes:
        ref: the job.
        poll: polls once.
        result: makes the result from the response that reported success.
        cancel: cancels the job; None: the service cannot cancel it.
        pause: waits before a poll; called with the number of polls so far and the delay in
            seconds that the poll policy says. None: sleeps for that delay.
    """

    ref: JobRef
    poll: Callable[[], Awaitable[JobPoll[ResponseT]]]
    result: Callable[[ResponseT], R]
    cancel: Callable[[], Awaitable[None]] | None = None
    pause: Callable[[int, float], Awaitable[None]] | None = None


class Job(Generic[R]):
    """Work that a service does asynchronously.

    ``await job`` waits until the job has succeeded and returns its result. Cancelling the await
    stops the polling, never the job.

    Raises:
        JobFailedError: from waiting: the job failed.
        JobCanceledError: from waiting: the job was canceled.
        VidKitTimeoutError: from ``result``: the timeout passed; the job continues.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        save(job.token)
        async for label in await job:
            print(label.timestamp, label.label.name)
        ```
    """

    def __init__(
        self,
        driver: JobDriver[Any, R],
        policy: PollPolicy,
        *,
        known: JobPoll[Any] | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._driver = driver
        self._policy = policy
        self._draw = draw
        self._last_poll = known
        self._poll_first = False

    def __repr__(self) -> str:
        status = self._last_poll.status if self._last_poll else "unknown"
        return f"<Job {self.kind} id={self.id} status={status}>"

    @property
    def kind(self) -> str:
        """Service and kind of the job, such as ``rekognition.label_detection``."""
        return self._driver.ref.kind

    @property
    def id(self) -> str:
        """The service's id of the job."""
        return self._driver.ref.id

    @property
    def token(self) -> JobToken[R]:
        """A short text for `VidKit.resume`, in any process; holds no secret."""
        return cast("JobToken[R]", self._driver.ref.token())

    def poll_first(self) -> None:
        """Poll before waiting for a completion notification.

        The job may have ended before this process started to receive notifications.
        """
        self._poll_first = True

    async def status(self) -> str:
        """Poll the job once, and return the service's status value.

        A job that has ended is not polled again.

        Raises:
            VidKitError: an error of the operation.
        """
        return (await self._poll()).status

    def watch(self) -> AsyncIterator[str]:
        """Iterate over the job's status values, each change once, until it ends.

        Raises:
            VidKitError: from the iteration: the job cannot be polled any more.
        """
        return _StatusChanges(self._next_poll)

    async def result(self, *, timeout: float | timedelta | None = None) -> R:  # noqa: ASYNC109
        """Wait until the job has succeeded, and return its result.

        Args:
            timeout: seconds, or a timedelta; None: wait as long as it takes.

        Raises:
            RequestError: the timeout is not a positive duration.
            JobFailedError: the job failed.
            JobCanceledError: the job was canceled.
            VidKitTimeoutError: the timeout passed. The job continues: call this again, or resume
                the job later from ``error.job_token``.
            VidKitError: the job cannot be polled any more; ``job_token`` is set.
        """
        limit = (
            None if timeout is None else seconds(timeout, parameter="timeout", error=RequestError)
        )
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                poll = await self._wait_for_completion()
        except TimeoutError as error:
            if not clock.expired():
                raise
            timed_out = VidKitTimeoutError(
                f"the job did not end within {limit:g} s and continues; wait again, or resume it "
                "later from error.job_token"
            )
            raise self._with_job_token(timed_out) from error
        if poll.state is JobState.SUCCEEDED:
            return self._driver.result(poll.response)
        raise self._job_error(poll)

    async def cancel(self) -> None:
        """Cancel the job at the service, if the service supports it.

        Raises:
            NotSupportedError: the service cannot cancel jobs of this kind.
            VidKitError: an error of the operation.
        """
        if self._driver.cancel is None:
            raise NotSupportedError(
                f"{self.kind} jobs cannot be canceled; the service has no operation for it"
            )
        await self._driver.cancel()
        self._last_poll = None

    def __await__(self) -> Generator[Any, None, R]:
        return self.result().__await__()

    async def _poll(self) -> JobPoll[Any]:
        if not self._has_ended() or self._last_poll is None:
            self._last_poll = await self._driver.poll()
        return self._last_poll

    async def _wait_for_completion(self) -> JobPoll[Any]:
        polls = 0
        while True:
            poll, polls = await self._next_poll(polls)
            if poll.state is not JobState.RUNNING:
                return poll

    async def _next_poll(self, polls: int) -> tuple[JobPoll[Any], int]:
        """Wait, then poll; transient errors are tolerated for a time.

        Args:
            polls: the number of polls so far.

        Returns:
            The poll, and the new number of polls.

        Raises:
            VidKitError: an error that is not transient, or that lasted too long.
        """
        failing_since: float | None = None
        while True:
            await self._pause(polls)
            polls += 1
            try:
                return await self._poll(), polls
            except VidKitError as error:
                now = asyncio.get_running_loop().time()
                failing_since = now if failing_since is None else failing_since
                if not is_transient(error) or now - failing_since > self._policy.patience:
                    raise self._with_job_token(error) from error.__cause__

    async def _pause(self, polls: int) -> None:
        delay = poll_delay(self._policy, polls, self._draw()) if polls else 0.0
        if self._poll_first and not polls:
            return
        if self._driver.pause is not None and not self._has_ended():
            await self._driver.pause(polls, delay)
        elif polls:
            await asyncio.sleep(delay)

    def _has_ended(self) -> bool:
        return self._last_poll is not None and self._last_poll.state is not JobState.RUNNING

    def _job_error(self, poll: JobPoll[Any]) -> JobError:
        failed = poll.state is JobState.FAILED
        kind = JobFailedError if failed else JobCanceledError
        message = poll.message or ("the job failed" if failed else "the job was canceled")
        return self._with_job_token(kind(message, code=poll.code))

    def _with_job_token(self, error: E) -> E:
        error.job_token = self.token
        return error.located(self._driver.ref.service, self.kind.partition(".")[2])


class _StatusChanges:
    def __init__(self, next_poll: Callable[[int], Awaitable[tuple[JobPoll[Any], int]]]) -> None:
        self._next_poll = next_poll
        self._polls = 0
        self._status: str | None = None
        self._ended = False

    def __aiter__(self) -> "_StatusChanges":
        return self

    async def __anext__(self) -> str:
        while not self._ended:
            poll, self._polls = await self._next_poll(self._polls)
            self._ended = poll.state is not JobState.RUNNING
            if poll.status != self._status:
                self._status = poll.status
                return poll.status
        raise StopAsyncIteration
