import os
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import RequestError
from vidkit.jobs.journal import Journal, _parse_line


async def written(path, *entries):
    journal = Journal(path)
    await journal.open()
    for key, fields in entries:
        await journal.write(key, **fields)
    journal.close()


async def test_what_was_written_is_known_to_the_next_run(tmp_path):
    path = tmp_path / "journal.jsonl"
    await written(path, ("0", {"request": "r0"}), ("1", {"request": "r1"}))
    await written(path, ("0", {"token": "t0"}))
    journal = Journal(path)
    await journal.open()
    assert [journal.get("0", field) for field in ("request", "token", "ended")] == [
        "r0",
        "t0",
        None,
    ]
    assert journal.get("1", "request") == "r1"
    assert journal.get("2", "request") is None
    journal.close()
    journal.close()
    assert len(path.read_text().splitlines()) == 3


async def test_a_line_that_a_crash_cut_off_was_never_written(tmp_path):
    path = tmp_path / "journal.jsonl"
    await written(path, ("0", {"request": "r0"}))
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole + whole[:cut])
        await written(path, ("1", {"request": "r1"}))
        assert path.read_bytes() == whole + b'{"key":"1","request":"r1"}\n'
        path.write_bytes(whole)


@pytest.mark.parametrize(
    "content", [b"not json\n", b"[]\n", b"{}\n", b'{"key":5}\n', b'{"key":"0","request":1}\n']
)
async def test_what_is_no_journal_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(content)
    with pytest.raises(RequestError, match="line 1"):
        await Journal(path).open()
    assert path.read_bytes() == content


async def test_a_second_run_at_the_same_time_is_refused(tmp_path):
    first, second = Journal(tmp_path / "j"), Journal(tmp_path / "j")
    await first.open()
    with pytest.raises(RequestError, match="another run"):
        await second.open()
    first.close()
    await second.open()
    second.close()


async def test_a_closed_journal_takes_no_more(tmp_path):
    journal = Journal(tmp_path / "j")
    with pytest.raises(RequestError, match="closed"):
        await journal.write("0", request="r")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
async def test_only_its_owner_reads_it(tmp_path, mask):
    before = os.umask(mask)
    try:
        await written(tmp_path / "j", ("0", {"request": "r"}))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


@given(st.binary())
def test_any_line_is_read_or_is_none(line):
    fields = _parse_line(line)
    assert fields is None or "key" in fields


@pytest.mark.parametrize("content", [b"precious notes", b'{"k', b'{"key":"0","request":"r'])
async def test_only_what_a_crash_cut_off_is_cut_off(tmp_path, content):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(content)
    journal = Journal(path)
    if content.startswith(b"precious"):
        with pytest.raises(RequestError, match="last line"):
            await journal.open()
        assert path.read_bytes() == content
    else:
        await journal.open()
        journal.close()
        assert path.read_bytes() == b""


@pytest.mark.parametrize("path", ["missing/journal", ".", "a\0b"])
async def test_a_path_that_cannot_be_used_is_a_clear_error(tmp_path, path):
    with pytest.raises(RequestError, match="journal"):
        await Journal(tmp_path / path).open()


def test_a_journal_is_a_path():
    with pytest.raises(RequestError, match="journal"):
        Journal(5)
