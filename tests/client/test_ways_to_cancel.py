"""The ways in which a program gives up: a group, a timeout, a break, Ctrl-C. Nothing is left."""

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from kit_options import FAST

from vidkit import JobFailedError, NotFoundError, S3Video
from vidkit.images.saving.file_names import is_part_name
from vidkit.local import LocalCloud
from vidkit.local.rekognition.jobs import AnalysisJobs
from vidkit.mpc import ObsObjInfo, ThumbnailPara

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/AAAAAAAAAAAA"
VIDEO = S3Video("bucket", "clip.mp4")
CONNECTIONS = 3


@pytest.fixture
async def kit(cloud):
    """With so few connections that one which is not given back is missed."""
    async with cloud.kit(**FAST, deadline=30) as kit:
        for config in (kit._runtime.aws_config, kit._runtime.huawei_config):
            object.__setattr__(config, "max_connections", CONNECTIONS)
        yield kit


@pytest.fixture
def span(t0):
    return {
        "stream_name": "front-door",
        "start_timestamp": t0,
        "end_timestamp": t0 + timedelta(seconds=4),
        "sampling_interval": timedelta(milliseconds=500),
        "max_results": 2,
        "width_pixels": 32,
        "height_pixels": 18,
    }


def place(name):
    return ObsObjInfo(bucket="bucket", location="cn-north-4", object=name)


def snapshots(kit, number=0):
    return kit.mpc.create_thumbnails_task(
        input=place("clip.mp4"),
        output=place(f"out/{number}"),
        thumbnail_para=ThumbnailPara(type="DOTS", dots=[1], max_length=240),
    )


async def read(iterator):
    return [item async for item in iterator]


async def run_jobs(kit, tmp_path, count=4):
    starters = [lambda: kit.rekognition.start_label_detection(VIDEO) for _ in range(count)]
    async with kit.run_jobs(starters, max_in_flight=2, journal=tmp_path / "journal") as run:
        return await read(run)


WAYS = {
    "a call": lambda kit, *_: kit.ivs.list_tags_for_resource(ARN),
    "a create": lambda kit, *_: kit.ivs.create_channel(name="x"),
    "a create that looks first": lambda kit, *_: snapshots(kit),
    "items": lambda kit, *_: read(kit.ivs.list_channels()),
    "pages": lambda kit, *_: read(kit.mpc.list_thumbnails_task().pages()),
    "a file of items": lambda kit, span, path: kit.ivs.list_channels().to_jsonl(path / "x.jsonl"),
    "images": lambda kit, span, _: read(kit.images.get_images(**span)),
    "fragments": lambda kit, span, _: read(
        kit.images.list_fragments(
            stream_name="front-door",
            start_timestamp=span["start_timestamp"],
            end_timestamp=span["end_timestamp"],
        )
    ),
    "saved images": lambda kit, span, path: kit.images.save_images(path / "images", **span),
    "many jobs": lambda kit, _, path: run_jobs(kit, path),
}


async def hung(cloud, count):
    """Wait until so many requests hang."""
    async with asyncio.timeout(20):
        while sum(call.fault == "hang" for call in cloud.calls) < count:
            await asyncio.sleep(0.005)


async def assert_nothing_left(cloud, kit, path):
    """Every connection is free again, no task is left, and no file that is not whole."""
    async with asyncio.timeout(5):
        # While requests still hang: nothing of ours ends by itself.
        while kit._runtime._tasks:
            await asyncio.sleep(0.005)
    cloud.uninject()
    at_once = 2 * CONNECTIONS
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(kit.ivs.list_channels().collect() for _ in range(at_once)),
            *(kit.mpc.list_thumbnails_task().collect() for _ in range(at_once)),
            *(kit.rekognition.list_stream_processors().collect() for _ in range(at_once)),
        )
        # Those of finished readers go with them.
        while kit._runtime._tasks:
            await asyncio.sleep(0.005)
    left = [entry.name for entry in path.rglob("*") if entry.is_file()]
    assert [name for name in left if is_part_name(name) or name.endswith(".part")] == []


