"""Stored objects as files, for readers that want a path."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vidkit.local.runtime.state import StoredObject

_LONGEST_SUFFIX = 8


@contextmanager
def as_file(stored: StoredObject) -> Generator[Path]:
    """The object as a file on disk, for the length of a ``with`` block.

    An object that is a file is given as it is; the bytes of any other one are written to a
    temporary file, which is gone after the block. Blocking: run it in a thread.
    """
    if isinstance(stored.content, Path):
        yield stored.content
        return
    suffix = PurePosixPath(stored.name).suffix
    if len(suffix) > _LONGEST_SUFFIX or not suffix[1:].isalnum():
        suffix = ""
    with tempfile.TemporaryDirectory(prefix="vidkit-object-") as folder:
        path = Path(folder, f"object{suffix}")
        path.write_bytes(stored.content)
        yield path


def size_of(stored: StoredObject) -> int:
    """The object's length in bytes (blocking when it is a file).

    Raises:
        OSError: the file behind the object cannot be looked at.
    """
    if isinstance(stored.content, bytes):
        return len(stored.content)
    return stored.content.stat().st_size
