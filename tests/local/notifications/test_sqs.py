"""Queues of the local cloud through boto3: created, described, polled, rejected."""

import asyncio
import json
import time

import aiohttp
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from notification_calls import ACCOUNT, Caller, bodies, code_of, make_queue, policy

from vidkit.local import LocalCloud

MISSING = (400, "AWS.SimpleQueueService.NonExistentQueue")


async def test_queues_are_created_found_listed_and_deleted(cloud, sqs):
    url = await make_queue(sqs, "jobs-1")
    assert url == f"{cloud.endpoint}/{ACCOUNT}/jobs-1"
    assert await make_queue(sqs, "jobs-1") == url
    assert (await sqs.get_queue_url(QueueName="jobs-1"))["QueueUrl"] == url
    for name in ("other", "jobs-3", "jobs-2"):
        await make_queue(sqs, name)
    listed = (await sqs.list_queues(QueueNamePrefix="jobs"))["QueueUrls"]
    assert [each.rpartition("/")[2] for each in listed] == ["jobs-1", "jobs-2", "jobs-3"]
    pages = sqs.client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 3})
    sizes = await asyncio.to_thread(lambda: [len(page["QueueUrls"]) for page in pages])
    assert sizes == [3, 1]
    await sqs.delete_queue(QueueUrl=url)
    assert await code_of(sqs.get_queue_url(QueueName="jobs-1")) == MISSING
    assert await code_of(sqs.send_message(QueueUrl=url, MessageBody="x")) == MISSING
    assert "QueueUrls" not in await sqs.list_queues(QueueNamePrefix="jobs-1")
    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist):
        await sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize(
    ("name", "attributes", "code"),
    [
        ("a b", {}, "InvalidParameterValue"),
        ("x" * 81, {}, "InvalidParameterValue"),
        ("a.fifo", {"FifoQueue": "true"}, "AWS.SimpleQueueService.UnsupportedOperation"),
        ("a", {"RedrivePolicy": "{}"}, "AWS.SimpleQueueService.UnsupportedOperation"),
        ("a", {"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ("a", {"VisibilityTimeout": "-1"}, "InvalidAttributeValue"),
        ("a", {"DelaySeconds": "soon"}, "InvalidAttributeValue"),
        ("a", {"Policy": "[]"}, "InvalidAttributeValue"),
        ("a", {"Policy": "{"}, "InvalidAttributeValue"),
        ("a", {"Colour": "red"}, "InvalidAttributeName"),
        ("a", {"QueueArn": "mine"}, "InvalidAttributeName"),
    ],
)
async def test_invalid_queues_are_rejected(sqs, name, attributes, code):
    asked = sqs.create_queue(QueueName=name, Attributes=attributes)
    assert await code_of(asked) == (400, code)
    assert "QueueUrls" not in await sqs.list_queues()


async def test_attributes_are_stored_and_returned(sqs):
    url = await make_queue(sqs, VisibilityTimeout="5", SqsManagedSseEnabled="true")
    error = await code_of(sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "6"}))
    assert error == (400, "QueueAlreadyExists")
    shown = (await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]))["Attributes"]
    created = int(shown.pop("CreatedTimestamp"))
    assert abs(created - time.time()) < 30
    assert int(shown.pop("LastModifiedTimestamp")) == created
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
    assert shown == {
        "QueueArn": arn,
        "VisibilityTimeout": "5",
        "MessageRetentionPeriod": "345600",
        "MaximumMessageSize": "1048576",
        "DelaySeconds": "0",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
    }
    document = policy(arn, "arn:t")
    await sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    wanted = {"QueueUrl": url, "AttributeNames": ["QueueArn", "Policy"]}
    shown = (await sqs.get_queue_attributes(**wanted))["Attributes"]
    assert shown == {"QueueArn": arn, "Policy": document}
    await sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert set((await sqs.get_queue_attributes(**wanted))["Attributes"]) == {"QueueArn"}
    assert "Attributes" not in await sqs.get_queue_attributes(QueueUrl=url)
    error = await code_of(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Colour"]))
    assert error == (400, "InvalidAttributeName")


async def test_a_long_poll_ends_with_the_message(sqs):
    url = await make_queue(sqs)
    begun = time.monotonic()
    assert await bodies(sqs, url, WaitTimeSeconds=1) == []
    assert time.monotonic() - begun >= 1
    waiting = [asyncio.create_task(bodies(sqs, url, WaitTimeSeconds=20)) for _ in range(2)]
    await asyncio.sleep(0.1)
    begun = time.monotonic()
    for text in ("a", "b"):
        await sqs.send_message(QueueUrl=url, MessageBody=text)
        done, waiting = await asyncio.wait(waiting, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [[text]]
    assert time.monotonic() - begun < 5


async def test_a_queue_has_its_own_wait_time_and_can_be_deleted_during_it(sqs):
    url = await make_queue(sqs, ReceiveMessageWaitTimeSeconds="20")
    waiting = asyncio.create_task(sqs.receive_message(QueueUrl=url))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await sqs.delete_queue(QueueUrl=url)
    assert await code_of(asyncio.wait_for(waiting, 5)) == MISSING


@pytest.mark.parametrize(
    "parameters",
    [
        {"MaxNumberOfMessages": 0},
        {"MaxNumberOfMessages": 11},
        {"WaitTimeSeconds": 21},
        {"VisibilityTimeout": 43201},
    ],
)
async def test_receives_out_of_range_are_rejected(sqs, parameters):
    url = await make_queue(sqs)
    error = await code_of(sqs.receive_message(QueueUrl=url, **parameters))
    assert error == (400, "InvalidParameterValue")


@pytest.mark.parametrize("url", ["jobs", "http://127.0.0.1/999999999999/jobs", "http://h/"])
async def test_addresses_of_no_queue_are_rejected(sqs, url):
    await make_queue(sqs)
    error = await code_of(sqs.send_message(QueueUrl=url, MessageBody="m"))
    assert error == (400, "InvalidAddress")


async def test_other_accounts_and_foreign_tokens_are_rejected(cloud, sqs, monkeypatch):
    url = await make_queue(sqs)
    stranger = sqs.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId="999999999999")
    assert await code_of(stranger) == MISSING
    own = await sqs.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId=ACCOUNT)
    assert own["QueueUrl"] == url
    token = sqs.list_queues(NextToken="x", MaxResults=1)
    assert await code_of(token) == (400, "InvalidParameterValue")
    body = json.dumps(
        {
            "QueueUrl": url,
            "MessageBody": "m",
            "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": "no base64"}},
        }
    ).encode()
    status, content = await send_signed(cloud, "SendMessage", body)
    assert (status, content["__type"]) == (400, "com.amazonaws.sqs#InvalidParameterValue")
    status, content = await send_signed(cloud, "SendMessage", b"[")
    assert (status, content["__type"]) == (400, "com.amazonaws.sqs#SerializationException")
    monkeypatch.setattr("vidkit.local.notifications.receiving.MAX_IN_FLIGHT", 1)
    await sqs.send_message(QueueUrl=url, MessageBody="m")
    assert await bodies(sqs, url) == ["m"]
    assert await code_of(sqs.receive_message(QueueUrl=url)) == (400, "OverLimit")


