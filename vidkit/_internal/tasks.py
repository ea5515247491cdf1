"""Background tasks, which their owner cancels when it closes."""

import asyncio
import logging
import weakref
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

from vidkit.errors import VidKitError, kit_closed

__all__ = ["BackgroundTasks", "cancel_quietly", "is_cancelled", "result_of", "wait_until_done"]

T = TypeVar("T")

# The background tasks in which the current code runs. Weak, because connections keep contexts.
_ancestors: "ContextVar[frozenset[weakref.ref[asyncio.Task[Any]]]]" = ContextVar(
    "vidkit_background_tasks", default=frozenset()
)

# What each task waits for in `wait_until_done`.
_awaited: "weakref.WeakKeyDictionary[asyncio.Future[Any], set[asyncio.Future[Any]]]" = (
    weakref.WeakKeyDictionary()
)

_log = logging.getLogger("vidkit")


class BackgroundTasks:
    """Owns tasks; closing cancels and awaits them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closed: bool = False
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
        context = copy_context() if context is None else context
        task = asyncio.get_running_loop().create_task(work, context=context)
        ancestors = {ref for ref in context.get(_ancestors, ()) if _is_running(ref())}
        context.run(_ancestors.set, frozenset({*ancestors, weakref.ref(task)}))
        self._tasks.add(task)
        task.add_done_callback(self._discard)
        return task

    def _discard(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        # Retrieves the exception: asyncio logs it otherwise if no code awaits the task, although a
        # caller that is gone needs no VidKitError.
        error = None if task.cancelled() else task.exception()
        # The loop itself raises the last two.
        if error is not None and not isinstance(
            error, VidKitError | KeyboardInterrupt | SystemExit
        ):
            # Perhaps no code awaits the task. The message is left out: it may have a secret.
            _log.error("a background task ended in %s", type(error).__name__)

    async def close(self) -> None:
        """Cancel and await the tasks; safe to call twice. One of the tasks does not wait."""
        if not self.closed:
            self.closed = True
            try:
                # A task that is cancelled before its first step does not reach its `finally`.
                await asyncio.sleep(0)
            finally:
                for task in list(self._tasks):
                    task.cancel()
        await wait_until_done(*self._tasks)


def _is_running(task: "asyncio.Task[Any] | None") -> bool:
    return task is not None and not task.done()


async def wait_until_done(*tasks: "asyncio.Future[Any]", grace: float = 0.0) -> None:
    """Wait for tasks, however they end.

    A caller that runs in one of them, or in a task that one of them has made, does not wait: they
    may wait for it. Unlike `asyncio.gather`, it does not cancel the tasks when it is cancelled.

    Args:
        tasks: the tasks.
        grace: the seconds to go on waiting after a cancellation.
    """
    others = {task for task in tasks if not task.done()}
    # One of them may wait for the caller through another one, such as a task that closes a kit.
    awaited = others.union(*(_awaited.get(other, ()) for other in others))
    if not others or awaited & {ref() for ref in _ancestors.get()}:
        return
    current = asyncio.current_task()
    assert current is not None  # noqa: S101 - a coroutine that awaits futures runs in a task
    _awaited[current] = others
    try:
        await asyncio.wait(others)
    except asyncio.CancelledError:
        if grace:
            await _wait_whatever_comes(others, grace)
        raise
    finally:
        del _awaited[current]


async def _wait_whatever_comes(tasks: "set[asyncio.Future[Any]]", grace: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + grace
    while pending := {task for task in tasks if not task.done()}:
        try:
            await asyncio.wait(pending, timeout=max(0.0, end - loop.time()))
        except asyncio.CancelledError:
            continue
        return


async def result_of(task: "asyncio.Future[T]") -> T:
    """Await a task that its owner may cancel.

    Raises:
        RequestError: the owner cancelled the task, because the kit was closed.
    """
    try:
        return await task
    except asyncio.CancelledError:
        if task.cancelled() and not is_cancelled():
            raise kit_closed() from None
        raise


def is_cancelled() -> bool:
    """Whether the current task is cancelled, and not only what it awaits."""
    current = asyncio.current_task()
    return current is None or current.cancelling() > 0


def cancel_quietly(task: "asyncio.Task[Any]") -> None:
    """Cancel a task; safe in a finalizer, in any thread and even after the loop has closed."""
    loop = task.get_loop()
    if task.done() or loop.is_closed():
        return
    # These raise where no loop runs, and where the loop closes at this moment.
    with suppress(RuntimeError):
        if loop is asyncio.get_running_loop():
            task.cancel()
            return
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(task.cancel)
