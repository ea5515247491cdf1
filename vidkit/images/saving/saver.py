"""Saving images: what is there is left alone, what is missing is told."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from inspect import iscoroutinefunction
from os import fspath
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from vidkit._internal.threads import in_thread
from vidkit.errors import RequestError, VidKitError
from vidkit.images.grid import Grid
from vidkit.images.models import Image, ImageError, ImageFormat
from vidkit.images.saving.file_names import file_name, shown, time_reader
from vidkit.images.saving.folder import FolderTarget
from vidkit.images.windows.pages import WindowPages
from vidkit.images.windows.source import UnsavedWindows
from vidkit.models.timestamps import to_millis

__all__ = ["MissingImage", "OnProgress", "SaveProgress", "SaveReport", "Saver", "Target"]

T = TypeVar("T")

_FILE_SCHEMES = ("file", "local")


@dataclass(frozen=True, slots=True)
class MissingImage:
    """A sampling point without an image.

    Attributes:
        timestamp: the point in time, UTC, to the millisecond.
        error: ``NO_MEDIA`` or ``MEDIA_ERROR``; None where the service does not say.

    Example:
        >>> from datetime import UTC, datetime
        >>> MissingImage(datetime(2026, 1, 1, tzinfo=UTC), "NO_MEDIA").error
        'NO_MEDIA'
    """

    timestamp: datetime
    error: ImageError | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveReport:
    """What became of the images of a range.

    Attributes:
        saved: images that were written.
        skipped: images that were there already.
        missing: the sampling points that have no image, in time order.
        bytes: the size of what was written, in bytes.

    Example:
        >>> SaveReport(saved=2, skipped=1, missing=(), bytes=51_200).saved
        2
    """

    saved: int
    skipped: int
    missing: tuple[MissingImage, ...]
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveProgress:
    """How far saving has come.

    Attributes:
        done: sampling points that have been dealt with; those in gaps that were not asked for too.
        total: all sampling points of the range.
        saved: images written so far.
        skipped: images that were there already.
        missing: sampling points without an image so far.
        bytes: the size of what was written so far, in bytes.

    Example:
        >>> progress = SaveProgress(done=50, total=200, saved=48, skipped=0, missing=2, bytes=9600)
        >>> f"{progress.done / progress.total:.0%}"
        '25%'
    """

    done: int
    total: int
    saved: int
    skipped: int
    missing: int
    bytes: int


OnProgress = Callable[[SaveProgress], object]
"""Told how far saving has come, after each window."""


class Target(Protocol):
    """Where files are written to; its methods block."""

    def open(self) -> Iterator[str]:
        """Make it ready; gives the names of the files that are there."""
        ...

    def write(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Write files; gives the bytes written of each, 0 for one that was there."""
        ...

    def stop(self) -> None:
        """Let a `write` in another thread end soon."""
        ...


def check_progress(on_progress: object) -> None:
    """Refuse what cannot be told of progress.

    Raises:
        RequestError: it is no plain function.
    """
    if on_progress is not None and not callable(on_progress):
        raise RequestError(f"on_progress={on_progress!r}: must be callable")
    if iscoroutinefunction(on_progress):
        raise RequestError("on_progress: must be a plain function, since nothing awaits it")


def check_target(target: object, storage_options: object) -> tuple[str, Path | None]:
    """A target's text, and its path where it is a folder on this machine.

    Raises:
        RequestError: it is neither a path nor a URL, or the options do not go with it.
    """
    try:
        text = fspath(target)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise RequestError(
            f"target={target!r}: must be the path of a folder or a URL such as s3://bucket/frames"
        )
    path = _local_path(text) if isinstance(target, str) else Path(text)
    if storage_options is not None:
        if not isinstance(storage_options, Mapping):
            raise RequestError(f"storage_options={type(storage_options).__name__}: must be a dict")
        if path is not None:
            raise RequestError(f"storage_options: goes with a URL, not with target={shown(text)!r}")
    return text, path


