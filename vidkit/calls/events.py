"""Events: one for each attempt of a call."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["CallEvent", "Listener", "emit", "is_observed"]

_log = logging.getLogger("vidkit")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One attempt of a call and its outcome.

    An event holds no parameters, and so no secrets.

    Attributes:
        service: vidkit's name of the service, such as ``images``.
        operation: the API operation, such as ``GetImages``.
        attempt: the number of the attempt; 1 is the first attempt of a call.
        seconds: how long the attempt took.
        status: the HTTP status, also of an incomplete response; None if no response arrived.
        code: the service's error code, or None.
        error: the class name of the vidkit error; ``Canceled`` if the attempt was cancelled or
            timed out; None after a success.
        request_id: the service's id of the request, or None.

    Example:
        >>> event = CallEvent(service="ivs", operation="GetChannel", attempt=1, seconds=0.02)
        >>> event.error is None
        True
    """

    service: str
    operation: str
    attempt: int
    seconds: float
    status: int | None = None
    code: str | None = None
    error: str | None = None
    request_id: str | None = None


Listener = Callable[[CallEvent], None]


def is_observed(listener: Listener | None) -> bool:
    """Whether `emit` would do anything; an event takes longer to make than to drop."""
    return listener is not None or _log.isEnabledFor(logging.DEBUG)


def emit(event: CallEvent, listener: Listener | None) -> None:
    """Log an event to ``vidkit`` at DEBUG level, and call the listener.

    An exception of the listener is logged and otherwise ignored, so that it cannot break a call.
    """
    _log.debug(
        "%s.%s attempt=%d seconds=%.3f status=%s code=%s error=%s request_id=%s",
        event.service,
        event.operation,
        event.attempt,
        event.seconds,
        event.status,
        event.code,
        event.error,
        event.request_id,
    )
    if listener is None:
        return
    try:
        listener(event)
    except Exception:  # noqa: BLE001
        _log.exception("the on_event listener failed")
