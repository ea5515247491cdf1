"""The file while it is written, and the errors when it cannot be written."""

import asyncio
import json
import os
import re
import stat
import sys
import threading
from types import SimpleNamespace

import pytest
from full_disk import fill
from pydantic import BaseModel

from vidkit import RequestError, UnavailableError
from vidkit.paging import jsonl
from vidkit.paging.jsonl import write_jsonl
from vidkit.rekognition import GetLabelDetectionResponse


def answer(*labels):
    content = {"JobStatus": "SUCCEEDED", "Labels": list(labels)}
    return GetLabelDetectionResponse.model_validate_json(json.dumps(content))


async def pages(*given, meanwhile=lambda: None):
    for page in given:
        meanwhile()
        if isinstance(page, Exception):
            raise page
        yield page


async def test_until_it_is_whole_it_has_another_name_beside_and_is_its_owners(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text("old")
    seen = []

    def look():
        (part,) = [each for each in tmp_path.iterdir() if each != path]
        seen.append((part.name, stat.S_IMODE(part.stat().st_mode), path.read_text()))

    written = pages(answer({"Timestamp": 1}), answer({"Timestamp": 2}), meanwhile=look)
    assert await write_jsonl(written, path, on_progress=None) == 2
    assert len(seen) == 2
    for name, mode, old in seen:
        assert re.fullmatch(r"\.labels\.jsonl\.[a-z0-9_]+\.part", name)
        assert sys.platform == "win32" or mode == 0o600
        assert old == "old"
    assert path.read_text() == '{"Timestamp":1}\n{"Timestamp":2}\n'
    assert list(tmp_path.iterdir()) == [path]


async def test_all_of_it_is_on_disk_before_it_has_its_name(tmp_path, monkeypatch):
    path = tmp_path / "labels.jsonl"
    synced = []

    def fsync(descriptor):
        (part,) = tmp_path.iterdir()
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append((is_folder, part == path, part.read_text()))

    monkeypatch.setattr(jsonl.os, "fsync", fsync)
    await write_jsonl(pages(answer({"Timestamp": 1})), path, on_progress=None)
    content = '{"Timestamp":1}\n'
    file_and_folder = [(False, False, content), (True, True, content)]
    assert synced == file_and_folder[: 1 if sys.platform == "win32" else 2]


async def test_only_what_the_service_said_is_written(tmp_path):
    """Members that the service left out or set to null are not written."""
    path = tmp_path / "labels.jsonl"
    label = {"Timestamp": 1, "Label": {"Name": "Dög", "Confidence": None, "Parents": []}}
    await write_jsonl(pages(answer(label)), path, on_progress=None)
    assert path.read_text("utf-8") == ('{"Timestamp":1,"Label":{"Name":"Dög","Parents":[]}}\n')


class WithDefault(BaseModel):
    said: int = 1
    unsaid: int = 2


async def test_a_default_is_not_what_the_service_said(tmp_path):
    page = SimpleNamespace(items=[WithDefault(said=1), WithDefault()])
    await write_jsonl(pages(page), tmp_path / "x", on_progress=None)
    assert (tmp_path / "x").read_text() == '{"said":1}\n{}\n'


async def test_who_is_cancelled_at_the_very_end_has_the_whole_file(tmp_path, monkeypatch):
    path = tmp_path / "labels.jsonl"
    finishing, go_on = threading.Event(), threading.Event()

    def fsync(_):
        finishing.set()
        go_on.wait(60)

    monkeypatch.setattr(jsonl.os, "fsync", fsync)
    written = pages(answer({"Timestamp": 1}))
    writing = asyncio.ensure_future(write_jsonl(written, path, on_progress=None))
    await asyncio.to_thread(finishing.wait, 60)
    writing.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert path.read_text() == '{"Timestamp":1}\n'
    assert list(tmp_path.iterdir()) == [path]


async def test_no_items_make_an_empty_file(tmp_path):
    told = []
    path = tmp_path / "labels.jsonl"
    assert await write_jsonl(pages(answer()), path, on_progress=told.append) == 0
    assert (told, path.read_bytes()) == ([0], b"")


@pytest.mark.parametrize("items", [1, 10_000], ids=["at its end", "on its way"])
async def test_a_full_disk_is_told_with_the_path_and_leaves_nothing(tmp_path, monkeypatch, items):
    path = tmp_path / "labels.jsonl"
    fill(monkeypatch)
    with pytest.raises(RequestError) as caught:
        await write_jsonl(pages(answer(*[{"Timestamp": 1}] * items)), path, on_progress=None)
    assert caught.value.message.startswith(f"path='{path}': cannot be written: ")
    assert isinstance(caught.value.__cause__, OSError)
    assert list(tmp_path.iterdir()) == []


async def test_a_fault_of_the_reader_is_not_the_disks(tmp_path):
    with pytest.raises(UnavailableError):
        await write_jsonl(pages(UnavailableError("down")), tmp_path / "x", on_progress=None)

    def broken(_):
        raise OSError("the callback's own")

    with pytest.raises(OSError, match="the callback's own"):
        await write_jsonl(pages(answer({"Timestamp": 1})), tmp_path / "x", on_progress=broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [5, None, "a\0b"])
async def test_what_is_no_path_is_shown(path):
    with pytest.raises(RequestError) as caught:
        await write_jsonl(pages(), path, on_progress=None)
    assert caught.value.message.startswith(f"path={path!r}: cannot be written: ")


async def test_a_folder_that_is_not_there_is_told_with_the_path(tmp_path):
    path = tmp_path / "missing" / "labels.jsonl"
    with pytest.raises(RequestError) as caught:
        await write_jsonl(pages(), path, on_progress=None)
    assert str(path) in caught.value.message
    assert "cannot be written" in caught.value.message


PART = ".labels.jsonl.0123456789abcdef.part"


async def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(tmp_path):
    path = tmp_path / "labels.jsonl"
    others = [
        ".labels.jsonl.part",
        ".labels.jsonl.0123456789abcdeg.part",
        ".other.jsonl.0123456789abcdef.part",
        ".labelsxjsonl.0123456789abcdef.part",
        "labels.jsonl.0123456789abcdef.part",
    ]
    for name in [PART, *others]:
        (tmp_path / name).write_text("half a l")
    assert await write_jsonl(pages(answer()), path, on_progress=None) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([path.name, *others])


async def test_a_run_that_is_still_writing_keeps_its_part(tmp_path):
    path = tmp_path / "labels.jsonl"

    async def another_run():
        yield answer({"Timestamp": 1})
        assert await write_jsonl(pages(answer({"Timestamp": 2})), path, on_progress=None) == 1
        assert path.read_text() == '{"Timestamp":2}\n'
        yield answer({"Timestamp": 3})

    assert await write_jsonl(another_run(), path, on_progress=None) == 2
    assert path.read_text() == '{"Timestamp":1}\n{"Timestamp":3}\n'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not remove an open file")
async def test_a_part_that_another_run_took_for_a_left_one_is_made_again(tmp_path, monkeypatch):
    path = tmp_path / "labels.jsonl"
    lock = jsonl.lock_part_file
    locked = []

    def late(descriptor):
        (part,) = tmp_path.iterdir()
        locked.append(part)
        if len(locked) == 1:
            part.unlink()
        elif len(locked) == 2:
            return False
        return lock(descriptor)

    monkeypatch.setattr(jsonl, "lock_part_file", late)
    assert await write_jsonl(pages(answer({"Timestamp": 1})), path, on_progress=None) == 1
    assert path.read_text() == '{"Timestamp":1}\n'
    assert len(set(locked)) == 3
    assert list(tmp_path.iterdir()) == [path]
