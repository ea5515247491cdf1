"""Image files in a folder: each there whole or not at all. Blocking, for threads."""

import os
import secrets
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Final

from vidkit.images.saving.file_names import is_leftover, part_name

if sys.platform != "win32":
    import fcntl

__all__ = ["FolderTarget"]

_TRIES: Final = 3
# For their owner alone to write, whatever the umask would let others do; it can take away more.
_FILE_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755
_BINARY: Final = getattr(os, "O_BINARY", 0)


class FolderTarget:
    """A folder on this machine.

    Args:
        path: the folder; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stopped = Event()

    def __str__(self) -> str:
        return str(self._path)

    def open(self) -> Iterator[str]:
        """Make the folder, and clear away what a killed run has left in it.

        Returns:
            The names of the files there; of empty ones, which are no images, not.

        Raises:
            OSError: it cannot be made or read.
        """
        # mkdir would make the folders above with a mode of its own.
        for folder in (*reversed(self._path.parents), self._path):
            if not folder.is_dir():
                folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        return self._names()

    def _names(self) -> Iterator[str]:
        with os.scandir(self._path) as entries:
            for entry in entries:
                if is_leftover(entry.name):
                    self._clear_away(entry)
                elif _is_there(Path(entry.path)):
                    yield entry.name

    def write(self, files: Iterable[tuple[str, bytes]]) -> list[int]:
        """Write files that are not there yet.

        Args:
            files: names and contents.

        Returns:
            How many bytes were written of each; 0 for one that was there.

        Raises:
            OSError: it cannot be written: the disk is full, or the like.
        """
        written: list[int] = []
        for name, content in files:
            if self._stopped.is_set():
                break
            written.append(len(content) if self._write(name, content) else 0)
        return written

    def stop(self) -> None:
        """Let a `write` in another thread end after the file that it is at."""
        self._stopped.set()

    def _write(self, name: str, content: bytes) -> bool:
        final = self._path / name
        for tries_left in reversed(range(_TRIES)):
            if _is_there(final):
                return False
            try:
                self._write_anew(final, content)
            except FileNotFoundError:
                # Another run, at its start, took the new file for a leftover.
                if not tries_left or not self._path.is_dir():
                    raise
            else:
                return True
        raise AssertionError  # pragma: no cover

    def _write_anew(self, final: Path, content: bytes) -> None:
        part = final.with_name(part_name(final.name, secrets.token_hex(8)))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
        descriptor = os.open(part, flags, _FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _lock(descriptor)
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

    def _clear_away(self, entry: "os.DirEntry[str]") -> None:
        """Remove a leftover, unless somebody is writing it."""
        with suppress(OSError), _unlocked(entry.path):
            Path(entry.path).unlink()


def _is_there(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        """An open file cannot be removed here anyway."""

    @contextmanager
    def _unlocked(path: str) -> Generator[None]:
        del path
        yield

else:

    def _lock(descriptor: int) -> None:
        """Tell other runs that this file is being written; the end of the process tells too."""
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @contextmanager
    def _unlocked(path: str) -> Generator[None]:
        """Go on only if nobody holds the file.

        Raises:
            OSError: somebody does, or the file is none of ours.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)
