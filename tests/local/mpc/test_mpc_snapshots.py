"""The pictures of the local cloud's snapshot tasks."""

import io
import tarfile

import av
import pytest
from mpc_calls import (
    TARGET,
    create,
    error_of,
    picture,
    picture_names,
    put,
    status,
    taken,
)
from PIL import Image

from vidkit.local import clips
from vidkit.local.objects.state import ObjectsState


async def test_every_interval_gives_the_frame_of_its_second(mpc, state, clock_clip):
    task = await taken(mpc, original_dir=1, para={"time": 2})
    seconds = range(0, int(clock_clip.duration), 2)
    assert task["output"] == TARGET
    assert task["output_file_name"] == "clip"
    assert picture_names(task) == [f"clip_{second}.jpg" for second in seconds]
    clocks = [clips.read_clock(picture(state, task, name)) for name in picture_names(task)]
    assert clocks == [second * 1000 for second in seconds]


@pytest.mark.parametrize(
    ("para", "names"),
    [
        ({"time": 3, "start_time": 1}, ["clip_1.jpg", "clip_4.jpg", "clip_7.jpg"]),
        ({"time": 1, "start_time": 1, "duration": 2}, ["clip_1.jpg", "clip_2.jpg"]),
        ({"time": 1, "duration": 1, "output_filename": "p"}, ["p_0.jpg"]),
        ({}, ["clip_0.jpg"]),
        ({"start_time": 100}, []),
        ({"type": "DOTS", "dots": [3, 1, 3, 200], "time": 1}, ["clip_3.jpg", "clip_1.jpg"]),
        ({"type": "DOTS", "dots": [2], "output_filename": "p"}, ["p.jpg"]),
        ({"type": "DOTS", "dots": [2], "output_filename": "p.JPG"}, ["p.jpg"]),
        ({"type": "DOTS", "dots": [2], "output_filename": "v1.2"}, ["v1.2.jpg"]),
        ({"type": "DOTS", "dots": [99]}, []),
    ],
)
async def test_points_determine_the_pictures_and_their_names(mpc, state, para, names):
    task = await taken(mpc, para=para)
    assert task["status"] == "SUCCEEDED"
    assert picture_names(task) == names
    stored = [name for bucket, name in state.of(ObjectsState).objects if bucket == "pictures"]
    assert stored == [f"{task['output']['object']}/{name}" for name in names]


async def test_a_tar_contains_all_pictures(mpc, state):
    task = await taken(mpc, tar=0, para={"type": "DOTS", "dots": [1, 2], "output_filename": "p"})
    assert task["output_file_name"] == "p.tar"
    assert picture_names(task) == ["p_1.jpg", "p_2.jpg"]
    (stored,) = [
        item for key, item in state.of(ObjectsState).objects.items() if key[0] == "pictures"
    ]
    assert stored.name == f"{task['output']['object']}/p.tar"
    assert stored.content_type == "application/x-tar"
    with tarfile.open(fileobj=io.BytesIO(stored.read())) as archive:
        assert archive.getnames() == ["p_1.jpg", "p_2.jpg"]
        contents = [archive.extractfile(name).read() for name in archive.getnames()]
    assert [clips.read_clock(content) for content in contents] == [1000, 2000]


async def test_two_tasks_do_not_overwrite_each_other(mpc, state):
    para = {"type": "DOTS", "dots": [1]}
    first, second = await taken(mpc, para=para), await taken(mpc, para=para)
    assert first["output"]["object"] != second["output"]["object"]
    await taken(mpc, para=para, original_dir=1)
    await taken(mpc, para=para, original_dir=1)
    assert len([key for key in state.of(ObjectsState).objects if key[0] == "pictures"]) == 3


