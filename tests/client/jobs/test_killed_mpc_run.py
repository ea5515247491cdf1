"""Snapshot tasks of a run that is killed between a create and its line in the journal."""

import asyncio
import json
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from vidkit import PollPolicy
from vidkit.local import LocalCloud
from vidkit.mpc import ObsObjInfo, ThumbnailPara

TASKS = 24
AT_A_TIME = 6
ANSWERED = 8

PROGRAM = """
import asyncio, json, sys
from functools import partial
from vidkit import HuaweiConfig, PollPolicy, VidKit
from vidkit.mpc import ObsObjInfo, ThumbnailPara

given = json.loads(sys.argv[1])
place = partial(ObsObjInfo, bucket="bucket", location=given["region"])

async def main():
    huawei = HuaweiConfig(region=given["region"], project_id=given["project"],
                          access_key=given["key"], secret_key=given["secret"],
                          endpoint=given["endpoint"])
    async with VidKit(huawei=huawei, poll=PollPolicy(initial_delay=0.05, max_delay=0.2)) as kit:
        starters = [
            partial(kit.mpc.create_thumbnails_task, input=place(object="notes.txt"),
                    output=place(object=f"out/{n}"), thumbnail_para=ThumbnailPara())
            for n in range(given["tasks"])
        ]
        async for outcome in kit.run_jobs(starters, max_in_flight=given["at_a_time"],
                                          journal=given["journal"]):
            if outcome.job is None:
                raise outcome.error
            print(json.dumps([outcome.key, outcome.job.id, outcome.error.code]), flush=True)

asyncio.run(main())
"""


async def program(given):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        json.dumps(given),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_no_task_is_made_twice_by_a_run_that_was_killed(tmp_path):
    async with LocalCloud(job_seconds=0) as cloud:
        cloud.add_object("bucket", "notes.txt", b"no video, so that a task ends at once")
        given = {
            "region": "cn-north-4",
            "project": cloud.project_id,
            "key": cloud.access_key_id,
            "secret": cloud.secret_access_key,
            "endpoint": cloud.endpoint,
            "tasks": TASKS,
            "at_a_time": AT_A_TIME,
            "journal": str(tmp_path / "journal.jsonl"),
        }
        # After some creates, the responses are withheld: the creates are carried out nevertheless.
        cloud.inject(
            "latency", service="mpc", operation="CreateThumbnailsTask", after=ANSWERED, seconds=60
        )
        first = await program(given)
        created = ANSWERED + AT_A_TIME
        async with asyncio.timeout(60), cloud.kit() as other:
            while len(await other.mpc.list_thumbnails_task().collect()) < created:
                assert first.returncode is None, (await first.communicate())[1].decode()
                await asyncio.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        facts = Counter(fact for line in lines for fact in line if fact in {"request", "token"})
        # So many creates had been carried out without a line in the journal.
        assert facts == {"request": created, "token": ANSWERED}

        cloud.uninject()
        second = await program(given)
        async with asyncio.timeout(60):
            output, complaints = await second.communicate()
        assert second.returncode == 0, complaints.decode()
        async with cloud.kit() as other:
            tasks = await other.mpc.list_thumbnails_task().collect()
    printed = [json.loads(line) for line in output.decode().splitlines()]
    assert {int(key) for key, _, _ in printed} == set(range(TASKS))
    assert len(tasks) == TASKS
    assert {task_id for _, task_id, _ in printed} == {task.task_id for task in tasks}
    folders = Counter(task.output.object.split("/")[1] for task in tasks)
    assert folders == {str(number): 1 for number in range(TASKS)}


async def test_no_task_is_made_twice_after_a_clock_was_set_back(tmp_path):
    journal, place = tmp_path / "journal", partial(ObsObjInfo, bucket="b", location="cn-north-4")

    async def run(cloud):
        async with cloud.kit(poll=PollPolicy(initial_delay=0.05)) as kit:
            start = partial(
                kit.mpc.create_thumbnails_task,
                input=place(object="a.mp4"),
                output=place(object="out"),
                thumbnail_para=ThumbnailPara(),
            )
            return [outcome.job.id async for outcome in kit.run_jobs([start], journal=journal)]

    async with LocalCloud(job_seconds=0) as cloud:
        cloud.add_object("b", "a.mp4", b"no video")
        first = await run(cloud)
        # As a killed run leaves it, with the time of a clock that was ahead, as it once was noted.
        plan = json.loads(journal.read_text().splitlines()[0])
        ahead = datetime.now(UTC) + timedelta(minutes=5)
        journal.write_text(json.dumps(plan | {"at": ahead.isoformat()}) + "\n")
        assert await run(cloud) == first
