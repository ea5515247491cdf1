"""What other libraries log of vidkit's own calls, without the secrets.

botocore logs at level DEBUG what it signs and sends, and the answers that credentials come in. The
level is the application's business, and so are handlers: nothing is changed but the text of records
that are written while vidkit makes a call, on the loggers of these libraries alone.
"""

import logging
import threading
from collections.abc import Generator, MutableSet
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from vidkit.transports.redaction import redacted

__all__ = ["LogRedaction", "Secrets"]

Secrets: TypeAlias = MutableSet[str]
"""The values that are known to be secret; more may come to be known while a call is made."""

_own_call: ContextVar[Secrets | None] = ContextVar("vidkit_own_call", default=None)


class _Mask(logging.Filter):
    """Lets every record pass, those of vidkit's own calls without secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = _own_call.get()
        if secrets is None:
            return True
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - the handler tells of it, as it would without us
            return True
        clean = redacted(text, secrets)
        if clean != text:
            record.msg, record.args = clean, None
        if record.exc_info:
            _mask_traceback(record, secrets)
        return True


def _mask_traceback(record: logging.LogRecord, secrets: Secrets) -> None:
    if isinstance(record.exc_info, tuple):
        text = _formatter.formatException(record.exc_info)
        clean = redacted(text, secrets)
        if clean != text:
            # What a formatter takes in place of the exception, which would be formatted anew.
            record.exc_info, record.exc_text = None, clean


_mask = _Mask()
_formatter = logging.Formatter()
_lock = threading.Lock()
_users: dict[str, int] = {}


class LogRedaction:
    """The mask on the loggers of some packages, from `cover` until `close`.

    Args:
        packages: names of packages whose loggers, and those below, are covered.
    """

    def __init__(self, *packages: str) -> None:
        self._packages = packages
        self._covered: set[str] = set()

    def cover(self) -> None:
        """Cover every logger that there is by now; a filter of a parent sees none of a child's."""
        roots = tuple(f"{package}." for package in self._packages)
        with _lock:
            for name in list(logging.root.manager.loggerDict):
                if f"{name}.".startswith(roots) and name not in self._covered:
                    self._covered.add(name)
                    _users[name] = _users.get(name, 0) + 1
                    logging.getLogger(name).addFilter(_mask)

    def close(self) -> None:
        """Take the mask away where no other one needs it; closing twice is closing once."""
        with _lock:
            for name in self._covered:
                _users[name] -= 1
                if not _users[name]:
                    del _users[name]
                    logging.getLogger(name).removeFilter(_mask)
            self._covered.clear()

    @contextmanager
    def own_call(self, secrets: Secrets) -> Generator[None]:
        """What is logged inside, by this task and those it starts, is masked."""
        token = _own_call.set(secrets)
        try:
            yield
        finally:
            _own_call.reset(token)
