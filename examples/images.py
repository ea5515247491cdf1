"""Kinesis Video Streams: images out of a stream, on the local cloud."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip


async def main(clip: Path) -> None:
    """Get two images a second from a stream, and one second past its end."""
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    async with LocalCloud() as cloud:
        cloud.add_stream("front-door", clip, start_timestamp=start)
        async with cloud.kit() as kit:
            images = kit.images.get_images(
                stream_name="front-door",
                start_timestamp=start,
                end_timestamp=start + timedelta(seconds=7),
                sampling_interval=timedelta(milliseconds=500),
                width_pixels=320,
                height_pixels=180,
            )
            async for image in images:
                result = f"{len(image.content)} bytes" if image.content else image.error
                print(f"{image.timestamp:%H:%M:%S.%f}  {result}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rendered = render_clip(Path(folder, "clip.mp4"), duration=6, scenes=2)
        asyncio.run(main(rendered.path))
