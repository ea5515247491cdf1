"""Kinesis Video Streams: a time-lapse video of the images of a range, encoded with PyAV."""

# pyright: reportUnknownMemberType=false
# (PyAV's types do not say which stream a packet belongs to)

import asyncio
import io
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
from av.video.frame import VideoFrame
from PIL import Image

from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip


class Film:
    """An H.264 file that gets one frame for each picture; its methods block.

    Args:
        path: the MP4 file.
        size: width and height of the frames in pixels, even numbers.
        rate: frames a second.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: int) -> None:
        self._container = av.open(str(path), "w")
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self.frames = 0

    def add(self, content: bytes) -> None:
        """Add a JPEG or PNG picture as a frame."""
        with Image.open(io.BytesIO(content)) as picture:
            rgb = picture.convert("RGB")
        frame = cast("VideoFrame", VideoFrame.from_image(rgb))  # type: ignore[no-untyped-call]
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


async def main(clip: Path, output: Path) -> None:
    """Show ten minutes in six seconds: an image every four seconds, at 25 frames a second."""
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    length = timedelta(minutes=10)
    size = 320, 180
    async with LocalCloud() as cloud:
        cloud.add_stream("front-door", clip, start_timestamp=start, duration=length)
        async with cloud.kit() as kit:
            images = kit.images.get_images(
                stream_name="front-door",
                start_timestamp=start,
                end_timestamp=start + length - timedelta(milliseconds=1),
                sampling_interval=timedelta(seconds=4),
                width_pixels=size[0],
                height_pixels=size[1],
            )
            with Film(output, size, rate=25) as film:
                async for image in images:
                    if image.content is not None:
                        await asyncio.to_thread(film.add, image.content)
    print(f"{film.frames} frames in {output}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rendered = render_clip(
            Path(folder, "clip.mp4"), duration=5, width=320, height=180, scenes=2
        )
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("time_lapse.mp4")
        asyncio.run(main(rendered.path, target))
