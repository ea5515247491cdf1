"""Images saved in folders: complete files, each once, whatever interrupts the run."""

import asyncio
import errno
import fcntl
import io
import json
import os
import signal
import stat
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from vidkit import ConfigError, NotFoundError, RequestError, VidKitError
from vidkit.images import MissingImage, SaveProgress, SaveProgressBar, SaveReport
from vidkit.images.saving import folder as folder_module
from vidkit.local.clips import read_clock

SECOND = timedelta(seconds=1)
LEFTOVER = ".2026-01-01T00-00-01.000Z.jpg.0123456789abcdef.part"


@pytest.fixture
def asked(t0):
    """Half-second points, two before the clip begins and 15 in it."""
    return {
        "stream_name": "front-door",
        "start_timestamp": t0 - SECOND,
        "end_timestamp": t0 + 7 * SECOND,
        "sampling_interval": SECOND / 2,
        "width_pixels": 160,
        "height_pixels": 90,
        "max_results": 4,
    }


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "frames"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fetched(cloud):
    return sum(call.operation == "GetImages" for call in cloud.calls)


async def test_each_image_is_a_file_named_by_its_time(kit, asked, folder, t0):
    report = await kit.images.save_images(folder, **asked)
    assert names(folder) == [
        f"2026-01-01T00-00-0{half // 2}.{half % 2 * 5}00Z.jpg" for half in range(15)
    ]
    assert report == SaveReport(
        saved=15,
        skipped=0,
        missing=(
            MissingImage(t0 - SECOND, "NO_MEDIA"),
            MissingImage(t0 - SECOND / 2, "NO_MEDIA"),
        ),
        bytes=sum(map(len, contents(folder).values())),
    )
    images = {
        image.timestamp: image.content
        async for image in kit.images.get_images(**asked)
        if image.content
    }
    assert list(images.values()) == [content for _, content in sorted(contents(folder).items())]


async def test_png_files_stand_beside_jpeg_files(kit, asked, folder):
    await kit.images.save_images(str(folder), **asked)
    report = await kit.images.save_images(folder.as_uri(), **asked, format="PNG")
    assert (report.saved, report.skipped) == (15, 0)
    assert len(names(folder)) == 30
    first = folder / "2026-01-01T00-00-00.000Z.png"
    assert first.read_bytes().startswith(b"\x89PNG")


async def test_what_is_there_is_neither_asked_for_nor_touched(cloud, kit, asked, folder, t0):
    within = asked | {"start_timestamp": t0}
    straight = await kit.images.save_images(folder, **within)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    calls = fetched(cloud)
    again = await kit.images.save_images(folder, **within)
    assert again == SaveReport(saved=0, skipped=straight.saved, missing=(), bytes=0)
    assert fetched(cloud) == calls
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


async def test_a_second_run_fills_the_holes(cloud, kit, asked, folder):
    await kit.images.save_images(folder, **asked)
    whole = contents(folder)
    # One is deleted, one is empty after a power failure, one was written by another program.
    (folder / "2026-01-01T00-00-02.500Z.jpg").unlink()
    (folder / "2026-01-01T00-00-06.000Z.jpg").write_bytes(b"")
    (folder / "2026-01-01T00-00-03.000Z.jpg").write_bytes(b"mine")
    (folder / "notes.txt").write_text("mine")
    calls = fetched(cloud)
    report = await kit.images.save_images(folder, **asked)
    assert (report.saved, report.skipped) == (2, 13)
    # Windows of four points: the one without images, and one for each missing file.
    assert fetched(cloud) - calls == 3
    found = contents(folder)
    assert found.pop("notes.txt") == b"mine"
    assert found == whole | {"2026-01-01T00-00-03.000Z.jpg": b"mine"}


