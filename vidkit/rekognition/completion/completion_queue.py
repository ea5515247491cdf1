"""Learning of the ends of jobs from one queue, read once for all of them."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from vidkit._internal.arguments import seconds, shown
from vidkit.calls.caller import Caller
from vidkit.errors import RequestError, VidKitError
from vidkit.rekognition.completion.messages import CompletionMessage, read_completion
from vidkit.rekognition.completion.sns_sqs import MOST_MESSAGES, SnsSqsClient, SqsMessage
from vidkit.retry.policy import RetryPolicy

__all__ = ["CompletionQueue", "OnUnknown"]

OnUnknown = Callable[[CompletionMessage], bool | Awaitable[bool]]
"""Told of a message of a job that this queue's user did not start; True deletes it."""

_log = logging.getLogger("vidkit")

_LONGEST_WAIT = 20
_LONGEST_PAUSE = 60.0
_MARGIN = 15.0
_REMEMBERED = 10_000
# What a backlog is: that many full receives in a row, and more jobs still waiting than the 20 that
# an account usually runs. To keep up with those, a receive for each `linger` is enough.
_FULL_ONES = 3
_USUAL = 20


@dataclass(slots=True)
class _Counts:
    """What a queue has done so far."""

    receives: int = 0
    empty_receives: int = 0
    deletes: int = 0
    messages: int = 0
    completions: int = 0


