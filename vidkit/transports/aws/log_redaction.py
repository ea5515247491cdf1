"""Redaction of what botocore and aiobotocore log during vidkit's calls.

At level DEBUG botocore logs what it signs and sends, and the responses that bring credentials.
Levels and handlers belong to the application: vidkit changes only the text of records that the
loggers of these libraries write during a call of vidkit.
"""

import logging
import threading
from collections.abc import MutableSet
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import TypeAlias

from vidkit.transports.redaction import redacted

__all__ = ["LogRedaction", "Secrets"]

Secrets: TypeAlias = MutableSet[str]
"""The secret values known so far; a call may add more."""

_own_call: ContextVar[Secrets | None] = ContextVar("vidkit_own_call", default=None)


class _RedactionFilter(logging.Filter):
    """Passes every record on; those of vidkit's own calls without secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = _own_call.get()
        if secrets is None:
            return True
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - the handler reports it, as it would without vidkit
            return True
        clean = redacted(text, secrets)
        if clean != text:
            record.msg, record.args = clean, None
        if record.exc_info:
            _redact_traceback(record, secrets)
        return True


def _redact_traceback(record: logging.LogRecord, secrets: Secrets) -> None:
    if isinstance(record.exc_info, tuple):
        text = _formatter.formatException(record.exc_info)
        clean = redacted(text, secrets)
        if clean != text:
            # Formatters use exc_text where it is set, and do not format the exception again.
            record.exc_info, record.exc_text = None, clean


_filter = _RedactionFilter()
_formatter = logging.Formatter()
_lock = threading.Lock()
_users: dict[str, int] = {}


class LogRedaction:
    """The filter on the loggers of some packages, from `cover` until `close`.

    Args:
        packages: the packages whose loggers, and those below them, are covered.
    """

    def __init__(self, *packages: str) -> None:
        self._packages = packages
        self._covered: set[str] = set()

    def cover(self) -> None:
        """Cover every logger that exists; a parent's filter does not see a child's records."""
        roots = tuple(f"{package}." for package in self._packages)
        with _lock:
            for name in list(logging.root.manager.loggerDict):
                if f"{name}.".startswith(roots) and name not in self._covered:
                    self._covered.add(name)
                    _users[name] = _users.get(name, 0) + 1
                    logging.getLogger(name).addFilter(_filter)

    def close(self) -> None:
        """Remove the filter where nothing else needs it; closing twice is fine."""
        with _lock:
            for name in self._covered:
                _users[name] -= 1
                if not _users[name]:
                    del _users[name]
                    logging.getLogger(name).removeFilter(_filter)
            self._covered.clear()

    def own_call(self, secrets: Secrets) -> AbstractContextManager[None]:
        """Redact what this task, and the tasks that it starts, log inside."""
        return _OwnCall(secrets)


class _OwnCall(AbstractContextManager[None]):
    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def __enter__(self) -> None:
        self._outer = _own_call.set(self._secrets)

    def __exit__(self, *_: object) -> None:
        _own_call.reset(self._outer)
