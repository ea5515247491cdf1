"""SNS of the local cloud through boto3, with SQS behind it."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from aiobotocore.session import get_session
from notification_calls import (
    ACCOUNT,
    Caller,
    bodies,
    code_of,
    make_queue,
    make_subscription,
    policy,
)

from vidkit.local.protocol.wire import Request

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:AmazonRekognition-done"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
MISSING = (404, "NotFound")


async def test_topics_are_created_once_listed_and_deleted(sns):
    made = await sns.create_topic(Name="AmazonRekognition-done", Attributes={"DisplayName": "d"})
    assert made["TopicArn"] == TOPIC
    assert made["ResponseMetadata"]["RequestId"]
    again = await sns.create_topic(Name="AmazonRekognition-done")
    assert again["TopicArn"] == TOPIC
    headers = again["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-requestid"] == again["ResponseMetadata"]["RequestId"]
    other = sns.create_topic(Name="AmazonRekognition-done", Attributes={"DisplayName": "e"})
    assert await code_of(other) == (400, "InvalidParameter")
    for number in range(120):
        await sns.create_topic(Name=f"t{number:03}")
    first = await sns.list_topics()
    second = await sns.list_topics(NextToken=first["NextToken"])
    assert [len(page["Topics"]) for page in (first, second)] == [100, 21]
    assert "NextToken" not in second
    assert await code_of(sns.list_topics(NextToken="x")) == (400, "InvalidParameter")
    for _ in range(2):
        await sns.delete_topic(TopicArn=TOPIC)
    assert await code_of(sns.get_topic_attributes(TopicArn=TOPIC)) == MISSING
    with pytest.raises(sns.client.exceptions.NotFoundException):
        await sns.publish(TopicArn=TOPIC, Message="m")


async def test_a_topic_has_attributes_and_subscriptions(sns, sqs):
    topic, _ = await make_subscription(sns, sqs, raw=True)
    shown = (await sns.get_topic_attributes(TopicArn=topic))["Attributes"]
    assert shown == {
        "DisplayName": "",
        "TopicArn": TOPIC,
        "Owner": ACCOUNT,
        "SubscriptionsConfirmed": "1",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }
    (listed,) = (await sns.list_subscriptions_by_topic(TopicArn=topic))["Subscriptions"]
    arn = listed["SubscriptionArn"]
    assert re.fullmatch(re.escape(TOPIC) + r":[0-9a-f-]{36}", arn)
    assert listed == {
        "SubscriptionArn": arn,
        "Owner": ACCOUNT,
        "Protocol": "sqs",
        "Endpoint": QUEUE,
        "TopicArn": TOPIC,
    }
    shown = (await sns.get_subscription_attributes(SubscriptionArn=arn))["Attributes"]
    assert shown == {
        **listed,
        "RawMessageDelivery": "true",
        "ConfirmationWasAuthenticated": "true",
        "PendingConfirmation": "false",
    }
    raw = {"SubscriptionArn": arn, "AttributeName": "RawMessageDelivery"}
    await sns.set_subscription_attributes(**raw, AttributeValue="false")
    shown = (await sns.get_subscription_attributes(SubscriptionArn=arn))["Attributes"]
    assert shown["RawMessageDelivery"] == "false"
    wrong = sns.set_subscription_attributes(**raw, AttributeValue="perhaps")
    assert await code_of(wrong) == (400, "InvalidParameter")
    same = await sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, ReturnSubscriptionArn=True
    )
    assert same["SubscriptionArn"] == arn
    other = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=QUEUE,
        Attributes={"RawMessageDelivery": "true"},
    )
    assert await code_of(other) == (400, "InvalidParameter")
    for _ in range(2):
        await sns.unsubscribe(SubscriptionArn=arn)
    assert await code_of(sns.get_subscription_attributes(SubscriptionArn=arn)) == MISSING
    shown = (await sns.get_topic_attributes(TopicArn=topic))["Attributes"]
    assert (shown["SubscriptionsConfirmed"], shown["SubscriptionsDeleted"]) == ("0", "1")
    assert (await sns.list_subscriptions_by_topic(TopicArn=topic))["Subscriptions"] == []


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("create_topic", {"Name": "a b"}, (400, "InvalidParameter")),
        ("create_topic", {"Name": "a.fifo"}, (400, "InvalidParameter")),
        ("create_topic", {"Name": "x" * 257}, (400, "InvalidParameter")),
        ("create_topic", {"Name": "a", "Attributes": {"Colour": "x"}}, (400, "InvalidParameter")),
        (
            "subscribe",
            {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com"},
            (400, "InvalidParameter"),
        ),
        (
            "subscribe",
            {"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": "jobs"},
            (400, "InvalidParameter"),
        ),
        (
            "subscribe",
            {
                "TopicArn": TOPIC,
                "Protocol": "sqs",
                "Endpoint": QUEUE,
                "Attributes": {"FilterPolicy": "{}"},
            },
            (400, "InvalidParameter"),
        ),
        (
            "subscribe",
            {"TopicArn": f"{TOPIC}-other", "Protocol": "sqs", "Endpoint": QUEUE},
            MISSING,
        ),
        ("list_subscriptions_by_topic", {"TopicArn": f"{TOPIC}-other"}, MISSING),
        ("publish", {"TopicArn": TOPIC, "Message": ""}, (400, "InvalidParameter")),
        ("publish", {"TopicArn": TOPIC, "Message": "m" * 262_145}, (400, "InvalidParameter")),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": "m", "Subject": " s"},
            (400, "InvalidParameter"),
        ),
        ("publish", {"TopicArn": TOPIC, "Message": "m", "Subject": "ü"}, (400, "InvalidParameter")),
        ("publish", {"PhoneNumber": "+490", "Message": "m"}, (400, "InvalidParameter")),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": "m", "MessageStructure": "json"},
            (400, "InvalidParameter"),
        ),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": "{}", "MessageStructure": "xml"},
            (400, "InvalidParameter"),
        ),
        (
            "publish",
            {
                "TopicArn": TOPIC,
                "Message": "m",
                "MessageAttributes": {"k": {"DataType": "String"}},
            },
            (400, "ParameterValueInvalid"),
        ),
        ("list_platform_applications", {}, (400, "InvalidAction")),
    ],
)
async def test_invalid_parameters_are_rejected(sns, operation, parameters, expected):
    await sns.create_topic(Name="AmazonRekognition-done")
    assert await code_of(getattr(sns, operation)(**parameters)) == expected


async def test_a_message_comes_in_an_envelope(cloud, sns, sqs):
    topic, url = await make_subscription(sns, sqs)
    published = await sns.publish(
        TopicArn=topic,
        Message='{"a": "ü"}',
        MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}},
    )
    (body,) = await bodies(sqs, url)
    content = json.loads(body)
    age = datetime.now(UTC) - datetime.fromisoformat(content.pop("Timestamp"))
    assert abs(age) < timedelta(seconds=30)
    assert content.pop("Signature")
    assert content.pop("SigningCertURL").startswith(cloud.endpoint)
    (subscription,) = (await sns.list_subscriptions_by_topic(TopicArn=topic))["Subscriptions"]
    assert content.pop("UnsubscribeURL").endswith(subscription["SubscriptionArn"])
    assert content == {
        "Type": "Notification",
        "MessageId": published["MessageId"],
        "TopicArn": topic,
        "Message": '{"a": "ü"}',
        "SignatureVersion": "1",
        "MessageAttributes": {"k": {"Type": "String", "Value": "v"}},
    }
    await sns.publish(TargetArn=topic, Message="m", Subject="s")
    (body,) = await bodies(sqs, url)
    assert json.loads(body)["Subject"] == "s"
    assert "MessageAttributes" not in json.loads(body)


async def test_a_raw_message_comes_as_it_is(sns, sqs):
    topic, url = await make_subscription(sns, sqs, raw=True)
    await sns.publish(
        TopicArn=topic,
        Message="plain",
        MessageAttributes={"k": {"DataType": "Binary", "BinaryValue": b"\x01"}},
    )
    response = await sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    (message,) = response["Messages"]
    assert message["Body"] == "plain"
    assert message["MessageAttributes"] == {"k": {"DataType": "Binary", "BinaryValue": b"\x01"}}


@pytest.mark.parametrize(("part", "text"), [("sqs", "for queues"), ("email", "for all")])
async def test_a_json_message_has_a_text_for_queues(sns, sqs, part, text):
    topic, url = await make_subscription(sns, sqs, raw=True)
    parts = json.dumps({"default": "for all", part: "for queues"})
    await sns.publish(TopicArn=topic, Message=parts, MessageStructure="json")
    assert await bodies(sqs, url) == [text]


async def test_without_a_policy_nothing_is_delivered(sns, sqs):
    topic, url = await make_subscription(sns, sqs)
    for document in ("", policy(QUEUE, f"{topic}-other"), policy(f"{QUEUE}-other", topic)):
        await sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
        assert (await sns.publish(TopicArn=topic, Message="m"))["MessageId"]
        assert await bodies(sqs, url) == []
    await sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(QUEUE, topic)})
    await sns.publish(TopicArn=topic, Message="m")
    assert len(await bodies(sqs, url)) == 1
    await sqs.delete_queue(QueueUrl=url)
    assert (await sns.publish(TopicArn=topic, Message="m"))["MessageId"]


async def test_every_subscription_gets_the_message(sns, sqs):
    topic, url = await make_subscription(sns, sqs)
    other = await make_queue(sqs, "other", Policy=policy(QUEUE.replace("jobs", "other"), topic))
    await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE.replace("jobs", "other"))
    await sns.publish(TopicArn=topic, Message="m")
    ids = [json.loads((await bodies(sqs, each))[0])["MessageId"] for each in (url, other)]
    assert ids[0] == ids[1]


async def test_a_wrong_secret_is_rejected_in_the_services_format(cloud):
    stranger = Caller(cloud, "sns", aws_secret_access_key="wrong")
    assert await code_of(stranger.list_topics()) == (403, "SignatureDoesNotMatch")
    stranger.client.close()
    elsewhere = Caller(cloud, "sns", region_name="eu-west-1")
    assert await code_of(elsewhere.list_topics()) == (403, "SignatureDoesNotMatch")
    elsewhere.client.close()
    assert {(call.service, call.code) for call in cloud.calls} == {("sns", "SignatureDoesNotMatch")}


async def test_a_malformed_form_names_no_operation(cloud):
    request = Request("POST", "/", (), {}, b"Action=%ff")
    assert cloud._server._services["sns"].operation(request) is None


@pytest.mark.parametrize("ends", ["SUCCEEDED", "FAILED"])
async def test_a_completion_notification_reaches_the_queue(cloud, sns, sqs, ends):
    topic, url = await make_subscription(sns, sqs)
    rekognition = Caller(cloud, "rekognition")
    if ends == "FAILED":
        cloud.fail_job("videos", "clip.mp4", "No.")
    waiting = asyncio.create_task(bodies(sqs, url, WaitTimeSeconds=20))
    started = await rekognition.start_text_detection(
        Video={"S3Object": {"Bucket": "videos", "Name": "clip.mp4"}},
        NotificationChannel={"SNSTopicArn": topic, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
        JobTag="tag",
    )
    (body,) = await asyncio.wait_for(waiting, 15)
    notification = json.loads(json.loads(body)["Message"])
    assert abs(notification.pop("Timestamp") / 1000 - datetime.now(UTC).timestamp()) < 30
    assert notification == {
        "JobId": started["JobId"],
        "Status": ends,
        "API": "StartTextDetection",
        "JobTag": "tag",
        "Video": {"S3ObjectName": "clip.mp4", "S3Bucket": "videos"},
    }
    found = await rekognition.get_text_detection(JobId=started["JobId"])
    assert found["JobStatus"] == ends
    rekognition.client.close()


async def test_a_missing_topic_is_logged(cloud, caplog):
    rekognition = Caller(cloud, "rekognition")
    started = await rekognition.start_label_detection(
        Video={"S3Object": {"Bucket": "videos", "Name": "clip.mp4"}},
        NotificationChannel={"SNSTopicArn": TOPIC, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
    )
    async with asyncio.timeout(10):
        while "was not published" not in caplog.text:
            await asyncio.sleep(0.02)
    found = await rekognition.get_label_detection(JobId=started["JobId"])
    assert found["JobStatus"] == "SUCCEEDED"
    rekognition.client.close()


async def test_aiobotocore_works_unchanged(cloud):
    options = {
        "endpoint_url": cloud.endpoint,
        "region_name": cloud.region,
        "aws_access_key_id": cloud.access_key_id,
        "aws_secret_access_key": cloud.secret_access_key,
    }
    session = get_session()
    async with (
        session.create_client("sns", **options) as sns,
        session.create_client("sqs", **options) as sqs,
    ):
        topic, url = await make_subscription(sns, sqs, raw=True)
        await sns.publish(TopicArn=topic, Message="m")
        assert await bodies(sqs, url) == ["m"]


async def test_a_batch_is_published_and_each_entry_fails_on_its_own(sns, sqs):
    topic, url = await make_subscription(sns, sqs, raw=True)
    attribute = {"DataType": "String", "StringValue": "b"}
    entries = [
        {"Id": "1", "Message": "one"},
        {"Id": "2", "Message": "two", "MessageAttributes": {"a": attribute}},
        {"Id": "3", "Message": "three", "MessageStructure": "xml"},
    ]
    result = await sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [entry["Id"] for entry in result["Successful"]] == ["1", "2"]
    assert all(entry["MessageId"] for entry in result["Successful"])
    (failed,) = result["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("3", "InvalidParameter", True)
    assert sorted(await bodies(sqs, url)) == ["one", "two"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        (
            [{"Id": str(number), "Message": "m"} for number in range(11)],
            "TooManyEntriesInBatchRequest",
        ),
        ([{"Id": "1", "Message": "m"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "Message": "m"}], "InvalidBatchEntryId"),
        (
            [{"Id": str(number), "Message": "m" * 200_000} for number in range(2)],
            "BatchRequestTooLong",
        ),
    ],
)
async def test_an_invalid_batch_publishes_nothing(sns, sqs, entries, code):
    topic, url = await make_subscription(sns, sqs, raw=True)
    publishing = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert await code_of(publishing) == (400, code)
    assert await bodies(sqs, url) == []
