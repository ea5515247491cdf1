"""Many jobs: completion notifications from a queue, compared with polling each job."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
from functools import partial
from typing import Any

from benchmarks.clients import aiobotocore_client, kit_on
from benchmarks.clocks import Samples, in_turns
from vidkit import PollPolicy, S3Video, VidKit
from vidkit.rekognition import NotificationChannel

__all__ = ["many", "on_a_queue", "one_by_one"]

_QUEUE = "{address}/123456789012/AmazonRekognition-done"
_CHANNEL = NotificationChannel(
    sns_topic_arn="arn:aws:sns:eu-central-1:123456789012:AmazonRekognition-done",
    role_arn="arn:aws:iam::123456789012:role/AmazonRekognition-publish",
)
_CONNECTIONS = 64
_ONE_BY_ONE = "vidkit, completion queue, ends one by one"
# The account's limit of polls a second is not measured here.
_UNLIMITED = PollPolicy(polls_per_second=100_000)


async def on_a_queue(
    kit: VidKit,
    address: str,
    jobs: int,
    *,
    after: float = 1.0,
    apart: float = 0.0,
    **options: Any,
) -> None:
    """Run jobs with completion notifications from a queue, and read their results.

    Args:
        kit: the kit that runs the jobs.
        address: the server's URL.
        jobs: the number of jobs.
        after: the seconds from the first job's start to its completion.
        apart: the seconds between two completions; all jobs are started at once.
        options: options of the queue.
    """
    results = 0
    queue_url = _QUEUE.format(address=address)
    async with kit.rekognition.completion_queue(queue_url, **options) as queue:

        async def start(number: int) -> Any:
            return await kit.rekognition.start_label_detection(
                S3Video("videos", f"{number}.mp4"),
                notification_channel=_CHANNEL,
                job_tag=f"{after + number * apart:.3f}",
                completion=queue,
            )

        starters = [lambda number=number: start(number) for number in range(jobs)]
        async for outcome in kit.run_jobs(starters, max_in_flight=jobs):
            if outcome.result is None:
                raise AssertionError(f"no result: {outcome.error!r}")
            results += len((await outcome.result).items)
    if results != 10 * jobs:
        raise AssertionError(f"{results} results of {jobs} jobs")


async def _polled(client: Any, jobs: int, interval: float) -> None:
    async def run(number: int) -> int:
        video = {"S3Object": {"Bucket": "videos", "Name": f"{number}.mp4"}}
        job_id = (await client.start_label_detection(Video=video))["JobId"]
        while True:
            page = await client.get_label_detection(JobId=job_id, MaxResults=1000)
            if page["JobStatus"] != "IN_PROGRESS":
                return len(page["Labels"])
            await asyncio.sleep(interval)

    results = sum(await asyncio.gather(*(run(number) for number in range(jobs))))
    if results != 10 * jobs:
        raise AssertionError(f"{results} results of {jobs} jobs")


async def many(address: str, jobs: int, samples: int, interval: float) -> Samples:
    """Measure jobs of a minute each, from start to result: CPU of a job.

    Args:
        address: the server's URL.
        jobs: the number of jobs in a sample.
        samples: the number of samples of each case.
        interval: the seconds between two polls, in place of five.
    """
    async with (
        kit_on(address) as kit,
        aiobotocore_client("rekognition", address, connections=_CONNECTIONS) as client,
    ):
        unlimited = kit.with_options(poll=_UNLIMITED)
        # Clients and connections are created once, whatever the number of jobs.
        await _warm(unlimited, address)
        await asyncio.gather(
            *(client.get_label_detection(JobId="results-1") for _ in range(_CONNECTIONS))
        )
        cases = {
            "vidkit, completion queue": lambda: on_a_queue(unlimited, address, jobs),
            "aiobotocore, polling": lambda: _polled(client, jobs, interval),
        }
        values = await in_turns(cases, samples=samples, warm=False)
    return {name: [value / jobs for value in found] for name, found in values.items()}


async def one_by_one(address: str, jobs: int, apart: float) -> Samples:
    """Measure jobs that complete one after another, so that few are received together."""
    async with kit_on(address) as kit:
        unlimited = kit.with_options(poll=_UNLIMITED)
        await _warm(unlimited, address)
        case = partial(on_a_queue, unlimited, address, jobs, apart=apart)
        values = await in_turns({_ONE_BY_ONE: case}, samples=1, warm=False)
    return {name: [value / jobs for value in found] for name, found in values.items()}


async def _warm(kit: VidKit, address: str) -> None:
    await on_a_queue(kit, address, _CONNECTIONS, after=0, linger=0.05)
