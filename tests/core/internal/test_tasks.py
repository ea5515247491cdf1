"""Background tasks end with their owner, and none ends in silence."""

import asyncio

import pytest

from vidkit import RequestError
from vidkit._internal.tasks import BackgroundTasks, wait_until_done


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
