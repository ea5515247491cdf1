"""The file of a journal: locked, appended to, and repaired after a crash. Blocking."""

import contextlib
import errno
import os
import re
import sys
import weakref
from pathlib import Path

from vidkit._internal.part_files import sync_folder
from vidkit.errors import RequestError

if sys.platform != "win32":
    import fcntl

__all__ = ["JournalFile", "complete_length"]

_LINE_START = b'{"key":'
# What a crash leaves of a line: its begin, blocks of zeros that were never written, its end. The
# end is plain ASCII, as JSON is written here, so that no other file is taken for a journal.
_REMAINDER = re.compile(rb"(?P<begin>[^\n\0]*)(?:\0+[ -~]*\n?)?")
_LOCKED_BY_ANOTHER = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}


class JournalFile:
    """An open journal file, locked against other runs until it is closed.

    Args:
        path: the file; created if it does not exist, readable and writable by its owner only.

    Raises:
        RequestError: another run has locked the file, or its file system has no locks.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        # No buffer: what could not be written must not be written later.
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._path = path
        self._size = 0
        # Whether the file may have a part of a line after its complete lines.
        self._has_remainder = False
        _open_files.add(self)
        try:
            self._lock()
        except BaseException:
            self.close()
            raise

    def read(self) -> bytes:
        """The complete lines; what a crash left of a last line is removed from the file.

        Raises:
            RequestError: the last line is not a line of a journal.
            OSError: the file cannot be read, or not be repaired.
        """
        content = self._file.read()
        length = complete_length(content)
        if length is None:
            raise RequestError(
                f"journal={str(self._path)!r}: its last line is not a line of a journal"
            )
        if length < len(content):
            self._file.truncate(length)
        if not length:
            # It may be new: its name must survive a power cut as its lines do.
            sync_folder(self._path.parent)
        self._size = length
        return content[:length]

    def append(self, line: bytes) -> None:
        """Append a line; it is on disk when this returns.

        Raises:
            OSError: it cannot be written. Nothing of it stays before another line.
        """
        try:
            if self._has_remainder:
                self._file.truncate(self._size)
            self._has_remainder = True
            rest = line
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self._size)
                self._has_remainder = False
            raise
        self._size += len(line)
        self._has_remainder = False

    def close(self) -> None:
        """Release the lock and close the file; safe to call twice."""
        if self._file.closed:
            return
        with contextlib.suppress(OSError):
            # A process that was forked meanwhile may still hold the file, and with it the lock.
            if sys.platform != "win32":
                fcntl.flock(self._file, fcntl.LOCK_UN)
        self.close_in_child()

    def close_in_child(self) -> None:
        """Close the file in a forked process; the lock stays with the parent."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _lock(self) -> None:
        try:
            if sys.platform != "win32":
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _LOCKED_BY_ANOTHER:
                raise RequestError(
                    f"journal={str(self._path)!r}: another run is writing it; wait until it has "
                    "ended, or give another file"
                ) from None
            raise RequestError(
                f"journal={str(self._path)!r}: cannot be locked against other runs "
                f"({error.strerror}); give a file on a file system that has locks"
            ) from error


def complete_length(content: bytes) -> int | None:
    """The length of the complete lines of a journal, without what a crash left after them.

    Returns:
        None if what follows is not from a journal.
    """
    zeros = content.find(b"\0")
    length = content.rfind(b"\n", 0, None if zeros < 0 else zeros) + 1
    remainder = _REMAINDER.fullmatch(content, length)
    if remainder is None:
        return None
    begin = remainder["begin"]
    return length if begin.startswith(_LINE_START) or _LINE_START.startswith(begin) else None


_open_files: "weakref.WeakSet[JournalFile]" = weakref.WeakSet()


def _close_in_child() -> None:
    # A child would hold the lock for as long as it lives, even when its parent has been killed.
    for file in list(_open_files):
        file.close_in_child()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_close_in_child)