async def test_a_wrong_secret_is_rejected_and_an_unknown_operation_too(cloud, sqs):
    stranger = Caller(cloud, "sqs", aws_secret_access_key="wrong")
    assert await code_of(stranger.list_queues()) == (403, "SignatureDoesNotMatch")
    stranger.client.close()
    nobody = Caller(cloud, "sqs", aws_access_key_id="AKIAUNKNOWN")
    assert await code_of(nobody.list_queues()) == (403, "InvalidClientTokenId")
    nobody.client.close()
    url = await make_queue(sqs)
    error = await code_of(sqs.list_queue_tags(QueueUrl=url))
    assert error == (400, "UnknownOperationException")
    assert cloud.calls[-1].service == "sqs"


async def send_signed(cloud, operation, body, **options):
    """Status and content of a request as raw as it gets."""
    headers = {"X-Amz-Target": f"AmazonSQS.{operation}"}
    signed = AWSRequest(method="POST", url=f"{cloud.endpoint}/", data=body, headers=headers)
    credentials = Credentials(cloud.access_key_id, cloud.secret_access_key)
    SigV4Auth(credentials, "sqs", cloud.region).add_auth(signed)
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{cloud.endpoint}/", data=body, headers=dict(signed.headers.items()), **options
        ) as response,
    ):
        return response.status, json.loads(await response.read())


async def test_a_disconnected_client_receives_no_message(cloud, sqs):
    url = await make_queue(sqs)
    body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}).encode()
    with pytest.raises(TimeoutError):
        await send_signed(cloud, "ReceiveMessage", body, timeout=aiohttp.ClientTimeout(total=0.2))
    await asyncio.sleep(0.05)
    await sqs.send_message(QueueUrl=url, MessageBody="for the living")
    assert await bodies(sqs, url, WaitTimeSeconds=5) == ["for the living"]


async def test_the_cloud_closes_immediately_during_a_long_poll():
    async with LocalCloud() as cloud:
        sqs = Caller(cloud, "sqs")
        url = await make_queue(sqs)
        waiting = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(0.2)
        begun = time.monotonic()
    assert time.monotonic() - begun < 1.5
    assert "Messages" not in await asyncio.wait_for(waiting, 5)
    sqs.client.close()
