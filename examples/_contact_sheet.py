"""The contact sheet: the saved images side by side, each with its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

from _drawing import (
    CARD,
    FADED,
    INK,
    MISSING,
    PAPER,
    RULE,
    clock,
    fitted,
    font,
    shot_colour,
    spoken,
)
from _findings import Frame, shot_at
from PIL import Image, ImageDraw, ImageOps

from vidkit.rekognition import SegmentDetection

MOST_TILES = 120
"""The most tiles that a sheet shows; of more images it shows every n-th."""

_WIDTH = 2000
_NARROWEST = 960
_MARGIN = 48
_GAP = 16
_HEADER = 120
_STRIP = 7
_CAPTION = 38
_MOST_COLUMNS = 10
_WIDEST_TILE = 480
_SHAPE = 1.5


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    rows: int
    tile: tuple[int, int]

    @property
    def cell(self) -> tuple[int, int]:
        width, height = self.tile
        return width + _GAP, height + _STRIP + _CAPTION + _GAP


def draw_contact_sheet(
    path: Path,
    frames: Sequence[Frame],
    *,
    title: str,
    interval: timedelta,
    shots: Sequence[SegmentDetection] = (),
) -> None:
    """Draw the sheet.

    Args:
        path: the PNG file to write.
        frames: the sampling points; those without an image get a tile that says why.
        title: the heading of the sheet.
        interval: the time between two sampling points.
        shots: the shots that colour the tiles; none if the images are of another video.
    """
    every = ceil(len(frames) / MOST_TILES)
    shown = frames[::every]
    grid = _grid(len(shown), _aspect(shown))
    width = max(_NARROWEST, grid.columns * grid.cell[0] - _GAP + 2 * _MARGIN)
    height = _HEADER + grid.rows * grid.cell[1] - _GAP + _MARGIN
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_header(draw, width, title, _subtitle(frames, interval, every))
    for number, frame in enumerate(shown):
        row, column = divmod(number, grid.columns)
        place = (_MARGIN + column * grid.cell[0], _HEADER + row * grid.cell[1])
        index = shot_at(shots, frame.offset)
        _draw_picture(sheet, draw, place, grid.tile, frame)
        _draw_caption(draw, place, grid.tile, clock(frame.offset, step=_step(interval)), index)
    sheet.save(path)


def _step(interval: timedelta) -> float:
    return interval.total_seconds()


def _subtitle(frames: Sequence[Frame], interval: timedelta, every: int) -> str:
    if not frames:
        return "no images"
    images = sum(frame.path is not None for frame in frames)
    parts = [f"{images} {'image' if images == 1 else 'images'}, one every {spoken(interval)}"]
    if images < len(frames):
        parts.append(f"{len(frames) - images} sampling points without an image")
    if every > 1:
        parts.append(f"shown: 1 in {every}")
    parts.append(f"from {frames[0].timestamp:%Y-%m-%d %H:%M:%S} UTC")
    return ", ".join(parts)


def _aspect(frames: Sequence[Frame]) -> float:
    for frame in frames:
        if frame.path is not None:
            with Image.open(frame.path) as image:
                return image.width / image.height
    return 16 / 9


def _grid(count: int, aspect: float) -> _Grid:
    """Return the grid whose shape is nearest to 3:2 and that leaves few tiles empty."""

    def grid(columns: int) -> _Grid:
        inner = _WIDTH - 2 * _MARGIN - (columns - 1) * _GAP
        width = min(_WIDEST_TILE, inner // columns)
        return _Grid(columns, ceil(count / columns), (width, max(1, round(width / aspect))))

    def misfit(candidate: _Grid) -> float:
        width = candidate.columns * candidate.cell[0]
        height = candidate.rows * candidate.cell[1]
        empty = candidate.columns * candidate.rows - count
        return max(width / height / _SHAPE, height * _SHAPE / width) * (1 + empty / count)

    count = max(1, count)
    most = min(_MOST_COLUMNS, count)
    return min((grid(columns) for columns in range(1, most + 1)), key=misfit)


def _draw_header(draw: ImageDraw.ImageDraw, width: int, title: str, subtitle: str) -> None:
    room = width - 2 * _MARGIN
    draw.text((_MARGIN, 56), fitted(draw, title, 38, room), INK, font(38), anchor="ls")
    draw.text((_MARGIN, 94), fitted(draw, subtitle, 22, room), FADED, font(22), anchor="ls")


def _draw_picture(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    tile: tuple[int, int],
    frame: Frame,
) -> None:
    left, top = place
    if frame.path is not None:
        with Image.open(frame.path) as image:
            sheet.paste(ImageOps.fit(image.convert("RGB"), tile), place)
        return
    width, height = tile
    draw.rectangle((left, top, left + width - 1, top + height - 1), MISSING)
    said = fitted(draw, frame.error or "no image", 20, width - 12)
    draw.text((left + width / 2, top + height / 2), said, FADED, font(20), anchor="mm")


def _draw_caption(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    tile: tuple[int, int],
    time: str,
    shot: int | None,
) -> None:
    (left, top), (width, height) = place, tile
    below = top + height
    edge = left + width - 1
    draw.rectangle((left, below, edge, below + _STRIP + _CAPTION - 1), CARD)
    draw.rectangle(
        (left, below, edge, below + _STRIP - 1), RULE if shot is None else shot_colour(shot)
    )
    middle = below + _STRIP + _CAPTION / 2
    draw.text((left + 10, middle), time, INK, font(22), anchor="lm")
    said = "" if shot is None else f"shot {shot}"
    taken = draw.textlength(time, font(22)) + draw.textlength(said, font(18)) + 30
    if said and taken <= width:
        draw.text((edge - 9, middle), said, FADED, font(18), anchor="rm")
