"""Shots, black frames and timecodes of a video file.

libavfilter's ``scdet`` and ``blackdetect`` find cuts and black pictures. All functions here block
and may be called from any thread.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import cast

from av.error import BlockingIOError as NothingYetError
from av.error import EOFError as NoMoreError
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from PIL import Image

from vidkit.local.video.decoding import decoded
from vidkit.local.video.media import timeline
from vidkit.local.video.timelines import Timeline
from vidkit.local.video.video_files import opened

_ANALYSED_WIDTH_PIXELS = 160
_FORMATS_WITH_LUMA_PLANE = "yuv420p|yuvj420p|yuv422p|yuvj422p|yuv444p|yuvj444p|gray"
_DROPPED_FRAMES = {30: 2, 60: 4}
"""Frame numbers dropped each minute in drop-frame timecode, by the nominal frame rate."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A run of frames between two cuts.

    The shots cover the video without gaps: each starts with the frame after the previous shot.
    Times are rounded down to milliseconds.
    """

    index: int
    start_ms: int
    end_ms: int
    """The end of the last frame."""
    start_frame: int
    end_frame: int
    """The last frame of the shot."""
    confidence: float
    """The confidence of the cut at its start, 50 to 100; 100 for the start of the video."""


@dataclass(frozen=True, slots=True)
class BlackSpan:
    """A run of black frames, with attributes like those of ``Shot``."""

    start_ms: int
    end_ms: int
    start_frame: int
    end_frame: int
    confidence: float
    """The percentage of black pixels over the span."""


def find_shots(path: str | Path, *, threshold: float = 10.0) -> list[Shot]:
    """Finds the shots of a video, which are separated by hard cuts.

    A black gap with a cut on both sides is a shot of its own.

    Args:
        path: the video file.
        threshold: the change of a picture that makes a cut, in percent of the largest possible
            change and beyond the change of the picture before.

    Raises:
        NotAVideoError: the path is not a readable video.
    """
    path = Path(path)
    line = timeline(path)
    starts: list[int] = []
    confidences: list[float] = []
    filters = [
        ("scale", f"w='min(iw,{_ANALYSED_WIDTH_PIXELS})':h=-2:flags=area"),
        ("format", "gbrp"),  # on YUV, scdet would compare the luma only
        ("scdet", f"threshold={threshold}"),
    ]
    for frame in _filtered(path, line, filters):
        score = float(frame.metadata.get("lavfi.scd.score", 0))
        if not starts or score >= threshold:
            confidences.append(_confidence(score, threshold) if starts else 100.0)
            starts.append(line.number(cast("int", frame.pts)))
    return [
        Shot(index, *span, confidence)
        for index, (span, confidence) in enumerate(
            zip(_tiles(starts, line), confidences, strict=True)
        )
    ]


def find_black(
    path: str | Path,
    *,
    max_pixel_threshold: float = 0.2,
    min_coverage_percentage: float = 99.0,
) -> list[BlackSpan]:
    """Finds the runs of black frames of a video, with the parameters of Rekognition's BlackFrame.

    Args:
        path: the video file.
        max_pixel_threshold: the luminance up to which a pixel is black, as a share, 0 to 1, of the
            range from the darkest to the brightest value of the video's color range.
        min_coverage_percentage: the percentage of black pixels from which a frame is black.

    Raises:
        NotAVideoError: the path is not a readable video.
    """
    path = Path(path)
    line = timeline(path)
    edges: list[int] = []
    coverages: list[list[float]] = []
    black = False
    coverage = min_coverage_percentage / 100
    limits = f"d=0:pixel_black_th={max_pixel_threshold}:picture_black_ratio_th={coverage}"
    filters = [("format", _FORMATS_WITH_LUMA_PLANE), ("blackdetect", limits)]
    for frame in _filtered(path, line, filters):
        starting = "lavfi.black_start" in frame.metadata
        if starting or "lavfi.black_end" in frame.metadata:
            black = starting
            edges.append(line.number(cast("int", frame.pts)))
        if starting:
            coverages.append([])
        if black:
            coverages[-1].append(_coverage(frame, max_pixel_threshold))
    return [
        BlackSpan(*span, fmean(percentages))
        for span, percentages in zip(_tiles(edges, line)[::2], coverages, strict=True)
    ]


def smpte(frame: int, frame_rate: float | Fraction) -> str:
    """The SMPTE timecode of a frame, ``HH:MM:SS:FF``.

    At 29.97 and 59.94 frames a second it is drop-frame, ``HH:MM:SS;FF``: frame numbers are dropped
    so that it stays in step with real time. At other rates it counts at the nearest whole rate.

    Args:
        frame: the frame's number, from 0; or a number of frames, for a duration.
        frame_rate: frames a second.
    """
    nominal = max(1, round(frame_rate))
    dropped = _DROPPED_FRAMES.get(nominal, 0)
    if dropped and math.isclose(frame_rate, nominal / 1.001, abs_tol=0.01):
        separator = ";"
        in_a_minute = nominal * 60 - dropped
        tens, rest = divmod(frame, in_a_minute * 10 + dropped)
        minutes = max(0, rest - dropped) // in_a_minute
        frame += dropped * (9 * tens + minutes)
    else:
        separator = ":"
    seconds, frames = divmod(frame, nominal)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:02}"


def _tiles(starts: Sequence[int], line: Timeline) -> list[tuple[int, int, int, int]]:
    """The spans from each starting frame to the next: the first fields of Shot and BlackSpan."""
    times = [
        *(line.milliseconds(line.times[frame]) for frame in starts),
        line.milliseconds(line.end),
    ]
    ends = [*starts, len(line.times)][1:]
    return [
        (begin, end, first, after - 1)
        for (begin, end), first, after in zip(pairwise(times), starts, ends, strict=True)
    ]


def _confidence(score: float, threshold: float) -> float:
    """50 at the threshold, 94 at twice the threshold, then towards 100."""
    return 100 * (1 - 0.5 ** ((score / threshold) ** 2)) if threshold > 0 else 100.0


def _coverage(frame: VideoFrame, threshold: float) -> float:
    """The percentage of a frame's pixels that are black."""
    plane = frame.planes[0]
    luma = Image.frombuffer(
        "L", (frame.width, frame.height), bytes(plane), "raw", "L", plane.line_size, 1
    )
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    darkest, brightest = (0, 255) if full else (16, 235)
    limit = int(darkest + threshold * (brightest - darkest))
    return 100 * sum(luma.histogram()[: limit + 1]) / (frame.width * frame.height)


def _filtered(
    path: Path, line: Timeline, filters: Sequence[tuple[str, str]]
) -> Iterator[VideoFrame]:
    """All frames of a video after a chain of filters, with the filters' metadata."""
    with opened(path) as (container, stream):
        graph = Graph()
        chain = [
            graph.add_buffer(template=stream),
            *(graph.add(name, options) for name, options in filters),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*chain).configure()
        for frame in decoded(container, stream, line):
            graph.vpush(frame)
            yield from _ready(graph)
        graph.vpush(None)
        yield from _ready(graph)


def _ready(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            frame = graph.vpull()
        except (NothingYetError, NoMoreError):
            return
        yield frame