async def test_answers_off_the_grid_are_skipped_when_they_are_there(scripted, folder, t0):
    image = {"TimeStamp": t0.timestamp() + 0.123, "ImageContent": "/+8="}
    scripted.json({"DataEndpoint": scripted.endpoint}).json({"Images": [image]})
    asked = {"stream_name": "s", "start_timestamp": t0, "end_timestamp": t0}
    async with scripted.kit() as kit:
        first = await kit.images.save_images(folder, **asked)
        second = await kit.images.save_images(folder, **asked)
    assert (first.saved, first.bytes, second.saved, second.skipped) == (1, 2, 0, 1)
    assert names(folder) == ["2026-01-01T00-00-00.123Z.jpg"]


async def test_leftovers_of_a_killed_run_go_and_nothing_else_does(kit, asked, folder):
    folder.mkdir()
    kept = {
        ".2026-01-01T00-00-01.000Z.jpg.part",
        ".2026-01-01T00-00-01.000Z.gif.0123456789abcdef.part",
        "2026-01-01T00-00-01.000Z.jpg.0123456789abcdef.part",
        ".hidden",
    }
    for name in {LEFTOVER, LEFTOVER.replace("jpg", "png"), *kept}:
        (folder / name).write_bytes(b"half")
    (folder / LEFTOVER.replace("01.000", "02.000")).symlink_to(folder / ".hidden")
    held = folder / LEFTOVER.replace("0123", "4567")
    with held.open("wb") as file:
        # Another process is writing it.
        fcntl.flock(file, fcntl.LOCK_EX)
        await kit.images.save_images(folder, **asked)
        hidden = {name for name in names(folder) if "part" in name or "hidden" in name}
    assert hidden == kept | {held.name, LEFTOVER.replace("01.000", "02.000")}
    assert (folder / ".hidden").read_bytes() == b"half"


async def test_a_file_that_is_taken_for_a_leftover_is_written_again(
    kit, asked, folder, monkeypatch
):
    taken = []
    lock = folder_module.lock_part_file

    def too_late(descriptor):
        if len(taken) < 2:
            (path,) = folder.glob(".*.part")
            path.unlink()
            taken.append(path)
        lock(descriptor)

    monkeypatch.setattr(folder_module, "lock_part_file", too_late)
    report = await kit.images.save_images(folder, **asked)
    assert (report.saved, len(names(folder)), len(taken)) == (15, 15, 2)


async def test_two_runs_at_a_time_into_one_folder_do_not_hurt_each_other(kit, asked, folder):
    reports = await asyncio.gather(*(kit.images.save_images(folder, **asked) for _ in range(4)))
    assert len(names(folder)) == 15
    assert all(report.saved + report.skipped == 15 for report in reports)
    for name, content in contents(folder).items():
        assert content.startswith(b"\xff\xd8"), name
        assert content.endswith(b"\xff\xd9"), name


async def test_nobody_else_may_write_the_files_whatever_the_umask(kit, asked, folder, monkeypatch):
    parts = set()
    replace = Path.replace

    def watched(part, whole):
        parts.add(stat.S_IMODE(part.stat().st_mode))
        return replace(part, whole)

    monkeypatch.setattr(Path, "replace", watched)
    for mask, files, folders in ((0o027, 0o640, 0o750), (0, 0o644, 0o755)):
        target = folder / oct(mask) / "below"
        before = os.umask(mask)
        try:
            await kit.images.save_images(target, **asked)
        finally:
            os.umask(before)
        assert {stat.S_IMODE(f.stat().st_mode) for f in (target, target.parent)} == {folders}
        assert {stat.S_IMODE(path.stat().st_mode) for path in target.iterdir()} == {files}
    assert parts == {0o640, 0o644}


