"""Background tasks, which their owner cancels when it closes."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, TypeVar

from vidkit.errors import kit_closed

__all__ = ["BackgroundTasks", "cancel_quietly", "result_of"]

T = TypeVar("T")


class BackgroundTasks:
    """Owns tasks; closing cancels and awaits them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closed = False
        """Whether the owner has closed: work that starts now should end at once."""

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(
        self, work: Coroutine[Any, Any, T], *, context: Context | None = None
    ) -> "asyncio.Task[T]":
        """Start a task, which is cancelled when its owner closes.

        Args:
            work: the coroutine to run.
            context: the context to run it in; default: a copy of the current one.
        """
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._discard)
        return task

    def _discard(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Mark the exception as retrieved: asyncio logs it otherwise if no code awaits the task.
            task.exception()

    async def close(self) -> None:
        """Cancel and await the tasks; safe to call twice."""
        if not self.closed:
            self.closed = True
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def result_of(task: "asyncio.Task[T]") -> T:
    """Await a task that its owner may cancel.

    Raises:
        RequestError: the owner cancelled the task, because the kit was closed.
    """
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if task.cancelled() and current is not None and not current.cancelling():
            raise kit_closed() from None
        raise


def cancel_quietly(task: "asyncio.Task[Any]") -> None:
    """Cancel a task; safe in a finalizer, even after the loop has closed."""
    if not task.done() and not task.get_loop().is_closed():
        task.cancel()
