"""Rekognition Video as one client, put together from its kinds of jobs."""

from typing import Any

from vidkit.jobs import Job, JobRef
from vidkit.paging import AsyncPager
from vidkit.rekognition.label_operations import LabelOperations
from vidkit.rekognition.segment_operations import SegmentOperations

__all__ = ["RekognitionClient"]


class RekognitionClient(LabelOperations, SegmentOperations):
    """Stored-video jobs of Rekognition Video; ``kit.rekognition``.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        async for item in await job:
            print(item.timestamp, item.label.name)
        ```
    """

    def resume(self, ref: JobRef) -> Job[AsyncPager[Any, Any]]:
        """The job that a reference stands for; `VidKit.resume` takes its token.

        Raises:
            RequestError: a kind that is not known here.
        """
        return self._video_jobs.resume(ref)
