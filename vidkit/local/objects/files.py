"""Stored objects as files, for readers that need a path."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vidkit.local.objects.state import StoredObject

_MAX_SUFFIX_LENGTH = 8


@contextmanager
def as_file(stored: StoredObject) -> Generator[Path]:
    """The object as a file on disk, within a ``with`` block.

    The path of an object that is a file is returned as it is. The bytes of any other object are
    written to a temporary file, which is deleted after the block. Blocking: run it in a thread.
    """
    if isinstance(stored.content, Path):
        yield stored.content
        return
    suffix = PurePosixPath(stored.name).suffix
    if len(suffix) > _MAX_SUFFIX_LENGTH or not suffix[1:].isalnum():
        suffix = ""
    with tempfile.TemporaryDirectory(prefix="vidkit-object-") as folder:
        path = Path(folder, f"object{suffix}")
        path.write_bytes(stored.content)
        yield path


def object_size(stored: StoredObject) -> int:
    """The object's length in bytes (blocking when it is a file).

    Raises:
        OSError: the file of the object cannot be accessed.
    """
    if isinstance(stored.content, bytes):
        return len(stored.content)
    return stored.content.stat().st_size
