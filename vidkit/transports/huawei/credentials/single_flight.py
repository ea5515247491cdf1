"""Work that several callers wait for, and that none of them ends by going away."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from vidkit.errors import VidKitError, kit_closed

__all__ = ["BackgroundTasks", "SingleFlight"]

T = TypeVar("T")


class BackgroundTasks:
    """Owns tasks; they end with it at the latest."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, work: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Task[T]":
        """Start a task.

        Raises:
            RequestError: the owner is closed.
        """
        if self._closed:
            raise kit_closed()
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # A failure that nobody waits for is told by whoever cares; asyncio stays quiet.
            task.exception()

    async def close(self) -> None:
        """Cancel and await the tasks."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class SingleFlight(Generic[T]):
    """Work of which there is one at a time, however many ask for it.

    Args:
        tasks: owns the work.
        work: starts it.
    """

    def __init__(self, tasks: BackgroundTasks, work: Callable[[], Awaitable[T]]) -> None:
        self._tasks = tasks
        self._work = work
        self._task: asyncio.Task[T] | None = None

    def start(self) -> "asyncio.Task[T]":
        """The task under way, or a new one.

        Raises:
            RequestError: the owner of the tasks is closed.
        """
        if self._task is None:
            self._task = self._tasks.start(self._run)
        return self._task

    async def join(self) -> T:
        """Wait for the work's outcome; being cancelled ends the waiting alone.

        Raises:
            RequestError: the owner of the tasks was closed.
            VidKitError: whatever the work raises, for each caller anew.
        """
        task = self.start()
        await asyncio.wait([task])
        if task.cancelled():
            raise kit_closed()
        error = task.exception()
        if isinstance(error, VidKitError):
            # Whoever handles it writes on it: attempts, operation.
            raise copy.copy(error) from error
        return task.result()

    async def _run(self) -> T:
        try:
            return await self._work()
        finally:
            self._task = None
