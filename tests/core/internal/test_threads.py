import asyncio
import threading

import pytest

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
