"""``StartSegmentDetection`` and ``GetSegmentDetection``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.segments import (
        GetSegmentDetectionResponse,
        SegmentDetection,
        SegmentType,
        StartSegmentDetectionFilters,
    )

__all__ = ["SegmentOperations"]


class SegmentOperations(RekognitionOperations):
    """Segment detection."""

    @checked_arguments
    async def start_segment_detection(
        self,
        video: S3Video,
        *,
        segment_types: "Sequence[SegmentType]",
        client_request_token: str | None = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        filters: "StartSegmentDetectionFilters | None" = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[SegmentDetection, GetSegmentDetectionResponse]]":
        """Start looking for shots and technical cues in a stored video.

        Args:
            video: the video.
            segment_types: ``"SHOT"``, ``"TECHNICAL_CUE"`` or both.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            filters: confidence and what counts as black.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over segments.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
            VidKitError: see `vidkit.errors`.

        Source: ``StartSegmentDetection``.
        """
        from vidkit.rekognition.kinds import segments

        request = segments.StartSegmentDetectionRequest(
            video=video,
            segment_types=segment_types,
            client_request_token=request_token(client_request_token),
            notification_channel=notification_channel,
            job_tag=job_tag,
            filters=filters,
        )
        return await self._video_jobs.start(
            segments.SEGMENT_DETECTION,
            request,
            completion=completion,
            own_token=client_request_token is not None,
        )

    @checked_arguments
    def get_segment_detection(
        self, job_id: str, *, max_results: int = 1000, next_token: str | None = None
    ) -> "AsyncPager[SegmentDetection, GetSegmentDetectionResponse]":
        """The segments of a job.

        A job that is still running answers with a page without segments; wait with `Job`.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.

        Returns:
            A pager over segments.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetSegmentDetection``.
        """
        from vidkit.rekognition.kinds import segments

        request = segments.GetSegmentDetectionRequest(
            job_id=job_id, max_results=max_results, next_token=next_token
        )
        return self._video_jobs.pages(segments.SEGMENT_DETECTION, request)
