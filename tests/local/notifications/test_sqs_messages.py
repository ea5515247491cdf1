"""Messages in the local cloud's SQS: sent, received, seen again, deleted, in batches too."""

import asyncio
import hashlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from notification_calls import bodies, code_of, make_queue

from vidkit.local.notifications.message_queue import Queue


async def test_a_message_goes_through_the_queue(sqs):
    url = await make_queue(sqs)
    sent = await sqs.send_message(QueueUrl=url, MessageBody="grün")
    assert sent["MD5OfMessageBody"] == hashlib.md5("grün".encode()).hexdigest()
    received = await sqs.receive_message(
        QueueUrl=url,
        MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
    )
    (message,) = received["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "grün"
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert set(message["Attributes"]) == {"SentTimestamp", "ApproximateReceiveCount"}
    assert abs(int(message["Attributes"]["SentTimestamp"]) / 1000 - time.time()) < 30
    assert await bodies(sqs, url) == []
    await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    shown = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert shown["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_a_message_that_is_not_deleted_comes_again(sqs):
    url = await make_queue(sqs, VisibilityTimeout="1")
    await sqs.send_message(QueueUrl=url, MessageBody="a")
    begun = time.monotonic()
    first = (await sqs.receive_message(QueueUrl=url))["Messages"][0]
    again = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, AttributeNames=["All"])
    assert 0.9 < time.monotonic() - begun < 4
    (second,) = again["Messages"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    assert second["MessageId"] == first["MessageId"]
    # The older receipt is accepted, but the message belongs to the newer one.
    await sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    counts = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"
    await sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    counts = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_the_visibility_of_a_message_can_be_changed(sqs):
    url = await make_queue(sqs)
    await sqs.send_message(QueueUrl=url, MessageBody="a")
    handle = (await sqs.receive_message(QueueUrl=url))["Messages"][0]["ReceiptHandle"]
    change = {"QueueUrl": url, "ReceiptHandle": handle}
    waiting = asyncio.create_task(bodies(sqs, url, WaitTimeSeconds=20, VisibilityTimeout=600))
    await asyncio.sleep(0.1)
    await sqs.change_message_visibility(**change, VisibilityTimeout=0)
    assert await asyncio.wait_for(waiting, 5) == ["a"]
    error = await code_of(sqs.change_message_visibility(**change, VisibilityTimeout=5))
    assert error == (400, "AWS.SimpleQueueService.MessageNotInflight")
    error = await code_of(sqs.change_message_visibility(**change, VisibilityTimeout=43201))
    assert error == (400, "InvalidParameterValue")


@pytest.mark.parametrize("handle", ["x", "a:1:b", "a:²:b", ""])
async def test_handles_that_were_not_issued_are_rejected(sqs, handle):
    url = await make_queue(sqs)
    error = await code_of(sqs.delete_message(QueueUrl=url, ReceiptHandle=handle))
    assert error == (400, "ReceiptHandleIsInvalid")
    changed = sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=1)
    assert await code_of(changed) == (400, "ReceiptHandleIsInvalid")


async def test_messages_can_be_delayed(sqs):
    url = await make_queue(sqs)
    await sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=1)
    await sqs.send_message(QueueUrl=url, MessageBody="now")
    counts = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"
    assert await bodies(sqs, url) == ["now"]
    assert await bodies(sqs, url, WaitTimeSeconds=5) == ["late"]


