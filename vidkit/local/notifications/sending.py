"""SendMessage and SendMessageBatch."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vidkit.local.notifications.attributes import digest, read_attributes
from vidkit.local.notifications.batches import run_batch
from vidkit.local.notifications.message_queue import Queue
from vidkit.local.notifications.receiving import read_number
from vidkit.local.notifications.served_members import check_served
from vidkit.local.protocol.wire import ApiError

MAX_DELAY_SECONDS = 900

_INVALID_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def send_one(queue: Queue, parameters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Carry out a ``SendMessage``, or one entry of a batch.

    Raises:
        ApiError: the message is empty or too long, or contains characters that are not allowed.
    """
    body: str = parameters["MessageBody"]
    if not body:
        raise ApiError("MissingParameter", "The request must contain the parameter MessageBody.")
    if _INVALID_CHARACTER.search(body):
        raise ApiError("InvalidMessageContents", "Invalid characters found.")
    missing = ("MessageDeduplicationId", "MessageGroupId")
    check_served(parameters, missing, code="InvalidParameterValue")
    most = int(queue.attributes["MaximumMessageSize"])
    if message_size(parameters) > most:
        raise ApiError(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than"
            f" {most} bytes.",
        )
    attributes = read_attributes(
        parameters.get("MessageAttributes", {}), code="InvalidParameterValue"
    )
    delay = None
    if "DelaySeconds" in parameters:
        delay = read_number(parameters, "DelaySeconds", 0, MAX_DELAY_SECONDS, default=0)
    trace = parameters.get("MessageSystemAttributes", {}).get("AWSTraceHeader", {})
    message = queue.send(
        body, now, delay=delay, attributes=attributes, trace=trace.get("StringValue")
    )
    result = {"MessageId": message.id, "MD5OfMessageBody": message.md5}
    if attributes:
        result["MD5OfMessageAttributes"] = digest(attributes)
    return result


def send_batch(
    queue: Queue, entries: Sequence[dict[str, Any]], now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Carry out a ``SendMessageBatch``.

    Raises:
        ApiError: the batch itself is invalid, or its messages are together too long.
    """
    most = int(queue.attributes["MaximumMessageSize"])
    if sum(map(message_size, entries)) > most:
        raise ApiError("BatchRequestTooLong", f"Batch requests cannot be longer than {most} bytes.")
    return run_batch(entries, lambda entry: send_one(queue, entry, now))


def message_size(parameters: Mapping[str, Any]) -> int:
    """The size of a message in bytes: body, and names, types and values of its attributes."""
    texts, blobs = [parameters["MessageBody"]], 0
    for name, attribute in parameters.get("MessageAttributes", {}).items():
        texts += [name, attribute["DataType"], attribute.get("StringValue", "")]
        blobs += len(attribute.get("BinaryValue", b""))
    return blobs + sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
