"""Writing items to a file of JSON lines, off the loop and whole or not at all."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any

from vidkit.errors import RequestError

__all__ = ["OnWritten", "write_jsonl"]

OnWritten = Callable[[int], object]
"""Told how many items have been written, after each page."""


def _lines(items: Any) -> bytes:
    return b"".join(
        item.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True).encode() + b"\n"
        for item in items
    )


def _open_beside(path: Path) -> IO[bytes]:
    return tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
    )


def _finish(file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    Path(file.name).replace(path)


def _give_up(file: IO[bytes]) -> None:
    file.close()
    Path(file.name).unlink(missing_ok=True)


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
        target = Path(path)
        file = await asyncio.to_thread(_open_beside, target)
    except (OSError, TypeError, ValueError) as error:
        raise RequestError(f"path={path!r}: cannot be written: {error}") from error
    written = 0
    try:
        async for page in pages:
            lines = await asyncio.to_thread(_lines, page.items)
            await _blamed(target, file.write, lines)
            written += len(page.items)
            if on_progress is not None:
                on_progress(written)
        await _blamed(target, _finish, file, target)
    except BaseException:
        _give_up(file)
        raise
    return written


async def _blamed(target: Path, work: Callable[..., object], *arguments: object) -> None:
    """Do something with the file; only its own errors are the disk's."""
    try:
        await asyncio.to_thread(work, *arguments)
    except OSError as error:
        raise RequestError(f"path={str(target)!r}: cannot be written: {error}") from error
