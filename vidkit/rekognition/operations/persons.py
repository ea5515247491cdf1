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

_ENDED = "Rekognition ended its support of person tracking on 2025-10-31"


class PersonOperations(RekognitionOperations):
    """Person tracking, which the service has ended."""

    @deprecated(_ENDED)
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
        """Start following the persons of a stored video.

        Deprecated: the service ended its support on 2025-10-31; calling this warns with a
        ``DeprecationWarning``.

        Args:
            video: the video.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over persons.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
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
            own_token=client_request_token is not None,
        )

    @deprecated(_ENDED)
    @checked_arguments
    def get_person_tracking(
        self,
        job_id: str,
        *,
        max_results: int = 1000,
        next_token: str | None = None,
        sort_by: "PersonTrackingSortBy | None" = None,
    ) -> "AsyncPager[PersonDetection, GetPersonTrackingResponse]":
        """The persons of a job.

        A job that is still running answers with a page without persons; wait with `Job`.

        Deprecated: the service ended its support on 2025-10-31; calling this warns with a
        ``DeprecationWarning``.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.
            sort_by: ``"TIMESTAMP"`` (the service's default) or ``"INDEX"``, person by person.

        Returns:
            A pager over persons.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
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
