"""Runs of many jobs: a few in flight, and an outcome as each one ends."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from vidkit._internal.arguments import short_repr
from vidkit._internal.single_reader import SingleReader
from vidkit._internal.tasks import cancel_quietly, is_cancelled, result_of, wait_until_done
from vidkit.errors import JobError, NotFoundError, RequestError
from vidkit.jobs.job import Job
from vidkit.jobs.journal import Journal
from vidkit.jobs.polling import PollPolicy
from vidkit.jobs.starting import JobStarts, Starter

__all__ = ["JobRun", "Outcome", "Starter"]

R = TypeVar("R")
T = TypeVar("T")


class TaskOwner(Protocol):
    """Owns the tasks of a run; implemented by the runtime of a kit."""

    def check(self) -> None:
        """Raise `RequestError` unless calls can be made from the running loop."""
        ...

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a task, which is cancelled when its owner closes."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """The outcome of one job of a run: a result or an error.

    Attributes:
        key: the key of the starter in the mapping, or its index in the iterable, from ``"0"``.
        job: the job, or None if it could not be started.
        result: the result of the job, or None after an error.
        error: the error of the start or of the job, or None.
        repeated: whether an earlier run with the same journal has returned this outcome already.

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
    """The state that the tasks of a run share.

    It holds no reference to the `JobRun`, so that an abandoned one is deleted and stops its tasks.
    """

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
        self.starts = JobStarts(resume=resume, policy=policy, journal=journal)
        self.journal = journal
        self.outcomes: asyncio.Queue[Outcome[R] | None] = asyncio.Queue()
        self.in_flight = asyncio.Semaphore(max_in_flight)
        # A slow reader delays the next starts, so that outcomes do not pile up.
        self.undelivered = asyncio.Semaphore(2 * max_in_flight)
        self.tasks: set[asyncio.Task[None]] = set()
        # What the reader raises after the outcomes so far.
        self.failure: BaseException | None = None

    async def start_all(self) -> None:
        """Start the jobs as others end, and wait for all of them."""
        try:
            try:
                await self.spawn_jobs()
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                self.failure = JobError("what the iterable of starters awaited was cancelled")
            except StopAsyncIteration as error:
                # Raised from the iteration, it would end it in silence.
                self.failure = RuntimeError("the iterable of starters raised StopAsyncIteration")
                self.failure.__cause__ = error
            except Exception as error:  # noqa: BLE001
                # The iterable of starters failed: return the outcomes so far, then raise this.
                self.failure = error
            while self.tasks:
                await asyncio.wait(self.tasks)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.failure = error
            raise

    def end(self, _: object = None) -> None:
        """Tell the reader that there are no more outcomes."""
        self.outcomes.put_nowait(None)

    async def spawn_jobs(self) -> None:
        """Start the jobs, each when there is room for it."""
        for key, starter in self.starters:
            await self.undelivered.acquire()
            await self.in_flight.acquire()
            task = self.runtime.spawn(self.run_job(key, starter))
            self.tasks.add(task)
            task.add_done_callback(self.job_done)

    def job_done(self, task: "asyncio.Task[None]") -> None:
        """Let the reader raise what is not an outcome, such as ``SystemExit``."""
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failure = self.failure or error
            self.end()

    async def run_job(self, key: str, starter: Starter[R]) -> None:
        """Start one job, wait for it, and put its outcome into ``outcomes``."""
        job: Job[R] | None = None
        repeated = self.journal is not None and self.journal.get(key, "ended") is not None
        try:
            job = await self.starts.start_or_resume(key, starter)
            result = await job
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            # This run was not cancelled: something that the starter awaited was.
            canceled = JobError("the start of the job, or waiting for it, was cancelled")
            outcome: Outcome[R] = Outcome(key, job, None, canceled, repeated)
        except Exception as error:  # noqa: BLE001
            outcome = Outcome(key, job, None, error, repeated)
        else:
            outcome = Outcome(key, job, result, None, repeated)
        finally:
            self.in_flight.release()
            await self.starts.notify_job_ended()
        self.outcomes.put_nowait(outcome)

    def stop(self) -> None:
        """Stop polling; the jobs continue at the service."""
        for task in self.tasks:
            cancel_quietly(task)


