"""Setting up a completion queue and checking it, on SNS and SQS of moto's server."""

import asyncio
import json

import boto3
import pytest

from vidkit import RequestError
from vidkit.rekognition import NotificationChannel

ROLE = "arn:aws:iam::123456789012:role/rekognition"


@pytest.fixture
async def channel(queues, kit, request):
    name = request.node.name[-40:].strip("[]_").replace("[", "-")
    return await kit.rekognition.ensure_completion_queue(name, role_arn=ROLE)


async def test_ensure_is_idempotent_and_check_finds_nothing(kit, boto, channel):
    again = await kit.rekognition.ensure_completion_queue(
        channel.queue_url.rpartition("/")[2].removeprefix("AmazonRekognition-"), role_arn=ROLE
    )
    assert again == channel
    subscriptions = await asyncio.to_thread(
        boto["sns"].list_subscriptions_by_topic,
        TopicArn=channel.notification_channel.sns_topic_arn,
    )
    assert len(subscriptions["Subscriptions"]) == 1
    found = await kit.rekognition.check_completion_queue(
        channel.queue_url, notification_channel=channel.notification_channel
    )
    assert found == []


async def test_check_names_problems_and_remedies(queues, kit, boto):
    topic = boto["sns"].create_topic(Name="done")["TopicArn"]
    queue_url = boto["sqs"].create_queue(QueueName="bare")["QueueUrl"]

    async def check(url, arn):
        return await kit.rekognition.check_completion_queue(
            url, notification_channel=NotificationChannel(sns_topic_arn=arn, role_arn=ROLE)
        )

    problems = [finding.problem for finding in await check(queue_url, topic)]
    assert len(problems) == 3
    assert "AmazonRekognition" in problems[0]
    assert "not subscribed" in problems[1]
    assert "policy" in problems[2]
    assert all(finding.remedy for finding in await check(queue_url, topic))

    elsewhere = "arn:aws:sns:ap-south-1:123456789012:AmazonRekognition-x"
    problems = [finding.problem for finding in await check(queue_url, elsewhere)]
    assert "ap-south-1" in problems[0]
    assert "no topic" in problems[1]

    problems = [finding.problem for finding in await check(queue_url + "-missing", topic)]
    assert "no queue" in problems[-1]


async def test_a_queue_in_another_region_is_found_there(queues, kit, boto, channel, moto_server):
    far = boto3.client(
        "sqs",
        endpoint_url=moto_server,
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    far.create_queue(QueueName="far")
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/far"
    found = await kit.rekognition.check_completion_queue(
        url, notification_channel=channel.notification_channel
    )
    assert ["not subscribed" in found[0].problem, "policy" in found[1].problem] == [True, True]
    near = url.replace("eu-west-1", "us-east-1")
    (missing,) = await kit.rekognition.check_completion_queue(
        near, notification_channel=channel.notification_channel
    )
    assert "no queue" in missing.problem
    far.close()


async def test_a_region_of_a_resource_that_is_the_kits_needs_no_client_of_its_own(queues, kit):
    channel = await kit.rekognition.ensure_completion_queue("one-client", role_arn=ROLE)
    clients = (await kit._runtime.aws())._services
    assert clients["sns"] is clients["sns us-east-1"]
    assert channel.queue_url


async def test_a_filter_policy_is_found(queues, kit, boto, channel):
    topic = channel.notification_channel.sns_topic_arn
    (subscription,) = boto["sns"].list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    boto["sns"].set_subscription_attributes(
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps({"event": ["uploaded"]}),
    )
    (finding,) = await kit.rekognition.check_completion_queue(
        channel.queue_url, notification_channel=channel.notification_channel
    )
    assert "filter policy" in finding.problem


@pytest.mark.parametrize(
    ("name", "role"), [("", ROLE), ("white space", ROLE), ("x" * 61, ROLE), ("x", "me")]
)
async def test_names_and_roles_are_checked_before_anything_is_created(queues, kit, name, role):
    with pytest.raises(RequestError, match=r"name|role_arn"):
        await kit.rekognition.ensure_completion_queue(name, role_arn=role)
