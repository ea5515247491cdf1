"""Creating a task once, although the API has no client token.

Every attempt of one create carries the same ``user_data``. After a failure that leaves open whether
the task was made, the tasks are listed; the create's own is adopted, and only when it is not there
after some time is the create sent again.
"""

import asyncio
import dataclasses
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from pydantic import ValidationError

from vidkit._internal.send_state import watch_send_state
from vidkit.calls.caller import Caller
from vidkit.errors import AmbiguousError, VidKitError, VidKitTimeoutError
from vidkit.jobs.idempotency import PlannedStart
from vidkit.jobs.polling import JobPoll
from vidkit.models.requests import to_wire
from vidkit.mpc.caller import CREATE, PATH, MpcCaller
from vidkit.mpc.models import CreateThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest
from vidkit.mpc.task_matching import RequestedTask, TaskMatch, match_task, new_marker
from vidkit.mpc.task_search import TaskSearch
from vidkit.transports.base import HttpRequest

__all__ = ["CreateOnce", "Created"]

# Seconds before each look: a task that was made may become visible a little late.
_PAUSES = (0.0, 0.3, 0.7)
# Of a short deadline a part is kept for looking.
_SEARCH_SECONDS = 3.0
_SEARCH_SHARE = 0.25

_log = logging.getLogger("vidkit")


@dataclass(frozen=True, slots=True)
class Created:
    """A task that is known to be there.

    Attributes:
        task_id: its id.
        known: what is known of it already.
    """

    task_id: str
    known: JobPoll[ThumbTask] | None = None


