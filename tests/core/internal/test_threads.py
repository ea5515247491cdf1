import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from vidkit._internal import threads
from vidkit._internal.threads import in_thread


class Work:
    """Blocks its thread until it is released."""

    def __init__(self, error=None):
        self.error = error
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.ended = False

    def __call__(self):
        self.begun.set()
        assert self.may_end.wait(30)
        self.ended = True
        if self.error:
            raise self.error
        return "done"

    async def begin(self, **options):
        task = asyncio.create_task(in_thread(self, **options))
        assert await asyncio.to_thread(self.begun.wait, 30)
        return task


async def test_it_gives_what_the_work_gives():
    assert await in_thread(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


@pytest.mark.parametrize("error", [None, OSError("late")], ids=["well", "failing"])
async def test_who_is_cancelled_goes_on_when_the_thread_has_ended(error):
    work = Work(error)
    task = await work.begin()
    # Repeated cancellations make no difference.
    for _ in range(3):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
    work.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended


async def test_work_can_be_asked_to_end_early():
    work = Work()
    task = await work.begin(stop=work.may_end.set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended


async def test_the_threads_of_the_program_are_left_to_it():
    may_end = threading.Event()
    executor = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(executor)
    theirs = executor.submit(may_end.wait, 30)
    try:
        async with asyncio.timeout(10):
            assert await in_thread(lambda: 5) == 5
    finally:
        may_end.set()
    assert theirs.result()


async def test_work_that_no_thread_has_begun_is_not_waited_for(monkeypatch):
    work = Work()
    stopped = []
    with ThreadPoolExecutor(1) as executor:
        monkeypatch.setattr(threads, "_threads", lambda: executor)
        begun = await work.begin()
        waiting = asyncio.create_task(
            in_thread(lambda: stopped.append("run"), stop=lambda: stopped.append("stop"))
        )
        await asyncio.sleep(0)
        waiting.cancel()
        done, _ = await asyncio.wait([waiting], timeout=10)
        work.may_end.set()
        assert await begun == "done"
    assert done == {waiting}
    assert waiting.cancelled()
    assert stopped == []


FORKS = """
import asyncio, os
from vidkit._internal.threads import in_thread

async def main():
    return await in_thread(os.getpid)

assert asyncio.run(main()) == os.getpid()
if child := os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0 if asyncio.run(main()) == os.getpid() else 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_process_has_threads_of_its_own():
    # Newer versions of Python warn of every fork of a process with threads.
    program = [sys.executable, "-W", "ignore", "-c", FORKS]
    assert subprocess.run(program, timeout=30, check=False).returncode == 0
