"""``StartCelebrityRecognition`` and ``GetCelebrityRecognition``."""

from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.celebrities import (
        CelebrityRecognition,
        CelebrityRecognitionSortBy,
        GetCelebrityRecognitionResponse,
    )

__all__ = ["CelebrityOperations"]


class CelebrityOperations(RekognitionOperations):
    """Celebrity recognition."""

    @checked_arguments
    async def start_celebrity_recognition(
        self,
        video: S3Video,
        *,
        client_request_token: str | None = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[CelebrityRecognition, GetCelebrityRecognitionResponse]]":
        """Start looking for celebrities in a stored video.

        Args:
            video: the video.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over celebrities.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
            VidKitError: see `vidkit.errors`.

        Source: ``StartCelebrityRecognition``.
        """
        from vidkit.rekognition.kinds import celebrities

        request = celebrities.StartCelebrityRecognitionRequest(
            video=video,
            client_request_token=request_token(client_request_token),
            notification_channel=notification_channel,
            job_tag=job_tag,
        )
        return await self._video_jobs.start(
            celebrities.CELEBRITY_RECOGNITION,
            request,
            completion=completion,
            own_token=client_request_token is not None,
        )

    @checked_arguments
    def get_celebrity_recognition(
        self,
        job_id: str,
        *,
        max_results: int = 1000,
        next_token: str | None = None,
        sort_by: "CelebrityRecognitionSortBy | None" = None,
    ) -> "AsyncPager[CelebrityRecognition, GetCelebrityRecognitionResponse]":
        """The celebrities of a job.

        A job that is still running answers with a page without celebrities; wait with `Job`.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.
            sort_by: ``"TIMESTAMP"`` or ``"ID"``, celebrity by celebrity.

        Returns:
            A pager over celebrities.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetCelebrityRecognition``.
        """
        from vidkit.rekognition.kinds import celebrities

        request = celebrities.GetCelebrityRecognitionRequest(
            job_id=job_id,
            max_results=max_results,
            next_token=next_token,
            sort_by=sort_by,
        )
        return self._video_jobs.pages(celebrities.CELEBRITY_RECOGNITION, request)
