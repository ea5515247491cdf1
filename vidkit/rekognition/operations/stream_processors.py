"""The operations of stream processors, and waiting for a status of theirs."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

from vidkit._internal.arguments import checked_arguments, seconds, short_repr
from vidkit.errors import RequestError, VidKitError, VidKitTimeoutError
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.jobs.tokens import JobRef
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.models import RegionOfInterest
from vidkit.rekognition.operations.base import RekognitionOperations

if TYPE_CHECKING:
    from vidkit.rekognition.stream_processors.models import (
        StreamProcessingStartSelector,
        StreamProcessingStopSelector,
        StreamProcessorDataSharingPreference,
        StreamProcessorInput,
        StreamProcessorNotificationChannel,
        StreamProcessorOutput,
        StreamProcessorParameterToDelete,
        StreamProcessorSettings,
        StreamProcessorSettingsForUpdate,
    )
    from vidkit.rekognition.stream_processors.responses import (
        CreateStreamProcessorResponse,
        DescribeStreamProcessorResponse,
        ListStreamProcessorsResponse,
        StartStreamProcessorResponse,
        StreamProcessor,
        StreamProcessorStatus,
    )

__all__ = ["StreamProcessorOperations"]

_API = "rekognition"


class StreamProcessorOperations(RekognitionOperations):
    """Stream processors: face search and label detection on Kinesis video streams.

    The service has been closed to new customers since 2026-04-30. Accounts that used it in the
    twelve months before that date can continue to use it.
    """

    @checked_arguments
    async def create_stream_processor(
        self,
        name: str,
        *,
        input: "StreamProcessorInput",
        output: "StreamProcessorOutput",
        settings: "StreamProcessorSettings",
        role_arn: str,
        tags: Mapping[str, str] | None = None,
        notification_channel: "StreamProcessorNotificationChannel | None" = None,
        kms_key_id: str | None = None,
        regions_of_interest: Sequence[RegionOfInterest] | None = None,
        data_sharing_preference: "StreamProcessorDataSharingPreference | None" = None,
    ) -> "CreateStreamProcessorResponse":
        """Create a stream processor; its status is ``STOPPED`` until it is started.

        Closed to new customers since 2026-04-30. A retry after a lost response may find that the
        name is in use by the processor that this call itself created, and then raises
        `ConflictError`.

        Args:
            name: 1 to 128 of ``a-zA-Z0-9_.-``, unique in the account and region.
            input: the Kinesis video stream.
            output: a Kinesis data stream for face search, an S3 destination for label detection.
            settings: ``face_search`` or ``connected_home`` (label detection).
            role_arn: the role that allows Rekognition to read the stream and to write the results.
            tags: at most 200.
            notification_channel: the SNS topic of label detection, which requires one.
            kms_key_id: id, alias or ARN of the KMS key that encrypts the objects that label
                detection writes to S3.
            regions_of_interest: at most 10 regions of the frame that label detection analyzes;
                default: the entire frame.
            data_sharing_preference: whether the service may use the video to improve its models.

        Returns:
            The new processor's ARN.

        Raises:
            RequestError: a parameter is invalid, or not allowed for the settings; nothing was sent.
            ConflictError: the name is in use.
            QuotaError: the account has as many processors as its quota allows.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        request = requests.CreateStreamProcessorRequest(
            name=name,
            input=input,
            output=output,
            settings=settings,
            role_arn=role_arn,
            tags=tags,
            notification_channel=notification_channel,
            kms_key_id=kms_key_id,
            regions_of_interest=regions_of_interest,
            data_sharing_preference=data_sharing_preference,
        )
        return await self._send(requests.CREATE, request)

    @checked_arguments
    async def describe_stream_processor(self, name: str) -> "DescribeStreamProcessorResponse":
        """Describe a stream processor, its status included.

        Closed to new customers since 2026-04-30.

        Raises:
            RequestError: the name is invalid; nothing was sent.
            NotFoundError: the processor does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DescribeStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        request = requests.DescribeStreamProcessorRequest(name=name)
        return await self._send(requests.DESCRIBE, request)

    @checked_arguments
    def list_stream_processors(
        self, *, max_results: int = 1000, next_token: str | None = None
    ) -> "AsyncPager[StreamProcessor, ListStreamProcessorsResponse]":
        """List the stream processors of the account in this region: names and statuses.

        Closed to new customers since 2026-04-30.

        Args:
            max_results: the maximum number of processors per page, 1 or more (1000, the service's
                default).
            next_token: the token of the page to begin with; default: the first page.

        Returns:
            A pager over processors.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListStreamProcessors``.
        """
        from vidkit.rekognition.stream_processors import requests

        request = requests.ListStreamProcessorsRequest(
            max_results=max_results, next_token=next_token
        )

        async def page(token: str | None) -> "ListStreamProcessorsResponse":
            return await self._send(requests.LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def start_stream_processor(
        self,
        name: str,
        *,
        start_selector: "StreamProcessingStartSelector | None" = None,
        stop_selector: "StreamProcessingStopSelector | None" = None,
    ) -> "StartStreamProcessorResponse":
        """Start a stream processor.

        Closed to new customers since 2026-04-30. Label detection requires both selectors. Face
        search takes none and runs until it is stopped. A start of label detection is not retried
        if the service may have carried it out, because that could start a second session. A start
        of face search is retried; the retry may then find the processor in use because the first
        attempt started it, and raises `ConflictError`.

        Args:
            name: the processor's name.
            start_selector: the position in the stream at which label detection starts.
            stop_selector: the length of video after which label detection stops.

        Returns:
            The session's id.

        Raises:
            RequestError: a parameter is invalid, or one selector is given without the other;
                nothing was sent.
            NotFoundError: the processor does not exist.
            ConflictError: the processor is already in use, or being updated.
            InvalidRequestError: the selectors are not allowed for the processor's settings.
            QuotaError: as many processors are in use as the quota allows.
            AmbiguousError: label detection may or may not have been started.
            VidKitError: see `vidkit.errors`.

        Source: ``StartStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        request = requests.StartStreamProcessorRequest(
            name=name, start_selector=start_selector, stop_selector=stop_selector
        )
        start = requests.START if start_selector is None else requests.START_SESSION
        return await self._send(start, request)

    @checked_arguments
    async def stop_stream_processor(self, name: str) -> None:
        """Stop a stream processor that is in use.

        Closed to new customers since 2026-04-30. The service accepts one stop per second from an
        account. A retry after a lost response may find that this call itself has already stopped
        the processor, and then raises `ConflictError`.

        Raises:
            RequestError: the name is invalid; nothing was sent.
            NotFoundError: the processor does not exist.
            ConflictError: the processor is not in use.
            VidKitError: see `vidkit.errors`.

        Source: ``StopStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        await self._send(requests.STOP, requests.StopStreamProcessorRequest(name=name))

    @checked_arguments
    async def update_stream_processor(
        self,
        name: str,
        *,
        settings_for_update: "StreamProcessorSettingsForUpdate | None" = None,
        regions_of_interest_for_update: Sequence[RegionOfInterest] | None = None,
        data_sharing_preference_for_update: "StreamProcessorDataSharingPreference | None" = None,
        parameters_to_delete: "Sequence[StreamProcessorParameterToDelete] | None" = None,
    ) -> None:
        """Update a stream processor; settings that are not given stay unchanged.

        Closed to new customers since 2026-04-30.

        Args:
            name: the processor's name.
            settings_for_update: the labels and the minimum confidence of label detection.
            regions_of_interest_for_update: at most 10 regions of the frame, which replace the
                current ones.
            data_sharing_preference_for_update: whether the service may use the video to improve its
                models.
            parameters_to_delete: the parameters to reset to their defaults:
                ``"ConnectedHomeMinConfidence"``, ``"RegionsOfInterest"``.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the processor does not exist.
            ConflictError: the processor is in use, or being updated.
            VidKitError: see `vidkit.errors`.

        Source: ``UpdateStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        request = requests.UpdateStreamProcessorRequest(
            name=name,
            settings_for_update=settings_for_update,
            regions_of_interest_for_update=regions_of_interest_for_update,
            data_sharing_preference_for_update=data_sharing_preference_for_update,
            parameters_to_delete=parameters_to_delete,
        )
        await self._send(requests.UPDATE, request)

    @checked_arguments
    async def delete_stream_processor(self, name: str) -> None:
        """Delete a stream processor that is not in use.

        Closed to new customers since 2026-04-30. The name can be used again a few seconds later. A
        retry after a lost response may find that this call itself has already deleted the
        processor, and then raises `NotFoundError`.

        Raises:
            RequestError: the name is invalid; nothing was sent.
            NotFoundError: the processor does not exist.
            ConflictError: the processor is in use, or being updated.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests

        await self._send(requests.DELETE, requests.DeleteStreamProcessorRequest(name=name))

    @checked_arguments
    async def wait_for_status(
        self,
        name: str,
        status: "StreamProcessorStatus",
        *,
        timeout: float | timedelta | None = None,  # noqa: ASYNC109
    ) -> "DescribeStreamProcessorResponse":
        """Poll a stream processor as `PollPolicy` says, until it has a status.

        A processor for label detection stays in ``STARTING`` while it is in use and never becomes
        ``RUNNING``, so a wait for ``RUNNING`` ends when its status is ``STARTING``. Transient
        errors are tolerated as they are for jobs. ``STARTING``, ``STOPPING`` and ``UPDATING`` may
        begin and end between two polls, and without a timeout the wait for a status that never
        comes does not end.

        Args:
            name: the processor's name.
            status: the status to wait for.
            timeout: seconds or a timedelta; None waits without limit.

        Returns:
            The response that had the status.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            JobFailedError: the status is ``FAILED``, and another status is waited for; the message
                ends with the service's reason.
            NotFoundError: the processor does not exist, or was deleted during the wait.
            VidKitTimeoutError: the timeout passed; the processor itself is not affected.
            VidKitError: see `vidkit.errors`.

        Source: ``DescribeStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests
        from vidkit.rekognition.stream_processors.responses import StreamProcessorStatus

        request = requests.DescribeStreamProcessorRequest(name=name)
        statuses = get_args(StreamProcessorStatus)
        if status not in statuses:
            raise RequestError(f"status={short_repr(status)}: must be one of {', '.join(statuses)}")
        timeout_seconds = (
            None if timeout is None else seconds(timeout, parameter="timeout", error=RequestError)
        )
        last_status: str | None = None

        async def poll() -> "JobPoll[DescribeStreamProcessorResponse]":
            nonlocal last_status
            response = await self._send(requests.DESCRIBE, request)
            last_status = response.status
            return _as_poll(name, response, wanted_status=status)

        ref = JobRef(f"{_API}.{requests.DESCRIBE.name}", name, "")
        driver = JobDriver(ref, poll, _unchanged)
        time_limit = asyncio.timeout(timeout_seconds)
        try:
            async with time_limit:
                return await Job(driver, self._caller.options.poll)
        except VidKitError as error:
            # A stream processor is not a job that could be resumed.
            error.job_token = None
            raise
        except TimeoutError as error:
            if not time_limit.expired():
                raise
            raise VidKitTimeoutError(
                f"stream processor {name!r} was not {status} within {timeout_seconds:g} s; "
                f"its last known status is {last_status}",
                service=_API,
                operation=requests.DESCRIBE.name,
            ) from error


def _as_poll(
    name: str, response: "DescribeStreamProcessorResponse", *, wanted_status: str
) -> "JobPoll[DescribeStreamProcessorResponse]":
    """A response as the poll of a job that succeeds once the processor has the wanted status."""
    label_detection_runs = wanted_status == "RUNNING" and _runs_label_detection(response)
    if response.status == wanted_status or label_detection_runs:
        state = JobState.SUCCEEDED
    elif response.status == "FAILED":
        state = JobState.FAILED
    else:
        state = JobState.RUNNING
    reason = response.status_message or "the service gives no reason"
    return JobPoll(response.status, state, response, f"stream processor {name!r} failed: {reason}")


def _runs_label_detection(response: "DescribeStreamProcessorResponse") -> bool:
    is_for_labels = response.settings is not None and response.settings.connected_home is not None
    return is_for_labels and response.status == "STARTING"


def _unchanged(response: "DescribeStreamProcessorResponse") -> "DescribeStreamProcessorResponse":
    return response
