"""``StartFaceSearch`` and ``GetFaceSearch``."""

from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.face_search import (
        FaceSearchSortBy,
        GetFaceSearchResponse,
        PersonMatch,
    )

__all__ = ["FaceSearchOperations"]


class FaceSearchOperations(RekognitionOperations):
    """Face search."""

    @checked_arguments
    async def start_face_search(
        self,
        video: S3Video,
        *,
        collection_id: str,
        client_request_token: str | None = None,
        face_match_threshold: float | None = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[PersonMatch, GetFaceSearchResponse]]":
        """Start looking in a stored video for the faces of a collection.

        Args:
            video: the video.
            collection_id: the collection of faces, 1 to 255 of ``a-zA-Z0-9_.-``.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            face_match_threshold: how like a face must be, 0 to 100; the service's default is 80.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over persons.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: there is no such collection.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
            VidKitError: see `vidkit.errors`.

        Source: ``StartFaceSearch``.
        """
        from vidkit.rekognition.kinds import face_search

        request = face_search.StartFaceSearchRequest(
            video=video,
            collection_id=collection_id,
            client_request_token=request_token(client_request_token),
            face_match_threshold=face_match_threshold,
            notification_channel=notification_channel,
            job_tag=job_tag,
        )
        return await self._video_jobs.start(
            face_search.FACE_SEARCH,
            request,
            completion=completion,
            own_token=client_request_token is not None,
        )

    @checked_arguments
    def get_face_search(
        self,
        job_id: str,
        *,
        max_results: int = 1000,
        next_token: str | None = None,
        sort_by: "FaceSearchSortBy | None" = None,
    ) -> "AsyncPager[PersonMatch, GetFaceSearchResponse]":
        """The persons of a job.

        A job that is still running answers with a page without persons; wait with `Job`.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.
            sort_by: ``"TIMESTAMP"`` or ``"INDEX"``, person by person.

        Returns:
            A pager over persons.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetFaceSearch``.
        """
        from vidkit.rekognition.kinds import face_search

        request = face_search.GetFaceSearchRequest(
            job_id=job_id,
            max_results=max_results,
            next_token=next_token,
            sort_by=sort_by,
        )
        return self._video_jobs.pages(face_search.FACE_SEARCH, request)
