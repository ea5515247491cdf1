"""Jobs: work that a service does on its own time, watched until it ends.

A job is known by its token: kind, id and place in a short text. Any process that has the token can
go on with the job. Stopping to watch never stops the job.
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
from vidkit.jobs.polling import JobPoll, JobState, PollPolicy, poll_delay
from vidkit.jobs.tokens import JobRef, JobToken

__all__ = [
    "Job",
    "JobDriver",
]

A = TypeVar("A")
R = TypeVar("R")
E = TypeVar("E", bound=VidKitError)


@dataclass(frozen=True, slots=True)
class JobDriver(Generic[A, R]):
    """How a service's jobs of one kind are watched; what a `Job` is made of.

    Attributes:
        ref: which job.
        poll: looks once.
        result: what a successful look becomes.
        cancel: cancels the job, or None when the service cannot.
        pause: waits before a look, given how many looks there were and how long polling would
            wait; None: that long.
    """

    ref: JobRef
    poll: Callable[[], Awaitable[JobPoll[A]]]
    result: Callable[[A], R]
    cancel: Callable[[], Awaitable[None]] | None = None
    pause: Callable[[int, float], Awaitable[None]] | None = None


class Job(Generic[R]):
    """Work that a service does on its own time.

    ``await job`` waits until it has succeeded and gives its result. Cancelling the await stops
    the watching, never the job.

    Raises:
        JobFailedError: from waiting: the service ended the job as failed.
        JobCanceledError: from waiting: the job was canceled.
        VidKitTimeoutError: from ``result``: the time given was too short; the job goes on.

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
        self._last = known
        self._poll_first = False

    def __repr__(self) -> str:
        status = self._last.status if self._last else "unknown"
        return f"<Job {self.kind} id={self.id} status={status}>"

    @property
    def kind(self) -> str:
        """Service and kind, such as ``rekognition.label_detection``."""
        return self._driver.ref.kind

    @property
    def id(self) -> str:
        """The service's id of the job."""
        return self._driver.ref.id

    @property
    def token(self) -> JobToken[R]:
        """A short text for `VidKit.resume`, in this or another process; holds no secret."""
        return cast("JobToken[R]", self._driver.ref.token())

    def poll_first(self) -> None:
        """Look at the job before waiting for word of its end, which may have come already."""
        self._poll_first = True

    async def status(self) -> str:
        """Ask the service once for the job's status, in the service's word.

        Raises:
            VidKitError: whatever the operation raises.
        """
        return (await self._poll()).status

    def watch(self) -> AsyncIterator[str]:
        """Iterate over the job's statuses, each change once, until the job has ended.

        Raises:
            VidKitError: from the iteration, when the job cannot be asked any more.
        """
        return _StatusChanges(self._ended_or_next)

    async def result(self, *, timeout: float | timedelta | None = None) -> R:  # noqa: ASYNC109
        """Wait until the job has succeeded, and give its result.

        Args:
            timeout: seconds or a timedelta; None waits as long as it takes.

        Raises:
            RequestError: the timeout is no positive duration.
            JobFailedError: the service ended the job as failed.
            JobCanceledError: the job was canceled.
            VidKitTimeoutError: the timeout passed; the job goes on, and so can you.
            VidKitError: the job cannot be asked any more; ``job_token`` is set.
        """
        limit = (
            None if timeout is None else seconds(timeout, parameter="timeout", error=RequestError)
        )
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                poll = await self._end()
        except TimeoutError as error:
            if not clock.expired():
                raise
            late = VidKitTimeoutError(
                f"the job did not end within {limit:g} s and goes on; ask again, or resume it "
                "later from error.job_token"
            )
            raise self._of_this_job(late) from error
        if poll.state is JobState.SUCCEEDED:
            return self._driver.result(poll.response)
        raise self._failure(poll)

    async def cancel(self) -> None:
        """Cancel the job at the service, where the service can.

        Raises:
            NotSupportedError: the service cannot cancel jobs of this kind.
            VidKitError: whatever the operation raises.
        """
        if self._driver.cancel is None:
            raise NotSupportedError(
                f"{self.kind} jobs cannot be canceled; the service has no operation for it"
            )
        await self._driver.cancel()
        self._last = None

    def __await__(self) -> Generator[Any, None, R]:
        return self.result().__await__()

    async def _poll(self) -> JobPoll[Any]:
        if not self._ended() or self._last is None:
            self._last = await self._driver.poll()
        return self._last

    async def _end(self) -> JobPoll[Any]:
        polls = 0
        while True:
            poll, polls = await self._ended_or_next(polls)
            if poll.state is not JobState.RUNNING:
                return poll

    async def _ended_or_next(self, polls: int) -> tuple[JobPoll[Any], int]:
        """Wait as the policy says after ``polls`` looks, then look; passing errors are endured."""
        failing_since: float | None = None
        while True:
            await self._pause(polls)
            polls += 1
            try:
                return await self._poll(), polls
            except VidKitError as error:
                now = asyncio.get_running_loop().time()
                failing_since = now if failing_since is None else failing_since
                if not _is_transient(error) or now - failing_since > self._policy.patience:
                    raise self._of_this_job(error) from error.__cause__

    async def _pause(self, polls: int) -> None:
        delay = poll_delay(self._policy, polls, self._draw()) if polls else 0.0
        if self._poll_first and not polls:
            return
        if self._driver.pause is not None and not self._ended():
            await self._driver.pause(polls, delay)
        elif polls:
            await asyncio.sleep(delay)

    def _ended(self) -> bool:
        return self._last is not None and self._last.state is not JobState.RUNNING

    def _failure(self, poll: JobPoll[Any]) -> JobError:
        failed = poll.state is JobState.FAILED
        kind = JobFailedError if failed else JobCanceledError
        message = poll.message or ("the job failed" if failed else "the job was canceled")
        return self._of_this_job(kind(message, code=poll.code))

    def _of_this_job(self, error: E) -> E:
        error.job_token = self.token
        return error.located(self._driver.ref.service, self.kind.partition(".")[2])


def _is_transient(error: VidKitError) -> bool:
    # A look that took too long says nothing about the job.
    return error.retryable or isinstance(error, VidKitTimeoutError)


class _StatusChanges:
    def __init__(self, look: Callable[[int], Awaitable[tuple[JobPoll[Any], int]]]) -> None:
        self._look = look
        self._polls = 0
        self._status: str | None = None
        self._ended = False

    def __aiter__(self) -> "_StatusChanges":
        return self

    async def __anext__(self) -> str:
        while not self._ended:
            poll, self._polls = await self._look(self._polls)
            self._ended = poll.state is not JobState.RUNNING
            if poll.status != self._status:
                self._status = poll.status
                return poll.status
        raise StopAsyncIteration
