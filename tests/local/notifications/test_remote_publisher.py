"""Completion notifications to another SNS: moto's server, and one that is unreachable."""

import asyncio
import json
import logging
import urllib.request

import pytest
from moto.server import ThreadedMotoServer
from notification_calls import Caller, bodies, make_queue, policy

from vidkit.local import LocalCloud
from vidkit.local.notifications.remote_publisher import RemotePublisher
from vidkit.local.runtime.state import Identity, State

ROLE = "arn:aws:iam::123456789012:role/r"
TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-done"
VIDEO = {"S3Object": {"Bucket": "videos", "Name": "clip.mp4"}}


@pytest.fixture
def moto():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # Its servers share what they know with the last one of this process.
    urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"").close()
    yield endpoint
    server.stop()


@pytest.fixture
def others(moto, cloud):
    """boto3 at moto's server."""
    callers = {name: Caller(cloud, name, endpoint_url=moto) for name in ("sns", "sqs")}
    yield callers
    for caller in callers.values():
        caller.client.close()


async def test_a_completion_notification_is_published_to_motos_server(moto, others, clock_clip):
    sns, sqs = others["sns"], others["sqs"]
    topic = (await sns.create_topic(Name="AmazonRekognition-done"))["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    url = await make_queue(sqs, Policy=policy(queue, topic))
    await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    async with LocalCloud(job_seconds=0.05, sns_endpoint=moto) as cloud:
        cloud.add_object("videos", "clip.mp4", clock_clip.path)
        rekognition = Caller(cloud, "rekognition")
        started = await rekognition.start_face_detection(
            Video=VIDEO, NotificationChannel={"SNSTopicArn": topic, "RoleArn": ROLE}
        )
        found: list[str] = []
        async with asyncio.timeout(15):
            while not found:
                found = await bodies(sqs, url, WaitTimeSeconds=1)
        rekognition.client.close()
    notification = json.loads(json.loads(found[0])["Message"])
    assert (notification["JobId"], notification["Status"]) == (started["JobId"], "SUCCEEDED")


async def test_our_digests_of_attributes_equal_motos(cloud, sqs, others):
    sent = [
        await each.send_message(
            QueueUrl=await make_queue(each),
            MessageBody="m",
            MessageAttributes={
                "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
                "a": {"DataType": "String.kind", "StringValue": "ü"},
                "n": {"DataType": "Number", "StringValue": "7"},
            },
        )
        for each in (sqs, others["sqs"])
    ]
    assert sent[0]["MD5OfMessageAttributes"] == sent[1]["MD5OfMessageAttributes"]
    assert sent[0]["MD5OfMessageBody"] == sent[1]["MD5OfMessageBody"]


async def test_what_is_published_is_signed_for_the_topics_region(cloud, sns, sqs):
    topic = (await sns.create_topic(Name="AmazonRekognition-done"))["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    url = await make_queue(sqs, Policy=policy(queue, topic))
    await sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"RawMessageDelivery": "true"},
    )
    # Another local cloud's SNS, which verifies signatures.
    publisher = RemotePublisher(State(Identity()), f"{cloud.endpoint}/")
    await publisher.publish(topic, "a & b = ü")
    assert await bodies(sqs, url) == ["a & b = ü"]
    stranger = RemotePublisher(State(Identity(secret_access_key="wrong")), cloud.endpoint)
    with pytest.raises(ConnectionError, match="403"):
        await stranger.publish(topic, "m")
    elsewhere = topic.replace("us-east-1", "eu-west-1")
    with pytest.raises(ConnectionError, match="region"):
        await publisher.publish(elsewhere, "m")


async def test_an_unreachable_sns_fails_no_job(clock_clip, caplog, unused_tcp_port):
    endpoint = f"http://127.0.0.1:{unused_tcp_port}"
    async with LocalCloud(job_seconds=0, sns_endpoint=endpoint) as cloud:
        cloud.add_object("videos", "clip.mp4", clock_clip.path)
        rekognition = Caller(cloud, "rekognition")
        started = await rekognition.start_face_detection(
            Video=VIDEO, NotificationChannel={"SNSTopicArn": TOPIC, "RoleArn": ROLE}
        )
        async with asyncio.timeout(10):
            while "was not published" not in caplog.text:
                await asyncio.sleep(0.02)
        found = await rekognition.get_face_detection(JobId=started["JobId"])
        assert found["JobStatus"] == "SUCCEEDED"
        rekognition.client.close()
    assert endpoint in caplog.text


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://sns.us-east-1.amazonaws.com",
        "https://127.0.0.1:1",
        "http://127.0.0.1/x",
        "http://127.0.0.1?x",
        "http://user@127.0.0.1:1",
        "http://127.example.com:1",
        "x",
        "",
    ],
)
def test_only_an_sns_on_this_machine_is_published_to(endpoint):
    with pytest.raises(ValueError, match="sns_endpoint"):
        LocalCloud(sns_endpoint=endpoint)
