"""How a player shows a frame: turned, mirrored, and with its pixels as wide as they are meant."""

import struct
from fractions import Fraction
from typing import cast

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from vidkit.local.video.timelines import fraction

_TRANSPOSES: dict[tuple[int, ...], Image.Transpose] = {
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
"""By the signs of a display matrix: right and down, for one step right and one step down."""

_SIDEWAYS = frozenset(
    {
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.TRANSVERSE,
    }
)
_MATRIX = struct.Struct("=9i")
_SLANT = 1 / 57
"""One degree, as a tangent: FFmpeg shows a frame upright that is askew by less."""

_LARGEST_PIXEL_ASPECT = 16
"""Beyond it, a pixel aspect is damage: it would make pictures of any size."""


def upright(frame: VideoFrame) -> Image.Image:
    """A frame as an RGB image, turned and mirrored as its display matrix says."""
    converted: object = frame.to_image()  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]
    image = cast("Image.Image", converted)
    transpose = _transpose(frame)
    return image if transpose is None else image.transpose(transpose)


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """Width and height of ``upright``'s image, in stored pixels."""
    if _transpose(frame) in _SIDEWAYS:
        return frame.height, frame.width
    return frame.width, frame.height


def pixel_aspect(stream: VideoStream, frame: VideoFrame) -> Fraction:
    """The width of a pixel of ``upright``'s image divided by its height."""
    aspect = fraction(stream.sample_aspect_ratio) or Fraction(1)
    if not 1 / _LARGEST_PIXEL_ASPECT <= aspect <= _LARGEST_PIXEL_ASPECT:
        return Fraction(1)
    return 1 / aspect if _transpose(frame) in _SIDEWAYS else aspect


def square_pixel_size(size: tuple[int, int], aspect: Fraction) -> tuple[int, int]:
    """The size of a picture in square pixels: one side grows, the other stays.

    That is the rule of HTML for videos.
    """
    width, height = size
    if aspect > 1:
        return round(width * aspect), height
    return width, round(height / aspect)


def _transpose(frame: VideoFrame) -> Image.Transpose | None:
    """How to turn and mirror a frame; None also for angles that are no quarter turns."""
    matrix = cast("SideData | None", frame.side_data.get("DISPLAYMATRIX"))
    if matrix is None:
        return None
    # Right and down for one step right, then for one step down; the third column is projection.
    numbers: tuple[int, ...] = _MATRIX.unpack(bytes(matrix))
    steps = numbers[0], numbers[1], numbers[3], numbers[4]
    least = _SLANT * max(map(abs, steps))
    return _TRANSPOSES.get(tuple((step > least) - (step < -least) for step in steps))
