"""The journal of a run of jobs, so that the next run repeats no start.

A journal is a JSON Lines file that is only appended to. A line is on disk before the action that it
announces; what a crash left of a last line is removed when the journal is opened again.
"""

import asyncio
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vidkit._internal.threads import in_thread
from vidkit.errors import RequestError
from vidkit.jobs.journal_file import JournalFile

__all__ = ["Journal"]


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
        self._file: JournalFile | None = None
        self._closed = False
        self._write_lock = asyncio.Lock()
        # Held by the thread that works with the file, which then closes it if need be.
        self._in_use = threading.Lock()

    async def open(self) -> None:
        """Open and lock the file, and read what earlier runs wrote.

        Raises:
            RequestError: the file is not a journal, or cannot be opened or locked, or another
                process has locked it.
        """
        try:
            await in_thread(lambda: self._with_file(self._open), stop=self.close)
        except (OSError, ValueError) as error:
            raise RequestError(f"journal={str(self._path)!r}: cannot be used: {error}") from error

    def close(self) -> None:
        """Close the file as soon as no thread works with it; safe to call twice."""
        self._closed = True
        self._close_unused()

    async def wait_until_closed(self) -> None:
        """Close the file, and wait for the thread that works with it, even when cancelled."""
        self.close()
        cancellation: asyncio.CancelledError | None = None
        while self._in_use.locked():
            try:
                await in_thread(self._close_when_unused)
            except asyncio.CancelledError as error:
                # If no thread had begun to wait, this one has to try again.
                cancellation = error
        if cancellation is not None:
            raise cancellation

    def get(self, key: str, field: str) -> str | None:
        """A field of a job, or None.

        Args:
            key: the key of the job.
            field: ``request``, the client request token of its start; ``token``, its job token; or
                ``ended``, how it ended.
        """
        return self._fields_by_key.get(key, {}).get(field)

    async def write(self, key: str, **fields: str) -> None:
        """Write fields of a job; they are on disk when this returns.

        Raises:
            RequestError: the journal is closed, or the file cannot be written, for example because
                the disk is full.
        """
        line = json.dumps({"key": key, **fields}, separators=(",", ":")).encode() + b"\n"
        try:
            async with self._write_lock:
                await in_thread(lambda: self._with_file(lambda: self._append(line)))
        except OSError as error:
            raise RequestError(
                f"journal={str(self._path)!r}: cannot be written: {error}"
            ) from error
        self._fields_by_key.setdefault(key, {}).update(fields)

    def _with_file(self, work: Callable[[], None]) -> None:
        """Work with the file; afterwards close it if the journal was closed meanwhile."""
        try:
            with self._in_use:
                self._check_open()
                work()
        finally:
            if self._closed:
                self._close_unused()

    def _close_unused(self) -> None:
        if self._in_use.acquire(blocking=False):
            try:
                self._close_file()
            finally:
                self._in_use.release()

    def _close_when_unused(self) -> None:
        with self._in_use:
            self._close_file()

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()

    def _check_open(self) -> None:
        if self._closed:
            raise RequestError("journal: it is closed")

    def _append(self, line: bytes) -> None:
        if self._file is None:
            raise RequestError("journal: it is closed")
        self._file.append(line)

    def _open(self) -> None:
        file = JournalFile(self._path)
        try:
            self._read(file.read())
        except BaseException:
            file.close()
            raise
        self._file = file

    def _read(self, content: bytes) -> None:
        for number, line in enumerate(content.splitlines(), 1):
            # A long journal takes seconds to read, which a cancelled run does not wait for.
            self._check_open()
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
