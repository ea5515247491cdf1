"""Looking at tasks that are waited for: ten of them a call, and no more calls than allowed."""

import asyncio
import copy
from dataclasses import dataclass

from vidkit.errors import AuthError, NotFoundError, ServiceError, VidKitError, kit_closed
from vidkit.jobs.polling import JobPoll
from vidkit.jobs.rate_limits import minute_limiter, poll_limiter
from vidkit.mpc.caller import LIST, MpcCaller
from vidkit.mpc.models import ListThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import ListThumbnailsTaskRequest

__all__ = ["POLLS_PER_MINUTE", "TaskWatch", "no_such_task"]

POLLS_PER_MINUTE = 100
"""How many requests a minute MPC serves a tenant."""

_MOST_IDS = 10
_NO_TASK = "NO_TASK"
# A look waits this part of the first delay, and no longer than this, for others to join it.
_GATHER_SHARE = 0.25
_GATHER_SECONDS = 0.25
# Whoever has waited this part of its time may be looked at along with others.
_RESTED = 0.5


def no_such_task(task_id: str) -> NotFoundError:
    """The error for an id that the service does not know."""
    return NotFoundError(
        f"there is no thumbnails task {task_id!r} in this project",
        service=LIST.service,
        operation=LIST.name,
    )


@dataclass(eq=False, slots=True)
class _Waiting:
    """Somebody who wants to see a task: now, or with the others from a time on."""

    task_id: str
    caller: MpcCaller
    response: "asyncio.Future[ThumbTask]"
    rested: float = 0.0


class _TaskPolls:
    """The looks at tasks of a kit."""

    def __init__(self) -> None:
        self._due: list[_Waiting] = []
        self._resting: list[_Waiting] = []
        self._asking = 0
        self._working: asyncio.Task[None] | None = None

    async def ask(self, caller: MpcCaller, task_id: str) -> ThumbTask:
        """Look at a task, together with others.

        Raises:
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.
        """
        caller.runtime.check()
        waiting = _Waiting(task_id, caller, asyncio.get_running_loop().create_future())
        self._due.append(waiting)
        if self._working is None:
            self._working = caller.runtime.spawn(self._work(caller))
        self._asking += 1
        try:
            return await waiting.response
        finally:
            self._asking -= 1
            if not self._asking:
                self._stop()

    async def rest(self, caller: MpcCaller, task_id: str, delay: float) -> ThumbTask | None:
        """Wait, or less long when the task was looked at along with others: then give it."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(task_id, caller, loop.create_future(), loop.time() + delay * _RESTED)
        self._resting.append(waiting)
        try:
            async with asyncio.timeout(delay):
                return await waiting.response
        except TimeoutError:
            return None
        finally:
            self._resting.remove(waiting)

    def _stop(self) -> None:
        """Nobody wants to know any more: a look under way would only keep a connection."""
        working, self._working = self._working, None
        self._due.clear()
        if working is not None:
            working.cancel()

    async def _work(self, caller: MpcCaller) -> None:
        failure: VidKitError = kit_closed()
        try:
            delay = caller.options.poll.initial_delay
            await asyncio.sleep(min(delay * _GATHER_SHARE, _GATHER_SECONDS))
            while self._due:
                await self._turn(self._due[0].caller)
                batch = self._batch()
                if batch:
                    await _serve(batch)
        except VidKitError as error:
            failure = error
        finally:
            # Whoever asks after it was stopped has another one.
            if self._working is asyncio.current_task():
                self._working = None
                _fail([waiting for waiting in self._due if not waiting.response.done()], failure)
                self._due.clear()

    async def _turn(self, caller: MpcCaller) -> None:
        """Wait until one more call is allowed."""
        place = await caller.place(LIST)
        await minute_limiter(f"mpc {place}", POLLS_PER_MINUTE).acquire()
        slower = caller.options.poll.polls_per_second
        if slower < POLLS_PER_MINUTE / 60:
            await poll_limiter(slower).acquire()

    def _batch(self) -> list[_Waiting]:
        """All who want to see one of ten tasks; those that are due come first."""
        self._due = [waiting for waiting in self._due if not waiting.response.done()]
        now = asyncio.get_running_loop().time()
        resting = [w for w in self._resting if w.rested <= now and not w.response.done()]
        wanted = [*self._due, *sorted(resting, key=lambda waiting: waiting.rested)]
        ids = set(list(dict.fromkeys(waiting.task_id for waiting in wanted))[:_MOST_IDS])
        if not self._due:
            return []
        self._due = [waiting for waiting in self._due if waiting.task_id not in ids]
        return [waiting for waiting in wanted if waiting.task_id in ids]


async def _serve(batch: list[_Waiting]) -> None:
    """Look at the tasks of a batch and tell everybody who waits for one of them.

    Raises:
        AuthError: the caller was refused. They were told; so would be all others.
    """
    try:
        await _look(batch)
    except AuthError as error:
        _fail(batch, error)
        raise


async def _look(batch: list[_Waiting]) -> None:
    ids = list(dict.fromkeys(waiting.task_id for waiting in batch))
    caller = batch[0].caller
    try:
        response = await caller.list_page(ListThumbnailsTaskRequest(task_id=ids), 0)
    except AuthError:
        # Five wrong signatures lock a key: nobody who is due tries with the same one now.
        raise
    except ServiceError as error:
        if error.retryable or len(ids) == 1:
            _fail(batch, error)
            return
        # One bad id spoils the call for all: each by itself, then.
        for task_id in ids:
            await _look([waiting for waiting in batch if waiting.task_id == task_id])
        return
    except VidKitError as error:
        _fail(batch, error)
        return
    except BaseException:
        _fail(batch, kit_closed())
        raise
    _tell(batch, response)


def _tell(batch: list[_Waiting], response: ListThumbnailsTaskResponse) -> None:
    tasks = {task.task_id: task for task in response.items if task.status != _NO_TASK}
    for waiting in batch:
        if waiting.response.done():
            continue
        task = tasks.get(waiting.task_id)
        if task is not None:
            waiting.response.set_result(task)
        elif not waiting.rested:
            waiting.response.set_exception(no_such_task(waiting.task_id))


def _fail(batch: list[_Waiting], error: VidKitError) -> None:
    """Tell those who are due; the others go on resting and will ask in their time."""
    for waiting in batch:
        if waiting.response.done() or waiting.rested:
            continue
        # One of its own for each, since jobs write their tokens on it.
        own = copy.copy(error)
        own.__cause__ = error.__cause__
        waiting.response.set_exception(own)


class TaskWatch:
    """How one job looks at its task: along with the other jobs of the kit.

    Args:
        caller: makes the calls.
        task_id: the task.
    """

    def __init__(self, caller: MpcCaller, task_id: str) -> None:
        self._caller = caller
        self._task_id = task_id
        self._polls = caller.runtime.shared(_TaskPolls)
        self._seen: ThumbTask | None = None

    async def poll(self) -> JobPoll[ThumbTask]:
        """Look once, or tell what the rest before has seen."""
        task, self._seen = self._seen, None
        if task is None:
            task = await self._polls.ask(self._caller, self._task_id)
        return task.as_poll()

    async def pause(self, polls: int, delay: float) -> None:
        """Wait before a look; the wait ends early when others' look has seen the task."""
        if polls:
            self._seen = await self._polls.rest(self._caller, self._task_id, delay)
