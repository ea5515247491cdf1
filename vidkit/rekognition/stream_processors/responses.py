"""The responses of the operations of stream processors."""

from typing import Literal

from pydantic import Field

from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
from vidkit.models.timestamps import EpochSeconds
from vidkit.rekognition.models import BoundingBox, Point
from vidkit.rekognition.stream_processors.models import ConnectedHomeLabel

__all__ = [
    "CreateStreamProcessorResponse",
    "DescribeStreamProcessorResponse",
    "DescribedConnectedHome",
    "DescribedDataSharingPreference",
    "DescribedFaceSearch",
    "DescribedInput",
    "DescribedNotificationChannel",
    "DescribedOutput",
    "DescribedRegionOfInterest",
    "DescribedS3Destination",
    "DescribedSettings",
    "DescribedStream",
    "ListStreamProcessorsResponse",
    "StartStreamProcessorResponse",
    "StreamProcessor",
    "StreamProcessorStatus",
]

StreamProcessorStatus = Literal["STOPPED", "STARTING", "RUNNING", "FAILED", "STOPPING", "UPDATING"]


class CreateStreamProcessorResponse(PascalResponse):
    """The response of ``CreateStreamProcessor``.

    Attributes:
        stream_processor_arn: the new processor's ARN; the operations take its name instead.

    Example:
        >>> CreateStreamProcessorResponse(
        ...     stream_processor_arn="arn:aws:rekognition:eu-central-1:123456789012:"
        ...     "streamprocessor/door"
        ... ).stream_processor_arn[-4:]
        'door'
    """

    stream_processor_arn: str | None = None


class StartStreamProcessorResponse(PascalResponse):
    """The response of ``StartStreamProcessor``.

    Attributes:
        session_id: the session's id, which is part of the events and objects of label detection;
            None if the service returns none.

    Example:
        >>> StartStreamProcessorResponse(session_id="s-1").session_id
        's-1'
    """

    session_id: str | None = None


class StreamProcessor(PascalResponse):
    """The name and status of a processor. API shape: ``StreamProcessor``.

    Attributes:
        name: the processor's name.
        status: ``STOPPED``, ``STARTING``, ``RUNNING``, ``FAILED``, ``STOPPING`` or ``UPDATING``.

    Example:
        >>> StreamProcessor(name="door", status="STOPPED").status
        'STOPPED'
    """

    name: str | None = None
    status: Open[StreamProcessorStatus] | None = None


class ListStreamProcessorsResponse(PascalResponse):
    """A page of processors. API operation: ``ListStreamProcessors``.

    Attributes:
        stream_processors: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last page.
    """

    stream_processors: list[StreamProcessor] = Field(default_factory=list[StreamProcessor])
    next_token: str | None = None

    @property
    def items(self) -> list[StreamProcessor]:
        """The processors."""
        return self.stream_processors


class DescribedStream(PascalResponse):
    """A stream. API shapes: ``KinesisVideoStream`` and ``KinesisDataStream``."""

    arn: str | None = None


class DescribedInput(PascalResponse):
    """The source of the video. API shape: ``StreamProcessorInput``."""

    kinesis_video_stream: DescribedStream | None = None


class DescribedS3Destination(PascalResponse):
    """A location in S3. API shape: ``S3Destination``."""

    bucket: str | None = None
    key_prefix: str | None = None


class DescribedOutput(PascalResponse):
    """The destination of the results. API shape: ``StreamProcessorOutput``.

    Attributes:
        kinesis_data_stream: the destination of face search.
        s3_destination: the destination of label detection.
    """

    kinesis_data_stream: DescribedStream | None = None
    s3_destination: DescribedS3Destination | None = None


class DescribedFaceSearch(PascalResponse):
    """Settings of face search. API shape: ``FaceSearchSettings``.

    Attributes:
        collection_id: the collection with the faces to search for.
        face_match_threshold: the minimum similarity of a match, 0 to 100.
    """

    collection_id: str | None = None
    face_match_threshold: float | None = None


class DescribedConnectedHome(PascalResponse):
    """Settings of label detection. API shape: ``ConnectedHomeSettings``.

    Attributes:
        labels: the labels to detect: ``PERSON``, ``PET``, ``PACKAGE``, ``ALL``.
        min_confidence: the minimum confidence of a label, 0 to 100.
    """

    labels: list[Open[ConnectedHomeLabel]] | None = None
    min_confidence: float | None = None


class DescribedSettings(PascalResponse):
    """Face search or label detection. API shape: ``StreamProcessorSettings``.

    Attributes:
        face_search: the settings of face search, or None.
        connected_home: the settings of label detection, or None.
    """

    face_search: DescribedFaceSearch | None = None
    connected_home: DescribedConnectedHome | None = None


class DescribedNotificationChannel(PascalResponse):
    """The SNS topic of label detection. API shape: ``StreamProcessorNotificationChannel``."""

    sns_topic_arn: str | None = Field(
        default=None, validation_alias="SNSTopicArn", serialization_alias="SNSTopicArn"
    )


class DescribedRegionOfInterest(PascalResponse):
    """A region of the frame that is analyzed. API shape: ``RegionOfInterest``.

    Attributes:
        bounding_box: the box, or None.
        polygon: the corners of the polygon, or None.
    """

    bounding_box: BoundingBox | None = None
    polygon: list[Point] | None = None


class DescribedDataSharingPreference(PascalResponse):
    """Whether data is shared. API shape: ``StreamProcessorDataSharingPreference``."""

    opt_in: bool | None = None


class DescribeStreamProcessorResponse(PascalResponse):
    """The description of a processor. API operation: ``DescribeStreamProcessor``.

    Attributes:
        name: the processor's name.
        stream_processor_arn: the processor's ARN.
        status: ``STOPPED``, ``STARTING``, ``RUNNING``, ``FAILED``, ``STOPPING`` or ``UPDATING``; a
            processor for label detection stays in ``STARTING`` while it is in use.
        status_message: details of the status, such as the reason for a failure.
        creation_timestamp: when the processor was created, aware.
        last_update_timestamp: when the processor or its status was last updated, aware.
        input: the source of the video.
        output: the destination of the results.
        role_arn: the role that the processor assumes.
        settings: the settings of face search or label detection.
        notification_channel: the SNS topic of label detection.
        kms_key_id: the KMS key that encrypts the objects in S3.
        regions_of_interest: the regions of the frame that are analyzed.
        data_sharing_preference: whether data is shared with the service.

    Example:
        >>> processor = DescribeStreamProcessorResponse(
        ...     name="door",
        ...     status="FAILED",
        ...     status_message="no such stream",
        ... )
        >>> processor.status_message
        'no such stream'
    """

    name: str | None = None
    stream_processor_arn: str | None = None
    status: Open[StreamProcessorStatus]
    status_message: str | None = None
    creation_timestamp: EpochSeconds | None = None
    last_update_timestamp: EpochSeconds | None = None
    input: DescribedInput | None = None
    output: DescribedOutput | None = None
    role_arn: str | None = None
    settings: DescribedSettings | None = None
    notification_channel: DescribedNotificationChannel | None = None
    kms_key_id: str | None = None
    regions_of_interest: list[DescribedRegionOfInterest] | None = None
    data_sharing_preference: DescribedDataSharingPreference | None = None
