"""Whether a request has been handed to the network: on it depends what a timeout leaves open.

Whoever limits the time of an attempt watches; the transport says where the request is.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["SendState", "mark_received", "mark_sent", "mark_unsent", "watch_send_state"]


@dataclass(slots=True)
class SendState:
    """Where the request of an attempt is.

    Attributes:
        waits: it is known that nothing of it has been sent.
        clock: ends the attempt, unless its answer is here.
    """

    unsent: bool = False
    clock: asyncio.Timeout | None = None


_watched: ContextVar[SendState | None] = ContextVar("vidkit_handover", default=None)


@contextmanager
def watch_send_state(clock: asyncio.Timeout | None = None) -> Generator[SendState]:
    """Watch the request that is sent inside; the innermost watches it alone.

    Args:
        clock: ends the attempt, unless its answer is here.

    Example:
        >>> with watch_send_state() as send_state:
        ...     mark_unsent()
        >>> send_state.unsent
        True
    """
    send_state = SendState(clock=clock)
    token = _watched.set(send_state)
    try:
        yield send_state
    finally:
        _watched.reset(token)
        # A connection that was opened inside keeps this context, and a clock its task's result.
        send_state.clock = None


def mark_unsent() -> None:
    """Say that nothing of the request has been sent, or nothing that was let in."""
    if send_state := _watched.get():
        send_state.unsent = True


def mark_sent() -> None:
    """Say that from now on some of the request may be on its way."""
    if send_state := _watched.get():
        send_state.unsent = False


def mark_received() -> None:
    """Say that the whole answer is here: what is done with it takes none of the attempt's time."""
    send_state = _watched.get()
    if send_state and send_state.clock and not send_state.clock.expired():
        send_state.clock.reschedule(None)
