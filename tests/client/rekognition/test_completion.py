"""Completion notifications over SNS and SQS of moto's server."""

import asyncio
import json
from datetime import timedelta

import boto3
import pytest
from moto.server import ThreadedMotoServer

from vidkit import (
    DecodeError,
    JobFailedError,
    RequestError,
    RetryPolicy,
    S3Video,
    VidKitTimeoutError,
)
from vidkit.jobs.tokens import JobRef
from vidkit.rekognition import NotificationChannel
from vidkit.rekognition.completion.sns_sqs import SnsSqsClient

VIDEO = S3Video("bucket", "clip.mp4")
ROLE = "arn:aws:iam::123456789012:role/rekognition"


@pytest.fixture(scope="module")
def moto_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def queues(moto_server, monkeypatch):
    """The kit uses SNS and SQS of moto, and all other services of the local cloud."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", moto_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", moto_server)
    return moto_server


@pytest.fixture
def boto(moto_server, cloud):
    clients = {
        name: boto3.client(
            name,
            endpoint_url=moto_server,
            region_name=cloud.region,
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        for name in ("sns", "sqs")
    }
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
async def channel(queues, kit, request):
    name = request.node.name[-40:].strip("[]_").replace("[", "-")
    return await kit.rekognition.ensure_completion_queue(name, role_arn=ROLE)


async def publish(boto, channel, job_id, status="SUCCEEDED"):
    message = json.dumps({"JobId": job_id, "Status": status, "API": "StartLabelDetection"})
    topic = channel.notification_channel.sns_topic_arn
    await asyncio.to_thread(boto["sns"].publish, TopicArn=topic, Message=message)


def open_queue(kit, channel, **options):
    options = {"linger": 0.05, "wait_seconds": 1} | options
    return kit.rekognition.completion_queue(channel.queue_url, **options)


async def start(kit, channel, queue):
    return await kit.rekognition.start_label_detection(
        VIDEO, notification_channel=channel.notification_channel, completion=queue
    )


def gets(cloud):
    return [call for call in cloud.calls if call.operation == "GetLabelDetection"]


async def test_a_message_ends_the_wait_and_the_next_poll_is_page_one(cloud, kit, boto, channel):
    async with open_queue(kit, channel) as queue:
        job = await start(kit, channel, queue)
        waiting = asyncio.ensure_future(job.result(timeout=20))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        assert gets(cloud) == []
        await publish(boto, channel, job.id)
        labels = await waiting
        assert await labels.collect() == []
        assert len(gets(cloud)) == 1
        async with asyncio.timeout(10):
            while queue.counts.deletes == 0:
                await asyncio.sleep(0.02)
        assert queue.counts.completions == queue.counts.deletes == 1
    left = await asyncio.to_thread(
        boto["sqs"].get_queue_attributes, QueueUrl=channel.queue_url, AttributeNames=["All"]
    )
    assert left["Attributes"]["ApproximateNumberOfMessages"] == "0"
    assert left["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_the_failure_of_a_job_is_reported(cloud, kit, boto, channel):
    cloud.add_object("bucket", "clip.mp4", b"no video")
    async with open_queue(kit, channel) as queue:
        job = await start(kit, channel, queue)
        await asyncio.sleep(0.4)
        await publish(boto, channel, job.id, "ERROR")
        with pytest.raises(JobFailedError):
            await job.result(timeout=20)


async def test_a_job_without_a_message_is_polled_after_the_safety_interval(cloud, kit, channel):
    async with open_queue(kit, channel, safety_interval=timedelta(milliseconds=600)) as queue:
        job = await start(kit, channel, queue)
        await job.result(timeout=20)
    assert len(gets(cloud)) == 1


async def test_one_reader_serves_many_jobs_with_few_receives(kit, boto, channel):
    async with open_queue(kit, channel, linger=0.5) as queue:
        jobs = [await start(kit, channel, queue) for _ in range(10)]
        await asyncio.sleep(0.5)
        await asyncio.gather(*(publish(boto, channel, job.id) for job in jobs))
        await asyncio.gather(*(job.result(timeout=20) for job in jobs))
        assert queue.counts.completions == 10
        assert queue.counts.receives - queue.counts.empty_receives <= 5
        assert queue.counts.deletes <= queue.counts.receives


async def test_a_message_that_arrives_before_its_job_is_expected_is_not_lost(kit, boto, channel):
    async with open_queue(kit, channel) as queue:
        first = await start(kit, channel, queue)
        second = await kit.rekognition.start_label_detection(VIDEO)
        await publish(boto, channel, second.id)
        while queue.counts.messages == 0:
            await asyncio.sleep(0.05)
        late = kit.resume(second.token, completion=queue)
        await late.result(timeout=5)
        assert queue.counts.completions == 1
        await publish(boto, channel, first.id)
        await first.result(timeout=20)


@pytest.mark.parametrize("mine", [True, False])
async def test_messages_about_other_jobs_are_deleted_or_stay_in_the_queue(kit, boto, channel, mine):
    called_with = []

    async def on_unknown(message):
        called_with.append(message.job_id)
        return mine

    async with open_queue(kit, channel, on_unknown=on_unknown) as queue:
        job = await start(kit, channel, queue)
        await publish(boto, channel, "unknown-job")
        await publish(boto, channel, job.id)
        await job.result(timeout=20)
        while not called_with or queue.counts.deletes < (2 if mine else 1):
            await asyncio.sleep(0.05)
    assert set(called_with) == {"unknown-job"}
    left = await asyncio.to_thread(
        boto["sqs"].get_queue_attributes, QueueUrl=channel.queue_url, AttributeNames=["All"]
    )
    count = int(left["Attributes"]["ApproximateNumberOfMessagesNotVisible"])
    assert count + int(left["Attributes"]["ApproximateNumberOfMessages"]) == (0 if mine else 1)


async def test_an_error_in_the_callback_is_logged(kit, boto, channel, caplog):
    def on_unknown(_):
        raise RuntimeError("theirs")

    async with open_queue(kit, channel, on_unknown=on_unknown) as queue:
        job = await start(kit, channel, queue)
        await publish(boto, channel, "unknown-job")
        await publish(boto, channel, job.id)
        await job.result(timeout=20)
    assert "theirs" in caplog.text


async def test_jobs_are_polled_while_the_queue_cannot_be_read(kit, channel, caplog):
    missing = kit.rekognition.completion_queue(
        channel.queue_url + "-missing", wait_seconds=1, linger=0.05
    )
    async with missing as queue:
        job = await start(kit, channel, queue)
        await job.result(timeout=20)
        assert queue.failure is not None
    assert caplog.text.count("so its jobs are polled") == 1


async def test_reading_continues_after_a_failure(kit, boto, channel, monkeypatch):
    receive = SnsSqsClient.receive
    failing = [True, True]

    async def flaky(self, queue_url, *, wait_seconds):
        if failing:
            failing.pop()
            raise DecodeError("html")
        return await receive(self, queue_url, wait_seconds=wait_seconds)

    monkeypatch.setattr(SnsSqsClient, "receive", flaky)
    async with open_queue(kit, channel, linger=0.02) as queue:
        cloud_job = await start(kit, channel, queue)
        await publish(boto, channel, cloud_job.id)
        await cloud_job.result(timeout=20)
        second = await start(kit, channel, queue)
        await asyncio.sleep(0.5)
        await publish(boto, channel, second.id)
        await second.result(timeout=20)
        assert queue.failure is None
        assert queue.counts.completions >= 1


async def test_a_short_deadline_of_the_kit_does_not_shorten_a_long_receive(kit, boto, channel):
    hasty = kit.with_options(deadline=0.4, retry=RetryPolicy(attempt_timeout=0.2))
    async with open_queue(hasty, channel, wait_seconds=2) as queue:
        job = await start(kit, channel, queue)
        await asyncio.sleep(1)
        assert queue.failure is None
        await publish(boto, channel, job.id)
        await job.result(timeout=20)


async def test_closing_the_kit_ends_the_wait(queues, cloud, channel):
    async with cloud.kit() as kit:
        queue = open_queue(kit, channel)
        async with queue:
            job = await start(kit, channel, queue)
            waiting = asyncio.ensure_future(job.result())
            await asyncio.sleep(0.2)
            await kit.close()
            async with asyncio.timeout(5):
                with pytest.raises(RequestError, match="closed"):
                    await waiting


@pytest.mark.parametrize("how", ["hangs", "cancels"])
async def test_a_callback_that_hangs_or_cancels_does_not_delay_other_jobs(kit, boto, channel, how):
    async def on_unknown(_):
        if how == "cancels":
            raise asyncio.CancelledError
        await asyncio.sleep(60)

    async with open_queue(kit, channel, on_unknown=on_unknown) as queue:
        job = await start(kit, channel, queue)
        await publish(boto, channel, "unknown-job")
        await publish(boto, channel, job.id)
        await job.result(timeout=10)


async def test_a_job_with_a_token_of_the_caller_is_polled_first(kit, channel):
    async def begin(queue):
        return await kit.rekognition.start_label_detection(
            VIDEO,
            client_request_token="mine",
            notification_channel=channel.notification_channel,
            completion=queue,
        )

    async with open_queue(kit, channel) as queue:
        job = await begin(queue)
        await asyncio.sleep(0.6)
        # The job has ended, so no second message will arrive.
        again = await begin(queue)
        assert again.id == job.id
        await again.result(timeout=5)


async def test_other_objects_than_a_queue_are_rejected(kit, channel):
    with pytest.raises(RequestError, match="completion"):
        await start(kit, channel, "http://queue")
    with pytest.raises(RequestError, match="completion"):
        kit.resume(JobRef("rekognition.label_detection", "j", "r").token(), completion=5)
    with pytest.raises(RequestError, match="completion"):
        kit.resume(JobRef("mpc.thumbnails_task", "1", "r/p").token(), completion=5)
    with pytest.raises(RequestError, match="notification_channel"):
        await kit.rekognition.check_completion_queue("http://q", notification_channel=None)


async def test_jobs_are_polled_after_the_queue_is_closed(kit, channel):
    async with open_queue(kit, channel) as queue:
        job = await start(kit, channel, queue)
    await job.result(timeout=20)
    with pytest.raises(RequestError, match="completion"):
        await start(kit, channel, queue)
    with pytest.raises(RequestError, match="opened before"):
        async with queue:
            pass


async def test_the_timeout_applies_to_the_wait_for_a_message(kit, channel):
    async with open_queue(kit, channel) as queue:
        job = await start(kit, channel, queue)
        with pytest.raises(VidKitTimeoutError):
            await job.result(timeout=0.1)


async def test_completion_requires_a_channel_and_an_open_queue(cloud, kit, channel):
    before = len(cloud.calls)
    closed = open_queue(kit, channel)
    with pytest.raises(RequestError, match="async with"):
        await start(kit, channel, closed)
    async with open_queue(kit, channel) as queue:
        with pytest.raises(RequestError, match="notification_channel"):
            await kit.rekognition.start_label_detection(VIDEO, completion=queue)
    assert len(cloud.calls) == before


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"queue_url": "my-queue"}, "queue_url"),
        ({"queue_url": None}, "queue_url"),
        ({"wait_seconds": 21}, "wait_seconds"),
        ({"linger": 0}, "linger"),
        ({"safety_interval": "60"}, "safety_interval"),
        ({"on_unknown": 5}, "on_unknown"),
    ],
)
async def test_options_are_checked(kit, options, word):
    with pytest.raises(RequestError, match=word):
        kit.rekognition.completion_queue(**({"queue_url": "http://q/1/n"} | options))


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
