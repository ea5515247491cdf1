"""The journal of a run of jobs, so that the next run repeats no start.

A journal is a JSON Lines file that is only appended to. A line is on disk before the action that it
announces; a line that a crash left incomplete is removed when the journal is opened again.
"""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from vidkit._internal.threads import in_thread
from vidkit.errors import RequestError

if sys.platform != "win32":
    import fcntl

__all__ = ["Journal"]

_LINE_START = b'{"key":'


class Journal:
    """A journal file: fields of jobs, by the key of the job.

    Args:
        path: the file; created if it does not exist, readable and writable by its owner only.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._path = Path(path)
        except TypeError:
            raise RequestError(f"journal={path!r}: must be a path") from None
        self._fields_by_key: dict[str, dict[str, str]] = {}
        self._file: IO[bytes] | None = None
        self._write_lock = asyncio.Lock()

    async def open(self) -> None:
        """Open and lock the file, and read what earlier runs wrote.

        Raises:
            RequestError: the file is not a journal or cannot be opened, or another process has
                locked it.
        """
        try:
            await in_thread(self._open)
        except (OSError, ValueError) as error:
            raise RequestError(f"journal={str(self._path)!r}: cannot be used: {error}") from error

    def close(self) -> None:
        """Close the file; safe to call twice."""
        file, self._file = self._file, None
        if file is not None:
            # Closing tries again to write what did not fit on a full disk; `write` has raised it.
            with contextlib.suppress(OSError):
                file.close()

    def get(self, key: str, field: str) -> str | None:
        """A field of a job, or None.

        Args:
            key: the key of the job.
            field: ``request``, the client request token of its start; ``at``, the time when that
                was written; ``token``, its job token; or ``ended``, how it ended.
        """
        return self._fields_by_key.get(key, {}).get(field)

    async def write(self, key: str, **fields: str) -> None:
        """Write fields of a job; they are on disk when this returns.

        Raises:
            RequestError: the file cannot be written, for example because the disk is full.
        """
        line = json.dumps({"key": key, **fields}, separators=(",", ":")).encode() + b"\n"
        try:
            async with self._write_lock:
                await in_thread(lambda: self._append(line))
        except OSError as error:
            raise RequestError(
                f"journal={str(self._path)!r}: cannot be written: {error}"
            ) from error
        self._fields_by_key.setdefault(key, {}).update(fields)

    def _append(self, line: bytes) -> None:
        if self._file is None:
            raise RequestError("journal: it is closed")
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _open(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        file = os.fdopen(descriptor, "r+b")
        try:
            self._lock(file)
            content = file.read()
            complete, _, incomplete = content.rpartition(b"\n")
            self._read(complete)
            if incomplete:
                self._check_incomplete_line(incomplete)
                file.truncate(len(content) - len(incomplete))
        except BaseException:
            file.close()
            raise
        self._file = file

    def _lock(self, file: IO[bytes]) -> None:
        try:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RequestError(
                f"journal={str(self._path)!r}: another run is writing it; wait until it has ended, "
                "or give another file"
            ) from None

    def _check_incomplete_line(self, line: bytes) -> None:
        """Check that the last line is from a journal, before it is removed."""
        if not (line.startswith(_LINE_START) or _LINE_START.startswith(line)):
            raise RequestError(
                f"journal={str(self._path)!r}: its last line is not a line of a journal"
            )

    def _read(self, content: bytes) -> None:
        for number, line in enumerate(content.splitlines(), 1):
            fields = _parse_line(line)
            if fields is None:
                raise RequestError(
                    f"journal={str(self._path)!r}: line {number} is not a line of a journal"
                )
            self._fields_by_key.setdefault(fields.pop("key"), {}).update(fields)


def _parse_line(line: bytes) -> dict[str, str] | None:
    try:
        content: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "key" not in content:
        return None
    fields: dict[str, str] = content  # pyright: ignore[reportUnknownVariableType]
    return fields if all(isinstance(value, str) for value in fields.values()) else None  # pyright: ignore[reportUnnecessaryIsInstance]
