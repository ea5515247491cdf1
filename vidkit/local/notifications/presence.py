"""Whether the client of the request being answered is still there."""

from collections.abc import Callable
from contextvars import ContextVar

client_is_there: ContextVar[Callable[[], bool]] = ContextVar(
    "vidkit_local_client_is_there",
    default=lambda: True,
)
"""Asked before a message is handed out: one for a client that has gone would be in flight for as
long as its visibility timeout, and nobody would work on it."""
