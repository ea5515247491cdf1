"""The errors of a journal that cannot be used, and its fields afterwards."""

import asyncio
import errno
import os
import stat
import sys
import threading
import time
from io import FileIO

import pytest
from full_disk import fill

from vidkit import RequestError
from vidkit.jobs import journal, journal_file
from vidkit.jobs.journal import Journal
from vidkit.jobs.journal_file import JournalFile


async def refusal(work):
    with pytest.raises(RequestError) as caught:
        await work
    return caught.value


async def test_what_is_written_is_known_at_once(tmp_path):
    log = Journal(tmp_path / "j")
    await log.open()
    await log.write("0", request="r0", at="now")
    await log.write("0", token="t0")
    await log.write("1", request="r1")
    known = [log.get("0", "request"), log.get("0", "at"), log.get("0", "token")]
    assert known == ["r0", "now", "t0"]
    assert (log.get("1", "request"), log.get("1", "token"), log.get(None, "request")) == (
        "r1",
        None,
        None,
    )
    log.close()
    assert (tmp_path / "j").read_text() == (
        '{"key":"0","request":"r0","at":"now"}\n{"key":"0","token":"t0"}\n{"key":"1","request":"r1"}\n'
    )


async def test_a_line_is_on_disk_before_it_is_known(tmp_path, monkeypatch):
    path = tmp_path / "j"
    log = Journal(path)
    await log.open()
    synced = []
    monkeypatch.setattr(journal.os, "fsync", lambda _: synced.append(path.read_bytes()))
    await log.write("0", request="r0")
    assert synced == [b'{"key":"0","request":"r0"}\n']
    log.close()


async def test_a_journal_that_is_closed_while_it_is_written_is_free_afterwards(
    tmp_path, monkeypatch
):
    log = Journal(tmp_path / "j")
    await log.open()
    writing, go_on = threading.Event(), threading.Event()

    def slow_sync(_):
        writing.set()
        go_on.wait(5)

    monkeypatch.setattr(journal.os, "fsync", slow_sync)
    write = asyncio.create_task(log.write("0", request="r0"))
    await asyncio.to_thread(writing.wait, 5)
    log.close()
    go_on.set()
    await write
    again = Journal(tmp_path / "j")
    await again.open()
    assert again.get("0", "request") == "r0"
    again.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_no_process_that_was_forked_meanwhile_keeps_the_lock(tmp_path):
    def lock():
        return JournalFile(tmp_path / "j")

    first = lock()
    waiting, end = os.pipe()
    child = os.fork()
    if not child:
        os.close(end)
        os.read(waiting, 1)
        os._exit(0)
    try:
        # As if its holder had been killed: nothing unlocks the file.
        with pytest.raises(RequestError, match="another run"):
            lock()
        first.close_in_child()
        deadline = time.monotonic() + 5
        while True:
            try:
                lock().close()
                break
            except RequestError:
                assert time.monotonic() < deadline
                time.sleep(0.01)
    finally:
        os.close(end)
        os.close(waiting)
        os.waitpid(child, 0)


async def test_a_full_disk_is_a_clear_error_and_what_was_not_written_is_not_known(
    tmp_path, monkeypatch
):
    fill(monkeypatch)
    log = Journal(tmp_path / "j")
    await log.open()
    error = await refusal(log.write("0", request="r0"))
    assert error.message.startswith(f"journal='{tmp_path / 'j'}': cannot be written: ")
    assert "No space" in error.message
    assert isinstance(error.__cause__, OSError)
    assert log.get("0", "request") is None
    # The disk is still full; closing raises no second error.
    log.close()
    assert (tmp_path / "j").read_bytes() == b""


async def test_a_closed_journal_says_so(tmp_path):
    log = Journal(tmp_path / "j")
    await log.open()
    log.close()
    assert (await refusal(log.write("0", request="r"))).message == "journal: it is closed"
    assert (tmp_path / "j").read_bytes() == b""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[]\n", "line 1 is not a line of a journal"),
        (b'{"key":"0"}\n{"key":5}\n', "line 2 is not a line of a journal"),
        (b'{"key":"0"}\nnotes', "its last line is not a line of a journal"),
    ],
)
async def test_a_fault_says_where_it_is(tmp_path, content, fault):
    path = tmp_path / "j"
    path.write_bytes(content)
    assert (await refusal(Journal(path).open())).message == f"journal='{path}': {fault}"
    # The file is not left open or locked: it can be used once it is repaired.
    path.write_bytes(b"")
    log = Journal(path)
    await log.open()
    log.close()


