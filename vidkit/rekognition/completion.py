"""Learning of the ends of jobs from one queue, read once for all of them."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from vidkit.calls import Caller
from vidkit.config import seconds
from vidkit.errors import RequestError, VidKitError
from vidkit.rekognition.completion_messages import CompletionMessage, read_completion
from vidkit.rekognition.queue_api import QueueApi, SqsMessage

__all__ = ["CompletionQueue", "OnUnknown"]

OnUnknown = Callable[[CompletionMessage], bool | Awaitable[bool]]
"""Told of a message of a job that this queue's user did not start; True deletes it."""

_log = logging.getLogger("vidkit")

_LONGEST_WAIT = 20
_REMEMBERED = 10_000


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
        failure: why the queue cannot be read any more, so that jobs are polled; or None.

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
            raise RequestError(f"wait_seconds={wait_seconds!r}: must be 1 to {_LONGEST_WAIT}")
        if on_unknown is not None and not callable(on_unknown):
            raise RequestError("on_unknown: must be callable")
        self.queue_url: str = queue_url
        self.counts: _Counts = _Counts()
        self._caller = caller
        self._api = QueueApi(caller)
        self._on_unknown = on_unknown
        self._safety = seconds(safety_interval, parameter="safety_interval", error=RequestError)
        self._linger = seconds(linger, parameter="linger", error=RequestError)
        self._wait_seconds = wait_seconds
        self._expected: dict[str, asyncio.Event] = {}
        self._unclaimed: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        self._wanted = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self.failure: VidKitError | None = None
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
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        # Whoever still waits goes on by polling.
        for event in self._expected.values():
            event.set()

    def expect(self, job_id: str) -> None:
        """Wait for the end of this job from now on.

        Raises:
            RequestError: the queue is not open.
        """
        self.check()
        event = self._expected.setdefault(job_id, asyncio.Event())
        if job_id in self._unclaimed:
            self._caller.runtime.spawn(self._claim(self._unclaimed.pop(job_id)))
            event.set()
            self.counts.completions += 1
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
        if not self._expected:
            self._wanted.clear()

    async def _read(self) -> None:
        """Read until closed; a failure that stays leaves the jobs to polling."""
        try:
            while True:
                await self._wanted.wait()
                # Ends that come close together are then received together.
                await asyncio.sleep(self._linger)
                await self._receive()
        except VidKitError as error:
            _log.warning("%r cannot be read, so its jobs are polled: %s", self, error)
            self.failure = error
            for event in self._expected.values():
                event.set()

    async def _receive(self) -> None:
        try:
            messages = await self._api.receive(self.queue_url, wait_seconds=self._wait_seconds)
        except VidKitError as error:
            if not error.retryable:
                raise
            return
        self.counts.receives += 1
        self.counts.empty_receives += not messages
        self.counts.messages += len(messages)
        done = [message.receipt_handle for message in messages if await self._handled(message)]
        if done:
            await self._claim(*done)

    async def _handled(self, message: SqsMessage) -> bool:
        """Whether the message has done its work and can be deleted."""
        completion = read_completion(message.body)
        if completion is None:
            return False
        event = self._expected.get(completion.job_id)
        if event is None and completion.job_id in self._ended:
            return True
        if event is not None:
            self.counts.completions += not event.is_set()
            event.set()
            return True
        # Its start may be on its way back to us: remember it for a while.
        _remember(self._unclaimed, completion.job_id, message.receipt_handle)
        return await self._told(completion)

    async def _told(self, completion: CompletionMessage) -> bool:
        if self._on_unknown is None:
            return False
        try:
            answer: Any = self._on_unknown(completion)
            if inspect.isawaitable(answer):
                answer = await answer
        except Exception:  # noqa: BLE001
            _log.exception("on_unknown failed; the message is left in the queue")
            return False
        return bool(answer)

    async def _claim(self, *receipt_handles: str) -> None:
        handles: Sequence[str] = receipt_handles
        try:
            await self._api.delete(self.queue_url, handles)
        except VidKitError as error:
            # The messages come again and are deleted then.
            if not error.retryable:
                raise
            return
        self.counts.deletes += 1


def _remember(memory: dict[str, str], job_id: str, value: str) -> None:
    memory[job_id] = value
    while len(memory) > _REMEMBERED:
        del memory[next(iter(memory))]
