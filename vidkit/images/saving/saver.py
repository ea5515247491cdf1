"""Saves images: existing files are not changed, missing images are reported."""

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
from vidkit.images.saving.file_names import file_name, redacted_target, timestamp_parser
from vidkit.images.saving.folder import FolderTarget
from vidkit.images.windows.pages import WindowPages
from vidkit.images.windows.window_source import UnsavedWindows
from vidkit.models.timestamps import to_millis

__all__ = ["MissingImage", "OnProgress", "SaveProgress", "SaveReport", "Saver", "Target"]

T = TypeVar("T")

_FILE_SCHEMES = ("file", "local")


@dataclass(frozen=True, slots=True)
class MissingImage:
    """A sampling point without an image.

    Attributes:
        timestamp: the timestamp of the point, UTC, to the millisecond.
        error: ``NO_MEDIA`` or ``MEDIA_ERROR``; None if the service gives no reason.

    Example:
        >>> from datetime import UTC, datetime
        >>> MissingImage(datetime(2026, 1, 1, tzinfo=UTC), "NO_MEDIA").error
        'NO_MEDIA'
    """

    timestamp: datetime
    error: ImageError | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveReport:
    """The outcome of saving the images of a range.

    Attributes:
        saved: images that were written.
        skipped: images that were saved before.
        missing: the sampling points that have no image, in time order.
        bytes: the size of the images that were written, in bytes.
        in_gaps: sampling points that ``skip_gaps`` left out, because nothing was recorded there.

    Example:
        >>> SaveReport(saved=2, skipped=1, missing=(), bytes=51_200).saved
        2
    """

    saved: int
    skipped: int
    missing: tuple[MissingImage, ...]
    bytes: int
    in_gaps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveProgress:
    """The progress of saving the images of a range.

    Attributes:
        done: sampling points that are done, including those in gaps, which are not requested.
        total: all sampling points of the range.
        saved: images written so far.
        skipped: images that were saved before.
        missing: sampling points without an image so far.
        bytes: the size of the images written so far, in bytes.

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
"""A function that is called with the progress after each window."""


class Target(Protocol):
    """A place where files are written; its methods block."""

    def open(self) -> Iterator[str]:
        """Prepare the target, and return the names of the files that exist."""
        ...

    def write(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Write files; returns the bytes written of each, 0 for a file that existed."""
        ...

    def stop(self) -> None:
        """Make a `write` in another thread return soon."""
        ...


def check_progress(on_progress: object) -> None:
    """Check that progress can be reported to a callback.

    Raises:
        RequestError: it is not a plain function.
    """
    if on_progress is not None and not callable(on_progress):
        raise RequestError(f"on_progress={on_progress!r}: must be callable")
    if iscoroutinefunction(on_progress):
        raise RequestError("on_progress: must be a plain function, since nothing awaits it")


def parse_target(target: object, storage_options: object) -> tuple[str, Path | None]:
    """A target's text, and its path if it is a folder on this machine.

    Raises:
        RequestError: it is neither a path nor a URL, or has options that only a URL may have.
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
            raise RequestError(
                f"storage_options: goes with a URL, not with target={redacted_target(text)!r}"
            )
    return text, path


def _local_path(text: str) -> Path | None:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Path(text)
    if not rest.strip("/"):
        raise RequestError(f"target={redacted_target(text)!r}: names no place below {scheme}://")
    if scheme not in _FILE_SCHEMES:
        return None
    from urllib.request import url2pathname

    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment:
        raise RequestError(f"target={redacted_target(text)!r}: must be file:///path/of/a/folder")
    return Path(url2pathname(parts.path))


@dataclass(slots=True)
class Saver:
    """Writes the images of a range into a target, and counts them.

    Args:
        target: where the files are written.
        format: the format of the images.
        grid: the sampling points of the range.
        on_progress: called after each window.
    """

    target: Target
    format: ImageFormat
    grid: Grid
    on_progress: OnProgress | None = None
    _existing: set[int] = field(default_factory=set[int])
    _missing: list[MissingImage] = field(default_factory=list[MissingImage])
    _saved: int = 0
    _skipped: int = 0
    _bytes: int = 0

    async def open(self) -> None:
        """Prepare the target, and list the files that exist.

        Raises:
            RequestError: the target cannot be used.
        """
        self._existing = await self._in_thread(self._list_existing)

    def is_saved(self, point: int) -> bool:
        """Whether a sampling point has a file."""
        return point in self._existing

    async def save(self, pages: WindowPages, source: UnsavedWindows) -> SaveReport:
        """Write all images.

        Args:
            pages: the pages of the range.
            source: the source of their windows.

        Raises:
            RequestError: a file cannot be written.
            VidKitError: whatever the operation raises.
        """
        requested = 0
        try:
            async for page in pages:
                if pages.window is not None:
                    requested += pages.window.points
                    await self._write(page.items)
                    done = self.grid.index_of(pages.window.last) + 1
                    self._report_progress(done, source.skipped_before(pages.window))
        finally:
            await pages.close()
        self._report_progress(len(self.grid), source.skipped)
        return SaveReport(
            saved=self._saved,
            skipped=self._skipped + source.skipped,
            missing=tuple(self._missing),
            bytes=self._bytes,
            in_gaps=len(self.grid) - requested - source.skipped,
        )

    async def _write(self, images: Sequence[Image]) -> None:
        files: list[tuple[str, bytes]] = []
        for image in images:
            if not image.content:
                self._missing.append(MissingImage(image.timestamp, image.error))
            elif (millis := to_millis(image.timestamp)) in self._existing:
                self._skipped += 1
            else:
                files.append((file_name(millis, self.format), image.content))
        if files:
            sizes = await self._in_thread(lambda: self.target.write(files))
            saved = sum(size > 0 for size in sizes)
            self._saved += saved
            self._skipped += len(files) - saved
            self._bytes += sum(sizes)

    def _list_existing(self) -> set[int]:
        timestamps = map(timestamp_parser(self.format), self.target.open())
        return {timestamp for timestamp in timestamps if timestamp is not None}

    def _report_progress(self, done: int, skipped: int) -> None:
        if self.on_progress is not None:
            self.on_progress(
                SaveProgress(
                    done=done,
                    total=len(self.grid),
                    saved=self._saved,
                    skipped=self._skipped + skipped,
                    missing=len(self._missing),
                    bytes=self._bytes,
                )
            )

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Run blocking work in a thread, which ends before this method does, even if cancelled.

        Raises:
            RequestError: the target cannot be used.
        """
        try:
            return await in_thread(work, stop=self.target.stop)
        except VidKitError:
            raise
        except Exception as error:
            raise _unusable_target(str(self.target), error) from error


async def create_target(target: object, storage_options: object) -> Target:
    """The target for the arguments of a caller.

    Raises:
        RequestError: they are no valid target.
        ConfigError: a package that the target needs is not installed.
    """
    text, path = parse_target(target, storage_options)
    if path is not None:
        return FolderTarget(path)
    options: Mapping[str, Any] = storage_options or {}  # type: ignore[assignment]
    from vidkit.images.saving.remote import RemoteTarget

    try:
        # In a thread, since fsspec imports many modules (botocore for S3).
        return await asyncio.to_thread(RemoteTarget, text, options)
    except VidKitError:
        raise
    except Exception as error:
        raise _unusable_target(text, error) from error


def _unusable_target(target: str, error: Exception) -> RequestError:
    return RequestError(
        f"target={redacted_target(target)!r}: cannot be used: {redacted_target(str(error))}"
    )