@pytest.mark.parametrize("ours", [True, False], ids=["our error", "another error"])
async def test_in_a_group_the_siblings_of_a_failure_end(cloud, kit, span, tmp_path, ours):
    await kit.ivs.list_channels().collect()
    cloud.inject("hang")
    siblings = []
    arrived = asyncio.Event()

    async def fail():
        await arrived.wait()
        if ours:
            cloud.uninject()
            await kit.rekognition.describe_stream_processor("nobody")
        raise ValueError("another")

    async def work():
        async with asyncio.TaskGroup() as group:
            siblings.extend(group.create_task(way(kit, span, tmp_path)) for way in WAYS.values())
            group.create_task(fail())
            await hung(cloud, CONNECTIONS)
            arrived.set()

    with pytest.raises(ExceptionGroup) as caught:
        await work()
    assert [type(one) for one in caught.value.exceptions] == [NotFoundError if ours else ValueError]
    assert len(siblings) == len(WAYS)
    # Where the line was good again in time some came through; nobody ended otherwise.
    assert all(task.cancelled() or (ours and task.exception() is None) for task in siblings)
    assert any(task.cancelled() for task in siblings)
    await assert_nothing_left(cloud, kit, tmp_path)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_timeout_of_asyncio_stays_asyncios_own(cloud, kit, span, tmp_path, way):
    cloud.inject("hang")
    task = asyncio.current_task()

    async def work():
        async with asyncio.timeout(None) as clock:
            waiting = asyncio.create_task(hung(cloud, 1))
            waiting.add_done_callback(lambda _: clock.reschedule(0))
            await way(kit, span, tmp_path)

    with pytest.raises(TimeoutError) as caught:
        await work()
    assert type(caught.value) is TimeoutError
    # Nobody swallowed the cancellation, nobody added one.
    assert task.cancelling() == 0
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    await assert_nothing_left(cloud, kit, tmp_path)


@pytest.mark.parametrize("how", ["result", "watch", "await", "wait_for"])
async def test_who_stops_waiting_leaves_the_job_alone(cloud, kit, tmp_path, how):
    label_job, task = await asyncio.gather(
        kit.rekognition.start_label_detection(VIDEO), snapshots(kit)
    )
    cloud.inject("hang")
    before = len(cloud.calls)

    async def wait(job):
        async with asyncio.timeout(None) as clock:
            waiting = asyncio.create_task(hung(cloud, 2))
            waiting.add_done_callback(lambda _: clock.reschedule(0))
            if how == "result":
                await job.result()
            elif how == "watch":
                await read(job.watch())
            else:
                await job

    if how == "wait_for":
        waits = [asyncio.create_task(asyncio.wait_for(job, None)) for job in (label_job, task)]
        await hung(cloud, 2)
        for one in waits:
            one.cancel()
        ends = await asyncio.gather(*waits, return_exceptions=True)
        assert [type(end) for end in ends] == [asyncio.CancelledError] * 2
    else:
        ends = await asyncio.gather(wait(label_job), wait(task), return_exceptions=True)
        assert [type(end) for end in ends] == [TimeoutError] * 2
    asked = {call.operation for call in cloud.calls[before:]}
    assert asked == {"GetLabelDetection", "ListThumbnailsTask"}
    await assert_nothing_left(cloud, kit, tmp_path)
    # They went on meanwhile, and can be waited for again.
    await label_job.result(timeout=20)
    assert (await task.result(timeout=20)).status == "SUCCEEDED"


async def furnish(cloud, kit):
    """More than one page of everything that comes in pages; a job with results among it."""
    cloud.script_results(
        "label_detection",
        "bucket",
        "clip.mp4",
        [{"Timestamp": n, "Label": {"Name": f"L{n}", "Confidence": 99.0}} for n in range(7)],
    )
    job, *tasks = await asyncio.gather(
        kit.rekognition.start_label_detection(VIDEO), *(snapshots(kit, n) for n in range(5))
    )
    await asyncio.gather(
        *(kit.ivs.create_channel(name=f"c{n}") for n in range(5)),
        *(kit.ivs.create_playback_restriction_policy(name=f"p{n}") for n in range(5)),
        *(one.result() for one in (job, *tasks)),
    )
    return job.id


PAGERS = {
    "ListChannels": lambda kit, *_: kit.ivs.list_channels(max_results=2),
    "ListPlaybackRestrictionPolicies": lambda kit, *_: kit.ivs.list_playback_restriction_policies(
        max_results=2
    ),
    "ListThumbnailsTask": lambda kit, *_: kit.mpc.list_thumbnails_task(size=2),
    "GetLabelDetection": lambda kit, _, job: kit.rekognition.get_label_detection(
        job, max_results=2
    ),
    "GetImages": lambda kit, span, _: kit.images.get_images(**span, concurrency=2),
}


