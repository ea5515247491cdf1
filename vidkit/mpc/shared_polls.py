"""Polls that the jobs of a kit share: ten tasks a call.

All calls together stay within MPC's rate limit.
"""

import asyncio
import copy
from dataclasses import dataclass

from vidkit.errors import (
    AuthError,
    NotFoundError,
    ServiceError,
    VidKitError,
    kit_closed,
    unforeseen,
)
from vidkit.jobs.polling import JobPoll
from vidkit.jobs.rate_limits import minute_limiter, poll_limiter
from vidkit.mpc.caller import LIST, MpcCaller
from vidkit.mpc.models import UNKNOWN_TASK_STATUS, ListThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import MAX_IDS_PER_CALL, ListThumbnailsTaskRequest

__all__ = ["POLLS_PER_MINUTE", "TaskPoller", "no_such_task"]

POLLS_PER_MINUTE = 100
"""How many requests a minute MPC accepts from a tenant."""

# The first call waits for other polls to join it: this share of the initial delay, at most
# this long.
_BATCHING_SHARE = 0.25
_MAX_BATCHING_SECONDS = 0.25
# A job that has waited this share of its delay may be polled early, in a call for other jobs.
_EARLY_POLL_SHARE = 0.5


def no_such_task(task_id: str) -> NotFoundError:
    """The error for an id that the service does not know."""
    return NotFoundError(
        f"there is no thumbnails task {task_id!r} in this project",
        service=LIST.service,
        operation=LIST.name,
    )


@dataclass(eq=False, slots=True)
class _TaskPoll:
    """The poll of one task by one job.

    Attributes:
        task_id: the task.
        caller: makes the call, if this poll is the first of its batch.
        future: gets the task, or the error.
        early_from: the loop's time from which a pausing job may be polled early; 0: due now.
    """

    task_id: str
    caller: MpcCaller
    future: "asyncio.Future[ThumbTask]"
    early_from: float = 0.0


class _SharedPolls:
    """The polls of a kit's jobs, in batches."""

    def __init__(self) -> None:
        self._due: list[_TaskPoll] = []
        self._pausing: list[_TaskPoll] = []
        self._waiters = 0
        self._worker: asyncio.Task[None] | None = None

    async def poll(self, caller: MpcCaller, task_id: str) -> ThumbTask:
        """Poll a task, together with others.

        Raises:
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.
        """
        caller.runtime.check()
        poll = _TaskPoll(task_id, caller, asyncio.get_running_loop().create_future())
        self._due.append(poll)
        if self._worker is None:
            self._worker = caller.runtime.spawn(self._work(caller))
        self._waiters += 1
        try:
            return await poll.future
        finally:
            self._waiters -= 1
            if not self._waiters:
                self._stop()

    async def pause(self, caller: MpcCaller, task_id: str, delay: float) -> ThumbTask | None:
        """Wait for the delay, or until a call for other jobs polls the task.

        Returns:
            The task, if it was polled early; None after the delay.
        """
        loop = asyncio.get_running_loop()
        early_from = loop.time() + delay * _EARLY_POLL_SHARE
        poll = _TaskPoll(task_id, caller, loop.create_future(), early_from)
        self._pausing.append(poll)
        try:
            async with asyncio.timeout(delay):
                return await poll.future
        except TimeoutError:
            return None
        finally:
            self._pausing.remove(poll)

    def _stop(self) -> None:
        """Cancel the call in progress, which would only occupy a connection."""
        worker, self._worker = self._worker, None
        self._due.clear()
        if worker is not None:
            worker.cancel()

    async def _work(self, caller: MpcCaller) -> None:
        failure: VidKitError = kit_closed()
        try:
            delay = caller.options.poll.initial_delay
            await asyncio.sleep(min(delay * _BATCHING_SHARE, _MAX_BATCHING_SECONDS))
            while self._due:
                await self._wait_for_rate_limit(self._due[0].caller)
                batch = self._next_batch()
                if batch:
                    await _poll_batch(batch)
        except VidKitError as error:
            failure = error
        except Exception as error:
            failure = unforeseen(error)
            raise
        finally:
            # A poll that began after `_stop` has a worker of its own.
            if self._worker is asyncio.current_task():
                self._worker = None
                _set_errors([poll for poll in self._due if not poll.future.done()], failure)
                self._due.clear()

    async def _wait_for_rate_limit(self, caller: MpcCaller) -> None:
        """Wait until one more call is allowed."""
        place = await caller.job_place(LIST)
        await minute_limiter(f"mpc {place}", POLLS_PER_MINUTE).acquire()
        polls_per_second = caller.options.poll.polls_per_second
        if polls_per_second < POLLS_PER_MINUTE / 60:
            await poll_limiter(polls_per_second).acquire()

    def _next_batch(self) -> list[_TaskPoll]:
        """All polls of the next ten tasks; due polls come before early ones."""
        self._due = [poll for poll in self._due if not poll.future.done()]
        if not self._due:
            return []
        now = asyncio.get_running_loop().time()
        early = [
            poll for poll in self._pausing if poll.early_from <= now and not poll.future.done()
        ]
        polls = [*self._due, *sorted(early, key=lambda poll: poll.early_from)]
        ids = set(list(dict.fromkeys(poll.task_id for poll in polls))[:MAX_IDS_PER_CALL])
        self._due = [poll for poll in self._due if poll.task_id not in ids]
        return [poll for poll in polls if poll.task_id in ids]


