"""Completion notifications over SNS and SQS of moto's server."""

import asyncio
import json
from datetime import timedelta

import pytest

from vidkit import (
    DecodeError,
    JobFailedError,
    RequestError,
    RetryPolicy,
    S3Video,
    VidKitTimeoutError,
)
from vidkit.jobs.tokens import JobRef
from vidkit.rekognition.completion.sns_sqs import SnsSqsClient

VIDEO = S3Video("bucket", "clip.mp4")
ROLE = "arn:aws:iam::123456789012:role/rekognition"


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