async def test_a_file_that_cannot_be_opened_says_which_and_why(tmp_path):
    error = await refusal(Journal(tmp_path).open())
    assert error.message.startswith(f"journal='{tmp_path}': cannot be used: ")
    assert isinstance(error.__cause__, OSError)


async def test_a_second_run_is_told_which_journal_it_is(tmp_path):
    first = Journal(tmp_path / "j")
    await first.open()
    error = await refusal(Journal(tmp_path / "j").open())
    assert error.message.startswith(f"journal='{tmp_path / 'j'}': another run is writing it")
    first.close()


def test_what_is_no_path_is_shown():
    with pytest.raises(RequestError, match="journal=5: must be a path"):
        Journal(5)


WHOLE = b'{"key":"0","request":"r0"}\n'
CUT = b'{"key":"0","request":"r0"}'


@pytest.mark.parametrize(
    "left",
    [
        b"\0" * 4096,
        CUT[:9] + b"\0" * 4096,
        CUT + b"\0" * 3,
        b"\0" * 100 + b'st":"r0"}\n',
        CUT[:12] + b"\0" * 100 + b'r0"}\n',
    ],
)
@pytest.mark.parametrize("before", [b"", WHOLE])
async def test_what_a_power_cut_leaves_of_a_line_is_removed(tmp_path, left, before):
    path = tmp_path / "j"
    path.write_bytes(before + left)
    log = Journal(path)
    await log.open()
    await log.write("1", request="r1")
    log.close()
    assert path.read_bytes() == before + b'{"key":"1","request":"r1"}\n'


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\x18ftypmp42",
        b"\0\0text\nand more",
        WHOLE + b"\0\0" + WHOLE + WHOLE,
        b"notes\0\0",
    ],
)
async def test_zeros_in_what_is_no_journal_are_left_alone(tmp_path, content):
    path = tmp_path / "j"
    path.write_bytes(content)
    await refusal(Journal(path).open())
    assert path.read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
async def test_the_name_of_a_new_journal_is_on_disk_before_its_first_line(tmp_path, monkeypatch):
    synced = []

    def sync(descriptor):
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(journal_file.os, "fsync", sync)
    for _ in range(2):
        log = Journal(tmp_path / "j")
        await log.open()
        await log.write("0", request="r0")
        log.close()
    # The second time, it was there.
    assert synced == [True, False, False]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EACCES])
async def test_a_folder_that_cannot_be_synced_is_no_fault(tmp_path, monkeypatch, code):
    def sync(_):
        raise OSError(code, "no sync here")

    log = Journal(tmp_path / "j")
    monkeypatch.setattr(journal_file.os, "fsync", sync)
    await log.open()
    log.close()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is locked there")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
async def test_a_file_system_without_locks_is_not_another_run(tmp_path, monkeypatch, code):
    def flock(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(journal_file.fcntl, "flock", flock)
    error = await refusal(Journal(tmp_path / "j").open())
    assert "another run" not in error.message
    assert "file system that has locks" in error.message
    assert os.strerror(code) in error.message


async def test_a_line_that_did_not_fit_is_not_continued_by_the_next(tmp_path, monkeypatch):
    log = Journal(tmp_path / "j")
    await log.open()
    write = FileIO.write

    class Short(FileIO):
        def write(self, content):
            if len(content) < 10:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(self, content[:10])

    with monkeypatch.context() as patch:
        file = log._file
        whole, cut = file._file, Short(os.dup(file._file.fileno()), "r+b")
        patch.setattr(file, "_file", cut)
        await refusal(log.write("0", request="r0"))
        cut.close()
    assert not whole.closed
    await log.write("1", request="r1")
    log.close()
    assert (tmp_path / "j").read_bytes() == b'{"key":"1","request":"r1"}\n'


async def test_what_could_not_be_removed_of_a_line_is_removed_before_the_next(
    tmp_path, monkeypatch
):
    log = Journal(tmp_path / "j")
    await log.open()
    await log.write("0", request="r0")

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    class Broken(FileIO):
        truncate = fail

    with monkeypatch.context() as patch:
        broken = Broken(os.dup(log._file._file.fileno()), "r+b")
        patch.setattr(log._file, "_file", broken)
        patch.setattr(journal_file.os, "fsync", fail)
        await refusal(log.write("1", request="r1"))
        # As long as it is there, nothing is written after it.
        await refusal(log.write("2", request="r2"))
        broken.close()
    await log.write("3", request="r3")
    log.close()
    lines = (tmp_path / "j").read_text().splitlines()
    assert lines == ['{"key":"0","request":"r0"}', '{"key":"3","request":"r3"}']
