"""Send state: whether a part of a request may have been sent.

A timeout before anything was sent is safe to retry; a later one is ambiguous. The code that limits
the time of an attempt watches the state. It begins as "not sent"; the connection that gets the
first byte of the request changes it.
"""

import asyncio
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Self

__all__ = ["SendState", "is_unsent", "mark_received", "mark_sent", "mark_unsent"]


@dataclass(slots=True)
class SendState:
    """The send state of the request that is sent inside it, as a context manager.

    If several are nested, only the innermost is updated.

    Attributes:
        unsent: whether it is certain that no part of the request has been sent.
        timeout: the time limit of the attempt; lifted when the response has arrived.

    Example:
        >>> with SendState() as send_state:
        ...     mark_sent()
        >>> send_state.unsent
        False
    """

    unsent: bool = True
    timeout: asyncio.Timeout | None = None
    _outer: "Token[SendState | None] | None" = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        self._outer = _send_state.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._outer is not None:
            _send_state.reset(self._outer)
        # A connection that was opened inside keeps this context alive, and with it the timeout,
        # its task and the result of the task.
        self._outer = self.timeout = None


_send_state: ContextVar[SendState | None] = ContextVar("vidkit_send_state", default=None)


def mark_unsent() -> None:
    """Note that a request begins, or that it was rejected and another one follows."""
    if send_state := _send_state.get():
        send_state.unsent = True


def is_unsent() -> bool:
    """Whether it is certain that no part of the request has been sent."""
    send_state = _send_state.get()
    return send_state is not None and send_state.unsent


def mark_sent() -> None:
    """Note that from now on a part of the request may have been sent."""
    if send_state := _send_state.get():
        send_state.unsent = False


def mark_received() -> None:
    """Note that the complete response has arrived.

    This lifts the time limit of the attempt: the time to decode the response does not count.
    """
    send_state = _send_state.get()
    if send_state and send_state.timeout and not send_state.timeout.expired():
        send_state.timeout.reschedule(None)
