"""Files under a temporary name until they are complete, which the next run clears away. Blocking.

A run locks the part file that it writes, so that other runs leave it alone. The lock ends with the
process; what is not locked was left by a run that was killed.
"""

import errno
import os
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["is_part_of", "lock_part_file", "part_name", "remove_part_file", "sync_folder"]

# Not every file system can sync a folder, and not every folder may be read.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EBADF}


def part_name(name: str, unique: str) -> str:
    """The name that a file has until it is complete.

    Args:
        name: the file's name.
        unique: 16 hexadecimal digits.
    """
    return f".{name}.{unique}.part"


def is_part_of(name: str, other: str) -> bool:
    """Whether another name is that of the file before it is complete."""
    return re.fullmatch(rf"\.{re.escape(name)}\.[0-9a-f]{{16}}\.part", other) is not None


def remove_part_file(path: str | os.PathLike[str]) -> None:
    """Remove a part file, unless another run is writing it."""
    with suppress(OSError), _if_unlocked(path):
        Path(path).unlink()


def sync_folder(folder: Path) -> None:
    """Put the names of a folder's files on disk, so that they survive a power cut.

    Raises:
        OSError: the disk failed. A folder that cannot be synced is no error.
    """
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


if sys.platform == "win32":

    def lock_part_file(descriptor: int) -> bool:
        """Nothing to do: Windows does not remove an open file."""
        del descriptor
        return True

    @contextmanager
    def _if_unlocked(path: str | os.PathLike[str]) -> Generator[None]:
        del path
        yield

else:

    def lock_part_file(descriptor: int) -> bool:
        """Mark a file as being written, for other runs; the lock ends with the process.

        Returns:
            False if another run that was just starting has locked it, to remove it.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Without locks on this file system, no run removes the file.
            pass
        return True

    @contextmanager
    def _if_unlocked(path: str | os.PathLike[str]) -> Generator[None]:
        """Enter only if no process has locked the file.

        Raises:
            OSError: it is locked, or it is not ours.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)
