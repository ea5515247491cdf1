"""Rekognition Video: a label job and a segment job at the same time, on the local cloud."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from vidkit import Job, PollPolicy, S3Video
from vidkit.local import LocalCloud, ScriptedLabel
from vidkit.local.clips import RenderedClip, render_clip


async def watch(job: Job[Any]) -> None:
    """Print each change of a job's status until the job completes."""
    async for status in job.watch():
        print(f"{job.kind}: {status}")


async def main(clip: RenderedClip) -> None:
    """Start both jobs, watch them, and read their results."""
    video = S3Video("videos", "clip.mp4")
    async with LocalCloud() as cloud:
        cloud.add_object(video.bucket, video.name, clip.path)
        # The local cloud runs no model: it returns the labels that are scripted here.
        cloud.script_labels(
            video.bucket,
            video.name,
            [
                ScriptedLabel(label, timedelta(milliseconds=scene.start_ms))
                for scene in clip.scenes
                for label in scene.labels
            ],
        )
        async with cloud.kit(poll=PollPolicy(initial_delay=0.2)) as kit:
            labels = await kit.rekognition.start_label_detection(video, min_confidence=80)
            segments = await kit.rekognition.start_segment_detection(
                video, segment_types=["SHOT", "TECHNICAL_CUE"]
            )
            await asyncio.gather(watch(labels), watch(segments))

            async for item in await labels:
                if item.label is not None:
                    print(f"{item.timestamp:>6} ms  {item.label.name}")

            # The token is all that another process needs to resume the job.
            async for segment in await kit.resume(segments.token):
                cue = segment.technical_cue_segment
                what = cue.type if cue else "shot"
                print(f"{segment.start_timecode_smpte} to {segment.end_timecode_smpte}  {what}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(render_clip(Path(folder, "clip.mp4"), duration=6, scenes=3)))
