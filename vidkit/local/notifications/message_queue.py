"""A queue and its messages: waiting, delayed or in flight."""

import asyncio
import hashlib
import hmac
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vidkit.local.notifications.attributes import Attribute

MAX_IN_FLIGHT = 120_000
"""Messages of a queue that may be in flight at a time."""


@dataclass(slots=True)
class Message:
    """One message of a queue."""

    body: str
    sent: datetime
    visible_at: float
    """When it can be received, on the queue's own clock."""
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    trace: str | None = None
    """The ``AWSTraceHeader`` that came with it."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    received: int = 0
    """How often it has been received."""
    first_received: datetime | None = None

    @property
    def md5(self) -> str:
        """The digest of the body, as ``MD5OfBody`` has it."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class Queue:
    """A standard queue.

    Messages come in the order they were sent, those that were not deleted in time again. A
    message is in flight from its receipt until its visibility timeout is over.

    Args:
        name: the queue's name.
        arn: its ARN.
        attributes: the settable attributes, all of them but ``Policy``.
        created: when it was made.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        name: str,
        arn: str,
        attributes: Mapping[str, str],
        created: datetime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.arn = arn
        self.attributes: dict[str, str] = dict(attributes)
        self.created = created
        self.modified = created
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._messages: dict[str, Message] = {}
        self._changed = asyncio.Event()

    def send(
        self,
        body: str,
        now: datetime,
        *,
        delay: float | None = None,
        attributes: Mapping[str, Attribute] | None = None,
        trace: str | None = None,
    ) -> Message:
        """Put a message at the end of the queue.

        Args:
            body: the text.
            now: the time of the service's clock.
            delay: seconds until it can be received; the queue's own by default.
            attributes: the message's attributes.
            trace: the trace header.
        """
        if delay is None:
            delay = float(self.attributes["DelaySeconds"])
        message = Message(body, now, self._clock() + delay, attributes or {}, trace)
        self._messages[message.id] = message
        self.wake()
        return message

    def take(self, most: int, timeout: float, now: datetime) -> list[tuple[Message, str]]:
        """The next messages with their receipt handles; they are in flight from now on.

        Args:
            most: how many at the most.
            timeout: their visibility timeout in seconds.
            now: the time of the service's clock.
        """
        self._drop_old(now)
        at = self._clock()
        taken: list[tuple[Message, str]] = []
        for message in self._messages.values():
            if len(taken) == most:
                break
            if message.visible_at <= at:
                message.received += 1
                message.first_received = message.first_received or now
                message.visible_at = at + timeout
                taken.append((message, self._handle(message.id, message.received)))
        return taken

    async def wait(self, seconds: float) -> None:
        """Wait until there may be something to take, or some seconds are over."""
        at = self._clock()
        soonest = min(
            (message.visible_at - at for message in self._messages.values()), default=seconds
        )
        try:
            async with asyncio.timeout(max(min(seconds, soonest), 0)):
                await self._changed.wait()
        except TimeoutError:
            pass

    def wake(self) -> None:
        """Let everyone look who waits."""
        self._changed.set()
        self._changed = asyncio.Event()

    def delete(self, handle: str) -> None:
        """Delete the message of a receipt; an older receipt deletes nothing.

        Raises:
            ValueError: the handle is none of this queue's.
        """
        message_id, received = self._read(handle)
        message = self._messages.get(message_id)
        if message is not None and message.received == received:
            del self._messages[message_id]

    def postpone(self, handle: str, timeout: float) -> bool:
        """Give a message in flight another visibility timeout, counted from now.

        Returns:
            Whether the message is in flight by that receipt.

        Raises:
            ValueError: the handle is none of this queue's.
        """
        message_id, received = self._read(handle)
        message = self._messages.get(message_id)
        at = self._clock()
        if message is None or message.received != received or message.visible_at <= at:
            return False
        message.visible_at = at + timeout
        self.wake()
        return True

    def clear(self) -> None:
        """Delete all messages."""
        self._messages.clear()

    def counts(self, now: datetime) -> dict[str, int]:
        """How many messages are waiting, in flight and delayed, by attribute name."""
        self._drop_old(now)
        at = self._clock()
        hidden = [message for message in self._messages.values() if message.visible_at > at]
        in_flight = sum(message.received > 0 for message in hidden)
        return {
            "ApproximateNumberOfMessages": len(self._messages) - len(hidden),
            "ApproximateNumberOfMessagesNotVisible": in_flight,
            "ApproximateNumberOfMessagesDelayed": len(hidden) - in_flight,
        }

    def _drop_old(self, now: datetime) -> None:
        oldest = now - timedelta(seconds=int(self.attributes["MessageRetentionPeriod"]))
        # In the order of sending: behind the first one to stay, all are younger.
        while self._messages and (first := next(iter(self._messages.values()))).sent < oldest:
            del self._messages[first.id]

    def _handle(self, message_id: str, received: int) -> str:
        plain = f"{message_id}:{received}"
        return f"{plain}:{hmac.digest(self._key, plain.encode(), 'sha256').hex()}"

    def _read(self, handle: str) -> tuple[str, int]:
        message_id, _, rest = handle.partition(":")
        received = rest.partition(":")[0]
        # A digit is what int() takes here; others than ASCII it takes too.
        if received.isascii() and received.isdigit():
            expected = self._handle(message_id, int(received))
            if hmac.compare_digest(expected.encode(), handle.encode()):
                return message_id, int(received)
        raise ValueError("The input receipt handle is invalid.")
