"""Opening video files, and choosing the track that a player shows."""

import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, cast

import av
from av.codec.context import Flags, ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

# Without playlists and text, with which a decoder would open other files, or draw letters.
_CONTAINERS = "asf,avi,flv,matroska,mov,mpeg,mpegts,mxf,ogg"

VideoPacket: TypeAlias = "Packet[VideoStream]"
"""A packet of a video track; only the type stubs know that packets are generic."""


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
            # Titles and such are often in another encoding than UTF-8.
            metadata_errors="replace",
        )
    except (OSError, FFmpegError) as error:
        raise NotAVideoError.because(path, error) from error
    with container:
        stream = _video_track(container)
        if stream is None:
            raise NotAVideoError(path, "there is no video stream in it")
        if cast("object", stream.codec_context) is None:
            raise NotAVideoError(path, "its video codec is unknown")
        # PyAV can hang when a container is closed early while frame threads decode.
        stream.thread_type = ThreadType.SLICE
        # Without this flag, the decoder does not crop a few columns at the left edge.
        stream.codec_context.flags |= Flags.unaligned
        yield container, stream


def _video_track(container: InputContainer) -> VideoStream | None:
    """The track that FFmpeg prefers, as players do: the default one, then the better one.

    The cover picture of an audio file is no video, even if FFmpeg prefers it.
    """
    tracks = [track for track in container.streams.video if not _is_cover(track)]
    preferred = container.streams.best("video")
    return next((track for track in tracks if track is preferred), next(iter(tracks), None))


def _is_cover(stream: VideoStream) -> bool:
    """Whether a stream is the cover picture of an audio file."""
    return bool(stream.disposition & Disposition.attached_pic)
