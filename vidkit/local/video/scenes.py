"""Drawn scenes for test clips: a still background, and shapes that move over it.

All coordinates are in a space 160 wide and 90 high, which is stretched to the picture.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

_WIDTH, _HEIGHT = 160, 90
_OVERSAMPLING = 3

Course: TypeAlias = Callable[[float], tuple[float, float]]
"""The position of a shape's centre at a time in seconds."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A picture that moves, or one that stands still in the foreground."""

    picture: Image.Image
    course: Course


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """A scene that can be drawn at any time."""

    name: str
    labels: tuple[str, ...]
    """What it shows, as labels of Rekognition."""
    background: Image.Image
    shapes: tuple[Shape, ...]
    caption: Image.Image

    def at(self, seconds: float) -> Image.Image:
        """The picture at a time after the scene's start."""
        image = self.background.copy()
        for shape in self.shapes:
            x, y = shape.course(seconds)
            picture = shape.picture
            left = round(x * image.width / _WIDTH - picture.width / 2)
            top = round(y * image.height / _HEIGHT - picture.height / 2)
            image.paste(picture, (left, top), picture)
        margin = self.caption.height // 2
        image.paste(self.caption, (margin, margin), self.caption)
        return image


def draw_scene(number: int, size: tuple[int, int]) -> DrawnScene:
    """A scene by its number, from 0: the designs repeat, and repetitions have a numbered name.

    Args:
        number: the scene's number.
        size: the picture's width and height.
    """
    repetition, design = divmod(number, len(_DESIGNS))
    name, labels, draw = _DESIGNS[design]
    name = f"{name} {repetition + 1}" if repetition else name
    canvas = _Canvas(size)
    background, shapes = draw(canvas)
    return DrawnScene(name, labels, background, tuple(shapes), _caption(name, size))