async def _poll_batch(batch: list[_TaskPoll]) -> None:
    """Poll the tasks of a batch and set the result of each poll.

    Raises:
        AuthError: the credentials were rejected. The batch's polls get the error; so must all
            other due polls.
    """
    try:
        await _list_tasks(batch)
    except AuthError as error:
        _set_errors(batch, error)
        raise


async def _list_tasks(batch: list[_TaskPoll]) -> None:
    ids = list(dict.fromkeys(poll.task_id for poll in batch))
    caller = batch[0].caller
    try:
        response = await caller.list_page(ListThumbnailsTaskRequest(task_id=ids), 0)
    except AuthError:
        # Five wrong signatures lock a key: no due poll may be sent with the same one now.
        raise
    except ServiceError as error:
        if error.retryable or len(ids) == 1:
            _set_errors(batch, error)
            return
        # One invalid id fails the call for all: poll each task by itself.
        for task_id in ids:
            await _list_tasks([poll for poll in batch if poll.task_id == task_id])
        return
    except VidKitError as error:
        _set_errors(batch, error)
        return
    except Exception as error:
        _set_errors(batch, unforeseen(error))
        raise
    except BaseException:
        _set_errors(batch, kit_closed())
        raise
    _set_results(batch, response)


def _set_results(batch: list[_TaskPoll], response: ListThumbnailsTaskResponse) -> None:
    tasks = {task.task_id: task for task in response.items if task.status != UNKNOWN_TASK_STATUS}
    for poll in batch:
        if poll.future.done():
            continue
        task = tasks.get(poll.task_id)
        if task is not None:
            poll.future.set_result(task)
        elif not poll.early_from:
            poll.future.set_exception(no_such_task(poll.task_id))


def _set_errors(batch: list[_TaskPoll], error: VidKitError) -> None:
    """Fail the due polls.

    Jobs that were polled early keep pausing, and poll when they are due.
    """
    for poll in batch:
        if poll.future.done() or poll.early_from:
            continue
        # A copy for each, since each job writes its token on its error.
        own = copy.copy(error)
        own.__cause__ = error.__cause__
        poll.future.set_exception(own)


class TaskPoller:
    """Polls the task of one job, together with the kit's other jobs.

    Args:
        caller: makes the calls.
        task_id: the task.
    """

    def __init__(self, caller: MpcCaller, task_id: str) -> None:
        self._caller = caller
        self._task_id = task_id
        self._polls = caller.runtime.shared(_SharedPolls)
        self._early: ThumbTask | None = None

    async def poll(self) -> JobPoll[ThumbTask]:
        """Poll once; no call is needed after an early poll in the pause."""
        task, self._early = self._early, None
        if task is None:
            task = await self._polls.poll(self._caller, self._task_id)
        return task.as_poll()

    async def pause(self, polls: int, delay: float) -> None:
        """Wait before a poll; shorter if a call for other jobs includes the task."""
        if polls:
            self._early = await self._polls.pause(self._caller, self._task_id, delay)
