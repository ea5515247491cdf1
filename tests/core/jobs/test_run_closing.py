"""A run of jobs ends, and frees its journal, however it is closed."""

import asyncio
import threading
import time

import pytest
from job_service import FAST, Service

from vidkit import RequestError, VidKit
from vidkit.jobs import journal_file
from vidkit.jobs.journal_file import JournalFile


@pytest.fixture
async def kit():
    async with VidKit(poll=FAST) as kit:
        yield kit


async def test_a_kit_that_is_closed_at_once_ends_a_run():
    async with VidKit(poll=FAST) as kit:
        waiting = asyncio.ensure_future(anext(kit.run_jobs([Service().starter("a")])))
        # One step: the reader has begun, the task that starts the jobs has not.
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        with pytest.raises(RequestError, match="closed"):
            await waiting


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("what", ["kit", "run"])
async def test_a_starter_may_close_the_kit_or_the_run(what, nested):
    async with VidKit(poll=FAST) as kit:

        async def close():
            work = kit.close() if what == "kit" else run.aclose()
            await (asyncio.create_task(work) if nested else work)

        async def closing():
            try:
                await close()
            finally:
                await close()

        run = kit.run_jobs([closing, closing, Service(10_000).starter("a")])
        async with asyncio.timeout(5):
            if what == "kit":
                with pytest.raises(RequestError, match="closed"):
                    await anext(run)
            else:
                # It ends; a starter that closed the run has not returned a job.
                assert [o for o in [o async for o in run] if o.error is None] == []
    assert not kit._runtime._tasks


async def test_a_journal_is_free_when_closing_is_cancelled_too(kit, tmp_path):
    started = asyncio.Event()

    async def slow_to_end():
        try:
            started.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.1)

    run = kit.run_jobs({"a": slow_to_end}, journal=tmp_path / "j")

    async def use():
        async with run:
            await anext(run)

    using = asyncio.create_task(use())
    await started.wait()
    for _ in range(2):
        using.cancel()
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await using
    assert [outcome async for outcome in kit.run_jobs({}, journal=tmp_path / "j")] == []


@pytest.mark.parametrize("times", [1, 2])
async def test_a_journal_is_free_when_opening_is_cancelled(kit, tmp_path, monkeypatch, times):
    reading, go_on = threading.Event(), threading.Event()
    read = JournalFile.read

    def slow_read(file):
        reading.set()
        go_on.wait(5)
        return read(file)

    run = kit.run_jobs({}, journal=tmp_path / "j")

    async def use():
        async with run:
            await anext(run)

    with monkeypatch.context() as patch:
        patch.setattr(JournalFile, "read", slow_read)
        using = asyncio.create_task(use())
        await asyncio.to_thread(reading.wait, 5)
        for _ in range(times):
            using.cancel()
            await asyncio.sleep(0.01)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await using
    async with asyncio.timeout(5):
        while times > 1 and kit._runtime._tasks:
            # A second cancellation does not wait for the thread that reads.
            await asyncio.sleep(0.001)
    assert [outcome async for outcome in kit.run_jobs({}, journal=tmp_path / "j")] == []


async def test_a_journal_that_is_being_written_is_free_when_a_cancelled_closing_ends(
    kit, tmp_path, monkeypatch
):
    """The next run may begin at once, and need not wait until a disk has written a line."""
    writing = threading.Event()

    def slow_sync(_):
        writing.set()
        time.sleep(0.3)

    run = kit.run_jobs({"a": Service().starter("a")}, journal=tmp_path / "j")

    async def use():
        async with run:
            await anext(run)

    with monkeypatch.context() as patch:
        patch.setattr(JournalFile, "read", lambda _: b"")
        patch.setattr(journal_file.os, "fsync", slow_sync)
        using = asyncio.create_task(use())
        await asyncio.to_thread(writing.wait, 5)
        for _ in range(3):
            using.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await using
    assert [outcome async for outcome in kit.run_jobs({}, journal=tmp_path / "j")] == []
