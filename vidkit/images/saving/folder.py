"""Image files in a folder; each is complete or does not exist. Blocking, for threads."""

import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Final

from vidkit._internal.part_files import lock_part_file, part_name, remove_part_file
from vidkit.images.saving.file_names import is_part_name

__all__ = ["FolderTarget"]

_MAX_TRIES: Final = 3
# Only the owner may write, even if the umask would allow more; it may still allow less.
_FILE_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755
_BINARY: Final = getattr(os, "O_BINARY", 0)


class FolderTarget:
    """A folder on this machine.

    Args:
        path: the folder; created if it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stopped = Event()

    def __str__(self) -> str:
        return str(self._path)

    def open(self) -> Iterator[str]:
        """Create the folder, and remove the incomplete files that a killed run has left.

        Returns:
            The names of the files in it, without empty files, which are not images.

        Raises:
            OSError: the folder cannot be created or read.
        """
        # mkdir(parents=True) would ignore the mode for the folders above.
        for folder in (*reversed(self._path.parents), self._path):
            if not folder.is_dir():
                folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        return self._names()

    def _names(self) -> Iterator[str]:
        with os.scandir(self._path) as entries:
            for entry in entries:
                if is_part_name(entry.name):
                    remove_part_file(entry.path)
                elif _has_content(Path(entry.path)):
                    yield entry.name

    def write(self, files: Iterable[tuple[str, bytes]]) -> list[int]:
        """Write the files that do not exist yet.

        Args:
            files: names and contents.

        Returns:
            How many bytes were written of each; 0 for a file that existed.

        Raises:
            OSError: a file cannot be written; for example, the disk is full.
        """
        written: list[int] = []
        for name, content in files:
            if self._stopped.is_set():
                break
            written.append(len(content) if self._write(name, content) else 0)
        return written

    def stop(self) -> None:
        """Make a `write` in another thread return after the file that it is writing."""
        self._stopped.set()

    def _write(self, name: str, content: bytes) -> bool:
        final = self._path / name
        for tries_left in reversed(range(_MAX_TRIES)):
            if _has_content(final):
                return False
            try:
                self._write_new(final, content)
            except FileNotFoundError:
                # Another run that was just starting removed the part file.
                if not tries_left or not self._path.is_dir():
                    raise
            else:
                return True
        raise AssertionError  # pragma: no cover

    def _write_new(self, final: Path, content: bytes) -> None:
        part = final.with_name(part_name(final.name, secrets.token_hex(8)))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
        descriptor = os.open(part, flags, _FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                lock_part_file(descriptor)
                file.write(content)
                file.flush()
                if sys.platform != "win32":
                    part.replace(final)
            if sys.platform == "win32":
                part.replace(final)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def _has_content(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except FileNotFoundError:
        return False
