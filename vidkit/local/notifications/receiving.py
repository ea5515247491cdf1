"""Receiving messages, with a wait for those that are still to come."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from vidkit.local.notifications.attributes import digest
from vidkit.local.notifications.message_queue import MAX_IN_FLIGHT, Message, Queue
from vidkit.local.notifications.presence import client_is_there
from vidkit.local.protocol.wire import Fault
from vidkit.local.runtime.state import State

MAX_MESSAGES = 10
MAX_WAIT = 20
MAX_VISIBILITY = 43_200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


async def receive(
    find: Callable[[], Queue],
    parameters: Mapping[str, Any],
    state: State,
    ended: Callable[[], bool],
) -> dict[str, Any]:
    """Answer a ``ReceiveMessage``.

    Args:
        find: looks the queue up, which may be deleted during the wait.
        parameters: the request.
        state: the clock and the account.
        ended: whether the service is closing and waits no more.

    Raises:
        Fault: a parameter is out of its range, the queue is gone, or too many messages are in
            flight.
    """
    queue = find()
    most = within(parameters, "MaxNumberOfMessages", 1, MAX_MESSAGES, default=1)
    waiting = int(queue.attributes["ReceiveMessageWaitTimeSeconds"])
    wait = within(parameters, "WaitTimeSeconds", 0, MAX_WAIT, default=waiting)
    visibility = int(queue.attributes["VisibilityTimeout"])
    timeout = within(parameters, "VisibilityTimeout", 0, MAX_VISIBILITY, default=visibility)
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    there = client_is_there.get()
    while there():
        queue, now = find(), state.now()
        if queue.counts(now)["ApproximateNumberOfMessagesNotVisible"] >= MAX_IN_FLIGHT:
            raise Fault("OverLimit", f"Too many messages in flight: {MAX_IN_FLIGHT}.")
        taken = queue.take(most, timeout, now)
        if taken:
            shown = [_shown(*one, parameters, state.identity.account_id) for one in taken]
            return {"Messages": shown}
        remaining = end - loop.time()
        if remaining <= 0 or ended():
            break
        await queue.wait(remaining)
    return {}


def within(parameters: Mapping[str, Any], name: str, least: int, most: int, *, default: int) -> int:
    """A number of a request.

    Raises:
        Fault: ``InvalidParameterValue``: it is out of its range.
    """
    value: int = parameters.get(name, default)
    if not least <= value <= most:
        raise Fault(
            "InvalidParameterValue",
            f"Value {value} for parameter {name} is invalid."
            f" Reason: Must be between {least} and {most}, if provided.",
        )
    return value


def _shown(
    message: Message, handle: str, parameters: Mapping[str, Any], account_id: str
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": handle,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    system = _system_attributes(message, account_id)
    wanted = parameters.get("MessageSystemAttributeNames", ())
    if chosen := {name: text for name, text in system.items() if {name, "All"} & set(wanted)}:
        shown["Attributes"] = chosen
    named: Sequence[str] = parameters.get("MessageAttributeNames", ())
    attributes = {
        name: attribute
        for name, attribute in message.attributes.items()
        if any(_names(pattern, name) for pattern in named)
    }
    if attributes:
        shown["MessageAttributes"] = {name: one.member() for name, one in attributes.items()}
        shown["MD5OfMessageAttributes"] = digest(attributes)
    return shown


def _names(pattern: str, name: str) -> bool:
    if pattern in {"All", ".*"}:
        return True
    if pattern.endswith(".*"):
        return name.startswith(pattern.removesuffix("*"))
    return pattern == name


def _system_attributes(message: Message, account_id: str) -> dict[str, str]:
    first = message.first_received or message.sent
    attributes = {
        "SenderId": account_id,
        "SentTimestamp": str((message.sent - _EPOCH) // _MILLISECOND),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str((first - _EPOCH) // _MILLISECOND),
    }
    if message.trace is not None:
        attributes["AWSTraceHeader"] = message.trace
    return attributes
