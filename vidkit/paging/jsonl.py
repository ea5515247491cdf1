"""Writing items to a file of JSON lines, off the loop and whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from vidkit._internal.threads import in_thread
from vidkit.errors import RequestError

__all__ = ["OnWritten", "write_jsonl"]

T = TypeVar("T")

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

OnWritten = Callable[[int], object]
"""Told how many items have been written, after each page."""


def _lines(items: Any) -> bytes:
    return b"".join(
        item.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True).encode() + b"\n"
        for item in items
    )


class _Part:
    """The file under another name, until all of it is there. Blocking, for threads.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._whole = path
        self._path = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        self._file: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        """Begin, readable and writable by the owner alone."""
        self._file = os.fdopen(os.open(self._path, _FLAGS, 0o600), "wb")
        return self._file

    def finish(self) -> None:
        """Bring all of it to the disk, and give it its name."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.replace(self._whole)

    def give_up(self) -> None:
        """Leave nothing; of what is finished there is nothing to leave."""
        if self._file is not None:
            # Closing tries again to write what a full disk has not taken.
            with contextlib.suppress(OSError):
                self._file.close()
            self._path.unlink(missing_ok=True)


async def write_jsonl(
    pages: AsyncIterator[Any], path: str | os.PathLike[str], *, on_progress: OnWritten | None
) -> int:
    """Write the items of all pages, one JSON document a line, in the service's own words.

    The file appears under its name when all is written; until then it has another one, and after
    a failure there is none.

    Raises:
        RequestError: the folder is not there or not writable, or the disk is full.
    """
    try:
        part = _Part(Path(path))
    except (TypeError, ValueError) as error:
        raise RequestError(f"path={path!r}: cannot be written: {error}") from error
    written = 0
    try:
        file = await _blamed(path, part.open)
        async for page in pages:
            lines = await in_thread(partial(_lines, page.items))
            await _blamed(path, partial(file.write, lines))
            written += len(page.items)
            if on_progress is not None:
                on_progress(written)
        await _blamed(path, part.finish)
    except BaseException:
        part.give_up()
        raise
    return written


async def _blamed(path: str | os.PathLike[str], work: Callable[[], T]) -> T:
    """Do something with the file; only its own errors are the disk's."""
    try:
        return await in_thread(work)
    except (OSError, ValueError) as error:
        raise RequestError(f"path={os.fspath(path)!r}: cannot be written: {error}") from error
