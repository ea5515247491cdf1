"""The client of Rekognition Video, with the operations of all kinds of jobs."""

from typing import Any

from vidkit.calls.any_operation import AnyOperation
from vidkit.jobs.job import Job
from vidkit.jobs.tokens import JobRef
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.operations.celebrities import CelebrityOperations
from vidkit.rekognition.operations.collection_faces import CollectionFaceOperations
from vidkit.rekognition.operations.collection_users import CollectionUserOperations
from vidkit.rekognition.operations.completion import CompletionOperations
from vidkit.rekognition.operations.face_collections import FaceCollectionOperations
from vidkit.rekognition.operations.face_search import FaceSearchOperations
from vidkit.rekognition.operations.faces import FaceOperations
from vidkit.rekognition.operations.labels import LabelOperations
from vidkit.rekognition.operations.moderation import ModerationOperations
from vidkit.rekognition.operations.persons import PersonOperations
from vidkit.rekognition.operations.picture_analysis import PictureOperations
from vidkit.rekognition.operations.segments import SegmentOperations
from vidkit.rekognition.operations.stream_processors import StreamProcessorOperations
from vidkit.rekognition.operations.texts import TextOperations

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
    AnyOperation,
    FaceCollectionOperations,
    CollectionFaceOperations,
    CollectionUserOperations,
    PictureOperations,
):
    """Rekognition: video jobs, stream processors, collections, pictures; ``kit.rekognition``.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        async for item in await job:
            print(item.timestamp, item.label.name)
        ```
    """

    _service = "rekognition"
    _apis = ("rekognition",)

    def resume(
        self, ref: JobRef, *, completion: CompletionQueue | None = None
    ) -> Job[AsyncPager[Any, Any]]:
        """Resume the job of a reference; `VidKit.resume` takes the job's token.

        Raises:
            RequestError: the kind of job is unknown, or the completion queue is not open.
        """
        return self._video_jobs.resume(ref, completion=completion)
