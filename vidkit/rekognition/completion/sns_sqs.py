"""The operations of SNS and SQS that completion queues need."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Nothing, Operation
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.models import TopicArn
from vidkit.transports.base import AwsRequest

__all__ = [
    "MAX_MESSAGES",
    "QueueAttributes",
    "SnsSqsClient",
    "SqsMessage",
    "Subscription",
    "SubscriptionAttributes",
    "queue_region",
]

MAX_MESSAGES = 10
"""The most messages that SQS returns for one receive, and deletes at once."""

_HOST_OF_QUEUES: Final = re.compile(
    r"(?:(?:.+\.)?sqs(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)|([a-z]+(?:-[a-z]+)+-\d+)\.queue)\..+"
)


class SqsMessage(PascalResponse):
    """A received message."""

    message_id: str | None = None
    receipt_handle: str | None = None
    body: str | None = None


class _ReceiveMessageResponse(PascalResponse):
    messages: list[SqsMessage] | None = None


class _GetTopicAttributesResponse(PascalResponse):
    attributes: dict[str, str] = Field(default_factory=dict[str, str])


class QueueAttributes(PascalResponse):
    """A queue's ARN, policy and encryption key."""

    queue_arn: str
    policy: str | None = None
    kms_master_key_id: str | None = None


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


class SubscriptionAttributes(PascalResponse):
    """Whether and for which messages a subscription is in effect."""

    pending_confirmation: str | None = None
    filter_policy: str | None = None


class _GetSubscriptionAttributesResponse(PascalResponse):
    attributes: SubscriptionAttributes = Field(default_factory=SubscriptionAttributes)


class _ListSubscriptionsByTopicResponse(PascalResponse):
    subscriptions: list[Subscription] = Field(default_factory=list[Subscription])
    next_token: str | None = None

    @property
    def items(self) -> list[Subscription]:
        """The page's subscriptions."""
        return self.subscriptions


_RECEIVE = Operation("sqs", "ReceiveMessage", _ReceiveMessageResponse)
_DELETE = Operation("sqs", "DeleteMessageBatch", Nothing)
_CHANGE_VISIBILITY = Operation("sqs", "ChangeMessageVisibilityBatch", Nothing)
_QUEUE_ATTRIBUTES = Operation("sqs", "GetQueueAttributes", _GetQueueAttributesResponse)
_SET_QUEUE_ATTRIBUTES = Operation("sqs", "SetQueueAttributes", Nothing)
# These three are idempotent: what already exists is returned.
_CREATE_QUEUE = Operation("sqs", "CreateQueue", _CreateQueueResponse)
_CREATE_TOPIC = Operation("sns", "CreateTopic", _CreateTopicResponse)
_SUBSCRIBE = Operation("sns", "Subscribe", Subscription)
_TOPIC_ATTRIBUTES = Operation("sns", "GetTopicAttributes", _GetTopicAttributesResponse)
_SUBSCRIPTION_ATTRIBUTES = Operation(
    "sns", "GetSubscriptionAttributes", _GetSubscriptionAttributesResponse
)
_SUBSCRIPTIONS = Operation("sns", "ListSubscriptionsByTopic", _ListSubscriptionsByTopicResponse)


def queue_region(queue_url: str) -> str | None:
    """The region that a queue's URL names; None if it names none.

    Example:
        >>> queue_region("https://sqs.eu-west-1.amazonaws.com/123456789012/clips")
        'eu-west-1'
    """
    host = urlsplit(queue_url).hostname or ""
    if host == "queue.amazonaws.com":
        # The name that all queues had before there were regions.
        return "us-east-1"
    match = _HOST_OF_QUEUES.fullmatch(host)
    return match and (match[1] or match[2])


