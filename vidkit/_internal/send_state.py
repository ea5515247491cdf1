"""Whether a request has been handed to the network: on it depends what a timeout leaves open.

Whoever limits the time of an attempt watches; the transport says where the request is.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Handover", "answered", "handed_over", "not_handed_over", "watch_handover"]


@dataclass(slots=True)
class Handover:
    """Where the request of an attempt is.

    Attributes:
        waits: it is known that nothing of it has been sent.
        clock: ends the attempt, unless its answer is here.
    """

    waits: bool = False
    clock: asyncio.Timeout | None = None


_watched: ContextVar[Handover | None] = ContextVar("vidkit_handover", default=None)


@contextmanager
def watch_handover(clock: asyncio.Timeout | None = None) -> Generator[Handover]:
    """Watch the request that is sent inside; the innermost watches it alone.

    Args:
        clock: ends the attempt, unless its answer is here.

    Example:
        >>> with watch_handover() as handover:
        ...     not_handed_over()
        >>> handover.waits
        True
    """
    handover = Handover(clock=clock)
    token = _watched.set(handover)
    try:
        yield handover
    finally:
        _watched.reset(token)
        # A connection that was opened inside keeps this context, and a clock its task's result.
        handover.clock = None


def not_handed_over() -> None:
    """Say that nothing of the request has been sent, or nothing that was let in."""
    if handover := _watched.get():
        handover.waits = True


def handed_over() -> None:
    """Say that from now on some of the request may be on its way."""
    if handover := _watched.get():
        handover.waits = False


def answered() -> None:
    """Say that the whole answer is here: what is done with it takes none of the attempt's time."""
    handover = _watched.get()
    if handover and handover.clock and not handover.clock.expired():
        handover.clock.reschedule(None)
