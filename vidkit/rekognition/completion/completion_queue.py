"""The completion notifications of many jobs, received from one queue by one task."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self, TypeVar

from vidkit._internal.arguments import seconds, short_repr
from vidkit._internal.tasks import wait_until_done
from vidkit.calls.caller import Caller
from vidkit.errors import RequestError, VidKitError
from vidkit.rekognition.completion.messages import CompletionMessage, read_completion
from vidkit.rekognition.completion.sns_sqs import MAX_MESSAGES, SnsSqsClient, SqsMessage
from vidkit.retry.policy import RetryPolicy

__all__ = ["CompletionQueue", "OnUnknown"]

OnUnknown = Callable[[CompletionMessage], bool | Awaitable[bool]]
"""Called with a message that the queue does not wait for; True deletes the message."""

T = TypeVar("T")

_log = logging.getLogger("vidkit")

_MAX_WAIT_SECONDS = 20
_MAX_PAUSE_SECONDS = 60.0
_RECEIVE_DEADLINE_MARGIN_SECONDS = 15.0
_MAX_REMEMBERED = 10_000
_MAX_HIDDEN_SECONDS = 30
_CLOSING_SECONDS = 1.0
# A backlog is this many full receives in a row while more jobs wait than the 20 that an account can
# run by default. For up to 20 jobs, one receive per `linger` is enough.
_FULL_RECEIVES_OF_BACKLOG = 3
_DEFAULT_CONCURRENT_JOBS = 20


@dataclass(slots=True)
class _Counts:
    """Counts of a queue's requests and messages so far."""

    receives: int = 0
    empty_receives: int = 0
    deletes: int = 0
    messages: int = 0
    completions: int = 0


