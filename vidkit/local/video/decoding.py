"""Decoding of video files: frames with their times, and seeking to exact frames."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidkit.local.video.timelines import Timeline, numbered_parts, read_packets
from vidkit.local.video.video_files import NotAVideoError, VideoPacket, opened

_TRIED_FRAMES = 250
"""The usual largest distance of two key frames: reordered frames come within it."""


def read_timeline(path: Path) -> Timeline:
    """Reads the presentation times of a file's frames.

    Raises:
        NotAVideoError: the file is no video, or its frames have no times.
    """
    line, counted = read_packets(path)
    if counted is None:
        return line
    with opened(path) as (container, stream):
        frames = _timed(container, stream, line)
        times = [frame.pts for frame in islice(frames, _TRIED_FRAMES)]
    known = [pts for pts in times if pts is not None]
    return line if len(known) == len(times) and known == sorted(known) else counted


def decoded(container: InputContainer, stream: VideoStream, line: Timeline) -> Iterator[VideoFrame]:
    """The frames from the container's position on, in presentation order, without damaged ones.

    Their times are those of the timeline. If it is not ``seekable``, the position must be the
    start of the file.
    """
    frames = _timed(container, stream, line)
    if not line.counted:
        yield from (frame for frame in frames if frame.pts is not None)
        return
    # A decoder drops frames before the first key frame, and so does the timeline.
    for frame, pts in zip(frames, line.times, strict=False):
        frame.pts = pts
        yield frame


def _timed(container: InputContainer, stream: VideoStream, line: Timeline) -> Iterator[VideoFrame]:
    """All frames, with the container's times moved to those of the timeline."""
    parts = numbered_parts(container, stream, line.time_base)
    current, awaits_key = 0, False
    while True:
        try:
            part, packet = next(parts, (current, None))
            if packet is None:
                return
            if part != current:
                # No frame of a recording refers to one before it.
                current, awaits_key = part, True
                yield from _drained(stream)
            awaits_key = awaits_key and not packet.is_keyframe and packet.size > 0
            frames = [] if awaits_key else _shifted(packet, line, part).decode()
        except InvalidDataError:
            continue
        yield from frames


def _drained(stream: VideoStream) -> list[VideoFrame]:
    """The frames that the decoder still holds; it then starts anew."""
    try:
        return stream.decode()  # pyright: ignore[reportUnknownMemberType]
    except InvalidDataError:
        return []
    finally:
        stream.codec_context.flush_buffers()


def _shifted(packet: VideoPacket, line: Timeline, part: int) -> VideoPacket:
    shift = line.shifts[min(part, len(line.shifts) - 1)]
    if shift and packet.pts is not None:
        packet.pts += shift
    return packet


class FrameReader:
    """Finds frames by presentation time, and decodes as few frames as possible.

    Args:
        path: the video file.
        line: its timeline.
    """

    def __init__(self, path: Path, line: Timeline) -> None:
        self._path = path
        self._line = line
        self._file = ExitStack()
        self._container, self._stream = self._file.enter_context(opened(path))
        self._frames: Iterator[VideoFrame] = iter(())
        self._shown: VideoFrame | None = None
        self._ahead: VideoFrame | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def stream(self) -> VideoStream:
        """The video stream that is read."""
        return self._stream

    def frame(self, ticks: int) -> VideoFrame:
        """The last frame that is not later than ``ticks``.

        Raises:
            NotAVideoError: no frame can be decoded, although that was possible before.
        """
        key = self._line.key_before(ticks)
        if self._shown is None or not self._line.keys[key] <= _pts(self._shown) <= ticks:
            if self._line.seekable:
                self._seek(key)
            else:
                self._rewind()
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

    def _rewind(self) -> None:
        """Opens the file again, because seeking to its start may go by unreliable times."""
        self._file.close()
        self._container, self._stream = self._file.enter_context(opened(self._path))
        self._decode()

    def _seek(self, key: int) -> None:
        """Seeks to a key frame, or further back when the container seeks to a later one."""
        target = max(self._line.keys[key], self._line.times[0])
        for ticks in self._seek_targets(key):
            try:
                self._container.seek(ticks, stream=self._stream)
            except FFmpegError:
                break
            self._decode()
            if self._ahead is not None and self._can_start_at(self._ahead, target):
                return
        # Containers that seek by decoding times may have none early enough.
        self._rewind()

    def _can_start_at(self, first: VideoFrame, target: int) -> bool:
        """Whether a seek that leads to ``first`` is early enough, and its time is right.

        In MPEG program streams not every frame has a time of its own: after a seek, FFmpeg may give
        the first one a time that is too early.
        """
        pts = _pts(first)
        is_timed = not first.key_frame or self._line.keys[self._line.key_before(pts)] == pts
        return pts <= target and is_timed

    def _decode(self) -> None:
        self._frames = decoded(self._container, self._stream, self._line)
        self._shown, self._ahead = None, next(self._frames, None)

    def _seek_targets(self, key: int) -> Iterator[int]:
        back = 1
        while key > 0:
            yield self._line.keys[key]
            key -= back
            back *= 2
        yield self._line.keys[0]


def _pts(frame: VideoFrame) -> int:
    return cast("int", frame.pts)