class SnsSqsClient:
    """SNS and SQS over the connections of a kit.

    A queue is requested from the region that its URL names, a topic from that of its ARN.
    """

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
            _queue_request(
                "ReceiveMessage",
                queue_url,
                MaxNumberOfMessages=MAX_MESSAGES,
                WaitTimeSeconds=wait_seconds,
            ),
        )
        return response.messages or []

    async def delete(self, queue_url: str, receipt_handles: Sequence[str]) -> None:
        """Delete received messages, at most ten."""
        entries = [
            {"Id": str(index), "ReceiptHandle": handle}
            for index, handle in enumerate(receipt_handles)
        ]
        request = _queue_request("DeleteMessageBatch", queue_url, Entries=entries)
        await self._caller.call(_DELETE, request)

    async def change_visibility(self, queue_url: str, timeouts: Mapping[str, int]) -> None:
        """Make received messages visible to all consumers again, at most ten.

        Args:
            queue_url: the queue's URL.
            timeouts: by receipt handle: the seconds until the message is visible.
        """
        entries = [
            {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": timeout}
            for index, (handle, timeout) in enumerate(timeouts.items())
        ]
        request = _queue_request("ChangeMessageVisibilityBatch", queue_url, Entries=entries)
        await self._caller.call(_CHANGE_VISIBILITY, request)

    async def create_queue(self, name: str) -> str:
        """Create a queue, if it does not exist; its URL is returned."""
        request = AwsRequest("sqs", "CreateQueue", {"QueueName": name})
        return (await self._caller.call(_CREATE_QUEUE, request)).queue_url

    async def queue_attributes(self, queue_url: str) -> QueueAttributes:
        """Get the queue's ARN, policy and encryption key."""
        names = ["QueueArn", "Policy", "KmsMasterKeyId"]
        request = _queue_request("GetQueueAttributes", queue_url, AttributeNames=names)
        return (await self._caller.call(_QUEUE_ATTRIBUTES, request)).attributes

    async def set_queue_policy(self, queue_url: str, policy: Mapping[str, Any]) -> None:
        """Set the queue's policy."""
        attributes = {"Policy": json.dumps(policy)}
        request = _queue_request("SetQueueAttributes", queue_url, Attributes=attributes)
        await self._caller.call(_SET_QUEUE_ATTRIBUTES, request)

    async def create_topic(self, name: str) -> str:
        """Create a topic, if it does not exist; its ARN is returned."""
        request = AwsRequest("sns", "CreateTopic", {"Name": name})
        return (await self._caller.call(_CREATE_TOPIC, request)).topic_arn

    async def topic_attributes(self, topic_arn: str) -> Mapping[str, str]:
        """Get the topic's attributes."""
        request = _topic_request("GetTopicAttributes", topic_arn, TopicArn=topic_arn)
        return (await self._caller.call(_TOPIC_ATTRIBUTES, request)).attributes

    async def subscribe(self, topic_arn: str, queue_arn: str) -> str:
        """Subscribe a queue to a topic, if it is not; the subscription's ARN is returned.

        While the subscription waits for its confirmation, SNS returns a text in place of the ARN.
        """
        params = {"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": queue_arn}
        response = await self._caller.call(
            _SUBSCRIBE, _topic_request("Subscribe", topic_arn, **params)
        )
        return response.subscription_arn or ""

    async def subscription_attributes(
        self, topic_arn: str, subscription_arn: str
    ) -> SubscriptionAttributes:
        """Get the attributes of a topic's subscription."""
        request = _topic_request(
            "GetSubscriptionAttributes", topic_arn, SubscriptionArn=subscription_arn
        )
        return (await self._caller.call(_SUBSCRIPTION_ATTRIBUTES, request)).attributes

    async def subscriptions(self, topic_arn: str) -> list[Subscription]:
        """List all subscriptions of a topic."""

        async def page(token: str | None) -> _ListSubscriptionsByTopicResponse:
            more = {} if token is None else {"NextToken": token}
            params = {"TopicArn": topic_arn} | more
            request = _topic_request("ListSubscriptionsByTopic", topic_arn, **params)
            return await self._caller.call(_SUBSCRIPTIONS, request)

        return await self._caller.pager(page).collect()


def _queue_request(operation: str, queue_url: str, /, **params: Any) -> AwsRequest:
    """A request about a queue, to its region."""
    return AwsRequest(
        "sqs", operation, {"QueueUrl": queue_url, **params}, region=queue_region(queue_url)
    )


def _topic_request(operation: str, topic_arn: str, /, **params: Any) -> AwsRequest:
    """A request about a topic or its subscriptions, to the region of the topic's ARN."""
    return AwsRequest("sns", operation, params, region=topic_arn.split(":")[3])
