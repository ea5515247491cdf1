"""Making what completion messages need, and finding what is wrong with it."""

import fnmatch
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from vidkit.errors import NotFoundError, RequestError
from vidkit.models.requests import PascalRequest
from vidkit.rekognition.completion.sns_sqs import QueueAttributes, SnsSqsClient
from vidkit.rekognition.models import NotificationChannel

__all__ = ["CompletionChannel", "Finding", "check_channel", "ensure_channel"]

_PREFIX = "AmazonRekognition"
_SEND = "sqs:sendmessage"


@dataclass(frozen=True, slots=True)
class CompletionChannel:
    """What `ensure_completion_queue` made or found.

    Attributes:
        queue_url: for ``completion_queue``.
        notification_channel: for the starts.

    Example:
        ```python
        channel = await kit.rekognition.ensure_completion_queue("clips", role_arn=role_arn)
        async with kit.rekognition.completion_queue(channel.queue_url) as queue:
            ...
        ```
    """

    queue_url: str
    notification_channel: NotificationChannel


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps completion messages from arriving.

    Attributes:
        problem: what is wrong.
        remedy: what to do about it.

    Example:
        >>> Finding("there is no such queue", "create it").remedy
        'create it'
    """

    problem: str
    remedy: str


class EnsureCompletionQueueRequest(PascalRequest):
    """The parameters of ``ensure_completion_queue``."""

    service: ClassVar[str | None] = "rekognition"

    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,60}$")]
    role_arn: Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:iam::\d{12}:role/?.+$")]


async def ensure_channel(api: SnsSqsClient, name: str, role_arn: str) -> CompletionChannel:
    """Topic, queue, policy and subscription; what is there stays."""
    request = EnsureCompletionQueueRequest(name=name, role_arn=role_arn)
    topic_arn = await api.create_topic(f"{_PREFIX}-{request.name}")
    queue_url = await api.create_queue(f"{_PREFIX}-{request.name}")
    attributes = await api.queue_attributes(queue_url)
    queue_arn = attributes.queue_arn
    policy = _policy(attributes)
    if not admits(policy, topic_arn, queue_arn):
        await api.set_queue_policy(queue_url, _extended(policy, topic_arn, queue_arn))
    await api.subscribe(topic_arn, queue_arn)
    channel = NotificationChannel(sns_topic_arn=topic_arn, role_arn=request.role_arn)
    return CompletionChannel(queue_url, channel)


async def check_channel(
    api: SnsSqsClient, queue_url: str, channel: NotificationChannel, *, region: str
) -> list[Finding]:
    """Everything that is wrong, in the order in which a message would meet it."""
    if not isinstance(queue_url, str) or "://" not in queue_url:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(f"queue_url={queue_url!r}: must be the URL of an SQS queue")
    if not isinstance(channel, NotificationChannel):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError("notification_channel: must be a NotificationChannel")
    topic_arn = channel.sns_topic_arn
    found = _named_badly(topic_arn, region)
    try:
        await api.topic_attributes(topic_arn)
        subscribers = {
            subscription.endpoint
            for subscription in await api.subscriptions(topic_arn)
            if subscription.protocol == "sqs"
        }
    except NotFoundError:
        missing = Finding(f"there is no topic {topic_arn}", "create it, or correct sns_topic_arn")
        return [*found, missing]
    try:
        attributes = await api.queue_attributes(queue_url)
    except NotFoundError:
        return [*found, Finding(f"there is no queue {queue_url}", "create it, or correct its URL")]
    queue_arn = attributes.queue_arn
    if queue_arn not in subscribers:
        found.append(
            Finding(
                "the queue is not subscribed to the topic",
                f"subscribe {queue_arn} to {topic_arn} with protocol sqs",
            )
        )
    if not admits(_policy(attributes), topic_arn, queue_arn):
        found.append(
            Finding(
                "the queue's policy does not let the topic send to it",
                f"allow sns.amazonaws.com sqs:SendMessage on {queue_arn} where aws:SourceArn is "
                f"{topic_arn}",
            )
        )
    return found


def _named_badly(topic_arn: str, region: str) -> list[Finding]:
    parts = topic_arn.split(":")
    topic_region, topic_name = parts[3], parts[-1]
    found: list[Finding] = []
    if topic_region != region:
        found.append(
            Finding(
                f"the topic is in {topic_region}, the jobs run in {region}",
                "Rekognition publishes within its region only: use a topic there",
            )
        )
    if not topic_name.startswith(_PREFIX):
        found.append(
            Finding(
                f"the topic's name {topic_name!r} does not begin with {_PREFIX}",
                "AmazonRekognitionServiceRole admits only such names: rename the topic, or give "
                "the role a policy of its own",
            )
        )
    return found


def _policy(attributes: QueueAttributes) -> dict[str, Any]:
    try:
        policy: Any = json.loads(attributes.policy or "{}")
    except (ValueError, RecursionError):
        return {}
    return policy if isinstance(policy, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _extended(policy: dict[str, Any], topic_arn: str, queue_arn: str) -> dict[str, Any]:
    statement = {
        "Sid": f"vidkit-{topic_arn.rpartition(':')[2]}",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return {
        **policy,
        "Version": policy.get("Version", "2012-10-17"),
        "Statement": [*_listed(policy.get("Statement")), statement],
    }


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def admits(policy: Mapping[str, Any], topic_arn: str, queue_arn: str) -> bool:
    """Whether a queue's policy lets a topic send to it, as far as can be read from it."""
    statements = [_mapping(statement) for statement in _listed(policy.get("Statement"))]
    return any(_admits(statement, topic_arn, queue_arn) for statement in statements)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _texts(value: Any) -> list[str]:
    return [str(item) for item in _listed(value)]


def _admits(statement: Mapping[str, Any], topic_arn: str, queue_arn: str) -> bool:
    principal = statement.get("Principal")
    named = _mapping(principal)
    everybody = principal == "*" or "*" in _texts(named.get("AWS"))
    actions = {action.lower() for action in _texts(statement.get("Action"))}
    return (
        statement.get("Effect") == "Allow"
        and (everybody or "sns.amazonaws.com" in _texts(named.get("Service")))
        and any(fnmatch.fnmatchcase(_SEND, action) for action in actions)
        and _any_matches(queue_arn, statement.get("Resource"))
        and _condition_admits(_mapping(statement.get("Condition")), topic_arn)
    )


def _condition_admits(condition: Mapping[str, Any], topic_arn: str) -> bool:
    tests = [item for test in condition.values() for item in _mapping(test).items()]
    return all(
        _any_matches(topic_arn, patterns)
        for name, patterns in tests
        if name.lower() == "aws:sourcearn"
    )


def _any_matches(arn: str, patterns: Any) -> bool:
    return any(fnmatch.fnmatchcase(arn, pattern) for pattern in _texts(patterns))
