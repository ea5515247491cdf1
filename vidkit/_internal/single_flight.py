"""Work that runs once however many callers wait for it, whether or not they are cancelled."""

import asyncio
import copy
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from vidkit._internal.tasks import BackgroundTasks
from vidkit.errors import VidKitError, kit_closed

__all__ = ["SingleFlight"]

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Work that runs once at a time, however many callers wait for it.

    Args:
        tasks: owns the task that does the work.
        work: does it.
    """

    def __init__(self, tasks: BackgroundTasks, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._tasks = tasks
        self._work = work
        self._task: asyncio.Task[T] | None = None

    def start(self) -> "asyncio.Task[T]":
        """The task in progress, or a new one.

        Raises:
            RequestError: the owner of the tasks is closed.
        """
        if self._tasks.closed:
            raise kit_closed()
        if self._task is not None and not self._task.done():
            return self._task
        # An eager task may have ended when `spawn` returns: the next caller starts another one.
        task = self._task = self._tasks.spawn(self._run())
        return task

    async def join(self) -> T:
        """Wait for the result; a cancellation ends the waiting, not the work.

        Raises:
            RequestError: the owner of the tasks was closed.
            VidKitError: whatever the work raises; each caller gets a copy.
        """
        task = self.start()
        await asyncio.wait([task])
        if task.cancelled():
            raise kit_closed()
        error = task.exception()
        if isinstance(error, VidKitError):
            # Callers set attempts and operation on it.
            raise copy.copy(error) from error
        return task.result()

    async def _run(self) -> T:
        try:
            return await self._work()
        finally:
            self._task = None
