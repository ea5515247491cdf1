"""ReceiveMessage, with long polling."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from vidkit.local.notifications.attributes import digest
from vidkit.local.notifications.message_queue import MAX_IN_FLIGHT, Message, Queue
from vidkit.local.notifications.presence import client_is_connected
from vidkit.local.notifications.served_members import check_served
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import State

MAX_MESSAGES = 10
MAX_WAIT_SECONDS = 20
MAX_VISIBILITY_SECONDS = 43_200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


async def receive(
    find: Callable[[], Queue],
    parameters: Mapping[str, Any],
    state: State,
    closing: Callable[[], bool],
) -> dict[str, Any]:
    """Carry out a ``ReceiveMessage``.

    Args:
        find: returns the queue, which may be deleted during the wait.
        parameters: the request.
        state: the clock and the account.
        closing: whether the service is closing, so that the wait ends.

    Raises:
        ApiError: a parameter is out of range, the queue does not exist, or too many messages are
            in flight.
    """
    check_served(parameters, ("ReceiveRequestAttemptId",), code="InvalidParameterValue")
    queue = find()
    max_messages = read_number(parameters, "MaxNumberOfMessages", 1, MAX_MESSAGES, default=1)
    queue_wait = int(queue.attributes["ReceiveMessageWaitTimeSeconds"])
    wait = read_number(parameters, "WaitTimeSeconds", 0, MAX_WAIT_SECONDS, default=queue_wait)
    visibility = int(queue.attributes["VisibilityTimeout"])
    timeout = read_number(
        parameters, "VisibilityTimeout", 0, MAX_VISIBILITY_SECONDS, default=visibility
    )
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    is_connected = client_is_connected.get()
    while is_connected():
        queue, now = find(), state.now()
        if queue.counts(now)["ApproximateNumberOfMessagesNotVisible"] >= MAX_IN_FLIGHT:
            raise ApiError("OverLimit", f"Too many messages in flight: {MAX_IN_FLIGHT}.")
        received = queue.receive(max_messages, timeout, now)
        if received:
            account_id = state.identity.account_id
            return {"Messages": [_message_item(*each, parameters, account_id) for each in received]}
        remaining = end - loop.time()
        if remaining <= 0 or closing():
            break
        await queue.wait(remaining)
    return {}


def read_number(
    parameters: Mapping[str, Any], name: str, least: int, most: int, *, default: int
) -> int:
    """A number of a request.

    Raises:
        ApiError: ``InvalidParameterValue``: it is out of range.
    """
    value: int = parameters.get(name, default)
    if not least <= value <= most:
        raise ApiError(
            "InvalidParameterValue",
            f"Value {value} for parameter {name} is invalid."
            f" Reason: Must be between {least} and {most}, if provided.",
        )
    return value


def _message_item(
    message: Message, handle: str, parameters: Mapping[str, Any], account_id: str
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": handle,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    system = _system_attributes(message, account_id)
    names = parameters.get("MessageSystemAttributeNames", ())
    if selected := {name: text for name, text in system.items() if {name, "All"} & set(names)}:
        item["Attributes"] = selected
    patterns: Sequence[str] = parameters.get("MessageAttributeNames", ())
    attributes = {
        name: attribute
        for name, attribute in message.attributes.items()
        if any(_matches(pattern, name) for pattern in patterns)
    }
    if attributes:
        item["MessageAttributes"] = {name: each.member() for name, each in attributes.items()}
        item["MD5OfMessageAttributes"] = digest(attributes)
    return item


def _matches(pattern: str, name: str) -> bool:
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
