"""How the tests call SNS and SQS of the local cloud: through boto3, in threads."""

import asyncio
import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"

# One session reads each service model once.
_session = boto3.session.Session()


class Caller:
    """A boto3 client whose operations are awaited."""

    def __init__(self, cloud, service, **overrides):
        options = {
            "endpoint_url": cloud.endpoint,
            "region_name": cloud.region,
            "aws_access_key_id": cloud.access_key_id,
            "aws_secret_access_key": cloud.secret_access_key,
            "config": Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
        }
        self.client = _session.client(service, **{**options, **overrides})

    def __getattr__(self, operation):
        function = getattr(self.client, operation)

        async def call(**parameters):
            return await asyncio.to_thread(function, **parameters)

        return call


async def code_of(awaitable):
    """Status and code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        await awaitable
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def policy(queue_arn, topic_arn, **changes):
    """A policy that admits a topic's messages to a queue, as a text."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
        **changes,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def make_queue(sqs, name="jobs", **attributes):
    """The URL of a new queue."""
    return (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]


async def make_subscription(sns, sqs, *, raw=False, name="AmazonRekognition-done"):
    """A topic, and a subscribed queue whose policy admits the topic: ARN and URL."""
    topic = (await sns.create_topic(Name=name))["TopicArn"]
    url = await make_queue(sqs)
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
    await sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(queue, topic)})
    await sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"RawMessageDelivery": str(raw).lower()},
    )
    return topic, url


async def bodies(sqs, url, **parameters):
    """The bodies of the messages that one call receives."""
    response = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **parameters)
    return [message["Body"] for message in response.get("Messages", [])]
