"""One queue whose messages are for several programs, on the local cloud."""

import asyncio
import json

import pytest
from notification_calls import Caller

from vidkit import JobFailedError, PollPolicy, S3Video
from vidkit.local import LocalCloud

VIDEO = S3Video("bucket", "clip.mp4")
ROLE = "arn:aws:iam::123456789012:role/rekognition"


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0.05) as running:
        running.add_object("bucket", "clip.mp4", b"no video, so that the jobs fail")
        yield running


@pytest.fixture
async def channel(cloud):
    async with cloud.kit() as kit:
        yield await kit.rekognition.ensure_completion_queue("shared", role_arn=ROLE)


@pytest.fixture
def sqs(cloud):
    caller = Caller(cloud, "sqs")
    yield caller
    caller.client.close()


async def run_jobs(kit, channel, count, **options):
    """Run jobs that wait for their messages alone; the queue's counts are returned."""
    async with kit.rekognition.completion_queue(
        channel.queue_url, linger=0.02, wait_seconds=1, **options
    ) as queue:
        jobs = [
            await kit.rekognition.start_label_detection(
                VIDEO, notification_channel=channel.notification_channel, completion=queue
            )
            for _ in range(count)
        ]
        ends = await asyncio.gather(
            *(job.result(timeout=20) for job in jobs), return_exceptions=True
        )
    assert {type(end) for end in ends} == {JobFailedError}
    return queue.counts


async def test_two_programs_on_one_queue_do_not_hide_each_others_messages(cloud, channel):
    poll = PollPolicy(polls_per_second=100)
    async with cloud.kit(poll=poll) as one, cloud.kit(poll=poll) as other:
        counts = await asyncio.gather(run_jobs(one, channel, 10), run_jobs(other, channel, 10))
    assert [each.completions for each in counts] == [10, 10]


async def test_messages_of_others_are_visible_again_at_once(cloud, channel, sqs):
    body = json.dumps({"JobId": "of another program", "Status": "SUCCEEDED"})
    await sqs.send_message(QueueUrl=channel.queue_url, MessageBody=body)
    async with cloud.kit(poll=PollPolicy(polls_per_second=100)) as kit:
        await run_jobs(kit, channel, 1)
    received = await sqs.receive_message(QueueUrl=channel.queue_url, WaitTimeSeconds=5)
    assert [message["Body"] for message in received["Messages"]] == [body]


@pytest.mark.parametrize("deletes", [True, False])
async def test_a_message_that_is_no_notification_is_reported(cloud, channel, sqs, deletes):
    called_with = []

    def on_unknown(message):
        called_with.append(message)
        return deletes

    await sqs.send_message(QueueUrl=channel.queue_url, MessageBody="{ not ours")
    async with cloud.kit(poll=PollPolicy(polls_per_second=100)) as kit:
        await run_jobs(kit, channel, 1, on_unknown=on_unknown)
    assert {(each.job_id, each.status, each.body) for each in called_with} == {
        ("", "", "{ not ours")
    }
    received = await sqs.receive_message(QueueUrl=channel.queue_url, WaitTimeSeconds=0)
    if deletes:
        assert "Messages" not in received


@pytest.mark.parametrize("times", [1, 3])
async def test_a_queue_that_is_closed_returns_the_messages_that_it_holds(
    cloud, channel, sqs, times
):
    """Not only after the queue's visibility timeout of 30 s, though on_unknown has not returned."""
    bodies = {f"{{ not ours {n}" for n in range(12)}
    for body in bodies:
        await sqs.send_message(QueueUrl=channel.queue_url, MessageBody=body)
    called, all_called = set(), asyncio.Event()

    async def on_unknown(message):
        called.add(message.body)
        if called == bodies:
            all_called.set()
        await asyncio.sleep(60)

    async def use(kit):
        async with kit.rekognition.completion_queue(
            channel.queue_url, linger=0.02, on_unknown=on_unknown
        ) as queue:
            queue.expect("a job")
            await asyncio.sleep(60)

    async with cloud.kit() as kit:
        using = asyncio.ensure_future(use(kit))
        async with asyncio.timeout(10):
            await all_called.wait()
        for _ in range(times):
            using.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([using])
        assert using.cancelled()
        received = set()
        async with asyncio.timeout(10):
            while received != bodies:
                found = await sqs.receive_message(
                    QueueUrl=channel.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
                )
                received |= {message["Body"] for message in found.get("Messages", ())}
