"""Many jobs on the local cloud: a few in flight, completion notifications, and a journal."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from vidkit import S3Video
from vidkit.local import LocalCloud, ScriptedLabel
from vidkit.local.clips import render_clip

ROLE = "arn:aws:iam::123456789012:role/rekognition-publishes"
JOBS = 30


async def main(folder: Path) -> None:
    """Run 30 label jobs, then run the same again: nothing is started twice."""
    clip = await asyncio.to_thread(render_clip, folder / "clip.mp4", duration=6, scenes=2)
    async with LocalCloud(job_seconds=0.3) as cloud, cloud.kit() as kit:
        for n in range(JOBS):
            cloud.add_object("videos", f"{n}.mp4", clip.path)
            seen = ScriptedLabel(f"Scene {n}", timedelta(seconds=n % 6))
            cloud.script_labels("videos", f"{n}.mp4", [seen])
        channel = await kit.rekognition.ensure_completion_queue("example", role_arn=ROLE)
        async with kit.rekognition.completion_queue(channel.queue_url, linger=0.5) as queue:
            starters = {
                f"{n}.mp4": partial(
                    kit.rekognition.start_label_detection,
                    S3Video("videos", f"{n}.mp4"),
                    notification_channel=channel.notification_channel,
                    completion=queue,
                )
                for n in range(JOBS)
            }
            for run in ("first", "second"):
                began = datetime.now(UTC)
                labels, repeated = 0, 0
                async for outcome in kit.run_jobs(
                    starters, journal=folder / "journal.jsonl", completion=queue
                ):
                    if outcome.result is None:
                        print(f"{outcome.key}: {outcome.error}")
                        continue
                    labels += len(await outcome.result.collect())
                    repeated += outcome.repeated
                seconds = (datetime.now(UTC) - began).total_seconds()
                print(f"{run} run: {labels} labels, {repeated} repeated, {seconds:.1f} s")
        starts = [call for call in cloud.calls if call.operation == "StartLabelDetection"]
        print(f"{len(starts)} starts, {queue.counts.receives} receives")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(Path(name)))
