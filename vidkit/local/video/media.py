"""Video files: their properties, and the frame on screen at a given time.

Time 0 is the first frame's presentation time, whatever the container starts at. All functions here
block and may be called from any thread.
"""

import io
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import av
from av.container import InputContainer
from av.video.reformatter import ColorRange
from PIL import Image

from vidkit.local.video.decoding import FrameReader, decoded, read_timeline
from vidkit.local.video.display import pixel_aspect, square_pixel_size, upright, upright_size
from vidkit.local.video.timelines import Timeline, fraction
from vidkit.local.video.video_files import NotAVideoError, opened

__all__ = [
    "AudioInfo",
    "NotAVideoError",
    "VideoInfo",
    "encode",
    "fit",
    "frames_at",
    "numbered_frames",
    "probe",
    "timeline",
]

_FULL_RANGE_FORMATS = ("yuvj", "rgb", "bgr", "gbr", "argb", "abgr")


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """A video file's first audio stream."""

    codec: str
    duration: float
    """In seconds."""
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """The properties of a video file, as in Rekognition's VideoMetadata."""

    path: Path
    duration: float
    """From the first frame to the end of the last one, in seconds."""
    width: int
    """In pixels as shown: after the rotation and with the pixel aspect that the file specifies."""
    height: int
    pixel_aspect: Fraction
    """The width of a pixel divided by its height, before ``width`` and ``height`` make it 1."""
    frame_rate: float
    codec: str
    container: str
    """The container's long name, such as ``QuickTime / MOV``."""
    color_range: Literal["FULL", "LIMITED"]
    frame_count: int
    audio: AudioInfo | None

    @property
    def has_audio(self) -> bool:
        """Whether there is an audio stream."""
        return self.audio is not None


def probe(path: str | Path, *, square_pixels: bool = True) -> VideoInfo:
    """Reads the properties of a video file.

    Args:
        path: a file in one of the common containers (MP4, MOV, Matroska, MPEG-TS ...).
        square_pixels: whether the size is in square pixels; False keeps pixels as stored.

    Raises:
        NotAVideoError: the path does not exist, or is not a video with a decodable frame.
    """
    info = _scanned(Path(path))[0]
    if not square_pixels:
        return info
    width, height = square_pixel_size((info.width, info.height), info.pixel_aspect)
    return replace(info, width=width, height=height)


def timeline(path: str | Path) -> Timeline:
    """Reads the presentation times of a video's frames.

    Raises:
        NotAVideoError: as ``probe``.
    """
    return _scanned(Path(path))[1]


def frames_at(
    path: str | Path, offsets: Sequence[int], *, square_pixels: bool = True
) -> Iterator[Image.Image | None]:
    """The frames on screen at some offsets into a video.

    Args:
        path: the video file.
        offsets: in milliseconds after the first frame, in any order. Ascending ones are fastest:
            the file is then decoded forwards once, skipping from key frame to key frame.
        square_pixels: whether pictures are stretched to square pixels; see ``probe``.

    Returns:
        One item per offset, in the order of the offsets, decoded on demand: an RGB image, or None
        before 0 and from the end of the video on. Successive offsets in one frame share its image.

    Raises:
        NotAVideoError: as ``probe``; raised by the call itself, not by the iterator.
    """
    path = Path(path)
    line = timeline(path)
    numbers = [line.frame_at(offset) for offset in offsets]
    return _frames_at(path, line, numbers, square_pixels=square_pixels)


def numbered_frames(
    path: Path, line: Timeline, numbers: Sequence[int], *, square_pixels: bool = True
) -> Generator[Image.Image]:
    """Some frames of a video as RGB images, decoded on demand.

    Args:
        path: the video file.
        line: its timeline.
        numbers: the frames' numbers, from 0; ascending ones are fastest.
        square_pixels: whether pictures are stretched to square pixels; see ``probe``.

    Raises:
        NotAVideoError: as ``probe``; raised by the iterator.
    """
    for image in _frames_at(path, line, numbers, square_pixels=square_pixels):
        # The image is None only for a number that is None.
        if image is not None:
            yield image


def encode(
    image: Image.Image,
    *,
    format: Literal["JPEG", "PNG"] = "JPEG",
    quality: int = 80,
    size: tuple[int, int] | None = None,
) -> bytes:
    """Encodes a picture.

    Args:
        image: the picture.
        format: the image format.
        quality: of a JPEG, 1 to 100.
        size: width and height to stretch the picture to; None keeps its own.
    """
    if image.mode != "RGB":
        image = image.convert("RGB")
    if size is not None:
        image = _stretched(image, size)
    content = io.BytesIO()
    if format == "JPEG":
        image.save(content, format, quality=quality)
    else:
        image.save(content, format)
    return content.getvalue()


def fit(width: int, height: int, *, max_length: int) -> tuple[int, int]:
    """The size with ``max_length`` as the longer side and the same aspect ratio.

    The other side is rounded to an even number of pixels, at least 2.
    """
    longest = max(width, height)

    def scaled(side: int) -> int:
        return max_length if side == longest else max(2, 2 * round(side * max_length / longest / 2))

    return scaled(width), scaled(height)


def _scanned(path: Path) -> tuple[VideoInfo, Timeline]:
    try:
        status = path.stat()
    except OSError as error:
        raise NotAVideoError.because(path, error) from error
    return _scan(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=32)
def _scan(path: Path, _size: int, _modified: int) -> tuple[VideoInfo, Timeline]:
    """Reads a file's packets once; the result is cached until the file changes.

    The size is in pixels as stored.
    """
    line = read_timeline(path)
    with opened(path) as (container, stream):
        first = next(decoded(container, stream, line), None)
        if first is None:
            raise NotAVideoError(path, "none of its frames can be decoded")
        width, height = upright_size(first)
        rate = fraction(stream.average_rate) or fraction(stream.guessed_rate)
        full = first.color_range == ColorRange.JPEG or first.format.name.startswith(
            _FULL_RANGE_FORMATS
        )
        info = VideoInfo(
            path=path,
            duration=float(line.duration),
            width=width,
            height=height,
            pixel_aspect=pixel_aspect(stream, first),
            frame_rate=float(rate or len(line.times) / line.duration),
            codec=stream.codec_context.codec.canonical_name,
            container=container.format.long_name,
            color_range="FULL" if full else "LIMITED",
            frame_count=len(line.times),
            audio=_audio(container),
        )
    return info, line


def _audio(container: InputContainer) -> AudioInfo | None:
    stream = next(iter(container.streams.audio), None)
    # A codec that libav does not know has no context.
    if stream is None or cast("object", stream.codec_context) is None:
        return None
    if stream.duration is not None and stream.time_base is not None:
        duration = float(stream.duration * stream.time_base)
    else:
        duration = (container.duration or 0) / av.time_base
    context = stream.codec_context
    return AudioInfo(context.codec.canonical_name, duration, context.sample_rate, context.channels)


def _frames_at(
    path: Path, line: Timeline, numbers: Sequence[int | None], *, square_pixels: bool
) -> Generator[Image.Image | None]:
    with FrameReader(path, line) as reader:
        shown: int | None = None
        image: Image.Image | None = None
        for number in numbers:
            if number is None:
                yield None
                continue
            if number != shown:
                frame = reader.frame(line.times[number])
                image = upright(frame)
                if square_pixels:
                    aspect = pixel_aspect(reader.stream, frame)
                    image = _stretched(image, square_pixel_size(image.size, aspect))
                shown = number
            yield image


def _stretched(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]