async def test_progress_is_told_after_each_window(kit, asked, folder):
    told = []
    report = await kit.images.save_images(folder, **asked, on_progress=told.append)
    assert [each.done for each in told] == [4, 8, 12, 16, 17, 17]
    assert {each.total for each in told} == {17}
    assert told[0].missing == 2
    assert told[-1] == SaveProgress(
        done=17, total=17, saved=15, skipped=0, missing=2, bytes=report.bytes
    )
    (folder / "2026-01-01T00-00-04.000Z.jpg").unlink()
    told.clear()
    await kit.images.save_images(folder, **asked, on_progress=told.append)
    assert [(each.done, each.saved, each.skipped, each.missing) for each in told] == [
        (4, 0, 2, 2),
        (12, 1, 9, 2),
        (17, 1, 14, 2),
    ]


async def test_what_the_listener_raises_ends_the_run_and_leaves_nothing(kit, asked, folder):
    def listener(_):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await kit.images.save_images(folder, **asked, on_progress=listener)
    assert not list(folder.glob("*.part"))


async def test_a_bar_shows_it(kit, asked, folder):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    with SaveProgressBar("front-door", console=console) as bar:
        report = await kit.images.save_images(folder, **asked, on_progress=bar)
    shown = screen.getvalue()
    assert "front-door" in shown
    assert "100%" in shown
    assert f"15 saved, 2 missing, {report.bytes / 1000:.1f} kB" in shown


async def test_without_rich_the_bar_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    with pytest.raises(ConfigError, match=r"vidkit\[rich\]"):
        SaveProgressBar()
    with pytest.raises(RequestError, match="colour"):
        SaveProgressBar(colour="red")


async def test_gaps_are_not_asked_for(cloud, clock_clip, t0, asked, folder):
    cloud.add_stream(
        "yard",
        clock_clip.path,
        start_timestamp=t0,
        duration=timedelta(hours=3),
        gaps=[(t0 + 4 * SECOND, t0 + timedelta(hours=2))],
        audio_only=[(t0 + 2 * SECOND, t0 + 3 * SECOND)],
    )
    wanted = asked | {"stream_name": "yard", "end_timestamp": t0 + timedelta(hours=2, seconds=1)}
    told = []
    async with cloud.kit() as kit:
        report = await kit.images.save_images(
            folder, **wanted, skip_gaps=True, on_progress=told.append
        )
    # Up to the gap, and 18 s of it, in which the last fragment may not have ended; the end of the
    # gap and two points more.
    assert (report.saved, len(report.missing)) == (6 + 3, 2 + 37)
    assert [missing.error for missing in report.missing] == ["MEDIA_ERROR"] * 2 + ["NO_MEDIA"] * 37
    assert report.in_gaps == 2 * 7202 + 1 - 9 - 39
    assert fetched(cloud) <= 13
    assert told[-1].done == told[-1].total == 2 * 7202 + 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("", ["target=''", "folder"]),
        ("  ", ["target="]),
        ("a\0b", ["target="]),
        (b"frames", ["target=b'frames'"]),
        (None, ["target=None"]),
        (7, ["target=7"]),
        ("s3://", ["names no place"]),
        ("file://elsewhere/frames", ["file:///path"]),
        ("file:///frames?x=1", ["file:///path"]),
    ],
)
async def test_what_is_no_target_is_refused_before_anything_is_sent(
    scripted, t0, asked, target, words
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.images.save_images(target, **asked)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"on_progress": 7}, "on_progress=7"),
        ({"on_progress": asyncio.sleep}, "on_progress: must be a plain function"),
        ({"storage_options": {}}, "storage_options: goes with a URL"),
        ({"storage_options": "x"}, "storage_options"),
        ({"skip_gaps": "yes"}, "skip_gaps='yes'"),
        ({"max_results": 26}, "max_results=26"),
        ({"taget": 1}, "taget"),
    ],
)
async def test_bad_parameters_are_refused_and_make_no_folder(scripted, asked, folder, change, word):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.images.save_images(folder, **asked | change)
    assert word in str(caught.value)
    assert scripted.requests == []
    assert not folder.exists()