def painted(path, colours, width=320, height=160):
    """A clip with one second of each colour."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for colour in colours:
            frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), colour))
            for _ in range(10):
                output.mux(stream.encode(frame.reformat(format="yuv420p")))
        output.mux(stream.encode(None))
    return path


def size(content):
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG"
        return image.size


@pytest.mark.parametrize(
    ("para", "expected"),
    [
        ({}, (480, 240)),
        ({"max_length": 320}, (320, 160)),
        ({"max_length": 0}, (320, 160)),
        ({"width": 200, "height": 200}, (200, 200)),
        ({"width": 200, "height": 200, "max_length": 240}, (200, 200)),
        ({"width": 200}, (200, 100)),
        ({"height": 200, "width": 0}, (400, 200)),
        ({"width": 200, "max_length": 240}, (240, 120)),
    ],
)
async def test_sizes_follow_width_and_height_or_the_longest_side(
    mpc, state, tmp_path, para, expected
):
    put(state, "in/clip.mp4", painted(tmp_path / "c.mp4", ["red"]))
    task = await taken(mpc, original_dir=1, para={"type": "DOTS", "dots": [0], **para})
    assert size(picture(state, task, "clip.jpg")) == expected


@pytest.mark.parametrize(
    ("para", "names", "colours"),
    [
        ({"time": 1}, ["clip_0.jpg", "clip_1.jpg", "clip_2.jpg", "clip_3.jpg"], "krkg"),
        ({"time": 1, "amount": 90}, ["clip_1.jpg", "clip_3.jpg"], "rg"),
        ({"time": 2, "amount": 90}, ["clip_0.jpg", "clip_2.jpg"], "rg"),
        ({"type": "DOTS", "dots": [0, 1, 2], "amount": 90}, None, "rrg"),
        ({"type": "DOTS", "dots": [2], "amount": 100, "threshold": 0}, None, "k"),
        ({"type": "DOTS", "dots": [1], "amount": 90, "threshold": 255}, [], ""),
        ({"type": "DOTS", "dots": [0], "threshold": 255}, None, "k"),
    ],
)
async def test_black_frames_are_replaced_by_the_next_bright_one(
    mpc, state, tmp_path, para, names, colours
):
    put(state, "in/clip.mp4", painted(tmp_path / "c.mp4", ["black", "red", "black", "lime"]))
    task = await taken(mpc, para=para)
    if names is not None:
        assert picture_names(task) == names
    seen = ""
    for name in picture_names(task):
        with Image.open(io.BytesIO(picture(state, task, name))) as image:
            red, green, _ = image.convert("RGB").resize((1, 1)).getpixel((0, 0))
        seen += "r" if red > 128 else "g" if green > 128 else "k"
    assert seen == colours


@pytest.mark.parametrize(
    ("para", "name", "time", "clock"),
    [
        ({"type": "DOTS", "dots": [3]}, "clip.jpg", "3", 3000),
        ({"type": "DOTS_MS", "dots_ms": [2400]}, "clip.jpg", "2400", 2400),
        ({"time": 2, "start_time": 1}, "clip_1.jpg", "1", 1000),
    ],
)
async def test_a_synchronous_task_returns_when_it_is_done(mpc, state, para, name, time, clock):
    state.job_seconds = 60
    done = await create(mpc, sync=1, para=para)
    task_id, folder = done["task_id"], done["output"]["object"]
    assert done == {
        "task_id": task_id,
        "status": "FINISHED",
        "create_time": "20261121120000",
        "output": {**TARGET, "object": folder, "file_name": ""},
        "output_file_name": name,
        "thumbnail_time": time,
        "description": "Task completed.",
    }
    assert (
        clips.read_clock(state.of(ObjectsState).objects["pictures", f"{folder}/{name}"].read())
        == clock
    )
    assert await status(mpc, task_id) == "SUCCEEDED"


async def test_an_object_of_bytes_leaves_no_file(mpc, state, clock_clip, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    put(state, "in/clip.mp4", clock_clip.path.read_bytes())
    task = await taken(mpc, para={"type": "DOTS", "dots": [1]})
    assert clips.read_clock(picture(state, task, "clip.jpg")) == 1000
    assert list(tmp_path.iterdir()) == []


async def test_an_object_without_video_fails(mpc, state):
    put(state, "in/clip.mp4", b"text")
    task = await taken(mpc)
    assert task["status"] == "FAILED"
    assert task["description"].startswith("MPC.10067")
    assert "thumbnail_info" not in task
    dots = {"type": "DOTS", "dots": [0]}
    assert await error_of(create(mpc, sync=1, para=dots)) == (406, "MPC.10067")


async def test_a_synchronous_point_beyond_the_end_is_rejected(mpc):
    dots = {"type": "DOTS", "dots": [99]}
    assert await error_of(create(mpc, sync=1, para=dots)) == (400, "MPC.10212")
