"""Videos that are damaged, or gone, when the local MPC takes pictures of them."""

import asyncio
import threading

import av
import pytest
from mpc_calls import create, error_of, put, status, taken

from vidkit.local.mpc import snapshots
from vidkit.local.mpc.service import MpcService
from vidkit.local.objects.state import ObjectsState


@pytest.fixture(scope="module")
def damaged(clock_clip, tmp_path_factory):
    """An MPEG-TS of eight seconds in which two flipped bits add three hours."""
    path = tmp_path_factory.mktemp("damaged") / "clip.ts"
    with av.open(str(clock_clip.path)) as source, av.open(str(path), "w", "mpegts") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    content = bytearray(path.read_bytes())
    # In the last picture's header: the top bits of the times it is shown and decoded at.
    last = content.rfind(b"\x00\x00\x01\xe0")
    for time in (last + 9, last + 14):
        content[time] ^= 0x02
    path.write_bytes(content)
    return path


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS_PER_FRAME", 0.0)


@pytest.mark.parametrize("para", [{"time": 1}, {"time": 1, "amount": 100, "threshold": 255}])
async def test_a_damaged_video_fails_soon(mpc, state, damaged, impatient, para):
    put(state, "in/clip.mp4", damaged)
    async with asyncio.timeout(20):
        task = await taken(mpc, para=para)
    assert task["status"] == "FAILED"
    assert task["description"] == "MPC.10050: system error: the input takes too long."
    assert "thumbnail_info" not in task
    assert not [key for key in state.of(ObjectsState).objects if key[0] == "pictures"]
    assert (await taken(mpc, para={"start_time": 2**31 - 1}))["status"] == "SUCCEEDED"


async def test_a_synchronous_task_over_a_damaged_video_is_rejected(
    mpc, state, damaged, monkeypatch
):
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS", -1.0)
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS_PER_FRAME", 0.0)
    put(state, "in/clip.mp4", damaged)
    dots = {"type": "DOTS", "dots": [0]}
    assert await error_of(create(mpc, sync=1, para=dots)) == (400, "MPC.10212")


async def test_more_points_than_a_day_has_seconds_are_too_many(mpc, monkeypatch):
    monkeypatch.setattr(snapshots, "MAX_POINTS", 8)
    assert (await taken(mpc, para={"time": 1}))["status"] == "SUCCEEDED"
    monkeypatch.setattr(snapshots, "MAX_POINTS", 7)
    assert (await taken(mpc, para={"time": 1}))["status"] == "FAILED"
    assert (await taken(mpc, para={"time": 2}))["status"] == "SUCCEEDED"


async def test_patience_grows_with_the_frames(mpc, monkeypatch):
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS_PER_FRAME", 1.0)
    assert (await taken(mpc, para={"time": 1}))["status"] == "SUCCEEDED"


async def test_closing_ends_the_work_on_a_damaged_video(state, damaged, monkeypatch):
    begun, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS", 600.0)
    take = snapshots.take_pictures

    def watched(*given, **options):
        begun.set()
        try:
            return take(*given, **options)
        finally:
            ended.set()

    monkeypatch.setattr("vidkit.local.mpc.snapshot_tasks.take_pictures", watched)
    put(state, "in/clip.mp4", damaged)
    service = MpcService(state)
    made = await create(service, para={"time": 1, "amount": 100, "threshold": 255})
    assert await asyncio.to_thread(begun.wait, 10)
    assert await status(service, made["task_id"]) == "PROCESSING"
    async with asyncio.timeout(5):
        await service.close()
    assert await asyncio.to_thread(ended.wait, 5)


async def test_an_input_whose_file_is_gone_is_an_error(mpc, state, tmp_path):
    path = tmp_path / "gone.mp4"
    put(state, "in/clip.mp4", path)
    task = await taken(mpc)
    assert task["status"] == "FAILED"
    assert task["description"] == "MPC.10052: the input cannot be read."
    dots = {"type": "DOTS", "dots": [0]}
    assert await error_of(create(mpc, sync=1, para=dots)) == (400, "MPC.10212")
