"""The timeline: shots, technical cues and labels of a video over time."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from _drawing import (
    BLACK_FRAMES,
    CARD,
    FADED,
    INK,
    PAPER,
    RULE,
    clock,
    fitted,
    font,
    label_colour,
    shot_colour,
    spoken,
    tick_step,
)
from _findings import Findings, Frame, counted, milliseconds, shot_index
from PIL import Image, ImageDraw, ImageOps

from vidkit.rekognition import SegmentDetection

MOST_LABELS = 24
"""The most labels that get a row: those that are seen longest."""

_WIDTH = 2000
_LEFT = 300
_RIGHT = 56
_MARGIN = 48
_HEADER = 128
_FILM = 92
_BLOCK = 54
_BAR = 42
_SPACE = 14
_AXIS = 92
_LEGEND = 76
_CUE = "#56607a"
_Span = tuple[timedelta, timedelta]


@dataclass(frozen=True, slots=True)
class _Bar:
    span: _Span
    colour: str | tuple[int, int, int]
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    height: int
    bars: Sequence[_Bar]
    missing: str | None = None
    """The text of a row without bars."""


class _Axis:
    """Converts times to positions in pixels."""

    def __init__(self, length: timedelta) -> None:
        self.length = max(length, timedelta(milliseconds=1))
        self._pixels = _WIDTH - _LEFT - _RIGHT

    @property
    def end(self) -> int:
        return _LEFT + self._pixels

    def x(self, offset: timedelta) -> float:
        return _LEFT + self._pixels * min(1.0, max(0.0, offset / self.length))

    def ticks(self, draw: ImageDraw.ImageDraw) -> tuple[list[timedelta], float]:
        """Return the ticks, and the step between them in seconds."""

        def most(step: float) -> int:
            widest = draw.textlength(clock(self.length, step=step), font(22))
            return int(self._pixels // (widest + 44))

        step = tick_step(self.length.total_seconds(), most)
        count = int(self.length.total_seconds() / step + 1e-6)
        return [timedelta(seconds=number * step) for number in range(count + 1)], step


def draw_timeline(
    path: Path,
    findings: Findings,
    *,
    title: str,
    length: timedelta,
    frames: Sequence[Frame] = (),
) -> None:
    """Draw the timeline.

    Args:
        path: the PNG file to write.
        findings: shots, cues and labels.
        title: the heading of the timeline.
        length: the length of the video.
        frames: images of the same video, for a film strip above the rows.
    """
    axis = _Axis(length)
    rows = [_shot_row(findings), *_cue_rows(findings), *_label_rows(findings)]
    frames = [frame for frame in frames if frame.path is not None]
    top = _HEADER + (_FILM + _SPACE if frames else 0)
    bottom = top + sum(row.height for row in rows) + _SPACE
    height = bottom + _AXIS + _LEGEND
    picture = Image.new("RGB", (_WIDTH, height), PAPER)
    draw = ImageDraw.Draw(picture)
    _draw_header(draw, title, findings, length)
    if frames:
        _draw_film(picture, draw, axis, frames)
    draw.rectangle((_LEFT, top, axis.end, bottom), CARD)
    _draw_axis(draw, axis, top, bottom)
    y = top + _SPACE // 2
    for number, row in enumerate(rows):
        if number:
            draw.line((_MARGIN, y, axis.end, y), RULE)
        _draw_row(draw, axis, row, y)
        y += row.height
    draw.rectangle((_LEFT, top, axis.end, bottom), outline=RULE)
    _draw_legend(draw, bottom + _AXIS)
    picture.save(path)


def _segment_bar(
    segment: SegmentDetection, colour: str, findings: Findings, *, number: str = ""
) -> _Bar:
    start = milliseconds(segment.start_timestamp_millis)
    end = milliseconds(segment.end_timestamp_millis) + findings.frame_length
    return _Bar((start, end), colour, f"{number}|{spoken(end - start)}")


def _shot_row(findings: Findings) -> _Row:
    bars = [
        _segment_bar(shot, shot_colour(index), findings, number=str(index))
        for shot, index in ((shot, shot_index(shot)) for shot in findings.shots)
    ]
    return _Row("Shots", _BLOCK, bars, findings.segments_missing or "none found")


def _cue_rows(findings: Findings) -> list[_Row]:
    """Return a row for black frames, and one for each other type of technical cue."""
    kinds: dict[str, list[_Bar]] = {"BlackFrames": []}
    for cue in findings.cues:
        kind = (cue.technical_cue_segment.type if cue.technical_cue_segment else None) or "?"
        colour = BLACK_FRAMES if kind == "BlackFrames" else _CUE
        kinds.setdefault(kind, []).append(_segment_bar(cue, colour, findings))
    missing = findings.segments_missing or "none found"
    return [_Row(_worded(kind), _BLOCK, bars, missing) for kind, bars in kinds.items()]


def _label_rows(findings: Findings) -> list[_Row]:
    if not findings.labels:
        return [_Row("Labels", _BLOCK, (), findings.labels_missing or "none found")]
    named: dict[str, list[_Bar]] = {}
    for item in findings.labels:
        if item.label is not None and item.label.name:
            start = milliseconds(item.start_timestamp_millis)
            end = milliseconds(item.end_timestamp_millis)
            bar = _Bar((start, end), label_colour(item.label.confidence or 0))
            named.setdefault(item.label.name, []).append(bar)

    def seen(name: str) -> timedelta:
        return sum((end - start for (start, end) in _spans(named[name])), timedelta())

    def begins(name: str) -> tuple[timedelta, str]:
        return min(start for start, _ in _spans(named[name])), name

    longest = sorted(named, key=seen, reverse=True)[:MOST_LABELS]
    rows = [_Row(name, _BAR, named[name]) for name in sorted(longest, key=begins)]
    if others := len(named) - len(longest):
        text = f"{others} more {'label' if others == 1 else 'labels'}, seen for less time"
        rows.append(_Row("", _BAR, (), text))
    return rows


def _spans(bars: Iterable[_Bar]) -> list[_Span]:
    return [bar.span for bar in bars]


def _worded(kind: str) -> str:
    """Return ``EndCredits`` as ``End credits``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _draw_header(
    draw: ImageDraw.ImageDraw, title: str, findings: Findings, length: timedelta
) -> None:
    names = {item.label.name for item in findings.labels if item.label}
    black = sum(
        cue.technical_cue_segment is not None and cue.technical_cue_segment.type == "BlackFrames"
        for cue in findings.cues
    )
    facts = [spoken(length)]
    if findings.segments_missing is None:
        facts.append(counted(len(findings.shots), "shot"))
        facts.append(f"{counted(black, 'run')} of black frames")
    if findings.labels_missing is None:
        facts.append(counted(len(names), "label"))
    room = _WIDTH - 2 * _MARGIN
    draw.text((_MARGIN, 58), fitted(draw, title, 38, room), INK, font(38), anchor="ls")
    draw.text((_MARGIN, 96), ", ".join(facts), FADED, font(22), anchor="ls")


