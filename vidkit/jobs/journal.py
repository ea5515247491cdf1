"""What a run of many jobs writes down, so that the next run starts nothing twice.

A journal is a file of JSON lines that is only ever appended to. A line is on disk before what it
announces is done; a line that a crash cut off is as good as never written.
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

_BEGINNING = b'{"key":'


class Journal:
    """The lines of one file, by the key of the job they are about.

    Args:
        path: the file; made when it is not there, readable and writable by its owner alone.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._path = Path(path)
        except TypeError:
            raise RequestError(f"journal={path!r}: must be a path") from None
        self._known: dict[str, dict[str, str]] = {}
        self._file: IO[bytes] | None = None
        self._writing = asyncio.Lock()

    async def open(self) -> None:
        """Read what earlier runs wrote, and keep others out until it is closed.

        Raises:
            RequestError: the file is no journal, cannot be opened, or another process writes it.
        """
        try:
            await in_thread(self._open)
        except (OSError, ValueError) as error:
            raise RequestError(f"journal={str(self._path)!r}: cannot be used: {error}") from error

    def close(self) -> None:
        """Close the file; closing twice is closing once."""
        file, self._file = self._file, None
        if file is not None:
            # Closing tries again to write what a full disk has not taken; that has been told.
            with contextlib.suppress(OSError):
                file.close()

    def get(self, key: str, fact: str) -> str | None:
        """What is known of a job: ``request`` and ``at``, ``token`` or ``ended``."""
        return self._known.get(key, {}).get(fact)

    async def write(self, key: str, **facts: str) -> None:
        """Add facts about a job; they are on disk when this returns.

        Raises:
            RequestError: it cannot be written: the disk is full, or the like.
        """
        line = json.dumps({"key": key, **facts}, separators=(",", ":")).encode() + b"\n"
        try:
            async with self._writing:
                await in_thread(lambda: self._append(line))
        except OSError as error:
            raise RequestError(
                f"journal={str(self._path)!r}: cannot be written: {error}"
            ) from error
        self._known.setdefault(key, {}).update(facts)

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
            whole, _, cut = content.rpartition(b"\n")
            self._read(whole)
            if cut:
                self._check_cut(cut)
                file.truncate(len(content) - len(cut))
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
                f"journal={str(self._path)!r}: another run is writing it; wait for its end, or "
                "give another file"
            ) from None

    def _check_cut(self, cut: bytes) -> None:
        """Cut off is what a crash left of a line, not what somebody else wrote."""
        if not (cut.startswith(_BEGINNING) or _BEGINNING.startswith(cut)):
            raise RequestError(
                f"journal={str(self._path)!r}: its last line is no line of a journal"
            )

    def _read(self, content: bytes) -> None:
        for number, line in enumerate(content.splitlines(), 1):
            facts = _facts(line)
            if facts is None:
                raise RequestError(
                    f"journal={str(self._path)!r}: line {number} is no line of a journal"
                )
            self._known.setdefault(facts.pop("key"), {}).update(facts)


def _facts(line: bytes) -> dict[str, str] | None:
    try:
        content: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "key" not in content:
        return None
    facts: dict[str, str] = content  # pyright: ignore[reportUnknownVariableType]
    return facts if all(isinstance(value, str) for value in facts.values()) else None  # pyright: ignore[reportUnnecessaryIsInstance]
