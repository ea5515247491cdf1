"""Many jobs with a few in flight: started as places become free, told as they end."""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from vidkit._internal.arguments import shown
from vidkit._internal.single_reader import SingleReader
from vidkit._internal.tasks import cancel_quietly
from vidkit.errors import JobError, NotFoundError, QuotaError, RequestError
from vidkit.jobs.idempotency import plan_request_token
from vidkit.jobs.job import Job
from vidkit.jobs.journal import Journal
from vidkit.jobs.polling import PollPolicy, poll_delay

__all__ = ["JobRun", "Outcome", "Starter"]

R = TypeVar("R")
T = TypeVar("T")

Starter = Callable[[], Awaitable[Job[R]]]
"""Starts one job when called."""


class TaskOwner(Protocol):
    """Owns the tasks of a run: a kit's runtime."""

    def check(self) -> None:
        """Raise a `RequestError` unless calls can be made here and now."""
        ...

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a task that ends with its owner at the latest."""
        ...


_TOO_MANY_JOBS = "LimitExceededException"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """How one job of a run ended: with a result or with an error.

    Attributes:
        key: which starter: its key in a mapping, otherwise its place, from ``"0"``.
        job: the job, or None when it could not be started.
        result: what awaiting the job gave, or None after an error.
        error: what went wrong, or None.
        repeated: whether an earlier run with the same journal had told this outcome already.

    Example:
        >>> Outcome(key="0", job=None, error=ValueError("no")).result is None
        True
    """

    key: str
    job: Job[R] | None
    result: R | None = None
    error: Exception | None = None
    repeated: bool = False


class _Run(Generic[R]):
    """What the tasks of a run share; the iterator that the caller holds is not among it."""

    def __init__(
        self,
        starters: Iterable[tuple[str, Starter[R]]],
        *,
        runtime: TaskOwner,
        resume: Callable[[str], Job[R]],
        policy: PollPolicy,
        max_in_flight: int,
        journal: Journal | None,
    ) -> None:
        self.starters = starters
        self.runtime = runtime
        self.resume = resume
        self.policy = policy
        self.journal = journal
        self.outcomes: asyncio.Queue[Outcome[R] | None] = asyncio.Queue()
        self.in_flight = asyncio.Semaphore(max_in_flight)
        # A reader that is slow holds up the starting, so that results do not pile up.
        self.untold = asyncio.Semaphore(2 * max_in_flight)
        self.place_is_free = asyncio.Condition()
        self.tasks: set[asyncio.Task[None]] = set()
        self.failure: Exception | None = None

    async def feed(self) -> None:
        """Start the jobs one after another, as places become free; then tell the end."""
        try:
            try:
                for key, starter in self.starters:
                    await self.untold.acquire()
                    await self.in_flight.acquire()
                    task = self.runtime.spawn(self.follow(key, starter))
                    self.tasks.add(task)
                    task.add_done_callback(self.tasks.discard)
            except Exception as error:  # noqa: BLE001
                # What gives the starters failed: tell the outcomes of those it gave, then this.
                self.failure = error
            while self.tasks:
                await asyncio.wait(self.tasks)
        finally:
            self.outcomes.put_nowait(None)

    async def follow(self, key: str, starter: Starter[R]) -> None:
        """See one job from its start to its end."""
        job: Job[R] | None = None
        repeated = self.journal is not None and self.journal.get(key, "ended") is not None
        try:
            job = await self.begin(key, starter)
            result = await job
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Not this run was cancelled, but something that the starter waited for.
            canceled = JobError("the start, or the waiting for the job, was cancelled")
            outcome: Outcome[R] = Outcome(key, job, None, canceled, repeated)
        except Exception as error:  # noqa: BLE001
            outcome = Outcome(key, job, None, error, repeated)
        else:
            outcome = Outcome(key, job, result, None, repeated)
        finally:
            self.in_flight.release()
            async with self.place_is_free:
                self.place_is_free.notify()
        self.outcomes.put_nowait(outcome)

    async def begin(self, key: str, starter: Starter[R]) -> Job[R]:
        """The job: the one that an earlier run started, or a new one."""
        journal = self.journal
        if journal is None:
            return await self.start(starter)
        if (token := journal.get(key, "token")) is not None:
            return self.resume(token)
        known = journal.get(key, "request")
        request = known or uuid.uuid4().hex
        used_since: datetime | None = None
        if known is None:
            await journal.write(key, request=request, at=datetime.now(UTC).isoformat())
        else:
            used_since = _moment(journal.get(key, "at"))
        job = await self.start(starter, request, used_since)
        if known is not None:
            # An earlier run may have started it: its end may have been told to nobody.
            job.poll_first()
        await journal.write(key, token=job.token)
        return job

    async def start(
        self,
        starter: Starter[R],
        request_token: str | None = None,
        used_since: datetime | None = None,
    ) -> Job[R]:
        """Start a job; when the account has as many as it may, wait for one to end."""
        refusals = 0
        while True:
            if request_token is not None:
                plan_request_token(request_token, used_since=used_since)
            try:
                return await starter()
            except QuotaError as error:
                if error.code != _TOO_MANY_JOBS:
                    raise
            refusals += 1
            await self.wait_for_place(poll_delay(self.policy, refusals, random.random()))  # noqa: S311

    async def wait_for_place(self, longest: float) -> None:
        """Wait until a job of this run has ended; others' jobs end too, so not for ever."""
        try:
            async with asyncio.timeout(longest), self.place_is_free:
                await self.place_is_free.wait()
        except TimeoutError:
            return

    def stop(self) -> None:
        """Start no more and stop watching; the jobs go on at their service."""
        for task in self.tasks:
            cancel_quietly(task)


