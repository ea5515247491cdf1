"""The local cloud's own threads for blocking work."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Not the event loop's default executor: a program that calls the cloud through blocking clients in
# asyncio.to_thread can fill that one with calls, which then wait for threads of their own.
_pool = ThreadPoolExecutor(max_workers=(os.cpu_count() or 1) + 4, thread_name_prefix="vidkit-local")


_abandoned: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar(
    "vidkit_local_abandoned", default=None
)


class AbandonedError(Exception):
    """The caller of this thread's work was cancelled and no longer waits for the result."""


def checkpoint() -> None:
    """Stop long work in a thread when its caller no longer waits for the result.

    Raises:
        AbandonedError: the caller was cancelled.
    """
    abandoned = _abandoned.get()
    if abandoned is not None and abandoned.is_set():
        raise AbandonedError


async def in_worker_thread(
    function: Callable[_P, _T], /, *arguments: _P.args, **options: _P.kwargs
) -> _T:
    """Run blocking work in one of the local cloud's threads, like ``asyncio.to_thread``."""
    context = contextvars.copy_context()
    abandoned = threading.Event()
    context.run(_abandoned.set, abandoned)
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(
            _pool, lambda: context.run(function, *arguments, **options)
        )
    finally:
        # Done or cancelled: in both cases the caller no longer waits.
        abandoned.set()
