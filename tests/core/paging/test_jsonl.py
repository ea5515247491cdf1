import errno
import json
import os
import stat
import sys

import pytest

from vidkit import AsyncPager, RequestError, UnavailableError, VidKitTimeoutError
from vidkit.paging import jsonl
from vidkit.paging.pages import TokenPages
from vidkit.rekognition import GetLabelDetectionResponse


def answer(count, token=None):
    items = [{"Timestamp": n, "Label": {"Name": "Dög", "Tomorrow": 1}} for n in range(count)]
    content = {"JobStatus": "SUCCEEDED", "Labels": items, "NextToken": token}
    return GetLabelDetectionResponse.model_validate_json(json.dumps(content))


def pager(*pages):
    async def fetch(token, _):
        page = pages[int(token or 0)]
        if isinstance(page, Exception):
            raise page
        return page

    return AsyncPager(
        lambda token, *, ahead: TokenPages(fetch, lambda work, **_: work, token=token, ahead=False)
    )


async def test_items_are_written_in_the_services_words_with_progress(tmp_path):
    told = []
    path = tmp_path / "labels.jsonl"
    count = await pager(answer(2, "1"), answer(3)).to_jsonl(path, on_progress=told.append)
    assert (count, told) == (5, [2, 5])
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[1] == {"Timestamp": 1, "Label": {"Name": "Dög", "Tomorrow": 1}}
    assert len(lines) == 5
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
async def test_only_its_owner_reads_it_whatever_the_umask(tmp_path, monkeypatch):
    modes = []
    fsync = os.fsync

    def watched(descriptor):
        if stat.S_ISREG(mode := os.fstat(descriptor).st_mode):
            modes.append(stat.S_IMODE(mode))
        fsync(descriptor)

    monkeypatch.setattr(jsonl.os, "fsync", watched)
    before = os.umask(0)
    try:
        await pager(answer(1)).to_jsonl(tmp_path / "labels.jsonl")
    finally:
        os.umask(before)
    modes.append(stat.S_IMODE((tmp_path / "labels.jsonl").stat().st_mode))
    assert modes == [0o600, 0o600]


async def test_after_a_failure_the_old_file_stands_and_no_half_one(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text("old")
    with pytest.raises(UnavailableError):
        await pager(answer(2, "1"), UnavailableError("down")).to_jsonl(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


async def test_a_path_that_cannot_be_written_is_a_clear_error(tmp_path):
    with pytest.raises(RequestError, match="cannot be written"):
        await pager(answer(1)).to_jsonl(tmp_path / "missing" / "labels.jsonl")


async def test_a_full_disk_is_a_clear_error_and_leaves_no_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jsonl.os, "fsync", full)
    with pytest.raises(RequestError, match="No space"):
        await pager(answer(1)).to_jsonl(tmp_path / "labels.jsonl")
    assert list(tmp_path.iterdir()) == []


async def test_a_timeout_of_the_service_is_not_taken_for_the_disks(tmp_path):
    with pytest.raises(VidKitTimeoutError):
        await pager(answer(2, "1"), VidKitTimeoutError("slow")).to_jsonl(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
async def test_the_name_of_the_file_is_on_disk_when_it_is_written(tmp_path, monkeypatch):
    """As with its content: a power cut right afterwards takes neither away."""
    synced = []

    def sync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append((is_folder, [path.name for path in tmp_path.glob("*.jsonl")]))

    monkeypatch.setattr(jsonl.os, "fsync", sync)
    await pager(answer(1)).to_jsonl(tmp_path / "labels.jsonl")
    assert synced == [(False, []), (True, ["labels.jsonl"])]
