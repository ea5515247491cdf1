"""Creating a task once, although the API has no client token.

All attempts of a create send the same ``user_data``. After an ambiguous failure the tasks are
searched for it: a task that the create made is adopted. The create is sent again only if several
searches, over about a second, find none.
"""

import asyncio
import dataclasses
import logging
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from weakref import WeakValueDictionary

from pydantic import ValidationError

from vidkit.calls.caller import Caller
from vidkit.errors import AmbiguousError, VidKitError, VidKitTimeoutError
from vidkit.jobs.idempotency import PlannedStart
from vidkit.jobs.polling import JobPoll
from vidkit.models.requests import to_wire
from vidkit.mpc.caller import CREATE, PATH, MpcCaller
from vidkit.mpc.clock_bounds import EARLIEST, LATEST, ServiceMoment
from vidkit.mpc.models import CreateThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest
from vidkit.mpc.task_matching import RequestedTask, TaskMatch, match_task, new_marker
from vidkit.mpc.task_search import TaskSearch
from vidkit.retry.attempt_limit import AttemptLimit
from vidkit.retry.policy import RetryPolicy
from vidkit.transports.base import HttpRequest

__all__ = ["CreateOnce", "CreatedTask"]

# The delay before each search: a new task may become visible a little late.
_SEARCH_DELAYS_SECONDS = (0.0, 0.3, 0.7)
# The part of the deadline that an attempt leaves for a search: this share, at most this long.
_SEARCH_RESERVE_SHARE = 0.25
_MAX_SEARCH_RESERVE_SECONDS = 3.0

_log = logging.getLogger("vidkit")


@dataclass(frozen=True, slots=True)
class CreatedTask:
    """A task that is known to exist.

    Attributes:
        task_id: its id.
        known_poll: the task as it was seen, if it was: its job's first poll.
    """

    task_id: str
    known_poll: JobPoll[ThumbTask] | None = None


