"""What vidkit tells of its work: one event for each request that was sent."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["CallEvent", "Listener", "emit"]

_log = logging.getLogger("vidkit")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One request and what became of it; holds no parameters, so no secrets.

    Attributes:
        service: vidkit's name of the service, such as ``images``.
        operation: the API operation, such as ``GetImages``.
        attempt: 1 for the first try of a call.
        seconds: how long it took.
        status: the HTTP status, also of an answer that did not come whole; None when none came.
        code: the service's error code, or None.
        error: the class of the vidkit error; ``Canceled`` when the caller or a timeout ended it;
            None after a success.
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


def emit(event: CallEvent, listener: Listener | None) -> None:
    """Log an event at DEBUG level on ``vidkit`` and hand it to the listener.

    A listener that raises is logged and otherwise ignored: telling must not break doing.
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
