"""Blocking work on files, in threads of vidkit's own that never outlive their caller."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any, TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, stop: Callable[[], object] | None = None) -> T:
    """Run blocking work in a thread, and await it even when cancelled.

    So a caller that is cancelled can safely close or remove the files that the thread used. Work
    that no thread has begun is dropped instead.

    Args:
        work: the blocking function.
        stop: called after a cancellation; makes the function return early.

    Raises:
        Exception: the exception of the function.
    """
    thread = _threads().submit(copy_context().run, work)
    result = asyncio.wrap_future(thread)
    try:
        return await asyncio.shield(result)
    except asyncio.CancelledError:
        if not thread.cancel():
            if stop is not None:
                stop()
            await _wait_until_done(result)
        raise


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads of this process, apart from those of asyncio, which belong to the program.

    They hold nothing while they are idle, so no kit closes them: Python ends them at its exit.
    """
    return ThreadPoolExecutor(thread_name_prefix="vidkit-files")


if hasattr(os, "register_at_fork"):
    # A forked process has the executor, but none of its threads.
    os.register_at_fork(after_in_child=_threads.cache_clear)


async def _wait_until_done(thread: "asyncio.Future[Any]") -> None:
    """Wait for a thread, no matter how often the wait is cancelled."""
    while not thread.done():
        try:
            await asyncio.wait([thread])
        except asyncio.CancelledError:
            continue
    if not thread.cancelled():
        thread.exception()
