"""Test clips: drawn scenes, a black gap, and a clock burnt into every frame.

``read_clock`` reads the time back from a picture of such a clip. All functions here block and may
be called from any thread.
"""

# pyright: reportUnknownMemberType=false
# (PyAV's types do not say which stream a packet belongs to)

import math
import uuid
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from vidkit.local.video.burnt_in_clock import LAST_MS, Clock, ClockError, read_clock
from vidkit.local.video.scenes import DrawnScene, draw_scene

__all__ = ["ClockError", "RenderedClip", "Scene", "read_clock", "render_clip"]

_MIN_SIZE = (160, 90)
_GAP_SECONDS = Fraction(1, 2)
_KEY_FRAME_SECONDS = 2
_SAMPLE_RATE_HERTZ = 48_000
_CHUNK_SAMPLES = 1024
_PITCH_HERTZ = 440
_VOLUME = 3000

_Part: TypeAlias = tuple[int | None, int, int]
"""A scene's number (None for the gap), its first frame, and the first frame after it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a rendered clip."""

    name: str
    start_ms: int
    end_ms: int
    """When the next scene, or the black gap, begins."""
    labels: tuple[str, ...]
    """What it shows, as labels of Rekognition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedClip:
    """A rendered clip and its contents.

    The time of frame n, which its clock shows, is ``n * 1000 / frame_rate`` ms, rounded down.
    """

    path: Path
    duration: float
    """In seconds."""
    width: int
    height: int
    frame_rate: Fraction
    frame_count: int
    scenes: tuple[Scene, ...]
    black: tuple[int, int] | None
    """When the black gap begins and ends, in ms; None with a single scene."""

    def time_of(self, frame: int) -> int:
        """The time of a frame in ms, rounded down, as its clock shows it."""
        return _time_of(frame, self.frame_rate)


def render_clip(
    path: str | Path,
    *,
    duration: float = 60.0,
    width: int = 640,
    height: int = 360,
    frame_rate: int | Fraction = 25,
    scenes: int = 6,
    audio: bool = False,
) -> RenderedClip:
    """Renders a clip as an MP4 file (H.264, yuv420p).

    The scenes are separated by hard cuts. After the first half of them there is half a second of
    black, with a clock so dim that the frames count as black. There is a key frame at least every
    two seconds.

    Args:
        path: the file to write; replaced when the clip is complete.
        duration: in seconds, rounded to whole frames.
        width: in pixels, even, at least 160.
        height: in pixels, even, at least 90.
        frame_rate: frames a second; a Fraction for rates such as 30000/1001.
        scenes: the number of scenes; the designs repeat after six.
        audio: whether to add an AAC track with a soft tone.

    Raises:
        ValueError: the size is odd or too small, or the clip is too short, or too long for the
            clock.
    """
    path, rate = Path(path), Fraction(frame_rate)
    if width % 2 or height % 2 or width < _MIN_SIZE[0] or height < _MIN_SIZE[1]:
        raise ValueError(f"A clip is even in size and 160x90 at the least, not {width}x{height}.")
    count = round(Fraction(duration) * rate)
    parts = _parts(count, rate, scenes)
    drawn = [None if part is None else draw_scene(part, (width, height)) for part, _, _ in parts]
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with av.open(f"file:{unfinished.absolute()}", "w", format="mp4") as container:
            video = _add_video(container, (width, height), rate)
            sound = _Sound(container, count / rate) if audio else None
            for number, image in enumerate(_pictures((width, height), rate, parts, drawn)):
                container.mux(video.encode(_frame(image, number, rate)))
                if sound is not None:
                    sound.write_until((number + 1) / rate)
            container.mux(video.encode(None))
            if sound is not None:
                sound.finish()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

    def ms(frame: int) -> int:
        return _time_of(frame, rate)

    return RenderedClip(
        path=path,
        duration=float(count / rate),
        width=width,
        height=height,
        frame_rate=rate,
        frame_count=count,
        scenes=tuple(
            Scene(scene.name, ms(first), ms(after), scene.labels)
            for scene, (_, first, after) in zip(drawn, parts, strict=True)
            if scene is not None
        ),
        black=next(((ms(first), ms(after)) for part, first, after in parts if part is None), None),
    )


def _time_of(frame: int, rate: Fraction) -> int:
    return math.floor(frame * 1000 / rate)


def _parts(count: int, rate: Fraction, scenes: int) -> list[_Part]:
    """Divides the frames among the scenes and the gap."""
    gap = max(2, round(_GAP_SECONDS * rate)) if scenes > 1 else 0
    shared = count - gap
    if scenes < 1 or shared < 2 * scenes:
        raise ValueError(f"{count} frames are too few for {scenes} scenes.")
    if _time_of(count, rate) > LAST_MS:
        raise ValueError(f"The clock ends at {LAST_MS} ms.")
    before_gap = (scenes + 1) // 2
    parts: list[_Part] = []
    at = 0
    for number in range(scenes):
        if gap and number == before_gap:
            parts.append((None, at, at + gap))
            at += gap
        frames = shared * (number + 1) // scenes - shared * number // scenes
        parts.append((number, at, at + frames))
        at += frames
    return parts


def _pictures(
    size: tuple[int, int],
    rate: Fraction,
    parts: Sequence[_Part],
    drawn: Sequence[DrawnScene | None],
) -> Iterator[Image.Image]:
    clock = Clock(size)
    for scene, (_, first, after) in zip(drawn, parts, strict=True):
        for frame in range(first, after):
            image = (
                Image.new("RGB", size) if scene is None else scene.at(float((frame - first) / rate))
            )
            clock.burn(image, _time_of(frame, rate), dim=scene is None)
            yield image


def _add_video(container: OutputContainer, size: tuple[int, int], rate: Fraction) -> VideoStream:
    stream = container.add_stream("libx264", rate, {"preset": "veryfast", "crf": "20"})
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.gop_size = round(_KEY_FRAME_SECONDS * rate)
    stream.codec_context.time_base = 1 / rate
    return stream


def _frame(image: Image.Image, number: int, rate: Fraction) -> VideoFrame:
    frame = cast("VideoFrame", VideoFrame.from_image(image))  # type: ignore[no-untyped-call]
    frame.pts, frame.time_base = number, 1 / rate
    return frame


class _Sound:
    """A soft tone, written along with the pictures."""

    def __init__(self, container: OutputContainer, duration: Fraction) -> None:
        self._container = container
        self._stream: AudioStream = container.add_stream("aac", _SAMPLE_RATE_HERTZ, layout="mono")
        self._samples = math.ceil(duration * _SAMPLE_RATE_HERTZ)
        self._written = 0
        # One second and a chunk, because the tone repeats every second.
        self._wave = array(
            "h",
            (
                round(_VOLUME * math.sin(math.tau * _PITCH_HERTZ * sample / _SAMPLE_RATE_HERTZ))
                for sample in range(_SAMPLE_RATE_HERTZ + _CHUNK_SAMPLES)
            ),
        )

    def write_until(self, seconds: Fraction) -> None:
        """Writes the samples before a time."""
        end = min(self._samples, math.ceil(seconds * _SAMPLE_RATE_HERTZ))
        while self._written < end:
            samples = min(_CHUNK_SAMPLES, self._samples - self._written)
            start = self._written % _SAMPLE_RATE_HERTZ
            frame = AudioFrame("s16", "mono", samples)
            frame.planes[0].update(self._wave[start : start + samples].tobytes())
            frame.pts, frame.sample_rate = self._written, _SAMPLE_RATE_HERTZ
            frame.time_base = Fraction(1, _SAMPLE_RATE_HERTZ)
            self._container.mux(self._stream.encode(frame))
            self._written += samples

    def finish(self) -> None:
        """Writes the packets that the encoder still buffers."""
        self._container.mux(self._stream.encode(None))
