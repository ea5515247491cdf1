"""Blocking work in threads that never outlive their caller."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, stop: Callable[[], object] | None = None) -> T:
    """Run blocking work in a thread, and await it even when cancelled.

    So a caller that is cancelled can safely close or remove the files that the thread used.

    Args:
        work: the blocking function.
        stop: called after a cancellation; makes the function return early.

    Raises:
        Exception: the exception of the function.
    """
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        if stop is not None:
            stop()
        await _wait_until_done(thread)
        raise


async def _wait_until_done(thread: "asyncio.Future[Any]") -> None:
    """Wait for a thread, no matter how often the wait is cancelled."""
    while not thread.done():
        try:
            await asyncio.wait([thread])
        except asyncio.CancelledError:
            continue
    if not thread.cancelled():
        thread.exception()
