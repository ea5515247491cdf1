"""The operations of stream processors, and waiting for their status."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel

from vidkit._internal.arguments import checked_arguments, seconds, shown
from vidkit.calls.operation import Operation
from vidkit.errors import RequestError, VidKitError, VidKitTimeoutError
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.jobs.tokens import JobRef
from vidkit.models.requests import RequestModel, to_wire
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.models import RegionOfInterest
from vidkit.rekognition.operations.base import RekognitionOperations
from vidkit.transports.base import AwsRequest

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

M = TypeVar("M", bound=BaseModel)

_API = "rekognition"


class StreamProcessorOperations(RekognitionOperations):
    """Stream processors: face search and label detection on Kinesis video streams.

    The service is closed to new customers since 2026-04-30; accounts that used it in the twelve
    months before go on.
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
        """Create a stream processor; it is ``STOPPED`` until it is started.

        Closed to new customers since 2026-04-30. Sent again after an answer was lost, it may find
        its own name taken: then `ConflictError` comes although this call created the processor.

        Args:
            name: 1 to 128 of ``a-zA-Z0-9_.-``, unique in the account and region.
            input: the Kinesis video stream.
            output: a Kinesis data stream for face search, a place in S3 for label detection.
            settings: ``face_search`` or ``connected_home`` (label detection).
            role_arn: the role that lets Rekognition read the stream and write the results.
            tags: at most 200.
            notification_channel: where label detection publishes, which needs one.
            kms_key_id: id, alias or ARN of the key that encrypts what label detection puts into S3.
            regions_of_interest: at most 10 parts of the frame that label detection looks at;
                default: the whole frame.
            data_sharing_preference: whether the service may learn from the video.

        Returns:
            The new processor's ARN.

        Raises:
            RequestError: a parameter is wrong or does not fit the kind; nothing was sent.
            ConflictError: the name is taken.
            QuotaError: the account has as many processors as it may.
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
        """Everything about a stream processor, its status included.

        Closed to new customers since 2026-04-30.

        Raises:
            RequestError: no name of a processor; nothing was sent.
            NotFoundError: there is no such processor.
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
        """All stream processors of the account in this region: names and statuses.

        Closed to new customers since 2026-04-30.

        Args:
            max_results: processors a page, 1 or more (1000, the service's default).
            next_token: where to begin; default: the start.

        Returns:
            A pager over processors.

        Raises:
            RequestError: at once, when a parameter is wrong.
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

        Closed to new customers since 2026-04-30. Label detection needs both selectors; face search
        takes none and runs until it is stopped. A start of label detection is not sent again when
        it may have been carried out: that could make a second session. One of face search is; it
        may then find the processor in use because of itself.

        Args:
            name: the processor.
            start_selector: where in the stream label detection begins.
            stop_selector: after how much video it stops.

        Returns:
            The session's id.

        Raises:
            RequestError: a parameter is wrong, or one selector is given without the other; nothing
                was sent.
            NotFoundError: there is no such processor.
            ConflictError: it is working already, or being changed.
            InvalidRequestError: the selectors do not fit the processor's kind.
            QuotaError: as many processors are working as may.
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
        """Stop a stream processor that is working.

        Closed to new customers since 2026-04-30. The service takes one stop a second from an
        account. Sent again after an answer was lost, it may find the processor stopped: then
        `ConflictError` comes although this call stopped it.

        Raises:
            RequestError: no name of a processor; nothing was sent.
            NotFoundError: there is no such processor.
            ConflictError: it is not working.
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
        """Change a stream processor; what is not given stays as it is.

        Closed to new customers since 2026-04-30.

        Args:
            name: the processor.
            settings_for_update: labels and confidence of label detection.
            regions_of_interest_for_update: at most 10 parts of the frame, in place of the present
                ones.
            data_sharing_preference_for_update: whether the service may learn from the video.
            parameters_to_delete: what goes back to its default: ``"ConnectedHomeMinConfidence"``,
                ``"RegionsOfInterest"``.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: there is no such processor.
            ConflictError: it is working, or being changed.
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
        """Delete a stream processor that is not working; its name is free a few seconds later.

        Closed to new customers since 2026-04-30. Sent again after an answer was lost, it may find
        the processor gone: then `NotFoundError` comes although this call deleted it.

        Raises:
            RequestError: no name of a processor; nothing was sent.
            NotFoundError: there is no such processor.
            ConflictError: it is working, or being changed.
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
        """Wait until a stream processor has a status, asking as often as `PollPolicy` says.

        A processor for label detection stays in ``STARTING`` while it works and never becomes
        ``RUNNING``; waiting for ``RUNNING`` therefore ends at ``STARTING`` for it. Errors that pass
        are endured as they are for jobs. ``STARTING``, ``STOPPING`` and ``UPDATING`` may come and
        go between two looks, and a status that never comes is waited for as long as it takes: give
        a timeout.

        Args:
            name: the processor.
            status: what to wait for.
            timeout: seconds or a timedelta; None waits as long as it takes.

        Returns:
            The answer that had the status.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            JobFailedError: the processor is ``FAILED``, and that is not what was waited for; the
                message ends with the service's reason.
            NotFoundError: there is no such processor, or it was deleted meanwhile.
            VidKitTimeoutError: the timeout passed; the processor goes on.
            VidKitError: see `vidkit.errors`.

        Source: ``DescribeStreamProcessor``.
        """
        from vidkit.rekognition.stream_processors import requests
        from vidkit.rekognition.stream_processors.responses import StreamProcessorStatus

        request = requests.DescribeStreamProcessorRequest(name=name)
        statuses = get_args(StreamProcessorStatus)
        if status not in statuses:
            raise RequestError(f"status={shown(status)}: must be one of {', '.join(statuses)}")
        limit = (
            None if timeout is None else seconds(timeout, parameter="timeout", error=RequestError)
        )
        last: str | None = None

        async def look() -> "JobPoll[DescribeStreamProcessorResponse]":
            nonlocal last
            response = await self._send(requests.DESCRIBE, request)
            last = response.status
            return _seen(name, response, status)

        watched = JobDriver(JobRef(f"{_API}.{requests.DESCRIBE.name}", name, ""), look, _itself)
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                return await Job(watched, self._caller.options.poll)
        except VidKitError as error:
            # What is watched here is no job, so there is none to resume.
            error.job_token = None
            raise
        except TimeoutError as error:
            if not clock.expired():
                raise
            raise VidKitTimeoutError(
                f"stream processor {name!r} was not {status} within {limit:g} s; "
                f"its last known status is {last}",
                service=_API,
                operation=requests.DESCRIBE.name,
            ) from error

    async def _send(self, operation: Operation[M], request: RequestModel) -> M:
        return await self._caller.call(
            operation, AwsRequest(_API, operation.name, to_wire(request))
        )


def _seen(
    name: str, response: "DescribeStreamProcessorResponse", wanted: str
) -> "JobPoll[DescribeStreamProcessorResponse]":
    """What an answer means for whoever waits for a status."""
    if response.status == wanted or (wanted == "RUNNING" and _detects_labels_now(response)):
        state = JobState.SUCCEEDED
    elif response.status == "FAILED":
        state = JobState.FAILED
    else:
        state = JobState.RUNNING
    why = response.status_message or "the service gives no reason"
    return JobPoll(response.status, state, response, f"stream processor {name!r} failed: {why}")


def _detects_labels_now(response: "DescribeStreamProcessorResponse") -> bool:
    detects_labels = response.settings is not None and response.settings.connected_home is not None
    return detects_labels and response.status == "STARTING"


def _itself(response: "DescribeStreamProcessorResponse") -> "DescribeStreamProcessorResponse":
    return response
