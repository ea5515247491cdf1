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
        """Start asynchronous recognition of celebrities in a stored video.

        Args:
            video: the video.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; starts with the
                same token return the same job; default: a new token for each call, kept across its
                retries.
            notification_channel: the SNS topic to which the service publishes the job's completion.
            job_tag: an identifier that the service returns with the results, 1 to 1024 of
                ``a-zA-Z0-9_.-:+=/``.
            completion: the open queue that reports the job's completion, in place of polling.

        Returns:
            The job; awaiting it returns a pager over celebrities.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            QuotaError: the account already has 20 jobs in progress.
            InvalidRequestError: the object does not exist, or is not a video the service can read.
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
            token_from_caller=client_request_token is not None,
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
        """Get the celebrity recognition results of a job.

        A job that is still in progress returns a page without celebrities; to wait, use `Job`.

        Args:
            job_id: the job's id.
            max_results: the maximum number of items per page, 1 to 1000 (1000).
            next_token: the token of the page to begin with; default: the first page.
            sort_by: ``"TIMESTAMP"`` or ``"ID"``, which groups the items by celebrity.

        Returns:
            A pager over celebrities.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: no job of this kind has this id.
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
