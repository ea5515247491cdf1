"""Kinesis Video Streams: save every image of a day into a folder, with a progress bar.

Run it again on the same folder, or after killing it: existing images are not fetched again.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit.images import SaveProgressBar
from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip

HOUR = timedelta(hours=1)
START = datetime(2026, 5, 1, tzinfo=UTC)


async def main(clip: Path, frames: Path) -> None:
    """Save an image a second from a camera that records on motion."""
    async with LocalCloud(throttle={"images"}) as cloud:
        cloud.add_stream(
            "front-door",
            clip,
            start_timestamp=START,
            duration=24 * HOUR,
            # The stream has two minutes of media in the morning and one in the evening.
            gaps=[
                (START, START + 9 * HOUR),
                (START + 9 * HOUR + HOUR / 30, START + 18 * HOUR),
                (START + 18 * HOUR + HOUR / 60, START + 24 * HOUR),
            ],
        )
        async with cloud.kit() as kit:
            with SaveProgressBar("front-door") as bar:
                report = await kit.images.save_images(
                    frames,
                    stream_name="front-door",
                    start_timestamp=START,
                    end_timestamp=START + 24 * HOUR - timedelta(seconds=1),
                    sampling_interval=timedelta(seconds=1),
                    width_pixels=320,
                    height_pixels=180,
                    skip_gaps=True,
                    on_progress=bar,
                )
    print(f"{report.saved} saved, {report.skipped} skipped, {report.bytes:,} bytes")
    print(
        f"{report.in_gaps:,} points in gaps not requested, {len(report.missing)} without an image"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rendered = render_clip(
            Path(folder, "clip.mp4"), duration=5, width=320, height=180, scenes=2
        )
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder, "frames")
        asyncio.run(main(rendered.path, target))