class CompletionQueue:
    """An SQS queue that reports the completion of jobs; ``kit.rekognition.completion_queue``.

    One task receives from it with long polling, for all jobs that were started with
    ``completion=``. Messages about those jobs are deleted in batches. All other messages
    are made visible to other consumers again at once, unless ``on_unknown`` has them deleted.
    Those that come again stay hidden for up to 30 s, so that the messages behind them are reached.
    A job whose message does not arrive is polled after the safety interval.

    Attributes:
        queue_url: the queue's URL.
        counts: receives, empty_receives, deletes, messages and completions so far.
        failure: the error that keeps the queue from being read at present, while its jobs are
            polled; or None.

    Raises:
        RequestError: the queue is used outside ``async with``.

    Example:
        ```python
        async with kit.rekognition.completion_queue(queue_url) as queue:
            job = await kit.rekognition.start_label_detection(
                video, notification_channel=channel, completion=queue
            )
            async for item in await job:
                print(item.timestamp, item.label.name)
        ```
    """

    def __init__(
        self,
        caller: Caller,
        queue_url: str,
        *,
        on_unknown: OnUnknown | None = None,
        safety_interval: float | timedelta = 300.0,
        linger: float | timedelta = 1.0,
        wait_seconds: int = _MAX_WAIT_SECONDS,
    ) -> None:
        if not isinstance(queue_url, str) or "://" not in queue_url:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"queue_url={queue_url!r}: must be the URL of an SQS queue")
        if type(wait_seconds) is not int or not 1 <= wait_seconds <= _MAX_WAIT_SECONDS:
            raise RequestError(
                f"wait_seconds={short_repr(wait_seconds)}: must be 1 to {_MAX_WAIT_SECONDS}"
            )
        if on_unknown is not None and not callable(on_unknown):
            raise RequestError("on_unknown: must be callable")
        self.queue_url: str = queue_url
        self.counts: _Counts = _Counts()
        self.failure: VidKitError | None = None
        self._caller = caller
        self._sqs = SnsSqsClient(_receiving_caller(caller, wait_seconds))
        self._on_unknown = on_unknown
        self._safety_interval = seconds(
            safety_interval, parameter="safety_interval", error=RequestError
        )
        self._linger = seconds(linger, parameter="linger", error=RequestError)
        self._wait_seconds = wait_seconds
        # By job id: an event that is set when the expected message arrives, and the jobs whose
        # message has not arrived yet.
        self._message_events: dict[str, asyncio.Event] = {}
        self._waiting: set[str] = set()
        self._any_waiting = asyncio.Event()
        # By job id: receipt handles of messages that are not expected so far, and the ended jobs.
        self._unclaimed_receipts: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        # By message id: how often messages that are not about this queue's jobs were received.
        self._times_received: dict[str, int] = {}
        # Receipt handles of other messages that were received and not returned yet.
        self._held: set[str] = set()
        self._reader: asyncio.Task[None] | None = None
        self._on_unknown_tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __repr__(self) -> str:
        return f"<CompletionQueue {self.queue_url} waiting_for={len(self._message_events)}>"

    async def __aenter__(self) -> Self:
        if self._reader is not None or self._closed:
            raise RequestError("this completion queue was opened before; make a new one")
        self._caller.runtime.check()
        self._reader = self._caller.runtime.spawn(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closed = True
        tasks = [*self._on_unknown_tasks, *([self._reader] if self._reader else [])]
        for task in tasks:
            task.cancel()
        try:
            await wait_until_done(*tasks)
        finally:
            # A task of its own, which a second cancellation does not interrupt.
            await wait_until_done(self._caller.runtime.spawn(self._return_held()))

    def expect(self, job_id: str) -> None:
        """Expect a message about this job; a closed queue does nothing, so the job is polled."""
        if self._closed:
            return
        event = self._message_events.setdefault(job_id, asyncio.Event())
        if job_id in self._unclaimed_receipts:
            self._caller.runtime.spawn(self._delete(self._unclaimed_receipts.pop(job_id)))
            self._mark_arrived(job_id, event)
        elif not event.is_set():
            self._waiting.add(job_id)
            self._any_waiting.set()

    def check(self) -> None:
        """Check that the queue is open.

        Raises:
            RequestError: the queue is not open.
        """
        if self._reader is None or self._closed:
            raise RequestError("completion: use the queue inside `async with`, while it is open")

    async def pause(self, job_id: str, polls: int, delay: float) -> None:
        """Wait until the job's message arrives, or the safety interval has passed.

        Args:
            job_id: the job's id.
            polls: how often the job has been polled so far.
            delay: the seconds that polling waits. The queue waits as long if the message has
                arrived already, and while the queue is closed or cannot be read.
        """
        event = self._message_events.get(job_id)
        if event is None or self._closed or self.failure is not None:
            await asyncio.sleep(delay)
            return
        if event.is_set() and polls:
            # The message has arrived, but the last poll found the job in progress: poll again soon.
            await asyncio.sleep(delay)
            return
        try:
            async with asyncio.timeout(self._safety_interval):
                await event.wait()
        except TimeoutError:
            return

    def forget(self, job_id: str) -> None:
        """Stop expecting a message about a job that has ended or cannot be polled any more."""
        if self._message_events.pop(job_id, None) is not None:
            _remember(self._ended, job_id, "")
        self._stop_waiting(job_id)

    def _mark_arrived(self, job_id: str, event: asyncio.Event) -> None:
        self.counts.completions += not event.is_set()
        event.set()
        self._stop_waiting(job_id)

    def _stop_waiting(self, job_id: str) -> None:
        self._waiting.discard(job_id)
        if not self._waiting:
            self._any_waiting.clear()

    def _end_waits(self) -> None:
        """End the current wait of each job, so that it is polled; its message is still expected."""
        for job_id in self._waiting:
            self._message_events[job_id].set()
            self._message_events[job_id] = asyncio.Event()

    async def _read(self) -> None:
        """Receive until the queue is closed; while receiving fails, the jobs are polled."""
        failures = full_receives = 0
        outcome = _ReceiveOutcome.PARTIAL
        try:
            while True:
                await self._any_waiting.wait()
                is_backlog = (
                    full_receives >= _FULL_RECEIVES_OF_BACKLOG
                    and len(self._waiting) > _DEFAULT_CONCURRENT_JOBS
                )
                # The awaited messages may be right behind those of others.
                if not is_backlog and outcome is not _ReceiveOutcome.OTHERS:
                    # Messages that arrive during the pause are received together.
                    pause = self._linger * 2.0 ** min(failures, 16)
                    await asyncio.sleep(min(_MAX_PAUSE_SECONDS, pause))
                outcome = await self._receive()
                failures = failures + 1 if outcome is _ReceiveOutcome.FAILED else 0
                full_receives = full_receives + 1 if outcome is _ReceiveOutcome.FULL else 0
        finally:
            # Also reached when the kit is closed before the queue: no job may be left waiting.
            self._closed = True
            for event in self._message_events.values():
                event.set()

    async def _receive(self) -> "_ReceiveOutcome":
        """Receive once, and process the messages."""
        try:
            messages = await self._sqs.receive(self.queue_url, wait_seconds=self._wait_seconds)
        except VidKitError as error:
            if self.failure is None:
                _log.warning("%r cannot be read, so its jobs are polled: %s", self, str(error))
            self.failure = error
            self._end_waits()
            return _ReceiveOutcome.FAILED
        self.failure = None
        self.counts.receives += 1
        self.counts.empty_receives += not messages
        self.counts.messages += len(messages)
        processed: list[str] = []
        others: dict[str, SqsMessage] = {}
        for message in messages:
            if receipt := message.receipt_handle:
                if self._is_processed(message, receipt):
                    processed.append(receipt)
                else:
                    others[receipt] = message
        self._held.update(others)
        if processed:
            await self._delete(*processed)
        are_returned = await self._return(others)
        if others and are_returned and not processed:
            return _ReceiveOutcome.OTHERS
        is_full = processed and len(messages) >= MAX_MESSAGES
        return _ReceiveOutcome.FULL if is_full else _ReceiveOutcome.PARTIAL

    def _is_processed(self, message: SqsMessage, receipt: str) -> bool:
        """Process a message; True if it is about a job of this queue, so that it can be deleted."""
        completion = read_completion(message.body or "")
        if completion is None:
            return False
        event = self._message_events.get(completion.job_id)
        if event is not None:
            self._mark_arrived(completion.job_id, event)
            return True
        if completion.job_id in self._ended:
            return True
        # The response to the job's start may still be under way, so the message is remembered.
        _remember(self._unclaimed_receipts, completion.job_id, receipt)
        return False

    async def _return(self, others: Mapping[str, SqsMessage]) -> bool:
        """Return messages to the queue, after ``on_unknown`` if there is one; False on failure.

        Args:
            others: messages by receipt handle.
        """
        timeouts = {
            receipt: self._hidden_seconds(message.message_id or receipt)
            for receipt, message in others.items()
        }
        if self._on_unknown is None:
            return await self._change_visibility(timeouts)
        for receipt, message in others.items():
            # A task of its own, because a slow callback must not delay the other messages.
            task = self._caller.runtime.spawn(
                self._call_on_unknown(
                    self._on_unknown, message.body or "", receipt, timeouts[receipt]
                )
            )
            self._on_unknown_tasks.add(task)
            task.add_done_callback(self._on_unknown_tasks.discard)
        return True

    def _hidden_seconds(self, message_id: str) -> int:
        """How long a message stays hidden from all consumers: not at all when it first comes.

        When it comes again, no other consumer has taken it. Then it stays hidden longer each time,
        so that the messages behind it are reached.
        """
        times = self._times_received.pop(message_id, 0) + 1
        _remember(self._times_received, message_id, times)
        return min(_MAX_HIDDEN_SECONDS, 2 ** min(times - 2, 10)) if times > 1 else 0

    async def _change_visibility(self, timeouts: Mapping[str, int]) -> bool:
        is_changed = True
        try:
            if timeouts:
                await self._sqs.change_visibility(self.queue_url, timeouts)
        except VidKitError as error:
            # The messages are visible again after the queue's visibility timeout.
            _log.debug("%r: messages could not be made visible again: %s", self, str(error))
            is_changed = False
        self._held.difference_update(timeouts)
        return is_changed

    async def _return_held(self) -> None:
        """Return the messages with which this queue was busy when it was closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                while held := sorted(self._held)[:MAX_MESSAGES]:
                    await self._change_visibility(dict.fromkeys(held, 0))

    async def _call_on_unknown(
        self, on_unknown: OnUnknown, body: str, receipt: str, hidden_seconds: int
    ) -> None:
        completion = read_completion(body) or CompletionMessage("", "", body=body)
        try:
            may_delete: Any = on_unknown(completion)
            if inspect.isawaitable(may_delete):
                may_delete = await may_delete
        except Exception:  # noqa: BLE001
            _log.exception("on_unknown failed; the message is left in the queue")
            may_delete = False
        if may_delete:
            await self._delete(receipt)
            self._held.discard(receipt)
        else:
            await self._change_visibility({receipt: hidden_seconds})

    async def _delete(self, *receipt_handles: str) -> None:
        try:
            await self._sqs.delete(self.queue_url, receipt_handles)
        except VidKitError as error:
            # SQS delivers the messages again after the visibility timeout; they are deleted then.
            _log.debug("%r: messages could not be deleted: %s", self, str(error))
            return
        self.counts.deletes += 1


class _ReceiveOutcome(Enum):
    """What a receive returned."""

    FAILED = auto()
    """Nothing, because it failed."""

    PARTIAL = auto()
    """Fewer messages than SQS returns at once, or none."""

    FULL = auto()
    """As many messages as SQS returns at once."""

    OTHERS = auto()
    """Only messages that are not about this queue's jobs, and were returned to the queue."""


def _receiving_caller(caller: Caller, wait_seconds: int) -> Caller:
    """A caller whose deadline outlasts a long poll; the reader repeats a failed receive itself."""
    options = replace(
        caller.options,
        retry=RetryPolicy(max_attempts=1, attempt_timeout=None),
        deadline=wait_seconds + _RECEIVE_DEADLINE_MARGIN_SECONDS,
    )
    return Caller(caller.runtime, options)


def _remember(known: dict[str, T], key: str, value: T) -> None:
    """Add a job or a message, and drop the oldest ones in excess of the limit."""
    known[key] = value
    while len(known) > _MAX_REMEMBERED:
        del known[next(iter(known))]
