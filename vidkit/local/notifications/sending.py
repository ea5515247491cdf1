"""Sending messages to a queue."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vidkit.local.notifications.attributes import digest, read_attributes
from vidkit.local.notifications.batches import run_batch
from vidkit.local.notifications.message_queue import Queue
from vidkit.local.notifications.receiving import within
from vidkit.local.protocol.wire import Fault

MAX_DELAY = 900

_FOREIGN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def send_one(queue: Queue, parameters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Answer a ``SendMessage``, or one entry of a batch.

    Raises:
        Fault: the message is empty, too long, or has characters that messages may not have.
    """
    body: str = parameters["MessageBody"]
    if not body:
        raise Fault("MissingParameter", "The request must contain the parameter MessageBody.")
    if _FOREIGN.search(body):
        raise Fault("InvalidMessageContents", "Invalid characters found.")
    if "MessageDeduplicationId" in parameters:
        raise Fault(
            "InvalidParameterValue",
            "MessageDeduplicationId is for FIFO queues, which are not served here.",
        )
    most = int(queue.attributes["MaximumMessageSize"])
    if size_of(parameters) > most:
        raise Fault(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than"
            f" {most} bytes.",
        )
    attributes = read_attributes(
        parameters.get("MessageAttributes", {}), code="InvalidParameterValue"
    )
    delay = None
    if "DelaySeconds" in parameters:
        delay = within(parameters, "DelaySeconds", 0, MAX_DELAY, default=0)
    trace = parameters.get("MessageSystemAttributes", {}).get("AWSTraceHeader", {})
    message = queue.send(
        body, now, delay=delay, attributes=attributes, trace=trace.get("StringValue")
    )
    told = {"MessageId": message.id, "MD5OfMessageBody": message.md5}
    if attributes:
        told["MD5OfMessageAttributes"] = digest(attributes)
    return told


def send_batch(
    queue: Queue, entries: Sequence[dict[str, Any]], now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Answer a ``SendMessageBatch``.

    Raises:
        Fault: the batch itself makes no sense, or its messages are too long together.
    """
    most = int(queue.attributes["MaximumMessageSize"])
    if sum(map(size_of, entries)) > most:
        raise Fault("BatchRequestTooLong", f"Batch requests cannot be longer than {most} bytes.")
    return run_batch(entries, lambda entry: send_one(queue, entry, now))


def size_of(parameters: Mapping[str, Any]) -> int:
    """The bytes of a message: its body, and the names, types and values of its attributes."""
    texts = [parameters["MessageBody"]]
    for name, attribute in parameters.get("MessageAttributes", {}).items():
        texts += [name, attribute["DataType"], attribute.get("StringValue", "")]
        texts.append(attribute.get("BinaryValue", ""))
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
