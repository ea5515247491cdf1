"""Whether the client of the current request is still connected."""

from collections.abc import Callable
from contextvars import ContextVar

client_is_connected: ContextVar[Callable[[], bool]] = ContextVar(
    "vidkit_local_client_is_there",
    default=lambda: True,
)
"""Called before a message is received: a message for a client that has disconnected would be in
flight for its visibility timeout without being processed."""
