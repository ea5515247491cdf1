"""Stream processors: what their operations answer."""

from typing import Annotated, Literal

from pydantic import Field

from vidkit.models.responses import OPEN, PascalResponse
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
    """What ``CreateStreamProcessor`` answers.

    Attributes:
        stream_processor_arn: the new processor's ARN; operations take its name.

    Example:
        >>> CreateStreamProcessorResponse(
        ...     stream_processor_arn="arn:aws:rekognition:eu-central-1:123456789012:"
        ...     "streamprocessor/door"
        ... ).stream_processor_arn[-4:]
        'door'
    """

    stream_processor_arn: str | None = None


class StartStreamProcessorResponse(PascalResponse):
    """What ``StartStreamProcessor`` answers.

    Attributes:
        session_id: the session's id, which label detection's events and objects carry; None where
            the service gives none.

    Example:
        >>> StartStreamProcessorResponse(session_id="s-1").session_id
        's-1'
    """

    session_id: str | None = None


class StreamProcessor(PascalResponse):
    """A processor in a list. API shape: ``StreamProcessor``.

    Attributes:
        name: its name.
        status: ``STOPPED``, ``STARTING``, ``RUNNING``, ``FAILED``, ``STOPPING`` or ``UPDATING``.

    Example:
        >>> StreamProcessor(name="door", status="STOPPED").status
        'STOPPED'
    """

    name: str | None = None
    status: Annotated[StreamProcessorStatus | str, OPEN] | None = None


class ListStreamProcessorsResponse(PascalResponse):
    """A page of processors. API operation: ``ListStreamProcessors``.

    Attributes:
        stream_processors: the page's items, also as ``items``.
        next_token: where the next page begins; None on the last one.
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
    """Where the video comes from. API shape: ``StreamProcessorInput``."""

    kinesis_video_stream: DescribedStream | None = None


class DescribedS3Destination(PascalResponse):
    """A place in S3. API shape: ``S3Destination``."""

    bucket: str | None = None
    key_prefix: str | None = None


class DescribedOutput(PascalResponse):
    """Where the results go. API shape: ``StreamProcessorOutput``.

    Attributes:
        kinesis_data_stream: face search's.
        s3_destination: label detection's.
    """

    kinesis_data_stream: DescribedStream | None = None
    s3_destination: DescribedS3Destination | None = None


class DescribedFaceSearch(PascalResponse):
    """Which faces are recognised. API shape: ``FaceSearchSettings``.

    Attributes:
        collection_id: the collection.
        face_match_threshold: how like a face must be, 0 to 100.
    """

    collection_id: str | None = None
    face_match_threshold: float | None = None


class DescribedConnectedHome(PascalResponse):
    """Which labels are detected. API shape: ``ConnectedHomeSettings``.

    Attributes:
        labels: ``PERSON``, ``PET``, ``PACKAGE``, ``ALL``.
        min_confidence: how sure the service must be, 0 to 100.
    """

    labels: list[Annotated[ConnectedHomeLabel | str, OPEN]] | None = None
    min_confidence: float | None = None


class DescribedSettings(PascalResponse):
    """What the processor does. API shape: ``StreamProcessorSettings``.

    Attributes:
        face_search: set when it recognises faces.
        connected_home: set when it detects labels.
    """

    face_search: DescribedFaceSearch | None = None
    connected_home: DescribedConnectedHome | None = None


class DescribedNotificationChannel(PascalResponse):
    """Where it publishes. API shape: ``StreamProcessorNotificationChannel``."""

    sns_topic_arn: str | None = Field(
        default=None, validation_alias="SNSTopicArn", serialization_alias="SNSTopicArn"
    )


class DescribedRegionOfInterest(PascalResponse):
    """A part of the frame that is looked at. API shape: ``RegionOfInterest``.

    Attributes:
        bounding_box: when it is a box.
        polygon: when it is a polygon: its corners.
    """

    bounding_box: BoundingBox | None = None
    polygon: list[Point] | None = None


class DescribedDataSharingPreference(PascalResponse):
    """Whether data is shared. API shape: ``StreamProcessorDataSharingPreference``."""

    opt_in: bool | None = None


class DescribeStreamProcessorResponse(PascalResponse):
    """Everything about a processor. API operation: ``DescribeStreamProcessor``.

    Attributes:
        name: its name.
        stream_processor_arn: its ARN.
        status: ``STOPPED``, ``STARTING``, ``RUNNING``, ``FAILED``, ``STOPPING`` or ``UPDATING``; a
            processor for label detection stays in ``STARTING`` while it works.
        status_message: more on the status, such as why it failed.
        creation_timestamp: when it was created, aware.
        last_update_timestamp: when it last changed, its status included, aware.
        input: where the video comes from.
        output: where the results go.
        role_arn: the role it works in.
        settings: what it does.
        notification_channel: where label detection publishes.
        kms_key_id: the key that encrypts what goes to S3.
        regions_of_interest: the parts of the frame that are looked at.
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
    status: Annotated[StreamProcessorStatus | str, OPEN]
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
