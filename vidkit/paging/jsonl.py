"""Atomic writing of JSON Lines files, without blocking the event loop."""

import contextlib
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from vidkit._internal.part_files import (
    is_part_of,
    lock_part_file,
    part_name,
    remove_part_file,
    sync_folder,
)
from vidkit._internal.threads import in_thread
from vidkit.errors import RequestError

__all__ = ["OnWritten", "write_jsonl"]

T = TypeVar("T")

_MAX_TRIES = 3
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

OnWritten = Callable[[int], object]
"""Called after each page with the number of items written so far."""


def _lines(items: Any) -> bytes:
    return b"".join(_json(item).encode() + b"\n" for item in items)


def _json(item: Any) -> str:
    if isinstance(item, str):
        return json.dumps(item)
    text: str = item.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True)
    return text


class _PartFile:
    """The file under a temporary name until it is complete. Blocking.

    Args:
        path: the final path of the file.
    """

    def __init__(self, path: Path) -> None:
        self._target = path
        self._path = self._new_path()
        self._file: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        """Create the file, readable and writable by its owner only.

        Incomplete files that killed runs have left are removed first.
        """
        self._remove_left_files()
        for _ in range(_MAX_TRIES):
            self._file = os.fdopen(os.open(self._path, _FLAGS, 0o600), "wb")
            if lock_part_file(self._file.fileno()) and self._path.exists():
                return self._file
            # Another run that was just starting took the file for one that was left.
            self.discard()
            self._path = self._new_path()
        raise FileNotFoundError(self._path)

    def _new_path(self) -> Path:
        return self._target.with_name(part_name(self._target.name, secrets.token_hex(8)))

    def _remove_left_files(self) -> None:
        """Remove the incomplete files of this path, unless another run is writing them."""
        with contextlib.suppress(OSError), os.scandir(self._target.parent) as entries:
            for entry in entries:
                if is_part_of(self._target.name, entry.name):
                    remove_part_file(entry.path)

    def finish(self) -> None:
        """Write everything to disk, give the file its final name, and write that, too."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            if sys.platform == "win32":
                self._file.close()
            # Elsewhere the file stays locked until it has its name.
            self._path.replace(self._target)
            self._file.close()
            sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove the file; does nothing after `finish`, which has renamed it."""
        if self._file is not None:
            # Closing tries again to write what did not fit on a full disk.
            with contextlib.suppress(OSError):
                self._file.close()
            self._path.unlink(missing_ok=True)


async def write_jsonl(
    pages: AsyncIterator[Any], path: str | os.PathLike[str], *, on_progress: OnWritten | None
) -> int:
    """Write the items of all pages as JSON Lines, with the service's names.

    The file has a temporary name until it is complete; after a failure it is removed.

    Returns:
        The number of items written.

    Raises:
        RequestError: the folder does not exist or is not writable, or the disk is full.
    """
    try:
        part_file = _PartFile(Path(path))
    except (TypeError, ValueError) as error:
        raise RequestError(f"path={path!r}: cannot be written: {error}") from error
    written = 0
    try:
        file = await _run_in_thread(path, part_file.open)
        async for page in pages:
            lines = await in_thread(partial(_lines, page.items))
            await _run_in_thread(path, partial(file.write, lines))
            written += len(page.items)
            if on_progress is not None:
                on_progress(written)
        await _run_in_thread(path, part_file.finish)
    except BaseException:
        part_file.discard()
        raise
    return written


async def _run_in_thread(path: str | os.PathLike[str], work: Callable[[], T]) -> T:
    """Work on the file in a thread; its errors become a `RequestError`."""
    try:
        return await in_thread(work)
    except (OSError, ValueError) as error:
        raise RequestError(f"path={os.fspath(path)!r}: cannot be written: {error}") from error