async def test_a_target_that_is_a_file_is_a_clear_error(kit, asked, folder):
    folder.write_text("mine")
    for target in (folder, folder / "below"):
        with pytest.raises(RequestError, match=r"target=.*frames.*cannot be used") as caught:
            await kit.images.save_images(target, **asked)
        assert isinstance(caught.value.__cause__, OSError)
    assert folder.read_text() == "mine"


async def test_a_folder_that_has_an_images_name_is_a_clear_error(kit, asked, folder):
    (folder / "2026-01-01T00-00-03.000Z.jpg").mkdir(parents=True)
    with pytest.raises(RequestError, match="directory"):
        await kit.images.save_images(folder, **asked)
    assert not list(folder.glob(".*.part"))


async def test_a_link_is_replaced_and_not_followed(kit, asked, folder, tmp_path):
    outside = tmp_path / "outside.jpg"
    folder.mkdir()
    (folder / "2026-01-01T00-00-03.000Z.jpg").symlink_to(outside)
    await kit.images.save_images(folder, **asked)
    assert not outside.exists()
    assert not (folder / "2026-01-01T00-00-03.000Z.jpg").is_symlink()


async def test_an_unknown_stream_leaves_an_empty_folder(kit, asked, folder):
    with pytest.raises(NotFoundError):
        await kit.images.save_images(folder, **asked | {"stream_name": "nobody"})
    assert names(folder) == []


async def test_a_full_disk_is_one_clear_error_and_stops_everything(
    cloud, kit, asked, folder, monkeypatch
):
    # Windows are still being fetched ahead when the disk is full.
    cloud.inject("hang", operation="GetImages", after=3)
    replace, left = Path.replace, iter(range(6))

    def full(self, target):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(folder_module.Path, "replace", full)
    with pytest.raises(RequestError, match=r"target=.*frames.*No space left"):
        await kit.images.save_images(folder, **asked, concurrency=3)
    assert not kit._runtime._tasks
    assert len(names(folder)) == 6
    assert fetched(cloud) > 3


async def test_who_cancels_finds_whole_files_and_nothing_running(kit, asked, folder, monkeypatch):
    inside, may_end = threading.Event(), threading.Event()
    write = folder_module.FolderTarget._write_new
    written = []

    def slow(self, final, content):
        inside.set()
        assert may_end.wait(10)
        write(self, final, content)
        written.append(final.name)

    monkeypatch.setattr(folder_module.FolderTarget, "_write_new", slow)
    saving = asyncio.create_task(kit.images.save_images(folder, **asked))
    await asyncio.to_thread(inside.wait, 10)
    saving.cancel()
    await asyncio.sleep(0.02)
    saving.cancel()
    await asyncio.sleep(0.02)
    assert not saving.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await saving
    # The file that it was writing, and no more.
    assert names(folder) == written
    assert len(written) == 1


async def test_a_kit_that_closes_ends_the_run(cloud, asked, folder):
    async with cloud.kit() as kit:
        saving = asyncio.create_task(kit.images.save_images(folder, **asked))
        while not fetched(cloud):
            await asyncio.sleep(0.001)
    with pytest.raises(VidKitError):
        await saving
    with pytest.raises(RequestError, match="closed"):
        await kit.images.save_images(folder, **asked)


