"""Tasks and those who wait for them, or no longer do."""

import asyncio
from typing import Any, TypeVar

from vidkit.errors import kit_closed

__all__ = ["cancel_quietly", "result_of"]

T = TypeVar("T")


async def result_of(task: "asyncio.Task[T]") -> T:
    """Await a task that its owner may cancel: that is told as the end of the kit.

    Raises:
        RequestError: the kit was closed.
    """
    try:
        return await task
    except asyncio.CancelledError:
        waiting = asyncio.current_task()
        if task.cancelled() and waiting is not None and not waiting.cancelling():
            raise kit_closed() from None
        raise


def cancel_quietly(task: "asyncio.Task[Any]") -> None:
    """Cancel a task from a finaliser, which may run after its loop has closed."""
    if not task.done() and not task.get_loop().is_closed():
        task.cancel()
