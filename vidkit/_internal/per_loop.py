"""What belongs to an event loop, in a process that may have several of them in threads."""

import asyncio
from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

__all__ = ["PerLoop"]

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One object for each event loop, created on first use; safe to use from several threads.

    Args:
        create: creates the object of a loop, inside that loop.
    """

    def __init__(self, create: Callable[[], T]) -> None:
        self._create = create
        self._objects: dict[asyncio.AbstractEventLoop, T] = {}
        # A finalizer that runs while the lock is held may come back to this object.
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._objects)

    def get(self) -> T:
        """The object of the running event loop."""
        loop = asyncio.get_running_loop()
        # No other thread runs this loop, so none adds or removes its object.
        if loop in self._objects:
            return self._objects[loop]
        with self._lock:
            # Weak keys would not help: limiters and locks hold a reference to their loop.
            for closed in [other for other in self._objects if other.is_closed()]:
                self._objects.pop(closed, None)
            created = self._objects[loop] = self._create()
            return created