class JobRun(Generic[R]):
    """An iterator over the outcomes of many jobs, in the order in which they end.

    Made by `VidKit.run_jobs`. Leaving the iteration starts no more jobs; those that are in
    progress go on at their service. Use it in ``async with`` to have that happen at once.

    Raises:
        RequestError: from the iteration: the journal is not usable.

    Example:
        ```python
        async for outcome in kit.run_jobs(starters, max_in_flight=20):
            print(outcome.job, outcome.error or outcome.result)
        ```
    """

    def __init__(
        self,
        starters: Iterable[Starter[R]] | Mapping[str, Starter[R]],
        *,
        runtime: TaskOwner,
        resume: Callable[[str], Job[R]],
        policy: PollPolicy,
        max_in_flight: int,
        journal: str | PathLike[str] | None,
    ) -> None:
        self._feeding: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._journal: Journal | None = None
        if type(max_in_flight) is not int or max_in_flight < 1:
            raise RequestError(
                f"max_in_flight={shown(max_in_flight)}: must be a whole number from 1"
            )
        self._journal = None if journal is None else Journal(journal)
        self._single_reader = SingleReader()
        self._run = _Run(
            _keyed(starters),
            runtime=runtime,
            resume=resume,
            policy=policy,
            max_in_flight=max_in_flight,
            journal=self._journal,
        )
        self._told: Outcome[R] | None = None
        self._ended = False

    def __aiter__(self) -> "JobRun[R]":
        return self

    async def __anext__(self) -> Outcome[R]:
        with self._single_reader:
            return await self._following()

    async def _following(self) -> Outcome[R]:
        if self._ended:
            raise StopAsyncIteration
        if self._feeding is None:
            await self._begin()
        await self._acknowledge()
        outcome = await self._run.outcomes.get()
        if outcome is None:
            await self.aclose()
            self._run.runtime.check()
            if self._run.failure is not None:
                raise self._run.failure
            raise StopAsyncIteration
        self._run.untold.release()
        self._told = outcome
        return outcome

    async def aclose(self) -> None:
        """Start no more jobs, stop watching, close the journal."""
        self._ended = True
        tasks = [*self._run.tasks, *([self._feeding] if self._feeding else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._journal is not None:
            self._journal.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _begin(self) -> None:
        self._run.runtime.check()
        if self._journal is not None:
            if self._opening is None:
                self._opening = self._run.runtime.spawn(self._journal.open())
            # Whoever stops waiting must not leave the file half open.
            await asyncio.shield(self._opening)
        self._feeding = self._run.runtime.spawn(self._run.feed())

    async def _acknowledge(self) -> None:
        """Coming back for the next outcome says that the last one was dealt with."""
        told = self._told
        if told is None or self._journal is None:
            return
        ended = "SUCCEEDED" if told.error is None else type(told.error).__name__
        # Only the job's own end counts: where merely the watching failed, the next run goes on.
        final = told.error is None or isinstance(told.error, JobError | NotFoundError)
        if final and told.job is not None and self._journal.get(told.key, "ended") is None:
            await self._journal.write(told.key, ended=ended)
        self._told = None

    def __del__(self) -> None:
        if self._feeding is not None:
            cancel_quietly(self._feeding)
            self._run.stop()
        if self._journal is not None:
            self._journal.close()


def _moment(written: str | None) -> datetime:
    """When a journal says that a request was planned; long ago where it does not."""
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _keyed(
    starters: Iterable[Starter[R]] | Mapping[str, Starter[R]],
) -> Iterable[tuple[str, Starter[R]]]:
    if isinstance(starters, Mapping):
        named = cast("Mapping[Any, Starter[R]]", starters)
        for key in named:
            if not isinstance(key, str):
                raise RequestError(f"starters: the key {shown(key)} must be text")
        return named.items()
    if not isinstance(starters, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(f"starters={shown(starters)}: must be callables, in a list or a mapping")
    return ((str(index), starter) for index, starter in enumerate(starters))