def identity(item):
    return item.model_dump_json(by_alias=True, exclude={"create_time"})


@pytest.mark.parametrize("parts", ["items", "pages"])
@pytest.mark.parametrize("operation", PAGERS)
async def test_half_way_a_reader_is_cancelled_and_reads_on(
    cloud, kit, span, tmp_path, operation, parts
):
    pager = PAGERS[operation](kit, span, await furnish(cloud, kit))

    def items_of(part):
        return list(part.items) if parts == "pages" else [part]

    whole = [identity(item) for item in await pager.collect()]
    assert len(whole) >= 5
    iterator = pager.pages() if parts == "pages" else aiter(pager)
    cloud.inject("hang", operation=operation, after=2)
    found = []

    async def read_on(parts_left):
        async for part in parts_left:
            found.extend(items_of(part))

    before = len(cloud.calls)
    reader = asyncio.create_task(read_on(iterator))
    async with asyncio.timeout(20):
        while not any(call.fault == "hang" for call in cloud.calls[before:]):
            await asyncio.sleep(0.005)
    # Whatever is at hand is read first.
    for _ in range(20):
        await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert 0 < len(found) < len(whole)
    cloud.uninject()
    async with asyncio.timeout(20):
        await read_on(iterator)
    assert [identity(item) for item in found] == whole
    del iterator
    await assert_nothing_left(cloud, kit, tmp_path)


@pytest.fixture
def started(monkeypatch):
    """The ids of all label jobs that the service has started, as often as it did."""
    ids = []
    begin = AnalysisJobs.start

    async def recorded(self, kind, parameters):
        job = await begin(self, kind, parameters)
        if job.id not in ids:
            ids.append(job.id)
        return job

    monkeypatch.setattr(AnalysisJobs, "start", recorded)
    return ids


@asynccontextmanager
async def left_by(how, run):
    """A run of jobs, and how its reader leaves it."""
    if how == "a block":
        async with run:
            yield run
    else:
        try:
            yield run
        finally:
            await run.aclose()


@pytest.mark.parametrize("how", ["a block", "aclose"])
async def test_a_cancelled_run_of_jobs_gives_its_journal_back(cloud, kit, started, tmp_path, how):
    def start():
        return kit.rekognition.start_label_detection(VIDEO)

    def run():
        return kit.run_jobs([start] * 12, max_in_flight=3, journal=tmp_path / "journal")

    told = []
    some = asyncio.Event()

    async def work():
        async with left_by(how, run()) as outcomes:
            async for outcome in outcomes:
                told.append(outcome.job.id)
                if len(told) == 4:
                    some.set()

    working = asyncio.create_task(work())
    async with asyncio.timeout(20):
        await some.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert not kit._runtime._tasks
    # The journal is free at once, and what was begun goes on.
    again = await read(run())
    assert [outcome.error for outcome in again] == [None] * 12
    assert len(started) == 12
    assert {outcome.job.id for outcome in again} == set(started) >= set(told)
    await assert_nothing_left(cloud, kit, tmp_path)


async def test_a_cancelled_save_is_finished_by_the_next_one(cloud, kit, span, tmp_path):
    cloud.inject("hang", operation="GetImages", after=2)
    saving = asyncio.create_task(kit.images.save_images(tmp_path / "images", **span, concurrency=1))
    await hung(cloud, 1)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    await assert_nothing_left(cloud, kit, tmp_path)
    there = len(list((tmp_path / "images").iterdir()))
    report = await kit.images.save_images(tmp_path / "images", **span)
    assert (report.skipped, report.saved, report.missing) == (there, 9 - there, ())
    assert 0 < there < 9


async def slow_to_go():
    try:
        await asyncio.sleep(60)
    finally:
        for _ in range(3):
            await asyncio.sleep(0)


async def test_a_closing_that_is_cancelled_closes_all_the_same(cloud):
    for turns in range(1, 200):
        async with cloud.kit(**FAST) as kit:
            await kit.ivs.list_channels().collect()
            await kit.mpc.list_thumbnails_task().collect()
            aws, huawei = await kit._runtime.aws(), await kit._runtime.huawei()
            sessions = [
                *aws._services["ivs"].client._session._sessions.values(),
                *(network._session for network in huawei._http._networks.values()),
            ]
            assert len(sessions) == 2
            left = {kit._runtime.spawn(slow_to_go()), huawei._resolver._tasks.spawn(slow_to_go())}
            await asyncio.sleep(0)
            closing = asyncio.create_task(kit.close())
            for _ in range(turns):
                await asyncio.sleep(0)
            ended = closing.done()
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            await asyncio.wait(left, timeout=10)
            assert [session.closed for session in sessions] == [True, True], turns
            assert all(task.cancelled() for task in left)
        if ended:
            break
    assert turns > 3