async def test_batches_send_receive_change_visibility_and_delete(sqs):
    url = await make_queue(sqs)
    entries = [{"Id": f"id-{n}", "MessageBody": f"m{n}"} for n in range(10)]
    sent = await sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [one["Id"] for one in sent["Successful"]] == [f"id-{n}" for n in range(10)]
    assert sent.get("Failed", []) == []
    received = (await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10))["Messages"]
    assert [message["Body"] for message in received] == [f"m{n}" for n in range(10)]
    handles = [message["ReceiptHandle"] for message in received]
    changed = await sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "a", "ReceiptHandle": handles[0], "VisibilityTimeout": 0},
            {"Id": "b", "ReceiptHandle": "nobody's", "VisibilityTimeout": 0},
            {"Id": "c", "ReceiptHandle": handles[1], "VisibilityTimeout": -1},
        ],
    )
    assert [one["Id"] for one in changed["Successful"]] == ["a"]
    assert [(one["Id"], one["Code"]) for one in changed["Failed"]] == [
        ("b", "ReceiptHandleIsInvalid"),
        ("c", "InvalidParameterValue"),
    ]
    deleted = await sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)],
    )
    assert len(deleted["Successful"]) == 10
    assert await bodies(sqs, url) == []


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(n), "MessageBody": "m"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "a", "MessageBody": "m"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "MessageBody": "m"}], "InvalidBatchEntryId"),
        (
            [{"Id": str(n), "MessageBody": "m" * 600_000} for n in range(2)],
            "BatchRequestTooLong",
        ),
    ],
)
async def test_invalid_batches_are_rejected(sqs, entries, code):
    url = await make_queue(sqs)
    error = await code_of(sqs.send_message_batch(QueueUrl=url, Entries=entries))
    assert error == (400, f"AWS.SimpleQueueService.{code}")
    assert await bodies(sqs, url) == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"MessageBody": ""}, "MissingParameter"),
        ({"MessageBody": "a\x00"}, "InvalidMessageContents"),
        ({"MessageBody": "a" * 1025}, "InvalidParameterValue"),
        ({"MessageBody": "a", "DelaySeconds": 901}, "InvalidParameterValue"),
        ({"MessageBody": "a", "MessageDeduplicationId": "d"}, "InvalidParameterValue"),
        (
            {"MessageBody": "a", "MessageAttributes": {"k": {"DataType": "String"}}},
            "InvalidParameterValue",
        ),
        (
            {
                "MessageBody": "a",
                "MessageAttributes": {"k": {"DataType": "Colour", "StringValue": "red"}},
            },
            "InvalidParameterValue",
        ),
    ],
)
async def test_invalid_messages_are_rejected(sqs, parameters, code):
    url = await make_queue(sqs, MaximumMessageSize="1024")
    assert await code_of(sqs.send_message(QueueUrl=url, **parameters)) == (400, code)


async def test_message_attributes_are_returned_when_requested(sqs):
    url = await make_queue(sqs, VisibilityTimeout="0")
    attributes = {
        "kind.a": {"DataType": "String", "StringValue": "x"},
        "kind.b": {"DataType": "Number.int", "StringValue": "7"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = await sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attributes)
    for names, expected in (
        (["All"], attributes),
        (["kind.*"], {name: attributes[name] for name in ("kind.a", "kind.b")}),
        (["raw"], {"raw": attributes["raw"]}),
    ):
        received = await sqs.receive_message(QueueUrl=url, MessageAttributeNames=names)
        assert received["Messages"][0]["MessageAttributes"] == expected
        if names == ["All"]:
            response = received["Messages"][0]["MD5OfMessageAttributes"]
            assert response == sent["MD5OfMessageAttributes"]
    assert "MessageAttributes" not in (await sqs.receive_message(QueueUrl=url))["Messages"][0]


async def test_a_purged_queue_is_empty(sqs):
    url = await make_queue(sqs)
    for text in ("a", "b"):
        await sqs.send_message(QueueUrl=url, MessageBody=text)
    await sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    await sqs.purge_queue(QueueUrl=url)
    assert await bodies(sqs, url) == []


@pytest.mark.parametrize(("age", "left"), [(59, 1), (61, 0)])
def test_messages_are_dropped_after_their_retention_period(age, left):
    settings = {"DelaySeconds": "0", "MessageRetentionPeriod": "60"}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    queue = Queue("jobs", "arn:jobs", settings, now)
    queue.send("old", now)
    later = now + timedelta(seconds=age)
    assert queue.counts(later)["ApproximateNumberOfMessages"] == left
    assert len(queue.receive(10, 0, later)) == left
    queue.send("new", later)
    assert len(queue.receive(10, 0, later)) == left + 1


async def test_a_trace_header_stays_with_the_message(sqs):
    url = await make_queue(sqs)
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}}
    await sqs.send_message(QueueUrl=url, MessageBody="m", MessageSystemAttributes=trace)
    response = await sqs.receive_message(QueueUrl=url, AttributeNames=["All"])
    assert response["Messages"][0]["Attributes"]["AWSTraceHeader"] == "Root=1"
