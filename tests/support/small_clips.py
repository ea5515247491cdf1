"""Small video files with one grey level for each frame, from which its number can be read."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

SIZE = (160, 96)
LEVEL = 8
"""The difference of the grey levels of two frames."""

RATE = 25
MS = 1000 // RATE
"""The length of a frame."""


def grey(number: int) -> Image.Image:
    """The picture of frame ``number``, 0 to 31."""
    return Image.new("RGB", SIZE, (LEVEL * number,) * 3)


def number_of(image: Image.Image | None) -> int | None:
    """The number of the frame that a picture shows; None where there is none."""
    if image is None:
        return None
    level = image.convert("L").getpixel((image.width // 2, image.height // 2))
    assert isinstance(level, int)
    return round(level / LEVEL)


def write_clip(
    path: Path,
    pictures: Iterable[Image.Image],
    *,
    codec: str = "libx264",
    format: str | None = None,
    options: Mapping[str, str] = {},
    times: Sequence[int] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """Encodes pictures of one size.

    Args:
        path: the file to write.
        pictures: the frames.
        codec: the encoder.
        format: the container; by the file's name if it is None.
        options: options of the encoder.
        times: the frames' times in 1/25 s; one after another if they are None.
        aspect: the pixel aspect.
    """
    with av.open(str(path), "w", format=format) as container:
        stream: Any = container.add_stream(codec, RATE, dict(options))
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.width, stream.height = picture.size
                if aspect is not None:
                    stream.codec_context.sample_aspect_ratio = aspect
            frame: Any = av.VideoFrame.from_image(picture)
            frame.pts = number if times is None else times[number]
            frame.time_base = Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
