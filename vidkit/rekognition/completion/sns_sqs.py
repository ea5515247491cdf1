"""The few operations of SNS and SQS that learning of a job's end takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Nothing, Operation
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.models import TopicArn
from vidkit.transports.base import AwsRequest

__all__ = ["MOST_MESSAGES", "QueueAttributes", "SnsSqsClient", "SqsMessage", "Subscription"]

MOST_MESSAGES = 10
"""How many messages SQS gives at once at the most."""


class SqsMessage(PascalResponse):
    """A received message."""

    receipt_handle: str | None = None
    body: str | None = None


class _Received(PascalResponse):
    messages: list[SqsMessage] | None = None


class _Attributes(PascalResponse):
    attributes: dict[str, str] = Field(default_factory=dict[str, str])


class QueueAttributes(PascalResponse):
    """What a queue says of itself."""

    queue_arn: str
    policy: str | None = None


class _QueueAttributes(PascalResponse):
    attributes: QueueAttributes


class _Queue(PascalResponse):
    queue_url: str


class _Topic(PascalResponse):
    topic_arn: TopicArn


class Subscription(PascalResponse):
    """A topic's subscription."""

    subscription_arn: str | None = None
    protocol: str | None = None
    endpoint: str | None = None


class _Subscriptions(PascalResponse):
    subscriptions: list[Subscription] = Field(default_factory=list[Subscription])
    next_token: str | None = None

    @property
    def items(self) -> list[Subscription]:
        """The page's subscriptions."""
        return self.subscriptions


_RECEIVE = Operation("sqs", "ReceiveMessage", _Received)
_DELETE = Operation("sqs", "DeleteMessageBatch", Nothing)
_QUEUE_ATTRIBUTES = Operation("sqs", "GetQueueAttributes", _QueueAttributes)
_SET_QUEUE_ATTRIBUTES = Operation("sqs", "SetQueueAttributes", Nothing)
# Creating or subscribing what is there already gives what is there.
_CREATE_QUEUE = Operation("sqs", "CreateQueue", _Queue)
_CREATE_TOPIC = Operation("sns", "CreateTopic", _Topic)
_SUBSCRIBE = Operation("sns", "Subscribe", Subscription)
_TOPIC_ATTRIBUTES = Operation("sns", "GetTopicAttributes", _Attributes)
_SUBSCRIPTIONS = Operation("sns", "ListSubscriptionsByTopic", _Subscriptions)


class SnsSqsClient:
    """SNS and SQS over a kit's connections."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def receive(self, queue_url: str, *, wait_seconds: int) -> list[SqsMessage]:
        """Up to ten messages; waits for the first one up to ``wait_seconds``, 20 at most."""
        response = await self._caller.call(
            _RECEIVE,
            AwsRequest(
                "sqs",
                "ReceiveMessage",
                {
                    "QueueUrl": queue_url,
                    "MaxNumberOfMessages": MOST_MESSAGES,
                    "WaitTimeSeconds": wait_seconds,
                },
            ),
        )
        return response.messages or []

    async def delete(self, queue_url: str, receipt_handles: Sequence[str]) -> None:
        """Delete received messages, ten at most."""
        entries = [
            {"Id": str(index), "ReceiptHandle": handle}
            for index, handle in enumerate(receipt_handles)
        ]
        params = {"QueueUrl": queue_url, "Entries": entries}
        await self._caller.call(_DELETE, AwsRequest("sqs", "DeleteMessageBatch", params))

    async def create_queue(self, name: str) -> str:
        """The queue's URL."""
        request = AwsRequest("sqs", "CreateQueue", {"QueueName": name})
        return (await self._caller.call(_CREATE_QUEUE, request)).queue_url

    async def queue_attributes(self, queue_url: str) -> QueueAttributes:
        """The queue's ARN and policy."""
        params = {"QueueUrl": queue_url, "AttributeNames": ["QueueArn", "Policy"]}
        request = AwsRequest("sqs", "GetQueueAttributes", params)
        return (await self._caller.call(_QUEUE_ATTRIBUTES, request)).attributes

    async def set_queue_policy(self, queue_url: str, policy: Mapping[str, Any]) -> None:
        """Put a policy on the queue."""
        params = {"QueueUrl": queue_url, "Attributes": {"Policy": json.dumps(policy)}}
        request = AwsRequest("sqs", "SetQueueAttributes", params)
        await self._caller.call(_SET_QUEUE_ATTRIBUTES, request)

    async def create_topic(self, name: str) -> str:
        """The topic's ARN."""
        request = AwsRequest("sns", "CreateTopic", {"Name": name})
        return (await self._caller.call(_CREATE_TOPIC, request)).topic_arn

    async def topic_attributes(self, topic_arn: str) -> Mapping[str, str]:
        """The topic's attributes."""
        request = AwsRequest("sns", "GetTopicAttributes", {"TopicArn": topic_arn})
        return (await self._caller.call(_TOPIC_ATTRIBUTES, request)).attributes

    async def subscribe(self, topic_arn: str, queue_arn: str) -> None:
        """Subscribe a queue to a topic."""
        params = {"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": queue_arn}
        await self._caller.call(_SUBSCRIBE, AwsRequest("sns", "Subscribe", params))

    async def subscriptions(self, topic_arn: str) -> list[Subscription]:
        """All subscriptions of a topic."""

        async def page(token: str | None) -> _Subscriptions:
            more = {} if token is None else {"NextToken": token}
            params = {"TopicArn": topic_arn} | more
            request = AwsRequest("sns", "ListSubscriptionsByTopic", params)
            return await self._caller.call(_SUBSCRIPTIONS, request)

        return await self._caller.pager(page).collect()
