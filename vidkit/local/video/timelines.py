"""When each frame of a video is shown, read from its packets."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from av.container import InputContainer
from av.video.stream import VideoStream

from vidkit.local.runtime.worker_threads import checkpoint
from vidkit.local.video.video_files import NotAVideoError, VideoPacket, opened

_NO_TIMES = "its frames carry no presentation times"
_DEFAULT_FRAMES_PER_SECOND = Fraction(25)
_JUMP_SECONDS = Fraction(1, 2)
"""The decoding times of one recording never go back; this much is left to damaged files."""

_CLOCK_SECONDS = Fraction(2**33, 90_000)
"""When the clock of MPEG streams starts anew, after a day. A jump back by more than a minute looks
like that to FFmpeg, which then adds this time."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each frame of a video is shown, exact to the container's tick."""

    time_base: Fraction
    """The length of a tick in seconds."""
    times: tuple[int, ...]
    """The frames' presentation times in ticks, ascending."""
    keys: tuple[int, ...]
    """The key frames' times, from which decoding can start; the first may be before ``times``.

    Only the first one where ``seekable`` is false.
    """
    end: int
    """The end of the last frame, in ticks."""
    shifts: tuple[int, ...] = (0,)
    """The ticks to add to the container's times, for each part of the file.

    A file has several parts when recordings were joined: at each joint its times jump back.
    """
    counted: bool = False
    """Whether the container's times are not those of the frames, which come in order however."""

    @property
    def seekable(self) -> bool:
        """Whether decoding may start at a key frame; otherwise only at the start of the file."""
        return not self.counted and len(self.shifts) == 1

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


class Rate(Protocol):
    """A frame rate: a Fraction, or the AVRational of av 19, which may be 0/0."""

    @property
    def numerator(self) -> int:
        """Frames."""
        ...

    @property
    def denominator(self) -> int:
        """Seconds."""
        ...


def fraction(rate: Rate | None) -> Fraction | None:
    """A rate or ratio that the container or the codec specifies, None if it is unknown."""
    if rate is None or not rate.numerator or not rate.denominator:
        return None
    return Fraction(rate.numerator, rate.denominator)


def numbered_parts(
    container: InputContainer, stream: VideoStream, time_base: Fraction
) -> Iterator[tuple[int, VideoPacket]]:
    """Packets with the number of their part: a new one begins where decoding times go back."""
    part, back = 0, math.ceil(_JUMP_SECONDS / time_base)
    has_clock = container.format.name.startswith("mpeg")
    most = math.ceil(_CLOCK_SECONDS / 2 / time_base) if has_clock else math.inf
    last: int | None = None
    for packet in container.demux(stream):
        checkpoint()
        if packet.dts is not None:
            part += last is not None and not -back <= packet.dts - last <= most
            last = packet.dts
        yield part, packet


@dataclass(slots=True)
class _Part:
    """The packets of one recording, in the order of the file."""

    shown: list[int] = field(default_factory=list[int])
    """The presentation times of the frames that are shown."""
    decoding: list[int | None] = field(default_factory=list[int | None])
    """The decoding times of all frames from the first key frame on."""
    keys: list[int] = field(default_factory=list[int])
    untimed: int = 0
    """How many frames have no presentation time."""
    end: int = 0

    def add(self, packet: VideoPacket) -> None:
        if packet.size and (self.decoding or packet.is_keyframe):
            self.decoding.append(packet.dts)
        if packet.pts is None:
            self.untimed += bool(packet.size)
            return
        if packet.is_keyframe:
            self.keys.append(packet.pts)
        if not packet.is_discard:
            end = packet.pts + (packet.duration or 0)
            self.end = max(self.end, end) if self.shown else end
            self.shown.append(packet.pts)

    def is_in_decoding_order(self) -> bool:
        """Whether presentation times only grow, so that the container knows no reordering."""
        return all(one < other for one, other in pairwise(self.shown))

    def has_equal_times(self) -> bool:
        return len(set(self.shown)) < len(self.shown)

    def finish(self, frame_ticks: int) -> None:
        """Sort the times, and drop frames before the first key frame: nothing decodes them."""
        self.shown.sort()
        self.keys = sorted(self.keys) or self.shown[:1]
        if self.shown:
            self.shown = self.shown[bisect_left(self.shown, self.keys[0]) :]
            self.end = self.end if self.end > self.shown[-1] else self.shown[-1] + frame_ticks


def read_packets(path: Path) -> tuple[Timeline, Timeline | None]:
    """Reads the presentation times of a file's frames, without decoding them.

    Returns:
        The timeline by the container's times and, if these may be wrong, the one by counting. Some
        containers store no presentation times; FFmpeg then takes those of decoding, which are
        wrong when frames are reordered.

    Raises:
        NotAVideoError: the file is no video, or its frames have no times.
    """
    with opened(path) as (container, stream):
        reorders = stream.codec_context.has_b_frames
        time_base = fraction(stream.time_base)
        if time_base is None:
            raise NotAVideoError(path, _NO_TIMES)
        parts: list[_Part] = []
        for number, packet in numbered_parts(container, stream, time_base):
            if number == len(parts):
                parts.append(_Part())
            parts[number].add(packet)
        if not any(part.shown for part in parts):
            raise NotAVideoError(path, _NO_TIMES)
        frame_ticks = _frame_ticks(stream, time_base)
    suspect = any(
        part.untimed or (reorders and (part.is_in_decoding_order() or part.has_equal_times()))
        for part in parts
    )
    counted = _counted(parts, time_base, frame_ticks) if suspect else None
    return _joined(parts, time_base, frame_ticks), counted


def _joined(parts: Sequence[_Part], time_base: Fraction, frame_ticks: int) -> Timeline:
    """The timeline of recordings one after another, each with its own times."""
    times: list[int] = []
    shifts: list[int] = []
    end = 0
    for part in parts:
        part.finish(frame_ticks)
        shift = end - part.shown[0] if times and part.shown else 0
        times += [pts + shift for pts in part.shown]
        shifts.append(shift)
        end = part.end + shift if part.shown else end
    keys = parts[0].keys if len(parts) == 1 else times[:1]
    return Timeline(time_base, tuple(times), tuple(keys), end, tuple(shifts))


def _counted(parts: Sequence[_Part], time_base: Fraction, frame_ticks: int) -> Timeline:
    """The timeline of frames that are shown one after another, in the order of decoding times."""
    decoding = [dts for part in parts for dts in part.decoding]
    times = [dts for dts in decoding if dts is not None]
    if len(times) < len(decoding) or any(one >= other for one, other in pairwise(times)):
        times = [number * frame_ticks for number in range(len(decoding))]
    end = times[-1] + frame_ticks
    return Timeline(time_base, tuple(times), tuple(times[:1]), end, counted=True)


def _frame_ticks(stream: VideoStream, time_base: Fraction) -> int:
    rate = (
        fraction(stream.average_rate) or fraction(stream.guessed_rate) or _DEFAULT_FRAMES_PER_SECOND
    )
    return max(1, round(1 / rate / time_base))
