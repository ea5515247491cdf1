"""``StartFaceDetection`` and ``GetFaceDetection``."""

from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.faces import (
        FaceAttributes,
        FaceDetection,
        GetFaceDetectionResponse,
    )

__all__ = ["FaceOperations"]


class FaceOperations(RekognitionOperations):
    """Face detection."""

    @checked_arguments
    async def start_face_detection(
        self,
        video: S3Video,
        *,
        client_request_token: str | None = None,
        face_attributes: "FaceAttributes | None" = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[FaceDetection, GetFaceDetectionResponse]]":
        """Start asynchronous detection of faces in a stored video.

        Args:
            video: the video.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; starts with the
                same token return the same job; default: a new token for each call, kept across its
                retries.
            face_attributes: ``"DEFAULT"`` (the service's default) returns bounding box, landmarks,
                pose, quality and confidence; ``"ALL"`` returns every member of `FaceDetail`.
            notification_channel: the SNS topic to which the service publishes the job's completion.
            job_tag: an identifier that the service returns with the results, 1 to 1024 of
                ``a-zA-Z0-9_.-:+=/``.
            completion: the open queue that reports the job's completion, in place of polling.

        Returns:
            The job; awaiting it returns a pager over faces.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            QuotaError: the account already has 20 jobs in progress.
            InvalidRequestError: the object does not exist, or is not a video the service can read.
            VidKitError: see `vidkit.errors`.

        Source: ``StartFaceDetection``.
        """
        from vidkit.rekognition.kinds import faces

        request = faces.StartFaceDetectionRequest(
            video=video,
            client_request_token=request_token(client_request_token),
            face_attributes=face_attributes,
            notification_channel=notification_channel,
            job_tag=job_tag,
        )
        return await self._video_jobs.start(
            faces.FACE_DETECTION,
            request,
            completion=completion,
            token_from_caller=client_request_token is not None,
        )

    @checked_arguments
    def get_face_detection(
        self, job_id: str, *, max_results: int = 1000, next_token: str | None = None
    ) -> "AsyncPager[FaceDetection, GetFaceDetectionResponse]":
        """Get the face detection results of a job.

        A job that is still in progress returns a page without faces; to wait, use `Job`.

        Args:
            job_id: the job's id.
            max_results: the maximum number of items per page, 1 to 1000 (1000).
            next_token: the token of the page to begin with; default: the first page.

        Returns:
            A pager over faces.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: no job of this kind has this id.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetFaceDetection``.
        """
        from vidkit.rekognition.kinds import faces

        request = faces.GetFaceDetectionRequest(
            job_id=job_id, max_results=max_results, next_token=next_token
        )
        return self._video_jobs.pages(faces.FACE_DETECTION, request)
