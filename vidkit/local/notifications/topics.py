"""The topics of an account, their subscriptions, and publishing."""

import json
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from vidkit.local.notifications.attributes import Attribute
from vidkit.local.notifications.envelope import envelope
from vidkit.local.notifications.queues import Queues
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import State

MAX_MESSAGE_BYTES = 262_144
"""The longest message in bytes."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_QUEUE_ARN = re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?")
_SUBJECT = re.compile(r"[!-~][ -~]{0,99}")
_TOPIC_ATTRIBUTES = frozenset(
    {"DisplayName", "Policy", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"}
)
_BOOLEANS = frozenset({"true", "false"})

_logger = logging.getLogger("vidkit.local")


@dataclass(slots=True)
class TopicSubscription:
    """A queue's subscription to a topic."""

    arn: str
    topic_arn: str
    endpoint: str
    raw: bool


@dataclass(slots=True)
class Topic:
    """A standard topic and its subscriptions by ARN, in the order of subscribing."""

    arn: str
    attributes: dict[str, str]
    subscriptions: dict[str, TopicSubscription] = field(
        default_factory=dict[str, TopicSubscription]
    )
    deleted: int = 0
    """The number of deleted subscriptions."""


class Topics:
    """The standard topics of an account.

    Args:
        state: what the services share.
        queues: where messages are delivered.
    """

    def __init__(self, state: State, queues: Queues) -> None:
        self._state = state
        self._queues = queues
        self._topics: dict[str, Topic] = {}

    def create(self, name: str, attributes: Mapping[str, str]) -> Topic:
        """Create a topic, or return the one that has the same name and attributes.

        Raises:
            ApiError: the name or an attribute is not allowed, or the topic has another value for
                an attribute.
        """
        if not _NAME.fullmatch(name):
            raise invalid("Topic Name")
        for key in attributes:
            if key not in _TOPIC_ATTRIBUTES:
                raise invalid(f"Attributes Reason: {key} is not served here")
        identity = self._state.identity
        arn = f"arn:aws:sns:{identity.region}:{identity.account_id}:{name}"
        topic = self._topics.setdefault(arn, Topic(arn, dict(attributes)))
        if any(topic.attributes.get(key) != value for key, value in attributes.items()):
            raise invalid("Attributes Reason: Topic already exists with different attributes")
        return topic

    def find(self, arn: str) -> Topic:
        """The topic with an ARN.

        Raises:
            ApiError: ``NotFound``.
        """
        topic = self._topics.get(arn)
        if topic is None:
            raise ApiError("NotFound", "Topic does not exist", status=404)
        return topic

    def arns(self) -> list[str]:
        """The ARNs of all topics, sorted."""
        return sorted(self._topics)

    def delete(self, arn: str) -> None:
        """Delete a topic with its subscriptions; without effect when it does not exist."""
        self._topics.pop(arn, None)

    def subscribe(
        self, topic: Topic, protocol: str, endpoint: str, attributes: Mapping[str, str]
    ) -> TopicSubscription:
        """Subscribe a queue, or return its existing subscription.

        Raises:
            ApiError: the protocol, the endpoint or an attribute is not supported here, or the
                queue is already subscribed with other attributes.
        """
        if protocol != "sqs":
            raise invalid(f"Does not support this protocol string: {protocol}")
        if not _QUEUE_ARN.fullmatch(endpoint) or endpoint.endswith(".fifo"):
            raise invalid("SQS endpoint ARN")
        for key, value in attributes.items():
            check_subscription_attribute(key, value)
        raw = attributes.get("RawMessageDelivery", "false") == "true"
        for subscription in topic.subscriptions.values():
            if subscription.endpoint == endpoint:
                if "RawMessageDelivery" in attributes and subscription.raw != raw:
                    raise invalid(
                        "Attributes Reason: Subscription already exists with different attributes"
                    )
                return subscription
        arn = f"{topic.arn}:{uuid.uuid4()}"
        topic.subscriptions[arn] = TopicSubscription(arn, topic.arn, endpoint, raw)
        return topic.subscriptions[arn]

    def subscription(self, arn: str) -> TopicSubscription:
        """The subscription with an ARN.

        Raises:
            ApiError: ``NotFound``.
        """
        topic = self._topics.get(arn.rpartition(":")[0])
        subscription = topic.subscriptions.get(arn) if topic else None
        if subscription is None:
            raise ApiError("NotFound", "Subscription does not exist", status=404)
        return subscription

    def unsubscribe(self, arn: str) -> None:
        """Delete a subscription; without effect when it does not exist."""
        topic = self._topics.get(arn.rpartition(":")[0])
        if topic is not None and topic.subscriptions.pop(arn, None) is not None:
            topic.deleted += 1

    async def publish_text(self, topic_arn: str, text: str) -> None:
        """Publish a text, for other services of the cloud.

        Raises:
            ApiError: the topic does not exist.
        """
        self.publish(self.find(topic_arn), text)

    def publish(
        self,
        topic: Topic,
        message: str,
        *,
        subject: str | None = None,
        structure: str | None = None,
        attributes: Mapping[str, Attribute] | None = None,
    ) -> str:
        """Publish a message: send it to the subscribed queues whose policies admit the topic.

        Returns:
            The message's id.

        Raises:
            ApiError: the message is empty or too long, its structure is invalid, or the subject
                contains characters that are not allowed.
        """
        if not message:
            raise invalid("Empty message")
        if len(message.encode()) > MAX_MESSAGE_BYTES:
            raise invalid("Message too long")
        if subject is not None and not _SUBJECT.fullmatch(subject):
            raise invalid("Subject")
        text = message if structure is None else _for_queues(message, structure)
        attributes = attributes or {}
        message_id = str(uuid.uuid4())
        for subscription in topic.subscriptions.values():
            body = text
            if not subscription.raw:
                body = envelope(
                    text,
                    message_id=message_id,
                    topic_arn=topic.arn,
                    subscription_arn=subscription.arn,
                    subject=subject,
                    attributes=attributes,
                    now=self._state.now(),
                    endpoint=self._state.endpoint,
                )
            delivered = attributes if subscription.raw else {}
            if not self._queues.deliver(subscription.endpoint, topic.arn, body, delivered):
                _logger.info(
                    "%s admits no message of %s: the queue is missing, or its policy has no"
                    " statement that allows sns.amazonaws.com sqs:SendMessage for this topic",
                    subscription.endpoint,
                    topic.arn,
                )
        return message_id


def check_subscription_attribute(name: str, value: str) -> None:
    """Check an attribute of a subscription.

    Raises:
        ApiError: the attribute is not supported here, or its value is not a boolean.
    """
    if name != "RawMessageDelivery":
        raise invalid(f"Attributes Reason: {name} is not served here")
    if value not in _BOOLEANS:
        raise invalid(f"Attributes Reason: {name}: Invalid value [{value}]. Must be true or false.")


def invalid(what: str) -> ApiError:
    """The error for an invalid parameter."""
    return ApiError("InvalidParameter", f"Invalid parameter: {what}")


def _for_queues(message: str, structure: str) -> str:
    """The text for queues in a message with a JSON structure."""
    if structure != "json":
        raise invalid("MessageStructure")
    try:
        content: object = json.loads(message)
    except ValueError:
        content = None
    parts = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    text = parts.get("sqs", parts.get("default"))
    if "default" not in parts or not isinstance(text, str):
        raise invalid("Message Structure - No default entry in JSON message body")
    return text
