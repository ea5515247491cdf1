"""Rekognition Video as one client, put together from its kinds of jobs."""

from typing import Any

from vidkit.jobs import Job, JobRef
from vidkit.paging import AsyncPager
from vidkit.rekognition.celebrity_operations import CelebrityOperations
from vidkit.rekognition.completion import CompletionQueue
from vidkit.rekognition.completion_operations import CompletionOperations
from vidkit.rekognition.face_operations import FaceOperations
from vidkit.rekognition.face_search_operations import FaceSearchOperations
from vidkit.rekognition.label_operations import LabelOperations
from vidkit.rekognition.moderation_operations import ModerationOperations
from vidkit.rekognition.person_operations import PersonOperations
from vidkit.rekognition.segment_operations import SegmentOperations
from vidkit.rekognition.stream_processor_operations import StreamProcessorOperations
from vidkit.rekognition.text_operations import TextOperations

__all__ = ["RekognitionClient"]


class RekognitionClient(
    LabelOperations,
    FaceOperations,
    FaceSearchOperations,
    PersonOperations,
    CelebrityOperations,
    ModerationOperations,
    SegmentOperations,
    TextOperations,
    CompletionOperations,
    StreamProcessorOperations,
):
    """Stored-video jobs and stream processors of Rekognition Video; ``kit.rekognition``.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        async for item in await job:
            print(item.timestamp, item.label.name)
        ```
    """

    def resume(
        self, ref: JobRef, *, completion: CompletionQueue | None = None
    ) -> Job[AsyncPager[Any, Any]]:
        """The job that a reference stands for; `VidKit.resume` takes its token.

        Raises:
            RequestError: a kind that is not known here.
        """
        return self._video_jobs.resume(ref, completion=completion)
