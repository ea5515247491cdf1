"""The operations of SNS and SQS that completion queues need."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Nothing, Operation
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.models import TopicArn
from vidkit.transports.base import AwsRequest

__all__ = ["MAX_MESSAGES", "QueueAttributes", "SnsSqsClient", "SqsMessage", "Subscription"]

MAX_MESSAGES = 10
"""The most messages that SQS returns for one receive, and deletes at once."""


class SqsMessage(PascalResponse):
    """A received message."""

    receipt_handle: str | None = None
    body: str | None = None


class _ReceiveMessageResponse(PascalResponse):
    messages: list[SqsMessage] | None = None


class _GetTopicAttributesResponse(PascalResponse):
    attributes: dict[str, str] = Field(default_factory=dict[str, str])


class QueueAttributes(PascalResponse):
    """A queue's ARN and policy."""

    queue_arn: str
    policy: str | None = None


class _GetQueueAttributesResponse(PascalResponse):
    attributes: QueueAttributes


class _CreateQueueResponse(PascalResponse):
    queue_url: str


class _CreateTopicResponse(PascalResponse):
    topic_arn: TopicArn


class Subscription(PascalResponse):
    """A topic's subscription."""

    subscription_arn: str | None = None
    protocol: str | None = None
    endpoint: str | None = None


class _ListSubscriptionsByTopicResponse(PascalResponse):
    subscriptions: list[Subscription] = Field(default_factory=list[Subscription])
    next_token: str | None = None

    @property
    def items(self) -> list[Subscription]:
        """The page's subscriptions."""
        return self.subscriptions


_RECEIVE = Operation("sqs", "ReceiveMessage", _ReceiveMessageResponse)
_DELETE = Operation("sqs", "DeleteMessageBatch", Nothing)
_QUEUE_ATTRIBUTES = Operation("sqs", "GetQueueAttributes", _GetQueueAttributesResponse)
_SET_QUEUE_ATTRIBUTES = Operation("sqs", "SetQueueAttributes", Nothing)
# These three are idempotent: what already exists is returned.
_CREATE_QUEUE = Operation("sqs", "CreateQueue", _CreateQueueResponse)
_CREATE_TOPIC = Operation("sns", "CreateTopic", _CreateTopicResponse)
_SUBSCRIBE = Operation("sns", "Subscribe", Subscription)
_TOPIC_ATTRIBUTES = Operation("sns", "GetTopicAttributes", _GetTopicAttributesResponse)
_SUBSCRIPTIONS = Operation("sns", "ListSubscriptionsByTopic", _ListSubscriptionsByTopicResponse)


class SnsSqsClient:
    """SNS and SQS over the connections of a kit."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def receive(self, queue_url: str, *, wait_seconds: int) -> list[SqsMessage]:
        """Receive up to ten messages.

        Args:
            queue_url: the queue's URL.
            wait_seconds: how long to wait for the first message, 0 to 20.
        """
        response = await self._caller.call(
            _RECEIVE,
            AwsRequest(
                "sqs",
                "ReceiveMessage",
                {
                    "QueueUrl": queue_url,
                    "MaxNumberOfMessages": MAX_MESSAGES,
                    "WaitTimeSeconds": wait_seconds,
                },
            ),
        )
        return response.messages or []

    async def delete(self, queue_url: str, receipt_handles: Sequence[str]) -> None:
        """Delete received messages, at most ten."""
        entries = [
            {"Id": str(index), "ReceiptHandle": handle}
            for index, handle in enumerate(receipt_handles)
        ]
        params = {"QueueUrl": queue_url, "Entries": entries}
        await self._caller.call(_DELETE, AwsRequest("sqs", "DeleteMessageBatch", params))

    async def create_queue(self, name: str) -> str:
        """Create a queue, if it does not exist; its URL is returned."""
        request = AwsRequest("sqs", "CreateQueue", {"QueueName": name})
        return (await self._caller.call(_CREATE_QUEUE, request)).queue_url

    async def queue_attributes(self, queue_url: str) -> QueueAttributes:
        """Get the queue's ARN and policy."""
        params = {"QueueUrl": queue_url, "AttributeNames": ["QueueArn", "Policy"]}
        request = AwsRequest("sqs", "GetQueueAttributes", params)
        return (await self._caller.call(_QUEUE_ATTRIBUTES, request)).attributes

    async def set_queue_policy(self, queue_url: str, policy: Mapping[str, Any]) -> None:
        """Set the queue's policy."""
        params = {"QueueUrl": queue_url, "Attributes": {"Policy": json.dumps(policy)}}
        request = AwsRequest("sqs", "SetQueueAttributes", params)
        await self._caller.call(_SET_QUEUE_ATTRIBUTES, request)

    async def create_topic(self, name: str) -> str:
        """Create a topic, if it does not exist; its ARN is returned."""
        request = AwsRequest("sns", "CreateTopic", {"Name": name})
        return (await self._caller.call(_CREATE_TOPIC, request)).topic_arn

    async def topic_attributes(self, topic_arn: str) -> Mapping[str, str]:
        """Get the topic's attributes."""
        request = AwsRequest("sns", "GetTopicAttributes", {"TopicArn": topic_arn})
        return (await self._caller.call(_TOPIC_ATTRIBUTES, request)).attributes

    async def subscribe(self, topic_arn: str, queue_arn: str) -> None:
        """Subscribe a queue to a topic."""
        params = {"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": queue_arn}
        await self._caller.call(_SUBSCRIBE, AwsRequest("sns", "Subscribe", params))

    async def subscriptions(self, topic_arn: str) -> list[Subscription]:
        """List all subscriptions of a topic."""

        async def page(token: str | None) -> _ListSubscriptionsByTopicResponse:
            more = {} if token is None else {"NextToken": token}
            params = {"TopicArn": topic_arn} | more
            request = AwsRequest("sns", "ListSubscriptionsByTopic", params)
            return await self._caller.call(_SUBSCRIPTIONS, request)

        return await self._caller.pager(page).collect()
