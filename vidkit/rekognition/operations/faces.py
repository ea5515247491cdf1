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
        """Start looking for faces in a stored video.

        Args:
            video: the video.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            face_attributes: ``"DEFAULT"`` (the service's default): box, landmarks, pose, quality
                and confidence; ``"ALL"``: every member of `FaceDetail`.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over faces.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
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
            own_token=client_request_token is not None,
        )

    @checked_arguments
    def get_face_detection(
        self, job_id: str, *, max_results: int = 1000, next_token: str | None = None
    ) -> "AsyncPager[FaceDetection, GetFaceDetectionResponse]":
        """The faces of a job.

        A job that is still running answers with a page without faces; wait with `Job`.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.

        Returns:
            A pager over faces.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetFaceDetection``.
        """
        from vidkit.rekognition.kinds import faces

        request = faces.GetFaceDetectionRequest(
            job_id=job_id, max_results=max_results, next_token=next_token
        )
        return self._video_jobs.pages(faces.FACE_DETECTION, request)