PROGRAM = """
import asyncio, itertools, json, os, resource, signal, sys
from datetime import datetime, timedelta
from vidkit import AwsConfig, VidKit, VidKitError
from vidkit.images.saving import folder

given = json.loads(sys.argv[1])

def die_in_the_middle_of(number):
    numbers, lock = itertools.count(1), folder.lock_part_file

    def dying(descriptor):
        lock(descriptor)
        if next(numbers) == number:
            os.write(descriptor, b"half")
            os.kill(os.getpid(), signal.SIGKILL)

    folder.lock_part_file = dying

async def main():
    aws = AwsConfig(region=given["region"], access_key_id=given["key"],
                    secret_access_key=given["secret"], endpoint_url=given["endpoint"])
    start = datetime.fromisoformat(given["start"])
    asked = dict(
        stream_name="long", start_timestamp=start,
        end_timestamp=start + timedelta(seconds=given["points"] - 1), max_results=5,
        concurrency=4, width_pixels=160, height_pixels=90)
    async with VidKit(aws=aws) as kit:
        if "uid" in given:
            await kit.images.get_images(**asked).first()
            os.seteuid(given["uid"])
        if "dies_at" in given:
            die_in_the_middle_of(given["dies_at"])
        if "limit" in given:
            resource.setrlimit(resource.RLIMIT_FSIZE, (given["limit"], given["limit"]))
        try:
            report = await kit.images.save_images(given["folder"], **asked)
        except VidKitError as error:
            print(json.dumps([type(error).__name__, str(error)]))
        else:
            print(json.dumps([report.saved, report.skipped, len(report.missing), report.bytes]))
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1, asyncio.all_tasks()

asyncio.run(main())
"""


@pytest.fixture
def program(cloud, clock_clip, t0):
    cloud.add_stream("long", clock_clip.path, start_timestamp=t0, duration=timedelta(minutes=10))

    async def start(folder, *, points=120, **more):
        given = {
            "region": cloud.region,
            "key": cloud.access_key_id,
            "secret": cloud.secret_access_key,
            "endpoint": cloud.endpoint,
            "start": t0.isoformat(),
            "points": points,
            "folder": str(folder),
        }
        return await asyncio.create_subprocess_exec(
            sys.executable,
            # With a limit on files, the compiled modules it writes would be cut short.
            "-B",
            "-c",
            PROGRAM,
            json.dumps(given | more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    return start


async def ended(process):
    output, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return json.loads(output)


async def test_a_killed_run_is_finished_by_the_next_one(program, kit, t0, tmp_path):
    """Every file once and complete, as after a run without interruption."""
    folder = tmp_path / "killed"
    first = await program(folder, dies_at=41)
    _, complaints = await first.communicate()
    assert first.returncode == -signal.SIGKILL, complaints.decode()
    left = [name for name in names(folder) if not name.startswith(".")]
    assert len(left) == 40
    (half,) = set(names(folder)) - set(left)
    assert (folder / half).read_bytes() == b"half"
    for name in left:
        # No file with a final name is incomplete.
        assert (await asyncio.to_thread(read_clock, (folder / name).read_bytes())) is not None

    saved, skipped, missing, _ = await ended(await program(folder))
    assert (saved, skipped, missing) == (120 - len(left), len(left), 0)
    straight = tmp_path / "straight"
    report = await kit.images.save_images(
        straight,
        stream_name="long",
        start_timestamp=t0,
        end_timestamp=t0 + 119 * SECOND,
        width_pixels=160,
        height_pixels=90,
    )
    assert report.saved == 120
    assert contents(folder) == contents(straight)
    assert len(names(folder)) == 120


async def test_a_disk_that_takes_no_more_is_a_clear_error(program, tmp_path):
    kind, told = await ended(await program(tmp_path / "full", points=30, limit=500))
    assert kind == "RequestError"
    assert f"{tmp_path / 'full'}" in told
    assert "File too large" in told
    assert names(tmp_path / "full") == []


@pytest.mark.skipif(
    getattr(os, "geteuid", lambda: None)() != 0,
    reason="only root can become somebody without rights",
)
async def test_a_folder_that_may_not_be_written_is_a_clear_error(program, tmp_path):
    folder = tmp_path / "forbidden"
    folder.mkdir(mode=0o755)
    for parent in folder.parents[:3]:
        parent.chmod(0o755)
    kind, told = await ended(await program(folder, points=30, uid=65534))
    assert kind == "RequestError"
    assert str(folder) in told
    assert "Permission denied" in told
    assert names(folder) == []
