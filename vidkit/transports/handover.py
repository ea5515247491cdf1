"""Whether a request has been handed to the network: on it depends what a timeout leaves open.

Whoever limits the time of an attempt watches; the transport says where the request is.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Handover", "handed_over", "not_handed_over", "watch_handover"]


@dataclass(slots=True)
class Handover:
    """Where the request of an attempt is.

    Attributes:
        waits: it is known that nothing of it has been sent.
    """

    waits: bool = False


_watched: ContextVar[Handover | None] = ContextVar("vidkit_handover", default=None)


@contextmanager
def watch_handover() -> Generator[Handover]:
    """Watch the request that is sent inside; the innermost watches it alone.

    Example:
        >>> with watch_handover() as handover:
        ...     not_handed_over()
        >>> handover.waits
        True
    """
    handover = Handover()
    token = _watched.set(handover)
    try:
        yield handover
    finally:
        _watched.reset(token)


def not_handed_over() -> None:
    """Say that nothing of the request has been sent, or nothing that was let in."""
    if handover := _watched.get():
        handover.waits = True


def handed_over() -> None:
    """Say that from now on some of the request may be on its way."""
    if handover := _watched.get():
        handover.waits = False
