"""Decoding of video files: opening them, their timeline, and seeking to exact frames."""

import math
import stat
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidkit.local.runtime.worker_threads import checkpoint

# Without playlists and text, with which a decoder would open other files, or draw letters.
_CONTAINERS = "asf,avi,flv,matroska,mov,mpeg,mpegts,mxf,ogg"
_SEEK_BACK_SECONDS = 10


class NotAVideoError(ValueError):
    """A path is not a readable video; the message says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    @classmethod
    def because(cls, path: Path, error: OSError | FFmpegError) -> "NotAVideoError":
        """The error for a file that cannot be opened."""
        if isinstance(error, ValueError):
            return cls(path, "it is damaged, or in a format that is not a video's")
        return cls(path, (error.strerror or type(error).__name__).lower())

    def __str__(self) -> str:
        return f"{self.path} is not a readable video: {self.reason}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each frame of a video is shown, exact to the container's tick."""

    time_base: Fraction
    """The length of a tick in seconds."""
    times: tuple[int, ...]
    """The frames' presentation times in ticks, ascending."""
    keys: tuple[int, ...]
    """The key frames' times, from which decoding can start; the first may be before ``times``."""
    end: int
    """The end of the last frame, in ticks."""

    def milliseconds(self, ticks: int) -> int:
        """A presentation time in whole milliseconds after the first frame, rounded down."""
        return math.floor((ticks - self.times[0]) * self.time_base * 1000)

    @property
    def duration(self) -> Fraction:
        """The length of the video in seconds."""
        return (self.end - self.times[0]) * self.time_base

    def frame_at(self, offset: int) -> int | None:
        """The number of the frame on screen at ``offset`` ms, None outside the video."""
        ticks = self.times[0] + math.floor(Fraction(offset, 1000) / self.time_base)
        if offset < 0 or ticks >= self.end:
            return None
        return self.number(ticks)

    def looped_frame_at(self, offset: int) -> int:
        """The number of the frame on screen at ``offset`` ms when the video is repeated.

        Exact to the tick after any number of repetitions: the video's length need not be a whole
        number of ms.
        """
        ticks = math.floor(Fraction(offset, 1000) / self.time_base)
        return self.number(self.times[0] + ticks % (self.end - self.times[0]))

    def number(self, ticks: int) -> int:
        """The number of the last frame that is not later than ``ticks``."""
        return max(0, bisect_right(self.times, ticks) - 1)

    def key_before(self, ticks: int) -> int:
        """The position in ``keys`` of the key frame to decode from to reach ``ticks``."""
        return max(0, bisect_right(self.keys, ticks) - 1)


@contextmanager
def opened(path: Path) -> Generator[tuple[InputContainer, VideoStream]]:
    """A video file and its video stream, ready to be decoded.

    Raises:
        NotAVideoError: the file does not exist, or contains no video.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            reason = "it is a directory" if stat.S_ISDIR(status.st_mode) else "it is not a file"
            raise NotAVideoError(path, reason)
        container = av.open(
            f"file:{path.absolute()}",
            "r",
            options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
        )
    except (OSError, FFmpegError) as error:
        raise NotAVideoError.because(path, error) from error
    with container:
        stream = next((s for s in container.streams.video if not _is_cover(s)), None)
        if stream is None:
            raise NotAVideoError(path, "there is no video stream in it")
        if cast("object", stream.codec_context) is None:
            raise NotAVideoError(path, "its video codec is unknown")
        stream.thread_type = ThreadType.AUTO
        yield container, stream


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """The frames from the container's position on, in presentation order, without damaged ones."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            checkpoint()
            frames = packet.decode()
        except InvalidDataError:
            continue
        yield from (frame for frame in frames if frame.pts is not None)


def read_timeline(path: Path, container: InputContainer, stream: VideoStream) -> Timeline:
    """Reads the presentation times of an opened file's frames, without decoding them."""
    times: list[int] = []
    keys: list[int] = []
    end = 0
    for packet in container.demux(stream):
        checkpoint()
        if packet.pts is None:
            continue
        if packet.is_keyframe:
            keys.append(packet.pts)
        if not packet.is_discard:
            times.append(packet.pts)
            end = max(end, packet.pts + (packet.duration or 0))
    time_base = stream.time_base
    if not times or time_base is None:
        raise NotAVideoError(path, "its frames carry no presentation times")
    times.sort()
    keys = sorted(keys) or times[:1]
    # Frames before the first key frame cannot be decoded.
    times = times[bisect_left(times, keys[0]) :]
    if end <= times[-1]:
        rate = stream.average_rate or Fraction(25)
        end = times[-1] + max(1, round(1 / rate / time_base))
    return Timeline(Fraction(time_base), tuple(times), tuple(keys), end)


class FrameReader:
    """Finds frames by presentation time, and decodes as few frames as possible."""

    def __init__(
        self, path: Path, container: InputContainer, stream: VideoStream, line: Timeline
    ) -> None:
        self._path = path
        self._container = container
        self._stream = stream
        self._line = line
        self._frames: Iterator[VideoFrame] = iter(())
        self._shown: VideoFrame | None = None
        self._ahead: VideoFrame | None = None

    def frame(self, ticks: int) -> VideoFrame:
        """The last frame that is not later than ``ticks``."""
        key = self._line.key_before(ticks)
        if self._shown is None or not self._line.keys[key] <= _pts(self._shown) <= ticks:
            self._seek(key)
        while self._shown is None or _pts(self._shown) < ticks:
            following = self._ahead or next(self._frames, None)
            self._ahead = None
            if following is None:
                break
            if self._shown is not None and _pts(following) > ticks:
                self._ahead = following
                break
            self._shown = following
        if self._shown is None:
            raise NotAVideoError(self._path, "its frames can no longer be decoded")
        return self._shown

    def _seek(self, key: int) -> None:
        """Seeks to a key frame, or further back when the container seeks to a later one."""
        target = max(self._line.keys[key], self._line.times[0])
        for ticks in self._seek_targets(key):
            self._container.seek(ticks, stream=self._stream)
            self._frames = decoded(self._container, self._stream)
            self._shown, self._ahead = None, next(self._frames, None)
            if self._ahead is not None and _pts(self._ahead) <= target:
                return

    def _seek_targets(self, key: int) -> Iterator[int]:
        back = 1
        while key > 0:
            yield self._line.keys[key]
            key -= back
            back *= 2
        yield self._line.keys[0]
        # MPEG-TS seeks by decoding times, which may be before the first presentation time.
        yield self._line.keys[0] - round(_SEEK_BACK_SECONDS / self._line.time_base)


def _pts(frame: VideoFrame) -> int:
    return cast("int", frame.pts)


def _is_cover(stream: VideoStream) -> bool:
    """Whether a stream is the cover picture of an audio file."""
    return bool(stream.disposition & Disposition.attached_pic)
