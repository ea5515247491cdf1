"""smithy's clients of SNS and SQS against a running local cloud; prints a line for each call.

They need Python 3.12, and read endpoint, region and key pair from the environment.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from aws_sdk_sns import models as sns_models
from aws_sdk_sns.client import AsyncSNSClient
from aws_sdk_sqs import models as sqs_models
from aws_sdk_sqs.client import AsyncSQSClient


async def check(client: str, call: str, work: Callable[[], Awaitable[object]]) -> None:
    """Carry out a call and print how it ended."""
    try:
        await work()
        result = "ok"
    except Exception as error:  # noqa: BLE001 - whatever a client raises is its row of the table
        result = f"{type(error).__name__}: {error}".replace("\n", " ").replace("\t", " ")[:200]
    sys.stdout.write(f"{client}\t{call}\t{result}\n")


async def with_sqs(client: AsyncSQSClient) -> None:
    """Queues and messages over JSON 1.0."""
    name = "aws-sdk-sqs (smithy)"

    async def queue() -> None:
        made = await client.create_queue(sqs_models.CreateQueueInput(queue_name="smithy"))
        url = made.queue_url
        message = sqs_models.SendMessageInput(queue_url=url, message_body="m")
        await client.send_message(message)
        asked = sqs_models.ReceiveMessageInput(queue_url=url, wait_time_seconds=1)
        (received,) = (await client.receive_message(asked)).messages or []
        assert received.body == "m"
        done = sqs_models.DeleteMessageInput(
            queue_url=url, receipt_handle=received.receipt_handle or ""
        )
        await client.delete_message(done)

    async def missing() -> None:
        try:
            await client.get_queue_url(sqs_models.GetQueueUrlInput(queue_name="missing"))
        except sqs_models.QueueDoesNotExist:
            return
        raise AssertionError("no QueueDoesNotExist")

    await check(name, "send, receive and delete", queue)
    await check(name, "SQS error", missing)


async def with_sns(client: AsyncSNSClient) -> None:
    """Topics and messages over the query protocol."""
    name = "aws-sdk-sns (smithy)"

    async def publish() -> None:
        topic = await client.create_topic(sns_models.CreateTopicInput(name="smithy"))
        message = sns_models.PublishInput(topic_arn=topic.topic_arn, message="m")
        assert (await client.publish(message)).message_id

    async def batch() -> None:
        topic = await client.create_topic(sns_models.CreateTopicInput(name="smithy"))
        entry = sns_models.PublishBatchRequestEntry(id="1", message="m")
        asked = sns_models.PublishBatchInput(
            topic_arn=topic.topic_arn or "", publish_batch_request_entries=[entry]
        )
        assert len((await client.publish_batch(asked)).successful or []) == 1

    async def topics() -> None:
        found = await client.list_topics(sns_models.ListTopicsInput())
        assert any((each.topic_arn or "").endswith(":smithy") for each in found.topics or [])

    async def missing() -> None:
        arn = "arn:aws:sns:us-east-1:123456789012:missing"
        try:
            await client.publish(sns_models.PublishInput(topic_arn=arn, message="m"))
        except sns_models.NotFoundException:
            return
        raise AssertionError("no NotFoundException")

    await check(name, "create topic, publish", publish)
    await check(name, "publish batch", batch)
    await check(name, "list topics", topics)
    await check(name, "SNS error", missing)


async def main() -> None:
    """Run both clients."""
    async with AsyncSQSClient() as sqs:
        await with_sqs(sqs)
    async with AsyncSNSClient() as sns:
        await with_sns(sns)


asyncio.run(main())
