"""The shapes that several kinds of jobs share, under their names in the API."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    field_validator,
    model_serializer,
    model_validator,
)

from vidkit._internal.arguments import short_repr
from vidkit.errors import DecodeError
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.models.leaves import PascalLeaf
from vidkit.models.open_enums import Open
from vidkit.models.requests import PascalRequest
from vidkit.models.responses import PascalResponse

__all__ = [
    "BoundingBox",
    "CollectionId",
    "Geometry",
    "GetRequest",
    "NotificationChannel",
    "Percent",
    "Point",
    "Ratio",
    "RegionOfInterest",
    "RegionsOfInterest",
    "S3Object",
    "S3ObjectRequest",
    "S3Video",
    "StartRequest",
    "StartResponse",
    "TopicArn",
    "Video",
    "VideoJobPage",
    "VideoJobStatus",
    "VideoMetadata",
    "by_name",
]

VideoJobStatus = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]
VideoColorRange = Literal["FULL", "LIMITED"]

Percent = Annotated[float, Field(ge=0, le=100, strict=True)]
Ratio = Annotated[float, Field(ge=0, le=1)]
CollectionId = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[a-zA-Z0-9_.\-]+$")
]
TopicArn = Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:\w{12}:.+$")]

_STATE_OF_STATUS = {
    "SUCCEEDED": JobState.SUCCEEDED,
    "FAILED": JobState.FAILED,
    "ERROR": JobState.FAILED,
}


class S3ObjectRequest(PascalRequest):
    """An object in an S3 bucket. API shape: ``S3Object``.

    Args:
        bucket: the bucket's name, 3 to 255 characters.
        name: the object's key, 1 to 1024 characters.
        version: the object's version; default: the current version.

    Raises:
        RequestError: a parameter is invalid.

    Example:
        >>> S3ObjectRequest("my-bucket", "a.mp4").name
        'a.mp4'
    """

    bucket: Annotated[
        str, StringConstraints(min_length=3, max_length=255, pattern=r"^[0-9A-Za-z._-]*$")
    ]
    name: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    version: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None

    if not TYPE_CHECKING:

        def __init__(self, *position: object, **parameters: object) -> None:
            super().__init__(**by_name(("bucket", "name"), position, parameters))

    else:

        def __init__(self, bucket: str, name: str, *, version: str | None = None) -> None: ...


class S3Video(S3ObjectRequest):
    """A stored video: an object in an S3 bucket. API shape: ``Video``.

    Args:
        bucket: the bucket's name, 3 to 255 characters.
        name: the object's key, 1 to 1024 characters.
        version: the object's version; default: the current version.

    Raises:
        RequestError: a parameter is invalid.

    Example:
        >>> S3Video("my-bucket", "clips/a.mp4")
        S3Video(bucket='my-bucket', name='clips/a.mp4', version=None)
    """

    # Type checkers make a constructor for each model.
    if TYPE_CHECKING:

        def __init__(self, bucket: str, name: str, *, version: str | None = None) -> None: ...

    @model_serializer(mode="wrap")
    def _as_video(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"S3Object": handler(self)}


def by_name(
    names: Sequence[str], position: Sequence[object], parameters: dict[str, object]
) -> dict[str, object]:
    """All parameters by name; those in excess get a name that the model rejects."""
    surplus = [f"position {index + 1}" for index in range(len(names), len(position))]
    return dict(zip([*names, *surplus], position, strict=False)) | parameters


class NotificationChannel(PascalRequest):
    """The SNS topic for the completion of a job. API shape: ``NotificationChannel``.

    Attributes:
        sns_topic_arn: the ARN of an SNS topic in the region of the job.
        role_arn: the ARN of a role that allows Rekognition to publish to the topic.

    Example:
        >>> channel = NotificationChannel(
        ...     sns_topic_arn="arn:aws:sns:eu-central-1:123456789012:AmazonRekognition-done",
        ...     role_arn="arn:aws:iam::123456789012:role/rekognition",
        ... )
    """

    sns_topic_arn: TopicArn = Field(serialization_alias="SNSTopicArn")
    role_arn: Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:iam::\d{12}:role/?.+$")]


class StartRequest(PascalRequest):
    """The parameters that all start operations share."""

    service: ClassVar[str | None] = "rekognition"

    video: S3Video
    client_request_token: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    notification_channel: NotificationChannel | None = None
    job_tag: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=1024, pattern=r"^[a-zA-Z0-9_.\-:+=/]+$"),
        ]
        | None
    ) = None

    @field_validator("video", "notification_channel", mode="before")
    @classmethod
    def _is_no_dict(cls, value: object) -> object:
        if isinstance(value, dict):
            raise ValueError(  # noqa: TRY004
                "must be S3Video or NotificationChannel, not a dict"
            )
        return value


class GetRequest(PascalRequest):
    """The parameters that all get operations share."""

    service: ClassVar[str | None] = "rekognition"

    job_id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    max_results: Annotated[int, Field(ge=1, le=1000, strict=True)]
    next_token: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None

    def at(self, token: str | None) -> Self:
        """The same request for the page with this token."""
        return self.model_copy(update={"next_token": token})


class StartResponse(PascalResponse):
    """The response of all start operations."""

    job_id: str = Field(min_length=1)


class S3Object(PascalResponse):
    """An object in an S3 bucket. API shape: ``S3Object``."""

    bucket: str | None = None
    name: str | None = None
    version: str | None = None


class Video(PascalResponse):
    """The video of a job. API shape: ``Video``."""

    s3_object: S3Object | None = None


class VideoMetadata(PascalResponse):
    """Metadata of a video that the service analyzed. API shape: ``VideoMetadata``.

    Attributes:
        codec: the codec, such as ``h264``.
        duration_millis: length in milliseconds.
        format: the container format, such as ``QuickTime / MOV``.
        frame_rate: frames per second.
        frame_height: height of the frame in pixels.
        frame_width: width of the frame in pixels.
        color_range: ``FULL`` or ``LIMITED``.

    Example:
        >>> VideoMetadata(codec="h264", duration_millis=5310).color_range is None
        True
    """

    codec: str | None = None
    duration_millis: int | None = None
    format: str | None = None
    frame_rate: float | None = None
    frame_height: int | None = None
    frame_width: int | None = None
    color_range: Open[VideoColorRange] | None = None


class BoundingBox(PascalLeaf):
    """A bounding box as ratios of the frame's size. API shape: ``BoundingBox``.

    In responses a box can extend beyond the frame.

    Attributes:
        width: the width, as a ratio of the frame's width.
        height: the height, as a ratio of the frame's height.
        left: the distance from the left of the frame, as a ratio of its width.
        top: the distance from the top of the frame, as a ratio of its height.

    Example:
        >>> BoundingBox(width=0.5, height=0.25, left=0, top=0.75).top
        0.75
    """

    width: float | None = None
    height: float | None = None
    left: float | None = None
    top: float | None = None


class Point(PascalLeaf):
    """A corner of a polygon, as ratios of the frame's size. API shape: ``Point``.

    Attributes:
        x: the distance from the left of the frame, as a ratio of its width.
        y: the distance from the top of the frame, as a ratio of its height.

    Example:
        >>> Point(x=0.5, y=0.25).x
        0.5
    """

    x: float | None = None
    y: float | None = None


class Geometry(PascalResponse):
    """The position of an item in the frame. API shape: ``Geometry``.

    Attributes:
        bounding_box: an axis-aligned box around the item.
        polygon: the corners of a finer outline.
    """

    bounding_box: BoundingBox | None = None
    polygon: list[Point] | None = None


class RegionOfInterest(PascalRequest):
    """A region of the frame to analyze: a box or a polygon. API shape: ``RegionOfInterest``.

    Attributes:
        bounding_box: a box with all four members, each from 0 to 1.
        polygon: 3 to 10 corners, each with ``x`` and ``y`` from 0 to 1.

    Raises:
        RequestError: neither or both are given, or a member is missing or out of range.

    Example:
        >>> upper_half = RegionOfInterest(
        ...     bounding_box=BoundingBox(width=1, height=0.5, left=0, top=0)
        ... )
        >>> triangle = RegionOfInterest(
        ...     polygon=[Point(x=0, y=1), Point(x=0.5, y=0), Point(x=1, y=1)]
        ... )
    """

    bounding_box: BoundingBox | None = None
    polygon: Annotated[Sequence[Point], Field(min_length=3, max_length=10)] | None = None

    @field_validator("bounding_box")
    @classmethod
    def _box_in_frame(cls, box: BoundingBox | None) -> BoundingBox | None:
        if box is not None:
            _check_ratios(box)
        return box

    @field_validator("polygon")
    @classmethod
    def _corners_in_frame(cls, corners: Sequence[Point] | None) -> Sequence[Point] | None:
        for corner in corners or ():
            _check_ratios(corner)
        return corners

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.bounding_box is None) is (self.polygon is None):
            raise ValueError("give either bounding_box or polygon")
        return self


RegionsOfInterest = Annotated[Sequence[RegionOfInterest], Field(max_length=10)]


def _check_ratios(shape: BoundingBox | Point) -> None:
    """Check the members of a shape that may be missing or out of range in responses only."""
    for field in dataclasses.fields(shape):
        value: Any = getattr(shape, field.name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number and 0 <= value <= 1):
            raise ValueError(
                f"{field.name}={short_repr(value)}: must be a ratio of the frame's size, "
                "from 0 to 1"
            )


class VideoJobPage(PascalResponse, ABC):
    """The members that the responses of all get operations share.

    Attributes:
        job_status: ``IN_PROGRESS``, ``SUCCEEDED`` or ``FAILED``; None if the service leaves it out
            of a page with results.
        status_message: the reason for a failure of the job.
        next_token: the token of the next page; None on the last page.
        job_id: the job's id.
        video: the job's video.
        job_tag: the tag that was given to the start.
    """

    job_status: Open[VideoJobStatus] | None = None
    status_message: str | None = None
    next_token: str | None = None
    job_id: str | None = None
    video: Video | None = None
    job_tag: str | None = None

    @property
    @abstractmethod
    def items(self) -> Sequence[Any]:
        """The page's items."""

    def as_poll(self) -> JobPoll[Self]:
        """This page as a poll of its job.

        Raises:
            DecodeError: the page has no status.
        """
        if self.job_status is None:
            raise DecodeError(
                "the response has no JobStatus, so the state of the job is unknown",
                service="rekognition",
                operation=type(self).__name__.removesuffix("Response"),
            )
        return JobPoll(
            status=self.job_status,
            state=_STATE_OF_STATUS.get(self.job_status, JobState.RUNNING),
            response=self,
            message=self.status_message,
        )
