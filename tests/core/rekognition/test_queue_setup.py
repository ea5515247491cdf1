"""What a setup of completion messages lacks, with made-up responses of SNS and SQS."""

import json

import pytest

from vidkit import AuthError, ConflictError, NotFoundError
from vidkit.rekognition import NotificationChannel
from vidkit.rekognition.completion.queue_setup import check_channel, ensure_channel
from vidkit.rekognition.completion.sns_sqs import (
    QueueAttributes,
    Subscription,
    SubscriptionAttributes,
    queue_region,
)

TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:AmazonRekognition-x"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/AmazonRekognition-x"
ROLE = "arn:aws:iam::123456789012:role/rekognition"
CHANNEL = NotificationChannel(sns_topic_arn=TOPIC, role_arn=ROLE)
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
    "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
}
DENY = {**ALLOW, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
ELSEWHERE = {**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "999900001111"}}}
OPEN_QUESTION = {**ALLOW, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}


class SnsAndSqs:
    """A topic and a queue that exist, with one subscription."""

    def __init__(self, *statements, key=None, subscription=f"{TOPIC}:1", **attributes):
        policy = json.dumps({"Statement": list(statements)})
        self.queue = QueueAttributes(queue_arn=QUEUE, policy=policy, kms_master_key_id=key)
        self.subscription = subscription
        self.attributes = attributes
        self.new_policy = None

    async def create_topic(self, _):
        return TOPIC

    async def create_queue(self, _):
        return URL

    async def topic_attributes(self, _):
        return {}

    async def queue_attributes(self, _):
        return self.queue

    async def set_queue_policy(self, _, policy):
        self.new_policy = policy

    async def subscribe(self, _, __):
        return self.subscription

    async def subscriptions(self, _):
        one = Subscription(subscription_arn=self.subscription, protocol="sqs", endpoint=QUEUE)
        return [one] if self.subscription else []

    async def subscription_attributes(self, _, __):
        if error := self.attributes.get("error"):
            raise error
        return SubscriptionAttributes(**self.attributes)


async def check(client):
    findings = await check_channel(client, URL, CHANNEL, region="us-east-1")
    assert all(finding.remedy for finding in findings)
    return "; ".join(finding.problem for finding in findings)


@pytest.mark.parametrize(
    ("service", "problem", "keeps_ensure"),
    [
        (SnsAndSqs(ALLOW), None, False),
        (SnsAndSqs(ALLOW, filter_policy="{}", pending_confirmation="false"), None, False),
        (SnsAndSqs(ALLOW, key="1234-5678"), None, False),
        (SnsAndSqs(ALLOW, DENY), "a Deny statement", True),
        (SnsAndSqs(ELSEWHERE), "does not allow the topic", False),
        (SnsAndSqs(OPEN_QUESTION), "conditions that only SQS can evaluate", False),
        (SnsAndSqs(ALLOW, subscription="PendingConfirmation"), "not confirmed", True),
        (SnsAndSqs(ALLOW, pending_confirmation="true"), "not confirmed", True),
        (SnsAndSqs(ALLOW, filter_policy='{"a": ["b"]}'), 'filter policy accepts: {"a"', True),
        (SnsAndSqs(ALLOW, error=AuthError("not yours")), "not known: not yours", False),
        (SnsAndSqs(ALLOW, error=NotFoundError("gone")), "not known: gone", False),
        (SnsAndSqs(ALLOW, key="alias/aws/sqs"), "AWS managed key", False),
        (SnsAndSqs(ALLOW, key="arn:aws:kms:r:1:alias/aws/sqs"), "AWS managed key", False),
    ],
)
async def test_check_and_ensure_find_what_delivers_nothing(service, problem, keeps_ensure):
    found = await check(service)
    assert (problem in found) if problem else (found == "")
    if keeps_ensure:
        with pytest.raises(ConflictError) as caught:
            await ensure_channel(service, "x", ROLE)
        assert problem in str(caught.value)
    else:
        assert (await ensure_channel(service, "x", ROLE)).queue_url == URL


async def test_a_queue_that_is_not_subscribed_is_found():
    assert "not subscribed" in await check(SnsAndSqs(ALLOW, subscription=""))


@pytest.mark.parametrize("statement", [ELSEWHERE, OPEN_QUESTION])
async def test_ensure_adds_a_statement_where_none_surely_allows_the_topic(statement):
    stale = {**statement, "Sid": "vidkit-AmazonRekognition-x"}
    service = SnsAndSqs(statement, stale)
    await ensure_channel(service, "x", ROLE)
    kept, new = service.new_policy["Statement"]
    assert kept == statement
    assert new == {**ALLOW, "Sid": "vidkit-AmazonRekognition-x"}


@pytest.mark.parametrize("statement", [ALLOW, DENY])
async def test_ensure_leaves_a_policy_alone_that_allows_or_denies_the_topic(statement):
    service = SnsAndSqs(ALLOW, statement)
    try:
        await ensure_channel(service, "x", ROLE)
    except ConflictError:
        assert statement is DENY
    assert service.new_policy is None


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("sqs.eu-west-1.amazonaws.com", "eu-west-1"),
        ("sqs.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("sqs-fips.us-east-2.amazonaws.com", "us-east-2"),
        ("sqs.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("sqs.ap-south-2.api.aws", "ap-south-2"),
        ("vpce-0a1b.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("eu-west-1.queue.amazonaws.com", "eu-west-1"),
        ("queue.amazonaws.com", "us-east-1"),
        ("127.0.0.1:4566", None),
        ("localhost", None),
    ],
)
def test_the_url_of_a_queue_names_its_region(host, region):
    assert queue_region(f"https://{host}/123456789012/q") == region