class _CreateLocks:
    """Serializes creates whose tasks could not be distinguished."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: tuple[str, ...]) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


class CreateOnce:
    """One call of ``CreateThumbnailsTask``, with its attempts and searches.

    Args:
        caller: makes the calls.
        request: the parameters.
        planned: the token of the create, which an earlier create may have sent.
    """

    def __init__(
        self,
        caller: MpcCaller,
        request: CreateThumbnailsTaskRequest,
        planned: PlannedStart | None = None,
    ) -> None:
        # An empty text counts as none: the service may not return it.
        marked = not request.user_data
        if marked:
            marker = new_marker(planned.token if planned else None)
            request = request.model_copy(update={"user_data": marker})
        self._caller = caller
        self._requested = RequestedTask.of(request, marked=marked)
        self._request = HttpRequest("POST", PATH, body=to_wire(request))
        self._maybe_used_before = planned is not None and planned.maybe_used
        self._start = ServiceMoment(caller.clock)
        self._deadline_at = time.monotonic() + caller.options.deadline
        self._attempts_sent = 0
        # Whether the last attempt's request may have been sent; an outer timeout needs it.
        self._maybe_sent = False
        self._ambiguous_attempts = 0
        self._last_ambiguity: VidKitError | None = None
        self._searched = False

    async def run(self) -> CreatedTask:
        """Create the task, or find the task that an attempt has created.

        Raises:
            AmbiguousError: the task may or may not have been created.
            VidKitError: the task was not created.
        """
        outcome_known = False
        try:
            created = await self._run()
        except AmbiguousError as error:
            # Set only after the last attempt: retry decisions depend on it.
            error.ambiguous = True
            raise
        except VidKitError:
            outcome_known = True
            raise
        else:
            outcome_known = True
            if not self._requested.marked:
                self._caller.claimed_tasks.claim(created.task_id)
            return created
        finally:
            may_exist = self._ambiguous_attempts or self._maybe_sent or self._maybe_used_before
            if may_exist and not outcome_known and not self._requested.marked:
                self._caller.claimed_tasks.mark_ambiguous(self._requested.key)

    async def _run(self) -> CreatedTask:
        if self._requested.marked:
            return await self._run_attempts()
        # The deadline is that of the complete call: it includes the wait for the lock.
        lock = self._caller.runtime.shared(_CreateLocks).lock(self._requested.key)
        try:
            async with asyncio.timeout(self._remaining()):
                await lock.acquire()
        except TimeoutError as error:
            raise self._deadline_error().located(CREATE.service, CREATE.name) from error
        try:
            return await self._run_attempts()
        finally:
            lock.release()

    async def _run_attempts(self) -> CreatedTask:
        options = self._caller.options
        # `_send` limits each attempt; here, the rest of the deadline limits them all, and the
        # searches between them.
        without_attempt_timeout = dataclasses.replace(
            options,
            retry=_without_attempt_timeout(options.retry),
            deadline=max(self._remaining(), 0.001),
        )
        try:
            caller = Caller(self._caller.runtime, without_attempt_timeout)
            return await caller.retrying(CREATE, self._attempt)
        except VidKitError as error:
            return await self._after_last_attempt(error)

    async def _attempt(self, number: int) -> CreatedTask:
        if number == 1 and self._maybe_used_before:
            found = await self._find_task(_earlier_create_error())
            if found is not None:
                return found
            self._maybe_used_before = False
        try:
            response = await self._send(number)
        except VidKitError as error:
            if not error.ambiguous:
                raise
            error.attempts = number
            self._ambiguous_attempts += 1
            self._last_ambiguity = error
            if self._caller.options.retry.max_attempts == 1:
                raise
            found = await self._find_task(error)
            if found is not None:
                return found
            # No search found the task: the attempt counts as not carried out, and is retried.
            error.ambiguous = False
            raise
        return CreatedTask(response.task_id, _known_poll(response) if response.status else None)

    async def _send(self, number: int) -> CreateThumbnailsTaskResponse:
        remaining = self._remaining()
        reserve = min(_MAX_SEARCH_RESERVE_SECONDS, remaining * _SEARCH_RESERVE_SHARE)
        limit = min(self._caller.options.retry.attempt_timeout or remaining, remaining - reserve)
        self._attempts_sent += 1
        name = f"attempt timeout of {limit:.3g} s"
        async with AttemptLimit(limit, name=name, retryable=True) as send_state:
            try:
                return await self._caller.once(CREATE, self._request, attempt=number)
            finally:
                self._maybe_sent = not send_state.unsent
                self._start.observe()

    async def _find_task(self, ambiguity: VidKitError) -> CreatedTask | None:
        """Search for the task a few times; None if it does not exist.

        Args:
            ambiguity: the error that left unknown whether the task was created.

        Raises:
            AmbiguousError: it is still unknown.
        """
        failure: VidKitError | None = None
        for delay in _SEARCH_DELAYS_SECONDS:
            await asyncio.sleep(delay)
            try:
                found = await self._search(ambiguity)
            except AmbiguousError:
                raise
            except VidKitError as error:
                failure = error
                continue
            failure = None
            if found is not None:
                return found
        if failure is not None:
            raise self._unknown_outcome(
                ambiguity, f"searching for it failed ({failure})"
            ) from ambiguity
        return None

    async def _search(self, ambiguity: VidKitError) -> CreatedTask | None:
        requested = self._requested
        # Each attempt makes at most one task. How many an earlier one sent is unknown.
        enough = self._ambiguous_attempts if requested.marked and self._ambiguous_attempts else None
        tasks = await self._caller.runtime.shared(TaskSearch).find(
            self._caller, requested.user_data, since=self._possible_from, enough=enough
        )
        self._searched = True
        match = match_task(
            requested,
            tasks,
            certain_from=self._certain_from(),
            possible_from=self._possible_from(),
            claimed=self._caller.claimed_tasks,
        )
        return self._adopt(match, ambiguity)

    def _adopt(self, match: TaskMatch, ambiguity: VidKitError) -> CreatedTask | None:
        task = match.task
        requested, claimed_tasks = self._requested, self._caller.claimed_tasks
        if task is not None and not requested.marked and claimed_tasks.is_ambiguous(requested.key):
            # It may be the task of an earlier create with the same key and an unknown outcome.
            match, task = TaskMatch(ambiguous_ids=(task.task_id or "",)), None
        if match.ambiguous_ids:
            ids = ", ".join(match.ambiguous_ids)
            raise self._unknown_outcome(
                ambiguity, f"these tasks may be from this call or from another: {ids}"
            )
        if task is None or task.task_id is None:
            return None
        _log.info("mpc.CreateThumbnailsTask adopted task %s after: %s", task.task_id, ambiguity)
        return CreatedTask(task.task_id, task.as_poll())

    async def _after_last_attempt(self, error: VidKitError) -> CreatedTask:
        """Search a last time where that can help, or raise the final error."""
        unknown = isinstance(error, AmbiguousError)
        may_exist = (
            self._ambiguous_attempts or self._maybe_used_before or (unknown and self._maybe_sent)
        )
        if not may_exist:
            if unknown:
                raise self._deadline_error().located(CREATE.service, CREATE.name) from error
            raise error
        if isinstance(error, AmbiguousError) and error.marker is not None:
            # A search raised it: it is complete.
            raise error
        ambiguity = self._last_ambiguity or error
        if error is not ambiguity and not unknown and self._remaining() > 0:
            # An earlier attempt was ambiguous and the last one was rejected.
            found = await self._last_search(ambiguity)
            if found is not None:
                return found
        seen = "it was not among the tasks so far" if self._searched else "it was not searched for"
        raise self._unknown_outcome(error, seen)

    async def _last_search(self, ambiguity: VidKitError) -> CreatedTask | None:
        clock = asyncio.timeout(self._remaining())
        try:
            async with clock:
                return await self._search(ambiguity)
        except AmbiguousError:
            raise
        except (VidKitError, TimeoutError):
            return None

    def _unknown_outcome(self, error: VidKitError, why: str) -> AmbiguousError:
        cause = error
        if isinstance(error, AmbiguousError) and isinstance(error.__cause__, VidKitError):
            cause = error.__cause__
        ambiguous = AmbiguousError(
            f"the task may or may not have been created: {cause.message}; {why}. "
            f"If it exists, its user_data is {self._requested.user_data[:200]!r}: search for that "
            "before creating it again",
            service=CREATE.service,
            operation=CREATE.name,
            code=cause.code,
            status=cause.status,
            request_id=cause.request_id,
            attempts=max(self._attempts_sent, cause.attempts),
        )
        ambiguous.marker = self._requested.user_data
        ambiguous.__cause__ = cause
        return ambiguous

    def _deadline_error(self) -> VidKitTimeoutError:
        deadline = self._caller.options.deadline
        return VidKitTimeoutError(f"the deadline of {deadline:g} s passed; nothing was sent")

    def _remaining(self) -> float:
        return self._deadline_at - time.monotonic()

    def _certain_from(self) -> datetime:
        if self._maybe_used_before:
            # No clock says when: only a marker makes it certain.
            return LATEST
        return self._start.certain_from()

    def _possible_from(self) -> datetime:
        # Once all tasks have been listed, a task that becomes visible late is a new one.
        if self._maybe_used_before and not (self._requested.marked and self._searched):
            return EARLIEST
        return self._start.possible_from()


@lru_cache(maxsize=16)
def _without_attempt_timeout(policy: RetryPolicy) -> RetryPolicy:
    return dataclasses.replace(policy, attempt_timeout=None)


def _earlier_create_error() -> VidKitError:
    return VidKitError("an earlier create ended before it received a response", ambiguous=True)


def _known_poll(response: CreateThumbnailsTaskResponse) -> JobPoll[ThumbTask] | None:
    """The task in a synchronous create's response, as a poll; None if unusable."""
    members = response.model_dump(exclude={"thumbnail_time"}, exclude_unset=True)
    try:
        return ThumbTask.model_validate(members).as_poll()
    except ValidationError:
        return None