class JobRun(Generic[R]):
    """An iterator over the outcomes of many jobs, in the order they end.

    Returned by `VidKit.run_jobs`. If you leave the iteration, no more jobs are started, and those
    in progress continue at the service. ``async with`` stops the run when the block is left.

    Raises:
        RequestError: from the iteration: the journal cannot be used.

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
        self._starting: asyncio.Task[None] | None = None
        self._opening_journal: asyncio.Task[None] | None = None
        self._journal: Journal | None = None
        if type(max_in_flight) is not int or max_in_flight < 1:
            raise RequestError(
                f"max_in_flight={short_repr(max_in_flight)}: must be a whole number from 1"
            )
        self._journal = None if journal is None else Journal(journal)
        self._single_reader = SingleReader()
        self._run = _Run(
            _with_keys(starters),
            runtime=runtime,
            resume=resume,
            policy=policy,
            max_in_flight=max_in_flight,
            journal=self._journal,
        )
        self._last_outcome: Outcome[R] | None = None
        self._ended = False

    def __aiter__(self) -> "JobRun[R]":
        return self

    async def __anext__(self) -> Outcome[R]:
        with self._single_reader:
            return await self._next_outcome()

    async def _next_outcome(self) -> Outcome[R]:
        if self._ended:
            raise StopAsyncIteration
        if self._starting is None:
            await self._start()
        await self._acknowledge()
        outcome = await self._run.outcomes.get()
        if outcome is None:
            await self.aclose()
            if self._run.failure is not None:
                raise self._run.failure
            self._run.runtime.check()
            raise StopAsyncIteration
        self._run.undelivered.release()
        self._last_outcome = outcome
        return outcome

    async def aclose(self) -> None:
        """Start no more jobs, stop polling, and close the journal."""
        self._ended = True
        own = (self._opening_journal, self._starting)
        tasks = [*self._run.tasks, *(task for task in own if task is not None)]
        for task in tasks:
            task.cancel()
        try:
            await wait_until_done(*tasks)
        finally:
            # If this is cancelled, too, the tasks end without the journal.
            if self._journal is not None:
                await self._journal.wait_until_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _start(self) -> None:
        self._run.runtime.check()
        if self._journal is not None:
            if self._opening_journal is None:
                self._opening_journal = self._run.runtime.spawn(self._journal.open())
            # Shielded: if the reader is cancelled, opening the file still completes.
            await result_of(asyncio.shield(self._opening_journal))
        self._starting = self._run.runtime.spawn(self._run.start_all())
        # A callback: a task that is cancelled before its first step reaches no ``finally``.
        self._starting.add_done_callback(self._run.end)

    async def _acknowledge(self) -> None:
        """Write to the journal how the last job ended.

        A reader that requests the next outcome has finished with the last one.
        """
        last = self._last_outcome
        if last is None or self._journal is None:
            return
        ended = "SUCCEEDED" if last.error is None else type(last.error).__name__
        # Only the end of the job itself is final: if polling failed, the next run resumes the job.
        is_final = last.error is None or isinstance(last.error, JobError | NotFoundError)
        if is_final and last.job is not None and self._journal.get(last.key, "ended") is None:
            await self._journal.write(last.key, ended=ended)
        self._last_outcome = None

    def __del__(self) -> None:
        if self._opening_journal is not None:
            cancel_quietly(self._opening_journal)
        if self._starting is not None:
            cancel_quietly(self._starting)
            self._run.stop()
        if self._journal is not None:
            self._journal.close()


def _with_keys(
    starters: Iterable[Starter[R]] | Mapping[str, Starter[R]],
) -> Iterable[tuple[str, Starter[R]]]:
    if isinstance(starters, Mapping):
        by_key = cast("Mapping[Any, Starter[R]]", starters)
        for key in by_key:
            if not isinstance(key, str):
                raise RequestError(f"starters: the key {short_repr(key)} must be text")
        return by_key.items()
    if not isinstance(starters, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(
            f"starters={short_repr(starters)}: must be callables, in a list or a mapping"
        )
    return ((str(index), starter) for index, starter in enumerate(starters))
