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
        """Start asynchronous detection of labels in a stored video.

        Args:
            video: the video.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; starts with the
                same token return the same job; default: a new token for each call, kept across its
                retries.
            min_confidence: the least confidence of a label, 0 to 100; the service's default is 50.
            notification_channel: the SNS topic to which the service publishes the job's completion.
            job_tag: an identifier that the service returns with the results, 1 to 1024 of
                ``a-zA-Z0-9_.-:+=/``.
            features: the features to detect: ``["GENERAL_LABELS"]``.
            settings: filters on labels and label categories.
            completion: the open queue that reports the job's completion, in place of polling.

        Returns:
            The job; awaiting it returns a pager over labels.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            QuotaError: the account already has 20 jobs in progress.
            InvalidRequestError: the object does not exist, or is not a video the service can read.
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
            token_from_caller=client_request_token is not None,
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
        """Get the label detection results of a job.

        A job that is still in progress returns a page without labels; to wait, use `Job`.

        Args:
            job_id: the job's id.
            max_results: the maximum number of items per page, 1 to 1000 (1000).
            next_token: the token of the page to begin with; default: the first page.
            sort_by: ``"TIMESTAMP"`` (the service's default) or ``"NAME"``.
            aggregate_by: ``"TIMESTAMPS"`` (the service's default) or ``"SEGMENTS"``.

        Returns:
            A pager over labels.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: no job of this kind has this id.
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