def _local_path(text: str) -> Path | None:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Path(text)
    if not rest.strip("/"):
        raise RequestError(f"target={shown(text)!r}: names no place below {scheme}://")
    if scheme not in _FILE_SCHEMES:
        return None
    from urllib.request import url2pathname

    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment:
        raise RequestError(f"target={shown(text)!r}: must be file:///path/of/a/folder")
    return Path(url2pathname(parts.path))


@dataclass(slots=True)
class Saver:
    """Writes the images of a range into a target, and counts.

    Args:
        target: where they go.
        format: of the images.
        grid: the sampling points of the range.
        on_progress: told after each window.
    """

    target: Target
    format: ImageFormat
    grid: Grid
    on_progress: OnProgress | None = None
    _there: set[int] = field(default_factory=set[int])
    _missing: list[MissingImage] = field(default_factory=list[MissingImage])
    _saved: int = 0
    _found: int = 0
    _bytes: int = 0

    async def open(self) -> None:
        """Make the target ready, and learn what is there.

        Raises:
            RequestError: it cannot be used.
        """
        self._there = await self._blocking(self._look)

    def is_saved(self, point: int) -> bool:
        """Whether there is a file of a sampling point."""
        return point in self._there

    async def save(self, pages: WindowPages, source: UnsavedWindows) -> SaveReport:
        """Write all images.

        Args:
            pages: the pages of the range.
            source: where their windows come from.

        Raises:
            RequestError: a file cannot be written.
            VidKitError: whatever the operation raises.
        """
        try:
            async for page in pages:
                if pages.window is not None:
                    await self._write(page.items)
                    after = self.grid.passed(pages.window.last) + 1
                    self._tell(after, source.skipped_before(pages.window))
        finally:
            await pages.close()
        self._tell(len(self.grid), source.skipped)
        return SaveReport(
            saved=self._saved,
            skipped=self._found + source.skipped,
            missing=tuple(self._missing),
            bytes=self._bytes,
        )

    async def _write(self, images: Sequence[Image]) -> None:
        files: list[tuple[str, bytes]] = []
        for image in images:
            if not image.content:
                self._missing.append(MissingImage(image.timestamp, image.error))
            elif (millis := to_millis(image.timestamp)) in self._there:
                self._found += 1
            else:
                files.append((file_name(millis, self.format), image.content))
        if files:
            sizes = await self._blocking(lambda: self.target.write(files))
            saved = sum(size > 0 for size in sizes)
            self._saved += saved
            self._found += len(files) - saved
            self._bytes += sum(sizes)

    def _look(self) -> set[int]:
        times = map(time_reader(self.format), self.target.open())
        return {time for time in times if time is not None}

    def _tell(self, done: int, skipped: int) -> None:
        if self.on_progress is not None:
            self.on_progress(
                SaveProgress(
                    done=done,
                    total=len(self.grid),
                    saved=self._saved,
                    skipped=self._found + skipped,
                    missing=len(self._missing),
                    bytes=self._bytes,
                )
            )

    async def _blocking(self, work: Callable[[], T]) -> T:
        """Do something in a thread, which has ended when this ends, cancelled or not.

        Raises:
            RequestError: the target cannot be used.
        """
        try:
            return await in_thread(work, stop=self.target.stop)
        except VidKitError:
            raise
        except Exception as error:
            raise _unusable(str(self.target), error) from error


async def find_target(target: object, storage_options: object) -> Target:
    """The target for what a caller gives as one.

    Raises:
        RequestError: it cannot be one.
        ConfigError: what it needs is not installed.
    """
    text, path = check_target(target, storage_options)
    if path is not None:
        return FolderTarget(path)
    options: Mapping[str, Any] = storage_options or {}  # type: ignore[assignment]
    from vidkit.images.saving.remote import RemoteTarget

    try:
        # fsspec imports a lot, and botocore to speak to S3.
        return await asyncio.to_thread(RemoteTarget, text, options)
    except VidKitError:
        raise
    except Exception as error:
        raise _unusable(text, error) from error


def _unusable(target: str, error: Exception) -> RequestError:
    return RequestError(f"target={shown(target)!r}: cannot be used: {shown(str(error))}")
