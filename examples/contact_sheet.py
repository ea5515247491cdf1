"""Kinesis Video Streams: a contact sheet of the images of a range, drawn with Pillow."""

import asyncio
import io
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

import vidkit.images
from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip

TILE = 320, 180
COLUMNS = 4


def contact_sheet(images: Sequence[vidkit.images.Image]) -> Image.Image:
    """Draw the images in rows, each with its time, or with its error (blocking)."""
    width, height = TILE
    rows = -(-len(images) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width, rows * height), "black")
    draw = ImageDraw.Draw(sheet)
    for number, image in enumerate(images):
        row, column = divmod(number, COLUMNS)
        place = column * width, row * height
        if image.content is not None:
            with Image.open(io.BytesIO(image.content)) as picture:
                sheet.paste(ImageOps.fit(picture, TILE), place)
        caption = f"{image.timestamp:%H:%M:%S} {image.error or ''}"
        draw.text((place[0] + 6, place[1] + height - 18), caption, "white")
    return sheet


async def main(clip: Path, output: Path) -> None:
    """Draw the contact sheet of a short stream, and of two seconds after its end."""
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    async with LocalCloud() as cloud:
        cloud.add_stream("front-door", clip, start_timestamp=start)
        async with cloud.kit() as kit:
            images = await kit.images.get_images(
                stream_name="front-door",
                start_timestamp=start,
                end_timestamp=start + timedelta(seconds=11),
                width_pixels=TILE[0],
                height_pixels=TILE[1],
            ).collect()
    sheet = await asyncio.to_thread(contact_sheet, images)
    await asyncio.to_thread(sheet.save, output)
    print(f"{len(images)} images on {sheet.width} x {sheet.height} pixels in {output}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rendered = render_clip(
            Path(folder, "clip.mp4"), duration=10, width=320, height=180, scenes=4
        )
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("contact_sheet.png")
        asyncio.run(main(rendered.path, target))
