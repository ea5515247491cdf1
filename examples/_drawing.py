"""Colours, fonts and time formats that the demo's pictures share."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from PIL import ImageDraw, ImageFont

PAPER = "#f7f8fb"
CARD = "#ffffff"
INK = "#1c2230"
FADED = "#667085"
RULE = "#d9dee8"
BLACK_FRAMES = "#11131a"
MISSING = "#e6e9f0"
ACCENT = (15, 118, 164)
"""The colour of a label with a confidence of 100 %."""

_SHOTS = (
    "#3b6fd4",
    "#e07b2d",
    "#2f9e69",
    "#c2456b",
    "#7a5bc7",
    "#b58a12",
    "#1797a6",
    "#8a5a44",
)
# Usual steps of a time axis, in seconds.
_STEPS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800, 3600, 7200, 21600),
)
_ELLIPSIS = "..."
_MINUTE = 60
_HOUR = 3600

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def font(size: int) -> Font:
    """Return Pillow's own font, so that none has to be installed."""
    return ImageFont.load_default(size)


def shot_colour(index: int) -> str:
    """Return the colour of a shot, the same in every picture; neighbours differ."""
    return _SHOTS[index % len(_SHOTS)]


def label_colour(confidence: float) -> tuple[int, int, int]:
    """Return a colour for a confidence: light at 50 %, the full colour at 100 %."""
    strength = 0.3 + 0.7 * min(1.0, max(0.0, (confidence - 50) / 50))
    red, green, blue = (round(255 - (255 - part) * strength) for part in ACCENT)
    return red, green, blue


def fitted(draw: ImageDraw.ImageDraw, text: str, size: int, width: float) -> str:
    """Return the text, truncated with dots if it is wider than ``width``."""
    if draw.textlength(text, font(size)) <= width:
        return text
    while text and draw.textlength(text + _ELLIPSIS, font(size)) > width:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def clock(offset: timedelta, *, step: float = 1.0) -> str:
    """Return an offset as ``m:ss`` or ``h:mm:ss``.

    Args:
        offset: the time from the start.
        step: seconds between two such times, which decides how many decimals they need.
    """
    decimals = next((n for n in range(3) if round(float(step) * 10**n, 6).is_integer()), 3)
    scale = 10**decimals
    whole, fraction = divmod(round(offset.total_seconds() * scale), scale)
    hours, rest = divmod(whole, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{text}.{fraction:0{decimals}}" if decimals else text


def spoken(length: timedelta) -> str:
    """Return a duration in a suitable unit: ``480 ms``, ``9.9 s``, ``4 min 5 s``."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < _MINUTE:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def tick_step(length: float, most: Callable[[float], int]) -> float:
    """Return the smallest usual step for an axis.

    Args:
        length: the length of the axis, in seconds.
        most: returns the most ticks for a step, which decides how wide a tick's text is.
    """
    return next((step for step in _STEPS if length / step <= most(step)), length)
