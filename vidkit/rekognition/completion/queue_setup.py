"""Setup of the topic and the queue of completion messages, and checks of an existing setup."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import StringConstraints

from vidkit.errors import ConflictError, DecodeError, NotFoundError, RequestError, ServiceError
from vidkit.models.requests import PascalRequest
from vidkit.rekognition.completion.queue_policies import PolicyDecision, evaluate, statements_of
from vidkit.rekognition.completion.sns_sqs import QueueAttributes, SnsSqsClient
from vidkit.rekognition.models import NotificationChannel

__all__ = ["CompletionChannel", "Finding", "check_channel", "ensure_channel"]

_NAME_PREFIX: Final = "AmazonRekognition"
_MANAGED_KEY: Final = "alias/aws/sqs"


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


_NOT_CONFIRMED: Final = Finding(
    "the subscription of the queue is not confirmed, so it delivers nothing",
    "confirm it with the token that SNS has sent to the queue, or let the owner of the queue "
    "subscribe it",
)


class EnsureCompletionQueueRequest(PascalRequest):
    """The parameters of ``ensure_completion_queue``."""

    service: ClassVar[str | None] = "rekognition"

    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,60}$")]
    role_arn: Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:iam::\d{12}:role/?.+$")]


async def ensure_channel(client: SnsSqsClient, name: str, role_arn: str) -> CompletionChannel:
    """Create topic, queue, queue policy and subscription, each if it does not exist.

    Raises:
        ConflictError: what exists keeps messages from arriving, and is not vidkit's to change.
    """
    request = EnsureCompletionQueueRequest(name=name, role_arn=role_arn)
    topic_arn = await client.create_topic(f"{_NAME_PREFIX}-{request.name}")
    queue_url = await client.create_queue(f"{_NAME_PREFIX}-{request.name}")
    attributes = await client.queue_attributes(queue_url)
    decision = _decision(attributes, topic_arn)
    if decision in {PolicyDecision.NOT_ALLOWED, PolicyDecision.UNKNOWN}:
        policy = _with_topic_allowed(_policy(attributes), topic_arn, attributes.queue_arn)
        await client.set_queue_policy(queue_url, policy)
    subscription_arn = await client.subscribe(topic_arn, attributes.queue_arn)
    findings: list[Finding] = []
    # Credentials that may create a subscription need not be able to read it.
    with suppress(ServiceError, DecodeError):
        findings += await _delivery_findings(client, topic_arn, subscription_arn)
    if decision is PolicyDecision.DENIED:
        findings += _policy_findings(attributes, topic_arn)
    if findings:
        problems = "; ".join(f"{finding.problem}: {finding.remedy}" for finding in findings)
        raise ConflictError(
            f"no completion message can arrive in {queue_url}: {problems}", service="rekognition"
        )
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
    except NotFoundError:
        missing = Finding(f"there is no topic {topic_arn}", "create it, or correct sns_topic_arn")
        return [*findings, missing]
    try:
        attributes = await client.queue_attributes(queue_url)
    except NotFoundError:
        missing = Finding(f"there is no queue {queue_url}", "create it, or correct its URL")
        return [*findings, missing]
    findings += await _subscription_findings(client, topic_arn, attributes.queue_arn)
    findings += _policy_findings(attributes, topic_arn)
    findings += _encryption_findings(attributes)
    return findings


async def _subscription_findings(
    client: SnsSqsClient, topic_arn: str, queue_arn: str
) -> list[Finding]:
    """What keeps the topic's subscription from delivering completion messages to the queue."""
    subscription_arns = [
        subscription.subscription_arn or ""
        for subscription in await client.subscriptions(topic_arn)
        if subscription.protocol == "sqs" and subscription.endpoint == queue_arn
    ]
    if not subscription_arns:
        return [
            Finding(
                "the queue is not subscribed to the topic",
                f"subscribe {queue_arn} to {topic_arn} with protocol sqs",
            )
        ]
    try:
        return await _delivery_findings(client, topic_arn, subscription_arns[0])
    except (ServiceError, DecodeError) as error:
        # A subscription of another account can be listed, but not read.
        return [
            Finding(
                f"whether the subscription has a filter policy is not known: {error}",
                "allow sns:GetSubscriptionAttributes, or ask the owner of the subscription",
            )
        ]


async def _delivery_findings(
    client: SnsSqsClient, topic_arn: str, subscription_arn: str
) -> list[Finding]:
    """What keeps a subscription from delivering completion messages."""
    # SNS has a text in place of the ARN while the subscription waits for its confirmation.
    if not subscription_arn.startswith("arn:"):
        return [_NOT_CONFIRMED]
    attributes = await client.subscription_attributes(topic_arn, subscription_arn)
    if attributes.pending_confirmation == "true":
        return [_NOT_CONFIRMED]
    if attributes.filter_policy and _object_of(attributes.filter_policy) != {}:
        return [
            Finding(
                "the subscription delivers only what its filter policy accepts: "
                f"{attributes.filter_policy}",
                f"remove the filter policy of {subscription_arn}: completion messages have no "
                "message attributes",
            )
        ]
    return []


def _policy_findings(attributes: QueueAttributes, topic_arn: str) -> list[Finding]:
    remedy = (
        f"allow sns.amazonaws.com sqs:SendMessage on {attributes.queue_arn} where aws:SourceArn is "
        f"{topic_arn}"
    )
    match _decision(attributes, topic_arn):
        case PolicyDecision.ALLOWED:
            return []
        case PolicyDecision.NOT_ALLOWED:
            problem = "the queue's policy does not allow the topic to send to it"
        case PolicyDecision.DENIED:
            problem = "a Deny statement of the queue's policy keeps the topic from sending to it"
            remedy = f"exempt requests from it whose aws:SourceArn is {topic_arn}"
        case PolicyDecision.UNKNOWN:
            problem = (
                "whether the queue's policy allows the topic to send to it depends on conditions "
                "that only SQS can evaluate"
            )
            remedy = f"make sure that a message arrives, or {remedy} and no Deny applies"
    return [Finding(problem, remedy)]


def _encryption_findings(attributes: QueueAttributes) -> list[Finding]:
    key = attributes.kms_master_key_id or ""
    if not key.endswith(_MANAGED_KEY):
        return []
    return [
        Finding(
            f"the queue is encrypted with the AWS managed key {_MANAGED_KEY}, which SNS may not be "
            "allowed to use",
            "use SQS-owned encryption, or a customer managed key whose policy allows "
            "sns.amazonaws.com kms:GenerateDataKey and kms:Decrypt",
        )
    ]


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


def _decision(attributes: QueueAttributes, topic_arn: str) -> PolicyDecision:
    return evaluate(
        attributes.policy,
        queue_arn=attributes.queue_arn,
        topic_arn=topic_arn,
        account_id=topic_arn.split(":")[4],
    )


def _policy(attributes: QueueAttributes) -> dict[str, Any]:
    """The queue's policy; an empty one if the queue has none that can be read."""
    return _object_of(attributes.policy or "{}") or {}


def _object_of(text: str) -> dict[str, Any] | None:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _with_topic_allowed(policy: dict[str, Any], topic_arn: str, queue_arn: str) -> dict[str, Any]:
    statement = {
        "Sid": f"vidkit-{topic_arn.rpartition(':')[2]}",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    others = [
        other
        for other in statements_of(json.dumps(policy)) or ()
        # SQS accepts no two statements with one Sid.
        if other.get("Sid") != statement["Sid"]
    ]
    return {
        **policy,
        "Version": policy.get("Version", "2012-10-17"),
        "Statement": [*others, statement],
    }
