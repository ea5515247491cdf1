"""A cache of encoded pictures of videos' frames."""

import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from vidkit.local.video import media
from vidkit.local.video.timelines import Timeline


@dataclass(frozen=True, slots=True)
class Style:
    """The format, quality, size and pixels of a picture; see ``encode`` and ``probe`` in media."""

    format: Literal["JPEG", "PNG"]
    quality: int
    size: tuple[int, int] | None
    square_pixels: bool = True


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A video file, with its size and time of modification when it was read."""

    path: Path
    size: int
    """In bytes."""
    modified: int
    """In nanoseconds since the epoch."""
    line: Timeline

    @classmethod
    def at(cls, path: Path) -> "VideoFile":
        """Reads a file's properties (blocking).

        Raises:
            NotAVideoError: the path does not exist, or is not a video with a decodable frame.
        """
        try:
            status = path.stat()
        except OSError as error:
            raise media.NotAVideoError.because(path, error) from error
        return cls(path, status.st_size, status.st_mtime_ns, media.timeline(path))


_Key: TypeAlias = tuple[Path, int, int, Style, int]
"""The file's path, size and time of modification, the style, and the frame's number."""


class Pictures:
    """A least-recently-used cache of frames' pictures as base64 text.

    When several threads need the same picture at once, one encodes it and the others wait.

    Args:
        max_bytes: the largest size of the cache.
    """

    def __init__(self, max_bytes: int = 64 * 2**20) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._cached: OrderedDict[_Key, bytes] = OrderedDict()
        self._bytes = 0
        self._in_progress: dict[_Key, threading.Event] = {}

    @property
    def cached_bytes(self) -> int:
        """The current size of the cache."""
        return self._bytes

    def encoded(self, file: VideoFile, numbers: Sequence[int], style: Style) -> dict[int, bytes]:
        """Pictures of some frames in base64, by the frames' numbers (blocking).

        Raises:
            NotAVideoError: they cannot be decoded.
        """
        keys = {n: (file.path, file.size, file.modified, style, n) for n in numbers}
        found: dict[int, bytes] = {}
        while len(found) < len(keys):
            missing = {n: key for n, key in keys.items() if n not in found}
            mine, others = self._claim(missing, found)
            if mine:
                self._encode(file, {n: missing[n] for n in sorted(mine)}, style, found)
            else:
                # No deadlock: a thread that encodes pictures does not wait for others.
                for done in others:
                    done.wait()
        return found

    def clear(self) -> None:
        """Drop all pictures."""
        with self._lock:
            self._cached.clear()
            self._bytes = 0

    def _claim(
        self, missing: dict[int, _Key], found: dict[int, bytes]
    ) -> tuple[list[int], list[threading.Event]]:
        """Copy cached pictures to ``found``; return those to encode, and other threads' events."""
        mine: list[int] = []
        others: list[threading.Event] = []
        done = threading.Event()
        with self._lock:
            for number, key in missing.items():
                if key in self._cached:
                    self._cached.move_to_end(key)
                    found[number] = self._cached[key]
                elif key in self._in_progress:
                    others.append(self._in_progress[key])
                else:
                    self._in_progress[key] = done
                    mine.append(number)
        return mine, others

    def _encode(
        self, file: VideoFile, mine: dict[int, _Key], style: Style, found: dict[int, bytes]
    ) -> None:
        # A picture of a given size is stretched once, straight to that size.
        square_pixels = style.square_pixels and style.size is None
        try:
            decoded = media.numbered_frames(
                file.path, file.line, list(mine), square_pixels=square_pixels
            )
            with closing(decoded) as frames:
                for (number, key), frame in zip(mine.items(), frames, strict=True):
                    picture = media.encode(
                        frame, format=style.format, quality=style.quality, size=style.size
                    )
                    found[number] = b64encode(picture)
                    self._cache(key, found[number])
        finally:
            with self._lock:
                events = [self._in_progress.pop(key) for key in mine.values()]
            for done in events:
                done.set()

    def _cache(self, key: _Key, picture: bytes) -> None:
        with self._lock:
            self._cached[key] = picture
            self._bytes += len(picture)
            while self._bytes > self._max_bytes:
                _, oldest = self._cached.popitem(last=False)
                self._bytes -= len(oldest)
