"""200 jobs with a completion queue; the program is killed half way and started again."""

import asyncio
import json
import signal
import sys

import pytest
from moto.server import ThreadedMotoServer

from vidkit.local import LocalCloud
from vidkit.local.rekognition.jobs import AnalysisJobs

PROGRAM = """
import asyncio, json, sys
from functools import partial
from vidkit import AwsConfig, PollPolicy, S3Video, VidKit

given = json.loads(sys.argv[1])

async def main():
    aws = AwsConfig(region=given["region"], access_key_id=given["key"],
                    secret_access_key=given["secret"], endpoint_url=given["endpoint"])
    async with VidKit(aws=aws, poll=PollPolicy(polls_per_second=1000)) as kit:
        channel = await kit.rekognition.ensure_completion_queue(
            "killed", role_arn="arn:aws:iam::123456789012:role/rekognition")
        async with kit.rekognition.completion_queue(
            channel.queue_url, linger=0.5, wait_seconds=2, safety_interval=20
        ) as queue:
            starters = [
                partial(kit.rekognition.start_label_detection, S3Video("bucket", "clip.mp4"),
                        job_tag=f"job-{n}", notification_channel=channel.notification_channel,
                        completion=queue)
                for n in range(given["jobs"])
            ]
            with open(given["results"], "a") as results:
                run = kit.run_jobs(starters, max_in_flight=given["in_flight"],
                                   journal=given["journal"], completion=queue)
                async for outcome in run:
                    if outcome.error is not None:
                        raise outcome.error
                    page = await outcome.result
                    line = [outcome.key, outcome.job.id, page.job_tag, outcome.repeated]
                    results.write(json.dumps(line) + "\\n")
                    results.flush()
            counts = queue.counts
            print(json.dumps({"receives": counts.receives, "empty": counts.empty_receives,
                              "completions": counts.completions, "deletes": counts.deletes}))

asyncio.run(main())
"""

JOBS, IN_FLIGHT = 200, 20


@pytest.fixture
def moto_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def started(monkeypatch):
    """The ids of all jobs that the service has started."""
    ids = set()
    start = AnalysisJobs.start

    async def recorded(self, kind, parameters):
        job = await start(self, kind, parameters)
        ids.add(job.id)
        return job

    monkeypatch.setattr(AnalysisJobs, "start", recorded)
    return ids


async def program(given):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        json.dumps(given),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def outcomes_in(path):
    whole = path.read_text().rpartition("\n")[0].splitlines() if path.exists() else []
    return [json.loads(line) for line in whole]


@pytest.mark.long
async def test_two_hundred_jobs_survive_a_kill(
    clock_clip, moto_server, started, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", moto_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", moto_server)
    results = tmp_path / "results.jsonl"
    async with LocalCloud(job_seconds=0.3, sns_endpoint=moto_server) as cloud:
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)
        given = {
            "region": cloud.region,
            "key": cloud.access_key_id,
            "secret": cloud.secret_access_key,
            "endpoint": cloud.endpoint,
            "jobs": JOBS,
            "in_flight": IN_FLIGHT,
            "journal": str(tmp_path / "journal.jsonl"),
            "results": str(results),
        }
        first = await program(given)

        async def until(reached):
            async with asyncio.timeout(60):
                while not reached():
                    assert first.returncode is None, (await first.communicate())[1].decode()
                    await asyncio.sleep(0.05)

        await until(lambda: len(outcomes_in(results)) >= JOBS // 2)
        # Killed when it has started as many jobs as may be in flight, and has no response of any.
        held = cloud.inject("latency", operation="StartLabelDetection", seconds=600)
        await until(
            lambda: cloud.struck(held) == len(started) - len(outcomes_in(results)) == IN_FLIGHT
        )
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        cloud.uninject()
        before = len(outcomes_in(results))
        assert before < JOBS - IN_FLIGHT

        second = await program(given)
        async with asyncio.timeout(90):
            output, complaints = await second.communicate()
        assert second.returncode == 0, complaints.decode()

    lines = outcomes_in(results)
    again = lines[before:]
    assert len(again) == JOBS
    assert {int(key) for key, *_ in again} == set(range(JOBS))
    assert all(tag == f"job-{key}" for key, _, tag, _ in again)
    assert len({job for _, job, *_ in lines}) == len(started) == JOBS
    # Returned and processed before the kill; the last one may be returned again.
    assert before - 1 <= sum(repeated for *_, repeated in again) <= before
    counts = json.loads(output)
    ended = JOBS - before
    with_messages = counts["receives"] - counts["empty"]
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{counts['receives']} receives, {with_messages} of them with messages, "
            f"for {ended} ended jobs"
        )
    # One for each ten messages, and one for the last few.
    assert with_messages <= ended / 10 + 2, counts
    # The rest are long polls without a message, of two seconds each.
    assert counts["empty"] <= 10, counts
