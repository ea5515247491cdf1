"""Images saved through fsspec: in object stores, and file systems that write in place."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from vidkit import ConfigError, RequestError
from vidkit.images.saving.remote import RemoteTarget

SECOND = timedelta(seconds=1)


@pytest.fixture
def asked(t0):
    return {
        "stream_name": "front-door",
        "start_timestamp": t0 - SECOND,
        "end_timestamp": t0 + 4 * SECOND,
        "width_pixels": 160,
        "height_pixels": 90,
        "max_results": 2,
    }


@pytest.fixture(autouse=True)
def memory():
    MemoryFileSystem.store.clear()
    yield MemoryFileSystem.store
    MemoryFileSystem.store.clear()


class InPlace(LocalFileSystem):
    """A file system without objects: incomplete files are visible while they are written."""

    protocol = "inplace"
    fail_after = None

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).removeprefix("inplace://"))

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        if InPlace.fail_after is not None:
            if InPlace.fail_after == 0:
                Path(path).write_bytes(value[:10])
                raise OSError("connection lost")
            InPlace.fail_after -= 1
        super().pipe_file(path, value, mode, **kwargs)


@pytest.fixture
def in_place():
    fsspec.register_implementation("inplace", InPlace, clobber=True)
    InPlace.fail_after = None
    return InPlace


def s3(cloud):
    return {
        "key": cloud.access_key_id,
        "secret": cloud.secret_access_key,
        "endpoint_url": cloud.endpoint,
        "client_kwargs": {"region_name": cloud.region},
        "config_kwargs": {"s3": {"addressing_style": "path"}},
    }


NAMES = [f"2026-01-01T00-00-0{second}.000Z.jpg" for second in range(5)]


async def test_a_url_of_memory(cloud, kit, asked, memory):
    told = []
    report = await kit.images.save_images("memory://frames/a", **asked, on_progress=told.append)
    assert (report.saved, len(report.missing)) == (5, 1)
    assert sorted(memory) == [f"/frames/a/{name}" for name in NAMES]
    assert sum(len(file.getvalue()) for file in memory.values()) == report.bytes
    assert told[-1].done == 6
    calls = len(cloud.calls)
    again = await kit.images.save_images("memory://frames/a/", **asked)
    assert (again.saved, again.skipped, len(again.missing)) == (0, 5, 1)
    # Only the window that has a point without an image.
    assert len(cloud.calls) - calls == 1


async def test_a_bucket(cloud, kit, asked):
    cloud.add_object("bucket", "frames/notes.txt", b"mine")
    cloud.add_object("bucket", f"frames/{NAMES[3]}", b"there already")
    cloud.add_object("bucket", f"frames/.{NAMES[1]}.0123456789abcdef.part", b"half")
    cloud.add_object("bucket", f"frames/deeper/{NAMES[2]}", b"mine")
    report = await kit.images.save_images("s3://bucket/frames", **asked, storage_options=s3(cloud))
    assert (report.saved, report.skipped, len(report.missing)) == (4, 1, 1)
    assert cloud.object_names("bucket", "frames/2") == [f"frames/{name}" for name in NAMES]
    assert cloud.read_object("bucket", f"frames/{NAMES[3]}") == b"there already"
    assert cloud.read_object("bucket", f"frames/{NAMES[0]}").startswith(b"\xff\xd8")
    assert cloud.object_names("bucket", "frames/.") == []
    again = await kit.images.save_images("s3://bucket/frames", **asked, storage_options=s3(cloud))
    assert (again.saved, again.skipped) == (0, 5)


async def test_what_an_object_store_refuses_is_a_clear_error(cloud, kit, asked):
    for target, change in (
        ("s3://bucket/frames", {"secret": "wrong"}),
        ("s3://nowhere/frames", {}),
    ):
        with pytest.raises(RequestError, match=target):
            await kit.images.save_images(target, **asked, storage_options=s3(cloud) | change)


async def test_a_file_system_that_writes_in_place_gets_whole_files(kit, asked, in_place, tmp_path):
    url = f"inplace://{tmp_path}/frames"
    folder = tmp_path / "frames"
    in_place.fail_after = 2
    with pytest.raises(RequestError, match="connection lost"):
        await kit.images.save_images(url, **asked, concurrency=1)
    assert sorted(path.name for path in folder.iterdir()) == NAMES[:2]
    in_place.fail_after = None
    (folder / f".{NAMES[2]}.0123456789abcdef.part").write_bytes(b"half")
    report = await kit.images.save_images(url, **asked)
    assert (report.saved, report.skipped) == (3, 2)
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    assert all(path.read_bytes().endswith(b"\xff\xd9") for path in folder.iterdir())


async def test_the_loop_goes_on_while_files_are_written(
    kit, asked, in_place, tmp_path, monkeypatch
):
    def slow(self, path, value, mode="overwrite", **kwargs):
        import time

        time.sleep(0.1)
        LocalFileSystem.pipe_file(self, path, value, mode, **kwargs)

    monkeypatch.setattr(in_place, "pipe_file", slow)
    turns = 0

    async def turn():
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    turning = asyncio.create_task(turn())
    await kit.images.save_images(f"inplace://{tmp_path}/frames", **asked)
    turning.cancel()
    await asyncio.gather(turning, return_exceptions=True)
    assert turns > 20


@pytest.mark.parametrize("target", ["nothing://x/y", "nothing://x/y?z"])
async def test_a_url_that_nobody_knows_is_refused(scripted, asked, target):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match="nothing"):
            await kit.images.save_images(target, **asked)
        with pytest.raises(RequestError, match="storage_options"):
            await kit.images.save_images("memory://x", **asked, storage_options=7)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("ftp://me:s3cret-word@127.0.0.1:{port}/frames", None),
        ("ftp://me:s3cret@word@127.0.0.1:{port}/frames", None),
        ("simplecache::ftp://me:s3cret-word@127.0.0.1:{port}/frames", None),
        ("ftp://me:s3cret-word@", None),
        ("file://me:s3cret-word@host/frames", None),
        ("file://me:s3cret-word@localhost/frames", {}),
    ],
)
async def test_who_logs_in_at_a_target_is_not_told(
    scripted, asked, unused_tcp_port, target, options
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=r"target=.*\*\*\*@") as caught:
            await kit.images.save_images(
                target.format(port=unused_tcp_port), **asked, storage_options=options
            )
    assert "s3cret" not in str(caught.value)
    assert "word" not in str(caught.value)


async def test_what_is_not_installed_is_named(scripted, asked, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    async with scripted.kit() as kit:
        with pytest.raises(ConfigError, match=r"vidkit\[fsspec\]"):
            await kit.images.save_images("s3://bucket/frames", **asked)
    monkeypatch.undo()

    def missing(*_, **__):
        raise ImportError("Install gcsfs to access Google Storage")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(ConfigError, match="gcsfs"):
        RemoteTarget("gs://bucket/frames", {})
