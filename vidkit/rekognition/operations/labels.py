"""``StartLabelDetection`` and ``GetLabelDetection``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.jobs.job import Job
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.models import NotificationChannel, S3Video
from vidkit.rekognition.operations.base import RekognitionOperations, request_token

if TYPE_CHECKING:
    from vidkit.rekognition.kinds.labels import (
        GetLabelDetectionResponse,
        LabelDetection,
        LabelDetectionAggregateBy,
        LabelDetectionFeatureName,
        LabelDetectionSettings,
        LabelDetectionSortBy,
    )

__all__ = ["LabelOperations"]


class LabelOperations(RekognitionOperations):
    """Label detection."""

    @checked_arguments
    async def start_label_detection(
        self,
        video: S3Video,
        *,
        client_request_token: str | None = None,
        min_confidence: float | None = None,
        notification_channel: NotificationChannel | None = None,
        job_tag: str | None = None,
        features: "Sequence[LabelDetectionFeatureName] | None" = None,
        settings: "LabelDetectionSettings | None" = None,
        completion: CompletionQueue | None = None,
    ) -> "Job[AsyncPager[LabelDetection, GetLabelDetectionResponse]]":
        """Start looking for labels in a stored video.

        Args:
            video: the video.
            client_request_token: makes the start one and the same however often it is sent, 1 to
                64 of ``a-zA-Z0-9_-``; default: made anew for each call and kept over its retries.
            min_confidence: 0 to 100; the service's default is 50.
            notification_channel: where the service publishes that the job has ended.
            job_tag: text that comes back with the results, 1 to 1024 of ``a-zA-Z0-9_.-:+=/``.
            features: what to look for: ``["GENERAL_LABELS"]``.
            settings: which labels and categories.
            completion: learns of the job's end from this queue instead of polling.

        Returns:
            The job; awaiting it gives a pager over labels.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: 20 jobs are in progress in the account.
            InvalidRequestError: the object is missing or no video the service reads.
            VidKitError: see `vidkit.errors`.

        Source: ``StartLabelDetection``.
        """
        from vidkit.rekognition.kinds import labels

        request = labels.StartLabelDetectionRequest(
            video=video,
            client_request_token=request_token(client_request_token),
            min_confidence=min_confidence,
            notification_channel=notification_channel,
            job_tag=job_tag,
            features=features,
            settings=settings,
        )
        return await self._video_jobs.start(
            labels.LABEL_DETECTION,
            request,
            completion=completion,
            own_token=client_request_token is not None,
        )

    @checked_arguments
    def get_label_detection(
        self,
        job_id: str,
        *,
        max_results: int = 1000,
        next_token: str | None = None,
        sort_by: "LabelDetectionSortBy | None" = None,
        aggregate_by: "LabelDetectionAggregateBy | None" = None,
    ) -> "AsyncPager[LabelDetection, GetLabelDetectionResponse]":
        """The labels of a job.

        A job that is still running answers with a page without labels; wait with `Job`.

        Args:
            job_id: the job.
            max_results: items a page, 1 to 1000 (1000).
            next_token: where to begin; default: the start.
            sort_by: ``"TIMESTAMP"`` (the service's default) or ``"NAME"``.
            aggregate_by: ``"TIMESTAMPS"`` (the service's default) or ``"SEGMENTS"``.

        Returns:
            A pager over labels.

        Raises:
            RequestError: at once, when a parameter is wrong.
            NotFoundError: while iterating: there is no such job of this kind.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``GetLabelDetection``.
        """
        from vidkit.rekognition.kinds import labels

        request = labels.GetLabelDetectionRequest(
            job_id=job_id,
            max_results=max_results,
            next_token=next_token,
            sort_by=sort_by,
            aggregate_by=aggregate_by,
        )
        return self._video_jobs.pages(labels.LABEL_DETECTION, request)
