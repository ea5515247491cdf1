"""``StartPersonTracking`` and ``GetPersonTracking``."""

from typing import TYPE_CHECKING

from typing_extensions import deprecated

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.persons import (
        GetPersonTrackingResponse,
        PersonDetection,
        PersonTrackingSortBy,
    )

__all__ = ["PersonOperations"]

_DEPRECATION_MESSAGE = "Rekognition ended support for person tracking on 2025-10-31"


class PersonOperations(RekognitionOperations):
    """Person tracking, which the service no longer supports."""

    @deprecated(_DEPRECATION_MESSAGE)
    @checked_arguments
    async def start_person_tracking(
        self,
        video: S3Video,
        *,
        client_request_token: str | None = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[PersonDetection, GetPersonTrackingResponse]]":
        """Start asynchronous tracking of the paths of persons in a stored video.

        Deprecated: the service ended support on 2025-10-31; a call issues a ``DeprecationWarning``.

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
            The job; awaiting it returns a pager over persons.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            QuotaError: the account already has 20 jobs in progress.
            InvalidRequestError: the object does not exist, or is not a video the service can read.
            VidKitError: see `vidkit.errors`.

        Source: ``StartPersonTracking``.
        """
        from vidkit.rekognition.kinds import persons

        request = persons.StartPersonTrackingRequest(
            video=video,
            client_request_token=request_token(client_request_token),
            notification_channel=notification_channel,
            job_tag=job_tag,
        )
        return await self._video_jobs.start(
            persons.PERSON_TRACKING,
            request,
            completion=completion,
            token_from_caller=client_request_token is not None,
        )

    @deprecated(_DEPRECATION_MESSAGE)
    @checked_arguments
    def get_person_tracking(
        self,
        job_id: str,
        *,
        max_results: int = 1000,
        next_token: str | None = None,
        sort_by: "PersonTrackingSortBy | None" = None,
    ) -> "AsyncPager[PersonDetection, GetPersonTrackingResponse]":
        """Get the person tracking results of a job.

        A job that is still in progress returns a page without persons; to wait, use `Job`.

        Deprecated: the service ended support on 2025-10-31; a call issues a ``DeprecationWarning``.

        Args:
            job_id: the job's id.
            max_results: the maximum number of items per page, 1 to 1000 (1000).
            next_token: the token of the page to begin with; default: the first page.
            sort_by: ``"TIMESTAMP"`` (the service's default) or ``"INDEX"``, which groups the
                items by person.

        Returns:
            A pager over persons.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: no job of this kind has this id.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetPersonTracking``.
        """
        from vidkit.rekognition.kinds import persons

        request = persons.GetPersonTrackingRequest(
            job_id=job_id,
            max_results=max_results,
            next_token=next_token,
            sort_by=sort_by,
        )
        return self._video_jobs.pages(persons.PERSON_TRACKING, request)
