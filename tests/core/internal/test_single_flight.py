"""Work that runs once, however many callers wait for it."""

import asyncio
import sys

import pytest

from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
def test_work_that_ends_without_waiting_is_done_anew_with_eager_tasks():
    runs = []

    async def work():
        runs.append(len(runs))
        return runs[-1]

    async def use():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        flight = SingleFlight(BackgroundTasks(), work)
        return [await flight.join(), await flight.join()]

    assert asyncio.run(use()) == [0, 1]