def _draw_film(
    picture: Image.Image, draw: ImageDraw.ImageDraw, axis: _Axis, frames: Sequence[Frame]
) -> None:
    """Draw images in equal slots, each the image nearest to its slot's middle."""
    with Image.open(_image_of(frames[0])) as image:
        width = _FILM * image.width / image.height
    slots = max(1, round((axis.end - _LEFT) / width))
    edges = [round(_LEFT + (axis.end - _LEFT) * slot / slots) for slot in range(slots + 1)]
    draw.text((_LEFT - 20, _HEADER + _FILM / 2), "Images", INK, font(24), anchor="rm")
    for slot in range(slots):
        middle = axis.length * (slot + 0.5) / slots
        nearest = _nearest(frames, middle)
        with Image.open(_image_of(nearest)) as image:
            tile = ImageOps.fit(image.convert("RGB"), (edges[slot + 1] - edges[slot] - 2, _FILM))
        picture.paste(tile, (edges[slot] + 1, _HEADER))


def _nearest(frames: Sequence[Frame], offset: timedelta) -> Frame:
    return min(frames, key=lambda frame: abs(frame.offset - offset))


def _image_of(frame: Frame) -> Path:
    if frame.path is None:
        raise ValueError(f"the sampling point at {frame.offset} has no image")
    return frame.path


