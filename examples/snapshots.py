"""Huawei Cloud MPC: snapshots of a stored video, on the local cloud."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from vidkit import PollPolicy
from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip
from vidkit.mpc import ObsObjInfo, ThumbnailPara


async def main(clip: Path) -> None:
    """Take snapshots every two seconds, one at a millisecond, and one after a lost response."""
    video = ObsObjInfo(bucket="videos", location="cn-north-4", object="in/clip.mp4")
    folder = ObsObjInfo(bucket="videos", location="cn-north-4", object="out")
    async with LocalCloud() as cloud:
        cloud.add_object(video.bucket, video.object, clip)
        async with cloud.kit(poll=PollPolicy(initial_delay=0.2)) as kit:
            job = await kit.mpc.create_thumbnails_task(
                input=video,
                output=folder,
                thumbnail_para=ThumbnailPara(type="TIME", time=2, max_length=480),
            )
            async for status in job.watch():
                print(f"task {job.id}: {status}")
            task = await job
            for picture in task.thumbnail_info or ():
                print(f"  {picture.pic_name}")

            job = await kit.mpc.create_thumbnails_task(
                input=video,
                output=folder,
                thumbnail_para=ThumbnailPara(type="DOTS_MS", dots_ms=[2500]),
                sync=1,
            )
            task = await job
            print(f"task {job.id}: {task.status}: {task.output_file_name}")

            # The task is created and the response is lost: vidkit finds it and creates no other.
            cloud.inject("lost_answer", service="mpc", operation="CreateThumbnailsTask", times=1)
            job = await kit.mpc.create_thumbnails_task(
                input=video,
                output=folder,
                thumbnail_para=ThumbnailPara(type="DOTS", dots=[timedelta(seconds=1)]),
            )
            task = await job
            print(f"task {job.id}: {task.status}: found by its marker {task.user_data}")

        for name in cloud.object_names(folder.bucket, "out/"):
            print(f"{len(cloud.read_object(folder.bucket, name)):>6} bytes  {name}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder_name:
        rendered = render_clip(Path(folder_name, "clip.mp4"), duration=6, scenes=2)
        asyncio.run(main(rendered.path))
