"""Encoded pictures of videos' frames, made once and kept while there is room."""

import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from vidkit.local.video import media
from vidkit.local.video.decoding import Timeline


@dataclass(frozen=True, slots=True)
class Style:
    """What a picture of a frame is to be like; see ``media.encode``."""

    format: Literal["JPEG", "PNG"]
    quality: int
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A video file as it stood when it was looked at."""

    path: Path
    size: int
    """In bytes."""
    modified: int
    """In nanoseconds since the epoch."""
    line: Timeline

    @classmethod
    def at(cls, path: Path) -> "VideoFile":
        """Looks at a file (blocking).

        Raises:
            NotAVideoError: the path is missing, or no video with a frame that can be decoded.
        """
        try:
            status = path.stat()
        except OSError as error:
            raise media.NotAVideoError.because(path, error) from error
        return cls(path, status.st_size, status.st_mtime_ns, media.timeline(path))


_Key: TypeAlias = tuple[Path, int, int, Style, int]
"""Path, size and time of the file, and the frame's number."""


class Pictures:
    """Keeps pictures of frames as base64 text, those that were asked for last.

    Threads that want the same picture at once make it once: one makes it, the others wait.

    Args:
        max_bytes: how much text is kept at the most.
    """

    def __init__(self, max_bytes: int = 64 * 2**20) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._bytes = 0
        self._making: dict[_Key, threading.Event] = {}

    @property
    def kept_bytes(self) -> int:
        """How much text is kept at present."""
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
                self._make(file, {n: missing[n] for n in sorted(mine)}, found)
            else:
                # Whoever makes them waits for nobody, so that this ends.
                for made in others:
                    made.wait()
        return found

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _claim(
        self, wanted: dict[int, _Key], found: dict[int, bytes]
    ) -> tuple[list[int], list[threading.Event]]:
        """Take what is kept, and say which to make and which others are making."""
        mine: list[int] = []
        others: list[threading.Event] = []
        done = threading.Event()
        with self._lock:
            for number, key in wanted.items():
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[number] = self._kept[key]
                elif key in self._making:
                    others.append(self._making[key])
                else:
                    self._making[key] = done
                    mine.append(number)
        return mine, others

    def _make(self, file: VideoFile, wanted: dict[int, _Key], found: dict[int, bytes]) -> None:
        try:
            with closing(media.numbered_frames(file.path, file.line, list(wanted))) as frames:
                for (number, key), frame in zip(wanted.items(), frames, strict=True):
                    style = key[3]
                    picture = media.encode(
                        frame, format=style.format, quality=style.quality, size=style.size
                    )
                    found[number] = b64encode(picture)
                    self._keep(key, found[number])
        finally:
            with self._lock:
                done = [self._making.pop(key) for key in wanted.values()]
            for made in done:
                made.set()

    def _keep(self, key: _Key, picture: bytes) -> None:
        with self._lock:
            self._kept[key] = picture
            self._bytes += len(picture)
            while self._bytes > self._max_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest)