def _draw_axis(draw: ImageDraw.ImageDraw, axis: _Axis, top: int, bottom: int) -> None:
    ticks, step = axis.ticks(draw)
    for tick in ticks:
        x = axis.x(tick)
        draw.line((x, top, x, bottom + 8), RULE)
        draw.text((x, bottom + 16), clock(tick, step=step), INK, font(22), anchor="mt")
    middle = (_LEFT + axis.end) / 2
    draw.text((middle, bottom + 52), "time from the start", FADED, font(20), anchor="mt")


def _draw_row(draw: ImageDraw.ImageDraw, axis: _Axis, row: _Row, y: int) -> None:
    middle = y + row.height / 2
    name = fitted(draw, row.name, 24, _LEFT - _MARGIN - 20)
    draw.text((_LEFT - 20, middle), name, INK, font(24), anchor="rm")
    if not row.bars and row.missing:
        said = fitted(draw, row.missing, 22, axis.end - _LEFT - 40)
        draw.text((_LEFT + 20, middle), said, FADED, font(22), anchor="lm")
    bars = sorted(row.bars, key=lambda bar: bar.span)
    nexts = [*(axis.x(bar.span[0]) for bar in bars[1:]), float(axis.end)]
    for bar, following in zip(bars, nexts, strict=False):
        left, right = (axis.x(offset) for offset in bar.span)
        box = (left, y + 8, max(right - 1, left + 3), y + row.height - 8)
        draw.rectangle(box, bar.colour)
        if bar.text:
            _draw_bar_text(draw, bar.text, box, end=following)


def _draw_bar_text(
    draw: ImageDraw.ImageDraw, text: str, box: tuple[float, float, float, float], *, end: float
) -> None:
    """Draw a bar's number and length inside it, or its length beside it if there is room.

    Args:
        draw: the picture to draw in.
        text: ``number|length``.
        box: the bar.
        end: where the next bar begins, or the row ends.
    """
    left, top, right, bottom = box
    number, _, length = text.partition("|")
    middle = (top + bottom) / 2
    for said in (f"{number}: {length}" if number else length, number):
        if said and draw.textlength(said, font(20)) + 12 <= right - left:
            draw.text(((left + right) / 2, middle), said, "#ffffff", font(20), anchor="mm")
            return
    if not number and right + 8 + draw.textlength(length, font(20)) + 8 <= end:
        draw.text((right + 8, middle), length, INK, font(20), anchor="lm")


def _draw_legend(draw: ImageDraw.ImageDraw, y: int) -> None:
    x = float(_LEFT)
    half = 14

    def swatch(colour: str | tuple[int, int, int], width: int) -> None:
        nonlocal x
        draw.rectangle((x, y + 2, x + width - 1, y + 2 * half - 2), colour)
        x += width

    def words(text: str) -> None:
        nonlocal x
        draw.text((x + 10, y + half), text, INK, font(20), anchor="lm")
        x += draw.textlength(text, font(20)) + 70

    for index in range(3):
        swatch(shot_colour(index), 22)
    words("shots: index and length")
    swatch(BLACK_FRAMES, 30)
    words("black frames")
    for confidence in range(50, 101, 10):
        swatch(label_colour(confidence), 22)
    words("labels: confidence 50 % to 100 %")