class _Canvas:
    """Draws at a multiple of the picture's size, so that edges are smooth."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._x = size[0] * _OVERSAMPLING / _WIDTH
        self._y = size[1] * _OVERSAMPLING / _HEIGHT

    def gradient(self, top: str, middle: str, bottom: str) -> Image.Image:
        """A vertical gradient, for a sky or a field."""
        ramp = ImageOps.colorize(Image.linear_gradient("L"), top, bottom, mid=middle)
        return ramp.resize(self._size, Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]

    def pen(self, width: float = _WIDTH, height: float = _HEIGHT) -> "_Pen":
        """A transparent sheet to draw on."""
        return _Pen(width, height, self._x, self._y)

    def glow(self, radius: float, colour: str) -> Image.Image:
        """A light that fades out."""
        sides = [round(2 * radius * scale / _OVERSAMPLING) for scale in (self._x, self._y)]
        light = ImageOps.invert(Image.radial_gradient("L"))
        rest = Image.new("L", light.size, 76)  # the gradient's brightness at its edges
        fading = ImageChops.subtract(light, rest, scale=0.75)
        fading = ImageChops.multiply(fading, fading)
        picture = Image.new("RGBA", fading.size, colour)
        picture.putalpha(fading)
        return picture.resize((sides[0], sides[1]), Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]


class _Pen:
    def __init__(self, width: float, height: float, x: float, y: float) -> None:
        self._x, self._y = x, y
        sides = [
            max(1, round(side * scale / _OVERSAMPLING)) * _OVERSAMPLING
            for side, scale in ((width, x), (height, y))
        ]
        self._sheet = Image.new("RGBA", (sides[0], sides[1]))
        self._draw = ImageDraw.Draw(self._sheet)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        self._draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        self._draw.rectangle(self._box(left, top, right, bottom), fill)

    def rounded(
        self, left: float, top: float, right: float, bottom: float, radius: float, fill: str
    ) -> None:
        self._draw.rounded_rectangle(self._box(left, top, right, bottom), radius * self._y, fill)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        self._draw.polygon([(x * self._x, y * self._y) for x, y in points], fill)

    def line(self, points: Sequence[tuple[float, float]], fill: str, width: float) -> None:
        self._draw.line(
            [(x * self._x, y * self._y) for x, y in points], fill, max(1, round(width * self._y))
        )

    def hills(self, base: float, height: float, waves: float, fill: str) -> None:
        """A soft ridge across the full width, filled down to the bottom."""
        ridge = [
            (x, base - height * (math.sin(x / _WIDTH * waves) + math.sin(x * waves / 61) / 3))
            for x in range(_WIDTH + 1)
        ]
        self.polygon([*ridge, (_WIDTH, _HEIGHT), (0, _HEIGHT)], fill)

    def done(self) -> Image.Image:
        return self._sheet.reduce(_OVERSAMPLING)

    def _box(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, float, float]:
        return left * self._x, top * self._y, right * self._x, bottom * self._y


_Drawing: TypeAlias = tuple[Image.Image, list[Shape]]


def _still(picture: Image.Image) -> Shape:
    return Shape(picture, lambda _: (_WIDTH / 2, _HEIGHT / 2))


def _across(start: float, speed: float, y: float, *, bob: float = 0, span: float = 200) -> Course:
    """Moves out at the right edge (at a negative speed: the left), and in again at the other."""
    return lambda t: ((start + speed * t) % span - 20, y + bob * math.sin(2 * t + start))


def _onto(background: Image.Image, *layers: Image.Image) -> Image.Image:
    for layer in layers:
        background.paste(layer, (0, 0), layer)
    return background


def _cloud(canvas: _Canvas, fill: str) -> Image.Image:
    pen = canvas.pen(30, 12)
    for x, y, r in ((7, 8, 4), (13, 6, 5.5), (20, 7, 4.5), (25, 9, 3)):
        pen.ellipse(x, y, r * 1.2, r, fill)
    return pen.done()


def _sunrise(canvas: _Canvas) -> _Drawing:
    sun, bird, near = canvas.pen(24, 24), canvas.pen(8, 4), canvas.pen()
    sun.ellipse(12, 12, 11, 11, "#fff1b8")
    bird.line([(0.5, 0.8), (4, 3.2), (7.5, 0.8)], "#3b2140", 0.7)
    near.hills(68, 7, 9, "#6d3357")
    near.hills(80, 6, 6, "#3f2146")
    flying = bird.done()
    shapes = [
        Shape(canvas.glow(50, "#fff0c0"), lambda t: (104, max(20, 62 - 1.6 * t))),
        Shape(sun.done(), lambda t: (104, max(20, 62 - 1.6 * t))),
        _still(near.done()),
        *(
            Shape(flying, _across(20 + 13 * bird, 9, 18 + 6 * (bird % 3), bob=2))
            for bird in range(5)
        ),
    ]
    return canvas.gradient("#5b3a86", "#f0776c", "#ffd28a"), shapes


def _harbour(canvas: _Canvas) -> _Drawing:
    boat, sea = canvas.pen(36, 40), canvas.pen()
    boat.polygon([(3, 29), (33, 29), (27, 37), (8, 37)], "#a5352b")
    boat.box(17.3, 2, 18.3, 30, "#5a3d28")
    boat.polygon([(19, 3), (19, 27), (32, 27)], "#ffffff")
    boat.polygon([(16.6, 6), (16.6, 27), (5, 27)], "#f6d66b")
    sea.box(0, 64, 160, 90, "#1c7fae")
    for row in range(3):
        for column in range(9):
            x, y = 6 + 19 * column + 7 * (row % 2), 69 + 6 * row
            sea.line([(x, y), (x + 3, y - 1), (x + 6, y), (x + 9, y - 1)], "#8fd3ee", 0.6)
    island = canvas.pen()
    island.hills(62, 6, 4, "#4d8f6a")
    cloud = _cloud(canvas, "#ffffff")
    shapes = [
        Shape(cloud, _across(30, 4, 18)),
        Shape(cloud, _across(120, 6, 30)),
        Shape(boat.done(), _across(50, 11, 50, bob=1.2)),
        _still(sea.done()),
    ]
    return _onto(canvas.gradient("#4aa8e8", "#9fd8f7", "#e8f7fb"), island.done()), shapes


def _football(canvas: _Canvas) -> _Drawing:
    pitch, ball = canvas.pen(), canvas.pen(16, 16)
    for stripe in range(0, 8, 2):
        pitch.box(stripe * 20, 0, stripe * 20 + 20, 90, "#3f9d3f")
    for x in (0, 80, 159):
        pitch.box(x, 0, x + 1, 90, "#f4fff4")
    pitch.ellipse(80.5, 45, 18, 18, "#f4fff4")
    pitch.ellipse(80.5, 45, 17, 17, "#48ab48")
    pitch.box(80, 27, 81, 63, "#f4fff4")
    ball.ellipse(8, 8, 7.6, 7.6, "#222222")
    ball.ellipse(8, 8, 7, 7, "#ffffff")
    for corner in range(5):
        angle = math.tau * corner / 5
        ball.ellipse(8 + 5 * math.sin(angle), 8 - 5 * math.cos(angle), 1.5, 1.5, "#222222")
    ball.ellipse(8, 8, 2, 2, "#222222")
    shadow = canvas.pen(14, 5)
    shadow.ellipse(7, 2.5, 7, 2.5, "#1f5a2688")

    def roll(t: float) -> float:
        return 80 + 62 * math.sin(0.55 * t)

    shapes = [
        Shape(shadow.done(), lambda t: (roll(t), 66)),
        Shape(ball.done(), lambda t: (roll(t), 60 - 34 * abs(math.sin(2.2 * t)))),
    ]
    return _onto(canvas.gradient("#52b552", "#48ab48", "#3a953a"), pitch.done()), shapes


def _balloons(canvas: _Canvas) -> _Drawing:
    meadow = canvas.pen()
    meadow.hills(76, 5, 7, "#79b94e")
    meadow.hills(84, 4, 5, "#57983a")
    shapes: list[Shape] = [Shape(_cloud(canvas, "#ffffff"), _across(40, -5, 24))]
    for place, (outer, inner) in enumerate(
        (("#e4572e", "#ffd166"), ("#5f4bb6", "#f7b2d9"), ("#17a398", "#f2f7d5"))
    ):
        pen = canvas.pen(24, 36)
        pen.polygon([(5, 20), (19, 20), (14, 29), (10, 29)], outer)
        pen.ellipse(12, 12, 11, 12, outer)
        pen.ellipse(12, 12, 5, 12, inner)
        pen.line([(9, 27), (10.5, 31)], "#5a3d28", 0.5)
        pen.line([(15, 27), (13.5, 31)], "#5a3d28", 0.5)
        pen.rounded(9.5, 31, 14.5, 35, 0.8, "#7a4e2d")
        shapes.append(Shape(pen.done(), _rising(34 + 46 * place, 70 - 12 * place, 4 + place)))
    return _onto(canvas.gradient("#f7c8d8", "#fde8d7", "#fffdf0"), meadow.done()), shapes


def _rising(x: float, y: float, speed: float) -> Course:
    return lambda t: (x + 5 * math.sin(0.7 * t + x), (y - speed * t + 20) % 130 - 20)


def _snowfall(canvas: _Canvas) -> _Drawing:
    land, flake = canvas.pen(), canvas.pen(3, 3)
    land.hills(72, 4, 5, "#f4f8fc")
    for x, top in ((14, 34), (34, 44), (58, 38), (104, 40), (126, 30), (146, 42)):
        land.box(x - 1, top + 36, x + 1, top + 42, "#5b4636")
        for tier in range(3):
            y = top + 10 * tier
            land.polygon(
                [(x, y), (x - 6 - 2 * tier, y + 17), (x + 6 + 2 * tier, y + 17)], "#2f6b58"
            )
            land.polygon([(x, y), (x - 2.5, y + 6), (x + 2.5, y + 6)], "#ffffff")
    flake.ellipse(1.5, 1.5, 1.3, 1.3, "#ffffff")
    falling = flake.done()
    places = random.Random(7)  # noqa: S311
    shapes = [
        Shape(
            falling,
            _falling(places.uniform(0, 160), places.uniform(0, 96), places.uniform(9, 18)),
        )
        for _ in range(45)
    ]
    return _onto(canvas.gradient("#7d9cb8", "#b4c8d8", "#dbe6ee"), land.done()), shapes


def _falling(x: float, y: float, speed: float) -> Course:
    return lambda t: (x + 3 * math.sin(t + x), (y + speed * t) % 96 - 3)


def _city(canvas: _Canvas) -> _Drawing:
    skyline, car, lit = canvas.pen(), canvas.pen(30, 12), random.Random(3)  # noqa: S311
    x = 0
    while x < _WIDTH:
        width, height = lit.randint(12, 20), lit.randint(26, 56)
        skyline.box(
            x, 76 - height, x + width - 1, 76, lit.choice(("#2c2f5e", "#373a70", "#252850"))
        )
        for left in range(x + 2, x + width - 4, 4):
            for top in range(79 - height, 70, 5):
                if lit.random() < 0.6:  # noqa: PLR2004
                    skyline.box(left, top, left + 2, top + 2.6, "#ffdf80")
        x += width
    skyline.box(0, 76, 160, 90, "#4b4d63")
    for dash in range(0, 160, 20):
        skyline.box(dash, 80.6, dash + 10, 81.4, "#e8e8f0")
    car.polygon([(6, 5), (10, 1), (19, 1), (24, 5)], "#9fd0e6")
    car.rounded(1, 4.5, 29, 10, 1.5, "#e23c4b")
    for wheel in (7.5, 22.5):
        car.ellipse(wheel, 9.6, 2.3, 2.3, "#16161d")
    car.box(27.6, 5.6, 29, 7.4, "#fff6c2")
    driving, moon = car.done(), canvas.pen(16, 16)
    moon.ellipse(8, 8, 7.5, 7.5, "#f6f2d8")
    shapes = [
        Shape(driving, _across(30, 34, 73.5)),
        Shape(ImageOps.mirror(driving), _across(150, -27, 79.5)),
    ]
    sky = canvas.gradient("#4b4f9c", "#8a6fb8", "#f0a58f")
    moonlit = moon.done()
    sky.paste(moonlit, (round(sky.width * 0.8), round(sky.height * 0.08)), moonlit)
    return _onto(sky, skyline.done()), shapes


_DESIGNS: tuple[tuple[str, tuple[str, ...], Callable[[_Canvas], _Drawing]], ...] = (
    ("Sunrise", ("Sunrise", "Sky", "Nature", "Bird"), _sunrise),
    ("Harbour", ("Sailboat", "Boat", "Water", "Sea"), _harbour),
    ("Football", ("Football", "Ball", "Sport", "Grass"), _football),
    ("Balloons", ("Hot Air Balloon", "Aircraft", "Outdoors", "Grass"), _balloons),
    ("Snowfall", ("Snow", "Winter", "Tree", "Outdoors"), _snowfall),
    ("City", ("City", "Building", "Car", "Road"), _city),
)


def _caption(name: str, size: tuple[int, int]) -> Image.Image:
    font = ImageFont.load_default(max(8, size[1] / 18))
    left, top, right, bottom = font.getbbox(name)
    pad = round(size[1] / 45)
    picture = Image.new("RGBA", (round(right - left) + 4 * pad, round(bottom - top) + 2 * pad))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), pad, "#10121ab0")
    draw.text((2 * pad - left, pad - top), name, fill="#ffffff", font=font)
    return picture
