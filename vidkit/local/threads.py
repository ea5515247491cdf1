"""The local cloud's own threads for blocking work."""

import asyncio
import contextvars
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Not the event loop's default executor: a program that calls the cloud through blocking clients in
# asyncio.to_thread can fill that one with calls, which would then wait for threads of their own.
_pool = ThreadPoolExecutor(max_workers=(os.cpu_count() or 1) + 4, thread_name_prefix="vidkit-local")


async def in_thread(function: Callable[_P, _T], /, *arguments: _P.args, **options: _P.kwargs) -> _T:
    """Run blocking work in one of the local cloud's threads, like ``asyncio.to_thread``."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, lambda: context.run(function, *arguments, **options))
