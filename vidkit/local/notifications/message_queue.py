"""A queue and its messages: available, delayed or in flight."""

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
"""The most messages of a queue in flight."""


@dataclass(slots=True)
class Message:
    """One message of a queue."""

    body: str
    sent: datetime
    visible_at: float
    """When it can be received, on the queue's own clock."""
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    trace: str | None = None
    """Its ``AWSTraceHeader``."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    received: int = 0
    """The number of times that it has been received."""
    first_received: datetime | None = None

    @property
    def md5(self) -> str:
        """The digest of the body, for ``MD5OfBody``."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class Queue:
    """A standard queue.

    Messages are received in the order in which they were sent. A message is in flight from its
    receipt until the end of its visibility timeout; if it was not deleted by then, it is received
    again.

    Args:
        name: the queue's name.
        arn: its ARN.
        attributes: the settable attributes, all of them but ``Policy``.
        created: when it was created.
        clock: a monotonic clock in seconds.
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
            delay: seconds until it can be received; the queue's ``DelaySeconds`` by default.
            attributes: the message's attributes.
            trace: the trace header.
        """
        if delay is None:
            delay = float(self.attributes["DelaySeconds"])
        message = Message(body, now, self._clock() + delay, attributes or {}, trace)
        self._messages[message.id] = message
        self.wake()
        return message

    def receive(
        self, max_messages: int, timeout: float, now: datetime
    ) -> list[tuple[Message, str]]:
        """The next messages with their receipt handles; they are in flight from now on.

        Args:
            max_messages: the most messages to receive.
            timeout: their visibility timeout in seconds.
            now: the time of the service's clock.
        """
        self._drop_expired(now)
        at = self._clock()
        received: list[tuple[Message, str]] = []
        for message in self._messages.values():
            if len(received) == max_messages:
                break
            if message.visible_at <= at:
                message.received += 1
                message.first_received = message.first_received or now
                message.visible_at = at + timeout
                received.append((message, self._receipt_handle(message.id, message.received)))
        return received

    async def wait(self, seconds: float) -> None:
        """Wait until a message may be available, at most for some seconds."""
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
        """End all current calls of ``wait``."""
        self._changed.set()
        self._changed = asyncio.Event()

    def delete(self, handle: str) -> None:
        """Delete the message of a receipt handle; an older handle deletes nothing.

        Raises:
            ValueError: the handle is not one of this queue's.
        """
        message_id, received = self._read(handle)
        message = self._messages.get(message_id)
        if message is not None and message.received == received:
            del self._messages[message_id]

    def change_visibility(self, handle: str, timeout: float) -> bool:
        """Set the visibility timeout of a message in flight, from now on.

        Returns:
            Whether the message of that receipt handle is in flight.

        Raises:
            ValueError: the handle is not one of this queue's.
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
        """The numbers of messages available, in flight and delayed, by attribute name."""
        self._drop_expired(now)
        at = self._clock()
        hidden = [message for message in self._messages.values() if message.visible_at > at]
        in_flight = sum(message.received > 0 for message in hidden)
        return {
            "ApproximateNumberOfMessages": len(self._messages) - len(hidden),
            "ApproximateNumberOfMessagesNotVisible": in_flight,
            "ApproximateNumberOfMessagesDelayed": len(hidden) - in_flight,
        }

    def _drop_expired(self, now: datetime) -> None:
        oldest = now - timedelta(seconds=int(self.attributes["MessageRetentionPeriod"]))
        # Messages are in the order of sending: after the first one that stays, all are newer.
        while self._messages and (first := next(iter(self._messages.values()))).sent < oldest:
            del self._messages[first.id]

    def _receipt_handle(self, message_id: str, received: int) -> str:
        plain = f"{message_id}:{received}"
        return f"{plain}:{hmac.digest(self._key, plain.encode(), 'sha256').hex()}"

    def _read(self, handle: str) -> tuple[str, int]:
        message_id, _, rest = handle.partition(":")
        received = rest.partition(":")[0]
        # ASCII only, because int() also accepts other digits.
        if received.isascii() and received.isdigit():
            expected = self._receipt_handle(message_id, int(received))
            if hmac.compare_digest(expected.encode(), handle.encode()):
                return message_id, int(received)
        raise ValueError("The input receipt handle is invalid.")
