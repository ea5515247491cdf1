"""What waiting costs, and how to avoid it: the same work in two ways, over a slow connection."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from vidkit import S3Video, VidKit
from vidkit.local import LocalCloud, ScriptedLabel
from vidkit.local.clips import render_clip

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LENGTH, INTERVAL = timedelta(seconds=30), timedelta(milliseconds=200)
LATENCY, WORK = 0.05, 0.02

Way = Callable[[], Awaitable[int]]


async def timed(name: str, way: Way) -> float:
    """Do the work and print how long it took."""
    began = time.perf_counter()
    count = await way()
    seconds = time.perf_counter() - began
    print(f"  {name:<30} {count:>4} {seconds:6.2f} s")
    return seconds


async def compare(title: str, slow: tuple[str, Way], fast: tuple[str, Way]) -> None:
    """Time both ways, and print how many times as fast the second one was."""
    print(title)
    ratio = await timed(*slow) / await timed(*fast)
    print(f"  {ratio:.1f} times as fast\n")


async def images(kit: VidKit, concurrency: int) -> int:
    """Read five images a second for half a minute, in six pages."""
    pager = kit.images.get_images(
        stream_name="front-door",
        start_timestamp=START,
        end_timestamp=START + LENGTH - INTERVAL,
        sampling_interval=INTERVAL,
        width_pixels=160,
        height_pixels=90,
        concurrency=concurrency,
    )
    return len(await pager.collect())


async def page_after_page(kit: VidKit, job_id: str) -> int:
    """Request each page after the previous one has been processed."""
    count, token, more = 0, None, True
    while more:
        page = await kit.rekognition.get_label_detection(job_id, max_results=10, next_token=token)
        count += len(page.items)
        await asyncio.sleep(WORK)
        token = page.next_token
        more = token is not None
    return count


async def pages(kit: VidKit, job_id: str) -> int:
    """Do the same with `pages()`, which fetches the next page meanwhile."""
    count = 0
    async for page in kit.rekognition.get_label_detection(job_id, max_results=10).pages():
        count += len(page.items)
        await asyncio.sleep(WORK)
    return count


async def a_kit_each(cloud: LocalCloud) -> int:
    """Make ten calls, each with a kit of its own: ten clients, ten connections."""
    for _ in range(10):
        async with cloud.kit() as kit:
            await kit.ivs.list_playback_restriction_policies()
    return 10


async def one_kit(cloud: LocalCloud) -> int:
    """Make the same calls with one kit."""
    async with cloud.kit() as kit:
        for _ in range(10):
            await kit.ivs.list_playback_restriction_policies()
    return 10


async def main(clip: Path) -> None:
    """Compare two ways for each of three kinds of work."""
    async with LocalCloud() as cloud:
        cloud.add_stream("front-door", clip, start_timestamp=START)
        cloud.add_object("videos", "clip.mp4", clip)
        seen = [ScriptedLabel("Car", number * INTERVAL) for number in range(LENGTH // INTERVAL)]
        cloud.script_labels("videos", "clip.mp4", seen)
        async with cloud.kit() as kit:
            job = await kit.rekognition.start_label_detection(S3Video("videos", "clip.mp4"))
            await job
            # The first read decodes the video's frames; it is not measured.
            await images(kit, 8)
            # From here on every response has a latency, as from a distant cloud.
            cloud.inject("latency", seconds=LATENCY)
            await compare(
                "Images of half a minute",
                ("concurrency=1", partial(images, kit, 1)),
                ("concurrency=8, the default", partial(images, kit, 8)),
            )
            await compare(
                f"Results of a job, {WORK * 1000:g} ms of work after each page",
                ("page after page", partial(page_after_page, kit, job.id)),
                ("pages(), which fetches ahead", partial(pages, kit, job.id)),
            )
        await compare(
            "Ten calls",
            ("a kit each", partial(a_kit_each, cloud)),
            ("one kit", partial(one_kit, cloud)),
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        seconds = LENGTH.total_seconds()
        rendered = render_clip(Path(folder, "clip.mp4"), duration=seconds, width=320, height=180)
        asyncio.run(main(rendered.path))
