"""Background tasks end with their owner, and none ends in silence."""

import asyncio
import threading
import time

import pytest

from vidkit import RequestError
from vidkit._internal.tasks import BackgroundTasks, _ancestors, cancel_quietly, wait_until_done


class Unforeseen(BaseException):
    pass


async def raises(error):
    raise error


@pytest.mark.parametrize("error", [ValueError("my secret"), Unforeseen("my secret")])
async def test_an_unforeseen_end_is_logged_without_its_text(caplog, error):
    tasks = BackgroundTasks()
    task = tasks.spawn(raises(error))
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records] == [
        f"a background task ended in {type(error).__name__}"
    ]


async def test_an_error_of_ours_is_not_logged(caplog):
    tasks = BackgroundTasks()
    await asyncio.wait([tasks.spawn(raises(RequestError("bad")))])
    await asyncio.sleep(0)
    assert caplog.records == []


async def test_a_task_that_has_not_begun_reaches_its_end():
    tasks, ended = BackgroundTasks(), []

    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    tasks.spawn(work())
    await tasks.close()
    assert ended == [True]


async def test_one_of_the_tasks_or_its_child_can_close_them_all():
    for nested in (False, True):
        tasks = BackgroundTasks()

        async def closing(tasks=tasks):
            try:
                await tasks.close()
            finally:
                # It does not wait for itself.
                await tasks.close()

        async def outer(nested=nested, closing=closing):
            await (asyncio.create_task(closing()) if nested else closing())

        all_of_them = [
            tasks.spawn(work) for work in (asyncio.sleep(60), outer(), outer(), asyncio.sleep(60))
        ]
        async with asyncio.timeout(5):
            await asyncio.wait(all_of_them)
        assert all_of_them[0].cancelled()
        assert all_of_them[-1].cancelled()


async def test_with_a_grace_a_wait_goes_on_after_a_cancellation():
    work = asyncio.create_task(asyncio.sleep(0.05))
    waiting = asyncio.create_task(wait_until_done(work, grace=5))
    for _ in range(2):
        await asyncio.sleep(0)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.done()
    assert not work.cancelled()


async def test_a_chain_of_tasks_does_not_grow():
    tasks, ends, contexts = BackgroundTasks(), [], []

    async def link(number):
        contexts.append(len(_ancestors.get()))
        # All links are kept, as results keep their tasks.
        ends.append(tasks.spawn(link(number + 1)) if number < 20 else None)

    tasks.spawn(link(0))
    async with asyncio.timeout(5):
        while None not in ends:
            await asyncio.sleep(0)
    assert max(contexts) <= 3


def test_a_finalizer_in_another_thread_cancels_through_the_loop():
    asleep, cancelled_in = threading.Event(), []

    async def sleeps():
        asleep.set()
        try:
            # Nothing else wakes the loop.
            await asyncio.Event().wait()
        finally:
            cancelled_in.append(threading.current_thread())

    async def work():
        found.append(BackgroundTasks().spawn(sleeps()))
        await asyncio.wait(found, timeout=5)

    found = []
    thread = threading.Thread(target=asyncio.run, args=(work(),), daemon=True)
    thread.start()
    assert asleep.wait(5)
    time.sleep(0.1)  # until the loop of the thread waits
    began = time.monotonic()
    cancel_quietly(found[0])
    thread.join(10)
    assert time.monotonic() - began < 3
    assert cancelled_in == [thread]
    assert found[0].cancelled()


async def test_a_task_does_not_wait_for_one_that_waits_for_it():
    tasks = BackgroundTasks()
    closing = []

    async def closes_in_the_end():
        try:
            await asyncio.sleep(60)
        finally:
            # As when a credentials callable closes the kit whose closing ends it.
            await wait_until_done(*closing)

    task = tasks.spawn(closes_in_the_end())
    closing.append(asyncio.create_task(tasks.close()))
    async with asyncio.timeout(5):
        await asyncio.wait([task, *closing])
    assert task.cancelled()
