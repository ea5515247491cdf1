"""A clock burnt into pictures: digits for people, a strip of squares for programs.

The strip is at the bottom edge, 40 squares wide: a light and a dark square at each end, and between
them 24 bits of milliseconds and 12 bits of checksum. Its position is relative to the picture's
size, so that it can be read from pictures of any size and aspect ratio.
"""

import io
import zlib
from collections.abc import Iterable
from statistics import fmean

from PIL import Image, ImageDraw, ImageFont

LAST_MS = 2**24 - 1
"""The latest time that the clock can show, about four and a half hours."""

_TIME_BITS = 24
_CHECK_BITS = 12
_HEAD = (True, False)
_TAIL = (False, True)
_SQUARES = len(_HEAD) + _TIME_BITS + _CHECK_BITS + len(_TAIL)
_STRIP_SHARE = 1 / 24
_MIN_CONTRAST = 8
_BRIGHT = 255
_DIM = 30  # below the luminance up to which a pixel is black for Rekognition and MPC
_BACKGROUND = (16, 18, 24)
_GLYPHS = "0123456789:."


class ClockError(ValueError):
    """A picture has no clock that can be read."""


class Clock:
    """Burns times into pictures of one size.

    Args:
        size: the pictures' width and height.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self._width = width
        self._strip = max(1, round(height * _STRIP_SHARE))
        self._top = height - self._strip
        font = ImageFont.load_default(max(8, height / 15))
        boxes = [font.getbbox(glyph) for glyph in _GLYPHS]
        self._advance = round(max(right for _, _, right, _ in boxes)) + 1
        self._line = round(max(bottom for _, _, _, bottom in boxes)) + 2
        self._glyphs: dict[str, Image.Image] = {}
        for glyph, (left, _, right, _) in zip(_GLYPHS, boxes, strict=True):
            mask = Image.new("L", (self._advance, self._line))
            # Every glyph is centered in a cell of the same width, so that the digits do not move.
            start = (self._advance - (right - left)) / 2 - left
            ImageDraw.Draw(mask).text((start, 0), glyph, fill=255, font=font)
            self._glyphs[glyph] = mask

    def burn(self, image: Image.Image, ms: int, *, dim: bool = False) -> None:
        """Draws a time into an RGB picture.

        Args:
            image: the picture, changed in place.
            ms: the time in milliseconds, ``LAST_MS`` at the most.
            dim: whether to draw so dark that a black picture still counts as black.
        """
        light = _DIM if dim else _BRIGHT
        squares = Image.frombytes("L", (_SQUARES, 1), bytes(light * bit for bit in _bits(ms)))
        strip = squares.resize((self._width, self._strip), Image.Resampling.NEAREST)  # pyright: ignore[reportUnknownMemberType]
        image.paste(strip, (0, self._top))
        text = clock_text(ms)
        left, top = self._advance, self._top - self._line - self._advance // 2
        if not dim:
            margin = self._advance // 2
            right, bottom = left + self._advance * len(text), top + self._line
            image.paste(_BACKGROUND, (left - margin, top, right + margin, bottom))
        for place, glyph in enumerate(text):
            image.paste((light,) * 3, (left + place * self._advance, top), self._glyphs[glyph])


def clock_text(ms: int) -> str:
    """A time as text, such as ``00:00:12.340``."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def read_clock(image: bytes | Image.Image) -> int:
    """Reads the time that is burnt into a picture.

    Args:
        image: the picture, or a JPEG or PNG of it; at least about 160 pixels wide, of any
            brightness, but not cropped.

    Returns:
        The time in milliseconds.

    Raises:
        ClockError: the picture has no clock, or the clock is too damaged; a ValueError.
    """
    try:
        picture = Image.open(io.BytesIO(image)) if isinstance(image, bytes) else image
        grey = picture.convert("L")
    except (OSError, SyntaxError) as error:
        raise ClockError("The picture cannot be read.") from error
    levels = _levels(grey)
    head, tail = len(_HEAD), _SQUARES - len(_TAIL)
    marks = [*zip(_HEAD, levels[:head], strict=True), *zip(_TAIL, levels[tail:], strict=True)]
    light = min(level for bit, level in marks if bit)
    dark = max(level for bit, level in marks if not bit)
    if light - dark < _MIN_CONTRAST:
        raise ClockError("There is no clock in the picture.")
    bits = [level > (light + dark) / 2 for level in levels[head:tail]]
    ms = _number(bits[:_TIME_BITS])
    if _number(bits[_TIME_BITS:]) != _checksum(ms):
        raise ClockError("There is no clock in the picture, or it is too damaged to be read.")
    return ms


def _levels(grey: Image.Image) -> list[float]:
    """The brightness of each square of the strip, in its middle."""
    width, height = grey.size
    strip = height * _STRIP_SHARE
    middle = (0, height - strip * 0.75, width, height - strip * 0.25)
    quarters = grey.resize((_SQUARES * 4, 1), Image.Resampling.BOX, box=middle)  # pyright: ignore[reportUnknownMemberType]
    levels = quarters.tobytes()
    return [fmean(levels[4 * square + 1 : 4 * square + 3]) for square in range(_SQUARES)]


def _bits(ms: int) -> list[bool]:
    return [*_HEAD, *_binary(ms, _TIME_BITS), *_binary(_checksum(ms), _CHECK_BITS), *_TAIL]


def _binary(number: int, bits: int) -> list[bool]:
    return [bool(number >> place & 1) for place in reversed(range(bits))]


def _number(bits: Iterable[bool]) -> int:
    number = 0
    for bit in bits:
        number = number << 1 | bit
    return number


def _checksum(ms: int) -> int:
    return zlib.crc32(ms.to_bytes(4, "big")) & (1 << _CHECK_BITS) - 1