PROGRAM = """
import asyncio, json, sys
from functools import partial
from vidkit import AwsConfig, HuaweiConfig, PollPolicy, S3Video, VidKit
from vidkit.mpc import ObsObjInfo, ThumbnailPara

given = json.loads(sys.argv[1])
place = partial(ObsObjInfo, bucket="bucket", location="cn-north-4")

async def main():
    aws = AwsConfig(region=given["region"], access_key_id=given["key"],
                    secret_access_key=given["secret"], endpoint_url=given["endpoint"])
    huawei = HuaweiConfig(region="cn-north-4", project_id=given["project"],
                          access_key=given["key"], secret_key=given["secret"],
                          endpoint=given["endpoint"])
    poll = PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000)
    async with VidKit(aws=aws, huawei=huawei, poll=poll) as kit:
        starters = {}
        for n in range(given["jobs"]):
            starters[f"labels-{n}"] = partial(
                kit.rekognition.start_label_detection, S3Video("bucket", "clip.mp4"))
            starters[f"tasks-{n}"] = partial(
                kit.mpc.create_thumbnails_task, input=place(object="notes.txt"),
                output=place(object=f"out/{n}"), thumbnail_para=ThumbnailPara())
        async for outcome in kit.run_jobs(starters, max_in_flight=6, journal=given["journal"]):
            if outcome.job is None:
                raise outcome.error
            print(json.dumps([outcome.key, outcome.job.id, type(outcome.error).__name__]),
                  flush=True)

asyncio.run(main())
"""
JOBS = 8
# Not "InvalidStateError": asyncio's own handler of Ctrl-C may cancel amid a callback of asyncio's.
NOISE = ("destroyed", "never retrieved", "never awaited", "Unclosed", "Warning", "Unraisable")


async def program(given):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        # Shows what was not closed or not awaited.
        "-W",
        "default",
        "-c",
        PROGRAM,
        json.dumps(given),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C reaches a whole console")
async def test_ctrl_c_in_a_run_of_jobs_is_quick_and_quiet_and_starts_nothing_twice(
    clock_clip, started, tmp_path
):
    async with LocalCloud(job_seconds=0.1) as cloud:
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)
        cloud.add_object("bucket", "notes.txt", b"no video, so that a task ends at once")
        given = {
            "region": cloud.region,
            "project": cloud.project_id,
            "key": cloud.access_key_id,
            "secret": cloud.secret_access_key,
            "endpoint": cloud.endpoint,
            "jobs": JOBS,
            "journal": str(tmp_path / "journal.jsonl"),
        }
        first = await program(given)
        told = []
        async with asyncio.timeout(60):
            while len(told) < JOBS // 2:
                line = await first.stdout.readline()
                assert line, (await first.communicate())[1].decode()
                told.append(json.loads(line))
            first.send_signal(signal.SIGINT)
            rest, complaints = await first.communicate()
        told += [json.loads(line) for line in rest.decode().splitlines()]
        assert len(told) < 2 * JOBS
        # A shell says 130.
        assert first.returncode == -signal.SIGINT
        assert complaints.decode().rstrip().endswith("KeyboardInterrupt")
        noise = [line for line in complaints.decode().splitlines() if any(n in line for n in NOISE)]
        assert noise == [], complaints.decode()

        second = await program(given)
        async with asyncio.timeout(60):
            output, complaints = await second.communicate()
        assert second.returncode == 0, complaints.decode()
        assert complaints == b""
        async with cloud.kit() as other:
            tasks = await other.mpc.list_thumbnails_task().collect()
    again = [json.loads(line) for line in output.decode().splitlines()]
    keys = {f"{kind}-{n}" for kind in ("labels", "tasks") for n in range(JOBS)}
    assert {key for key, *_ in again} == keys
    assert len(again) == 2 * JOBS
    ends = {"labels": "NoneType", "tasks": JobFailedError.__name__}
    assert all(end == ends[key.partition("-")[0]] for key, _, end in again)
    ids = {job for key, job, _ in told + again}
    assert ids == {*started, *(task.task_id for task in tasks)}
    assert len(started) == len(tasks) == JOBS
