"""Blocking work in threads that nobody leaves behind."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, stop: Callable[[], object] | None = None) -> T:
    """Do something in a thread, which has ended when this ends, cancelled or not.

    So whoever is cancelled may close or remove what the thread worked on.

    Args:
        work: what blocks.
        stop: asks it to end early, after a cancellation.

    Raises:
        Exception: whatever the work raises.
    """
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        if stop is not None:
            stop()
        await _ended(thread)
        raise


async def _ended(thread: "asyncio.Future[Any]") -> None:
    """Wait for a thread, however often the waiting is cancelled."""
    while not thread.done():
        try:
            await asyncio.wait([thread])
        except asyncio.CancelledError:
            continue
    if not thread.cancelled():
        thread.exception()
