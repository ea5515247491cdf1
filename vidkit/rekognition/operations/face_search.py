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
        """Start the asynchronous search for faces of a collection in a stored video.

        Args:
            video: the video.
            collection_id: the collection of faces, 1 to 255 of ``a-zA-Z0-9_.-``.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; starts with the
                same token return the same job; default: a new token for each call, kept across its
                retries.
            face_match_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.
            notification_channel: the SNS topic to which the service publishes the job's completion.
            job_tag: an identifier that the service returns with the results, 1 to 1024 of
                ``a-zA-Z0-9_.-:+=/``.
            completion: the open queue that reports the job's completion, in place of polling.

        Returns:
            The job; awaiting it returns a pager over persons.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            QuotaError: the account already has 20 jobs in progress.
            InvalidRequestError: the object does not exist, or is not a video the service can read.
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
            token_from_caller=client_request_token is not None,
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
        """Get the face search results of a job.

        A job that is still in progress returns a page without persons; to wait, use `Job`.

        Args:
            job_id: the job's id.
            max_results: the maximum number of items per page, 1 to 1000 (1000).
            next_token: the token of the page to begin with; default: the first page.
            sort_by: ``"TIMESTAMP"`` or ``"INDEX"``, which groups the items by person.

        Returns:
            A pager over persons.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: no job of this kind has this id.
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