class CompletionQueue:
    """An SQS queue that tells of the ends of jobs; ``kit.rekognition.completion_queue``.

    One task reads it with long polls for all jobs that were started with ``completion=``. Messages
    of those jobs are deleted in batches. Messages of other jobs are left for whoever waits for
    them, or handed to ``on_unknown``. Should a message never come, a slow poll finds the end.

    Attributes:
        queue_url: the queue.
        counts: receives, empty_receives, deletes, messages and completions so far.
        failure: why the queue cannot be read at present, so that jobs are polled; or None.

    Raises:
        RequestError: used outside ``async with``.

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
        wait_seconds: int = _LONGEST_WAIT,
    ) -> None:
        if not isinstance(queue_url, str) or "://" not in queue_url:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"queue_url={queue_url!r}: must be the URL of an SQS queue")
        if type(wait_seconds) is not int or not 1 <= wait_seconds <= _LONGEST_WAIT:
            raise RequestError(f"wait_seconds={shown(wait_seconds)}: must be 1 to {_LONGEST_WAIT}")
        if on_unknown is not None and not callable(on_unknown):
            raise RequestError("on_unknown: must be callable")
        self.queue_url: str = queue_url
        self.counts: _Counts = _Counts()
        self.failure: VidKitError | None = None
        self._caller = caller
        self._api = SnsSqsClient(_patient(caller, wait_seconds))
        self._on_unknown = on_unknown
        self._safety = seconds(safety_interval, parameter="safety_interval", error=RequestError)
        self._linger = seconds(linger, parameter="linger", error=RequestError)
        self._wait_seconds = wait_seconds
        self._expected: dict[str, asyncio.Event] = {}
        self._waiting: set[str] = set()
        self._wanted = asyncio.Event()
        self._unclaimed: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        self._reader: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._closed = False

    def __repr__(self) -> str:
        return f"<CompletionQueue {self.queue_url} waiting_for={len(self._expected)}>"

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
        tasks = [*self._telling, *([self._reader] if self._reader else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def expect(self, job_id: str) -> None:
        """Wait for the end of this job from now on; a closed queue leaves it to polling."""
        if self._closed:
            return
        event = self._expected.setdefault(job_id, asyncio.Event())
        if job_id in self._unclaimed:
            self._caller.runtime.spawn(self._delete(self._unclaimed.pop(job_id)))
            self._came(job_id, event)
        elif not event.is_set():
            self._waiting.add(job_id)
            self._wanted.set()

    def check(self) -> None:
        """Whether the queue is open.

        Raises:
            RequestError: it is not.
        """
        if self._reader is None or self._closed:
            raise RequestError("completion: use the queue inside `async with`, while it is open")

    async def pause(self, job_id: str, polls: int, delay: float) -> None:
        """Wait until the job's message comes, or the safety interval has passed.

        Args:
            job_id: which job.
            polls: looks at the job so far.
            delay: how long polling would wait; that long after a message or when closed.
        """
        event = self._expected.get(job_id)
        if event is None or self._closed or self.failure is not None:
            await asyncio.sleep(delay)
            return
        if event.is_set() and polls:
            # The message came, yet the job was not seen to have ended: ask again soon.
            await asyncio.sleep(delay)
            return
        try:
            async with asyncio.timeout(self._safety):
                await event.wait()
        except TimeoutError:
            return

    def forget(self, job_id: str) -> None:
        """The job has ended or is not waited for any more."""
        if self._expected.pop(job_id, None) is not None:
            _remember(self._ended, job_id, "")
        self._no_longer_waiting(job_id)

    def _came(self, job_id: str, event: asyncio.Event) -> None:
        self.counts.completions += not event.is_set()
        event.set()
        self._no_longer_waiting(job_id)

    def _no_longer_waiting(self, job_id: str) -> None:
        self._waiting.discard(job_id)
        if not self._waiting:
            self._wanted.clear()

    def _wake_all(self) -> None:
        """Let whoever waits go on by polling; those jobs' messages are still awaited."""
        for job_id in self._waiting:
            self._expected[job_id].set()
            self._expected[job_id] = asyncio.Event()

    async def _read(self) -> None:
        """Read until closed; while reading fails, the jobs are polled."""
        failures = full_ones = 0
        try:
            while True:
                await self._wanted.wait()
                if full_ones < _FULL_ONES or len(self._waiting) <= _USUAL:
                    # Ends that come close together are then received together.
                    pause = self._linger * 2.0 ** min(failures, 16)
                    await asyncio.sleep(min(_LONGEST_PAUSE, pause))
                received = await self._receive()
                failures = failures + 1 if received is _Received.FAILED else 0
                full_ones = full_ones + 1 if received is _Received.FULL else 0
        finally:
            # Also when the kit is closed under it: nobody is left waiting.
            self._closed = True
            for event in self._expected.values():
                event.set()

    async def _receive(self) -> "_Received":
        """Receive once, and do what the messages are for."""
        try:
            messages = await self._api.receive(self.queue_url, wait_seconds=self._wait_seconds)
        except VidKitError as error:
            if self.failure is None:
                _log.warning("%r cannot be read, so its jobs are polled: %s", self, error)
            self.failure = error
            self._wake_all()
            return _Received.FAILED
        self.failure = None
        self.counts.receives += 1
        self.counts.empty_receives += not messages
        self.counts.messages += len(messages)
        done = [handle for message in messages if (handle := self._handled(message))]
        if done:
            await self._delete(*done)
        # Where there were only messages of others, there is no hurry to see more of them.
        return _Received.FULL if done and len(messages) >= MOST_MESSAGES else _Received.SOME

    def _handled(self, message: SqsMessage) -> str | None:
        """The receipt handle of a message that has done its work and can be deleted."""
        completion = read_completion(message.body or "")
        handle = message.receipt_handle
        if completion is None or handle is None:
            return None
        event = self._expected.get(completion.job_id)
        if event is not None:
            self._came(completion.job_id, event)
            return handle
        if completion.job_id in self._ended:
            return handle
        # Its start may be on its way back to us: remember it for a while.
        _remember(self._unclaimed, completion.job_id, handle)
        if self._on_unknown is not None:
            # In a task of its own: it may take its time, and must not hold up the others.
            telling = self._caller.runtime.spawn(self._tell(self._on_unknown, completion, handle))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        return None

    async def _tell(
        self, on_unknown: OnUnknown, completion: CompletionMessage, handle: str
    ) -> None:
        try:
            response: Any = on_unknown(completion)
            if inspect.isawaitable(response):
                response = await response
        except Exception:  # noqa: BLE001
            _log.exception("on_unknown failed; the message is left in the queue")
            return
        if response:
            await self._delete(handle)

    async def _delete(self, *receipt_handles: str) -> None:
        try:
            await self._api.delete(self.queue_url, receipt_handles)
        except VidKitError as error:
            # The messages come again and are deleted then.
            _log.debug("%r: messages could not be deleted: %s", self, error)
            return
        self.counts.deletes += 1


class _Received(Enum):
    """What a receive came to."""

    FAILED = auto()
    SOME = auto()
    FULL = auto()


def _patient(caller: Caller, wait_seconds: int) -> Caller:
    """A caller that lets a receive wait as long as it means to; the reader's loop is its retry."""
    patience = replace(
        caller.options,
        retry=RetryPolicy(max_attempts=1, attempt_timeout=None),
        deadline=wait_seconds + _MARGIN,
    )
    return Caller(caller.runtime, patience)


def _remember(memory: dict[str, str], job_id: str, value: str) -> None:
    memory[job_id] = value
    while len(memory) > _REMEMBERED:
        del memory[next(iter(memory))]
