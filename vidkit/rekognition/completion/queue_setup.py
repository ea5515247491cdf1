"""Setup of the topic and the queue of completion messages, and checks of an existing setup."""

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

_NAME_PREFIX = "AmazonRekognition"
_SEND_MESSAGE = "sqs:sendmessage"


@dataclass(frozen=True, slots=True)
class CompletionChannel:
    """The queue and the notification channel that `ensure_completion_queue` returns.

    Attributes:
        queue_url: the queue's URL, for ``completion_queue``.
        notification_channel: the notification channel to start jobs with.

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
    """A problem that keeps completion messages from arriving.

    Attributes:
        problem: the problem.
        remedy: how to correct it.

    Example:
        >>> Finding("the queue does not exist", "create it").remedy
        'create it'
    """

    problem: str
    remedy: str


class EnsureCompletionQueueRequest(PascalRequest):
    """The parameters of ``ensure_completion_queue``."""

    service: ClassVar[str | None] = "rekognition"

    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,60}$")]
    role_arn: Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:iam::\d{12}:role/?.+$")]


async def ensure_channel(client: SnsSqsClient, name: str, role_arn: str) -> CompletionChannel:
    """Create topic, queue, queue policy and subscription, each if it does not exist."""
    request = EnsureCompletionQueueRequest(name=name, role_arn=role_arn)
    topic_arn = await client.create_topic(f"{_NAME_PREFIX}-{request.name}")
    queue_url = await client.create_queue(f"{_NAME_PREFIX}-{request.name}")
    attributes = await client.queue_attributes(queue_url)
    queue_arn = attributes.queue_arn
    policy = _policy(attributes)
    if not allows_topic(policy, topic_arn, queue_arn):
        policy = _with_topic_allowed(policy, topic_arn, queue_arn)
        await client.set_queue_policy(queue_url, policy)
    await client.subscribe(topic_arn, queue_arn)
    channel = NotificationChannel(sns_topic_arn=topic_arn, role_arn=request.role_arn)
    return CompletionChannel(queue_url, channel)


async def check_channel(
    client: SnsSqsClient, queue_url: str, channel: NotificationChannel, *, region: str
) -> list[Finding]:
    """Find all problems of a setup, in the order of a message's way from Rekognition to the queue.

    Args:
        client: the client of SNS and SQS.
        queue_url: the queue's URL.
        channel: the notification channel that jobs are started with.
        region: the region that jobs run in.

    Raises:
        RequestError: the URL or the channel is invalid.
    """
    if not isinstance(queue_url, str) or "://" not in queue_url:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(f"queue_url={queue_url!r}: must be the URL of an SQS queue")
    if not isinstance(channel, NotificationChannel):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError("notification_channel: must be a NotificationChannel")
    topic_arn = channel.sns_topic_arn
    findings = _topic_arn_findings(topic_arn, region)
    try:
        await client.topic_attributes(topic_arn)
        subscribers = {
            subscription.endpoint
            for subscription in await client.subscriptions(topic_arn)
            if subscription.protocol == "sqs"
        }
    except NotFoundError:
        missing = Finding(f"there is no topic {topic_arn}", "create it, or correct sns_topic_arn")
        return [*findings, missing]
    try:
        attributes = await client.queue_attributes(queue_url)
    except NotFoundError:
        missing = Finding(f"there is no queue {queue_url}", "create it, or correct its URL")
        return [*findings, missing]
    queue_arn = attributes.queue_arn
    if queue_arn not in subscribers:
        findings.append(
            Finding(
                "the queue is not subscribed to the topic",
                f"subscribe {queue_arn} to {topic_arn} with protocol sqs",
            )
        )
    if not allows_topic(_policy(attributes), topic_arn, queue_arn):
        findings.append(
            Finding(
                "the queue's policy does not allow the topic to send to it",
                f"allow sns.amazonaws.com sqs:SendMessage on {queue_arn} where aws:SourceArn is "
                f"{topic_arn}",
            )
        )
    return findings


def _topic_arn_findings(topic_arn: str, region: str) -> list[Finding]:
    parts = topic_arn.split(":")
    topic_region, topic_name = parts[3], parts[-1]
    findings: list[Finding] = []
    if topic_region != region:
        findings.append(
            Finding(
                f"the topic is in {topic_region}, the jobs run in {region}",
                "Rekognition publishes within its region only: use a topic there",
            )
        )
    if not topic_name.startswith(_NAME_PREFIX):
        findings.append(
            Finding(
                f"the topic's name {topic_name!r} does not begin with {_NAME_PREFIX}",
                "AmazonRekognitionServiceRole allows only such names: rename the topic, or give "
                "the role a policy of its own",
            )
        )
    return findings


def _policy(attributes: QueueAttributes) -> dict[str, Any]:
    """The queue's policy; an empty one if the queue has none that can be read."""
    try:
        policy: Any = json.loads(attributes.policy or "{}")
    except (ValueError, RecursionError):
        return {}
    return policy if isinstance(policy, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _with_topic_allowed(policy: dict[str, Any], topic_arn: str, queue_arn: str) -> dict[str, Any]:
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
        "Statement": [*_as_list(policy.get("Statement")), statement],
    }


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def allows_topic(policy: Mapping[str, Any], topic_arn: str, queue_arn: str) -> bool:
    """Whether a statement of a queue's policy allows a topic to send to the queue.

    Deny statements, and conditions other than those on ``aws:SourceArn``, are not evaluated.
    """
    statements = [_as_object(statement) for statement in _as_list(policy.get("Statement"))]
    return any(_statement_allows(statement, topic_arn, queue_arn) for statement in statements)


def _as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _as_strings(value: Any) -> list[str]:
    return [str(item) for item in _as_list(value)]


def _statement_allows(statement: Mapping[str, Any], topic_arn: str, queue_arn: str) -> bool:
    principal = statement.get("Principal")
    principals = _as_object(principal)
    is_anyone = principal == "*" or "*" in _as_strings(principals.get("AWS"))
    actions = {action.lower() for action in _as_strings(statement.get("Action"))}
    return (
        statement.get("Effect") == "Allow"
        and (is_anyone or "sns.amazonaws.com" in _as_strings(principals.get("Service")))
        and any(fnmatch.fnmatchcase(_SEND_MESSAGE, action) for action in actions)
        and _any_matches(queue_arn, statement.get("Resource"))
        and _condition_allows(_as_object(statement.get("Condition")), topic_arn)
    )


def _condition_allows(condition: Mapping[str, Any], topic_arn: str) -> bool:
    keys = [item for operator in condition.values() for item in _as_object(operator).items()]
    return all(
        _any_matches(topic_arn, patterns)
        for key, patterns in keys
        if key.lower() == "aws:sourcearn"
    )


def _any_matches(arn: str, patterns: Any) -> bool:
    return any(fnmatch.fnmatchcase(arn, pattern) for pattern in _as_strings(patterns))