class _Locks:
    """Creates whose tasks could not be told apart go one after another."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: tuple[str, ...]) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


class CreateOnce:
    """One call of a create, with all its attempts.

    Args:
        caller: makes the calls.
        request: the parameters.
        planned: what makes it the same create as one of an earlier run.
    """

    def __init__(
        self,
        caller: MpcCaller,
        request: CreateThumbnailsTaskRequest,
        planned: PlannedStart | None = None,
    ) -> None:
        # An empty one is none: the service may well not give it back.
        marked = not request.user_data
        if marked:
            marker = new_marker(planned.token if planned else None)
            request = request.model_copy(update={"user_data": marker})
        self._caller = caller
        self._wanted = RequestedTask.of(request, marked=marked)
        self._request = HttpRequest("POST", PATH, body=to_wire(request))
        self._used_since = planned.used_since if planned else None
        self._began = caller.clock.now()
        self._ends = time.monotonic() + caller.options.deadline
        self._sent = 0
        # Whether the last attempt, if it was ended from outside, may have made a task.
        self._open = False
        self._doubts = 0
        self._doubt: VidKitError | None = None
        self._looked = False

    async def run(self) -> Created:
        """Create the task, or find that it has been created.

        Raises:
            AmbiguousError: it may or may not have been created.
            VidKitError: it was not created.
        """
        settled = False
        try:
            created = await self._run()
        except AmbiguousError as error:
            # Said only now: retries are decided by it, and this is past them.
            error.ambiguous = True
            raise
        except VidKitError:
            settled = True
            raise
        else:
            settled = True
            if not self._wanted.marked:
                self._caller.claims.claim(created.task_id)
            return created
        finally:
            asked = self._doubts or self._open or self._used_since is not None
            if asked and not settled and not self._wanted.marked:
                self._caller.claims.leave_open(self._wanted.key)

    async def _run(self) -> Created:
        if self._wanted.marked:
            return await self._attempts()
        # The wait for one's turn counts: the deadline is the whole call's.
        lock = self._caller.runtime.shared(_Locks).lock(self._wanted.key)
        try:
            async with asyncio.timeout(self._remaining()):
                await lock.acquire()
        except TimeoutError as error:
            raise self._late().located(CREATE.service, CREATE.name) from error
        try:
            return await self._attempts()
        finally:
            lock.release()

    async def _attempts(self) -> Created:
        options = self._caller.options
        # Attempts and looks have limits of their own; the whole has what is left of the deadline.
        whole = dataclasses.replace(
            options,
            retry=dataclasses.replace(options.retry, attempt_timeout=None),
            deadline=max(self._remaining(), 0.001),
        )
        try:
            return await Caller(self._caller.runtime, whole).retrying(CREATE, self._attempt)
        except VidKitError as error:
            return await self._end(error)

    async def _attempt(self, number: int) -> Created:
        if number == 1 and self._used_since is not None:
            found = await self._settle(self._failed_before())
            if found is not None:
                return found
            self._used_since = None
        try:
            response = await self._send(number)
        except VidKitError as error:
            if not error.ambiguous:
                raise
            error.attempts = number
            self._doubts += 1
            self._doubt = error
            if self._caller.options.retry.max_attempts == 1:
                raise
            found = await self._settle(error)
            if found is not None:
                return found
            # It is not there: as far as anybody can tell, sending again is no repetition.
            error.ambiguous = False
            raise
        return Created(response.task_id, _finished(response) if response.status else None)

    async def _send(self, number: int) -> CreateThumbnailsTaskResponse:
        remaining = self._remaining()
        kept = min(_SEARCH_SECONDS, remaining * _SEARCH_SHARE)
        limit = min(self._caller.options.retry.attempt_timeout or remaining, remaining - kept)
        self._sent += 1
        clock = asyncio.timeout(limit)
        with watch_send_state() as send_state:
            try:
                async with clock:
                    return await self._caller.once(CREATE, self._request, attempt=number)
            except TimeoutError as error:
                if isinstance(error, VidKitError) or not clock.expired():
                    raise
                late = error
            finally:
                self._open = not send_state.unsent
        what = "nothing could be sent" if send_state.unsent else "no answer came"
        raise VidKitTimeoutError(
            f"{what} within {limit:.3g} s", retryable=True, ambiguous=not send_state.unsent
        ) from late

    async def _settle(self, doubt: VidKitError) -> Created | None:
        """Look for the task a few times; None when it is not there.

        Raises:
            AmbiguousError: that cannot be told.
        """
        failure: VidKitError | None = None
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                found = await self._look(doubt)
            except AmbiguousError:
                raise
            except VidKitError as error:
                failure = error
                continue
            failure = None
            if found is not None:
                return found
        if failure is not None:
            raise self._ambiguous(doubt, f"looking for it failed ({failure})") from doubt
        return None

    async def _look(self, doubt: VidKitError) -> Created | None:
        own = self._wanted
        # One attempt makes one task. What an earlier run sent is not known.
        enough = self._doubts if own.marked and self._doubts else None
        tasks = await self._caller.runtime.shared(TaskSearch).look(
            self._caller, own.user_data, since=self._perhaps_after, enough=enough
        )
        self._looked = True
        verdict = match_task(
            own,
            tasks,
            surely_after=self._surely_after(),
            perhaps_after=self._perhaps_after(),
            others=self._caller.claims,
        )
        return self._adopted(verdict, doubt)

    def _adopted(self, verdict: TaskMatch, doubt: VidKitError) -> Created | None:
        task = verdict.task
        own = self._wanted
        if task is not None and not own.marked and self._caller.claims.is_open(own.key):
            # An earlier create with the same user_data may have made it, and not know.
            verdict, task = TaskMatch(unclear=(task.task_id or "",)), None
        if verdict.unclear:
            ids = ", ".join(verdict.unclear)
            raise self._ambiguous(doubt, f"it cannot be told whose these tasks are: {ids}")
        if task is None or task.task_id is None:
            return None
        _log.info("mpc.CreateThumbnailsTask adopted task %s after: %s", task.task_id, doubt)
        return Created(task.task_id, task.as_poll())

    async def _end(self, error: VidKitError) -> Created:
        """What the create comes to when its last attempt has failed."""
        unknown = isinstance(error, AmbiguousError)
        if not self._doubts and self._used_since is None and not (unknown and self._open):
            if unknown:
                raise self._late().located(CREATE.service, CREATE.name) from error
            raise error
        if isinstance(error, AmbiguousError) and error.marker is not None:
            # From a look, which has said all.
            raise error
        doubt = self._doubt or error
        if error is not doubt and not unknown and self._remaining() > 0:
            # An earlier attempt was in doubt and this one was refused: one look before giving up.
            found = await self._last_look(doubt)
            if found is not None:
                return found
        seen = "it was not among the tasks so far" if self._looked else "it was not looked for"
        raise self._ambiguous(error, seen)

    async def _last_look(self, doubt: VidKitError) -> Created | None:
        clock = asyncio.timeout(self._remaining())
        try:
            async with clock:
                return await self._look(doubt)
        except AmbiguousError:
            raise
        except (VidKitError, TimeoutError):
            return None

    def _ambiguous(self, error: VidKitError, why: str) -> AmbiguousError:
        told = error
        if isinstance(error, AmbiguousError) and isinstance(error.__cause__, VidKitError):
            told = error.__cause__
        ambiguous = AmbiguousError(
            f"the task may or may not have been created: {told.message}; {why}. "
            f"If it is there, its user_data is {self._wanted.user_data[:200]!r}: look for that "
            "before creating it again",
            service=CREATE.service,
            operation=CREATE.name,
            code=told.code,
            status=told.status,
            request_id=told.request_id,
            attempts=max(self._sent, told.attempts),
        )
        ambiguous.marker = self._wanted.user_data
        ambiguous.__cause__ = told
        return ambiguous

    def _failed_before(self) -> VidKitError:
        return VidKitError("an earlier run ended before it knew the answer", ambiguous=True)

    def _late(self) -> VidKitTimeoutError:
        deadline = self._caller.options.deadline
        return VidKitTimeoutError(f"the deadline of {deadline:g} s passed; nothing was sent")

    def _remaining(self) -> float:
        return self._ends - time.monotonic()

    def _first_sent(self) -> float:
        """The moment from which on the task may have been made, on the clock that only grows."""
        if self._used_since is None:
            return self._began
        return self._caller.clock.now() - (datetime.now(UTC) - self._used_since).total_seconds()

    def _surely_after(self) -> datetime:
        return self._caller.clock.surely_after(self._first_sent())

    def _perhaps_after(self) -> datetime:
        return self._caller.clock.perhaps_after(self._first_sent())


def _finished(response: CreateThumbnailsTaskResponse) -> JobPoll[ThumbTask] | None:
    """What a synchronous create said of its task; None when asking for the task is safer."""
    members = response.model_dump(exclude={"thumbnail_time"}, exclude_unset=True)
    try:
        return ThumbTask.model_validate(members).as_poll()
    except ValidationError:
        return None
