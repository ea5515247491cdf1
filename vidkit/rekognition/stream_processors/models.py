"""The parameters of stream processors, with the constraints that AWS documents."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    StringConstraints,
    field_serializer,
    field_validator,
    model_validator,
)

from vidkit.models.requests import AwareDatetime, PascalRequest
from vidkit.rekognition.models import CollectionId, Percent

__all__ = [
    "ConnectedHomeLabel",
    "ConnectedHomeSettings",
    "ConnectedHomeSettingsForUpdate",
    "FaceSearchSettings",
    "KinesisDataStream",
    "KinesisVideoStream",
    "KinesisVideoStreamStartSelector",
    "S3Destination",
    "StreamProcessingStartSelector",
    "StreamProcessingStopSelector",
    "StreamProcessorDataSharingPreference",
    "StreamProcessorInput",
    "StreamProcessorNotificationChannel",
    "StreamProcessorOutput",
    "StreamProcessorParameterToDelete",
    "StreamProcessorSettings",
    "StreamProcessorSettingsForUpdate",
]

ConnectedHomeLabel = Literal["PERSON", "PET", "PACKAGE", "ALL"]
StreamProcessorParameterToDelete = Literal["ConnectedHomeMinConfidence", "RegionsOfInterest"]

_ConnectedHomeLabels = Annotated[Sequence[ConnectedHomeLabel], Field(min_length=1, max_length=128)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class KinesisVideoStream(PascalRequest):
    """The Kinesis video stream to analyze. API shape: ``KinesisVideoStream``.

    Attributes:
        arn: ``arn:<partition>:kinesisvideo:<region>:<account>:stream/<name>/<number>``.

    Example:
        >>> stream = KinesisVideoStream(
        ...     arn="arn:aws:kinesisvideo:eu-central-1:123456789012:stream/front-door/1700000000000"
        ... )
    """

    arn: Annotated[
        str, StringConstraints(pattern=r"^arn:[a-z0-9-]+:kinesisvideo:[a-z0-9-]+:[0-9]{12}:.+$")
    ]


class StreamProcessorInput(PascalRequest):
    """The source of the video. API shape: ``StreamProcessorInput``.

    Attributes:
        kinesis_video_stream: the Kinesis video stream.

    Example:
        >>> source = StreamProcessorInput(
        ...     kinesis_video_stream=KinesisVideoStream(
        ...         arn="arn:aws:kinesisvideo:eu-central-1:123456789012:stream/front-door/1"
        ...     )
        ... )
    """

    kinesis_video_stream: KinesisVideoStream


class KinesisDataStream(PascalRequest):
    """The Kinesis data stream that face search writes to. API shape: ``KinesisDataStream``.

    Attributes:
        arn: ``arn:<partition>:kinesis:<region>:<account>:stream/<name>``.

    Example:
        >>> stream = KinesisDataStream(
        ...     arn="arn:aws:kinesis:eu-central-1:123456789012:stream/AmazonRekognition-faces"
        ... )
    """

    arn: Annotated[
        str, StringConstraints(pattern=r"^arn:[a-z0-9-]+:kinesis:[a-z0-9-]+:[0-9]{12}:.+$")
    ]


class S3Destination(PascalRequest):
    """The S3 location of label detection's images and summaries. API shape: ``S3Destination``.

    Attributes:
        bucket: the name of a bucket that you own, 3 to 255 characters.
        key_prefix: the prefix of the object keys, at most 1024 characters.

    Example:
        >>> S3Destination(bucket="my-bucket", key_prefix="front-door/").key_prefix
        'front-door/'
    """

    bucket: Annotated[
        str, StringConstraints(min_length=3, max_length=255, pattern=r"^[0-9A-Za-z._-]*$")
    ]
    key_prefix: Annotated[str, StringConstraints(max_length=1024)] | None = None


class StreamProcessorOutput(PascalRequest):
    """The destination of the results: exactly one of the two. API shape: ``StreamProcessorOutput``.

    Attributes:
        kinesis_data_stream: for face search.
        s3_destination: for label detection.

    Raises:
        RequestError: neither or both are given.

    Example:
        >>> output = StreamProcessorOutput(s3_destination=S3Destination(bucket="my-bucket"))
    """

    kinesis_data_stream: KinesisDataStream | None = None
    s3_destination: S3Destination | None = None

    @model_validator(mode="after")
    def _has_one_destination(self) -> Self:
        _exactly_one(
            kinesis_data_stream=self.kinesis_data_stream, s3_destination=self.s3_destination
        )
        return self


class FaceSearchSettings(PascalRequest):
    """Settings of face search. API shape: ``FaceSearchSettings``.

    Attributes:
        collection_id: the collection with the faces to search for.
        face_match_threshold: the minimum similarity of a match, 0 to 100; the service's default is
            80, and it treats lower values as 80.

    Example:
        >>> FaceSearchSettings(collection_id="staff", face_match_threshold=90).collection_id
        'staff'
    """

    collection_id: CollectionId
    face_match_threshold: Percent | None = None


class ConnectedHomeSettings(PascalRequest):
    """Settings of label detection. API shape: ``ConnectedHomeSettings``.

    Attributes:
        labels: the labels to detect, 1 to 128 of ``"PERSON"``, ``"PET"``, ``"PACKAGE"`` and
            ``"ALL"``.
        min_confidence: the minimum confidence of a label, 0 to 100; the service's default is 50.

    Example:
        >>> ConnectedHomeSettings(labels=["PERSON", "PACKAGE"]).labels
        ['PERSON', 'PACKAGE']
    """

    labels: _ConnectedHomeLabels
    min_confidence: Percent | None = None


class StreamProcessorSettings(PascalRequest):
    """Face search or label detection, not both. API shape: ``StreamProcessorSettings``.

    Attributes:
        face_search: the settings of face search.
        connected_home: the settings of label detection.

    Raises:
        RequestError: neither or both are given.

    Example:
        >>> settings = StreamProcessorSettings(
        ...     connected_home=ConnectedHomeSettings(labels=["PACKAGE"], min_confidence=80)
        ... )
    """

    face_search: FaceSearchSettings | None = None
    connected_home: ConnectedHomeSettings | None = None

    @model_validator(mode="after")
    def _has_one_kind(self) -> Self:
        _exactly_one(face_search=self.face_search, connected_home=self.connected_home)
        return self


class StreamProcessorNotificationChannel(PascalRequest):
    """The SNS topic of label detection. API shape: ``StreamProcessorNotificationChannel``.

    Attributes:
        sns_topic_arn: the ARN of an SNS topic to which the processor's role can publish.

    Example:
        >>> channel = StreamProcessorNotificationChannel(
        ...     sns_topic_arn="arn:aws:sns:eu-central-1:123456789012:AmazonRekognition-door"
        ... )
    """

    sns_topic_arn: Annotated[
        str, StringConstraints(pattern=r"^arn:[a-z0-9-]+:sns:[a-z0-9-]+:\w{12}:.+$")
    ] = Field(serialization_alias="SNSTopicArn")


class StreamProcessorDataSharingPreference(PascalRequest):
    """Whether the service may use the video to improve its models. API shape of the same name.

    Attributes:
        opt_in: whether the service may use the video; an opt-out of the account takes precedence.

    Example:
        >>> StreamProcessorDataSharingPreference(opt_in=False).opt_in
        False
    """

    opt_in: Annotated[bool, Field(strict=True)]


class KinesisVideoStreamStartSelector(PascalRequest):
    """The start position in the stream: exactly one of the two. API shape of the same name.

    Attributes:
        producer_timestamp: the producer timestamp of the fragment, aware, from 1970 on; it is sent
            in whole milliseconds, rounded down.
        fragment_number: the fragment's number, 1 to 128 digits.

    Raises:
        RequestError: neither or both are given, or the timestamp is naive.

    Example:
        >>> from datetime import UTC, datetime
        >>> start = KinesisVideoStreamStartSelector(
        ...     producer_timestamp=datetime(2026, 1, 1, tzinfo=UTC)
        ... )
    """

    # Strict, because a number could mean seconds or milliseconds.
    producer_timestamp: Annotated[AwareDatetime, Field(strict=True)] | None = None
    fragment_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,128}$")] | None = None

    @field_validator("producer_timestamp")
    @classmethod
    def _is_not_before_1970(cls, value: datetime | None) -> datetime | None:
        if value is not None and value < _EPOCH:
            raise ValueError("must not be before 1970")
        return value

    @model_validator(mode="after")
    def _has_one_start(self) -> Self:
        _exactly_one(
            producer_timestamp=self.producer_timestamp, fragment_number=self.fragment_number
        )
        return self

    @field_serializer("producer_timestamp")
    def _to_milliseconds(self, value: datetime | None) -> int | None:
        return None if value is None else (value - _EPOCH) // _MILLISECOND


class StreamProcessingStartSelector(PascalRequest):
    """The start position. API shape: ``StreamProcessingStartSelector``.

    Attributes:
        kvs_stream_start_selector: the position in the Kinesis video stream.

    Example:
        >>> selector = StreamProcessingStartSelector(
        ...     kvs_stream_start_selector=KinesisVideoStreamStartSelector(fragment_number="123")
        ... )
    """

    kvs_stream_start_selector: KinesisVideoStreamStartSelector = Field(
        serialization_alias="KVSStreamStartSelector"
    )


class StreamProcessingStopSelector(PascalRequest):
    """The length of video to analyze. API shape: ``StreamProcessingStopSelector``.

    Attributes:
        max_duration_in_seconds: the length of video, 1 to 120 whole seconds; the service's default
            is 10. The processor stops at the end of a fragment, so it may analyze a little more.

    Example:
        >>> StreamProcessingStopSelector(max_duration_in_seconds=60).max_duration_in_seconds
        60
    """

    max_duration_in_seconds: Annotated[int, Field(ge=1, le=120, strict=True)] | None = None


class ConnectedHomeSettingsForUpdate(PascalRequest):
    """Settings of label detection to update. API shape: ``ConnectedHomeSettingsForUpdate``.

    Attributes:
        labels: as in `ConnectedHomeSettings`; default: unchanged.
        min_confidence: as in `ConnectedHomeSettings`, 0 to 100; default: unchanged.

    Example:
        >>> ConnectedHomeSettingsForUpdate(min_confidence=80).min_confidence
        80.0
    """

    labels: _ConnectedHomeLabels | None = None
    min_confidence: Percent | None = None


class StreamProcessorSettingsForUpdate(PascalRequest):
    """Settings of a processor to update. API shape: ``StreamProcessorSettingsForUpdate``.

    Example:
        >>> settings = StreamProcessorSettingsForUpdate(
        ...     connected_home_for_update=ConnectedHomeSettingsForUpdate(labels=["PET"])
        ... )
    """

    connected_home_for_update: ConnectedHomeSettingsForUpdate | None = None


def _exactly_one(**members: object) -> None:
    """Check that exactly one of two members is given.

    Raises:
        ValueError: neither or both are given.
    """
    given = [name for name, value in members.items() if value is not None]
    if len(given) != 1:
        count = "both" if given else "neither"
        raise ValueError(f"{', '.join(members)}: give exactly one of them; {count} given")
