"""Person tracking: ``StartPersonTracking`` and ``GetPersonTracking``."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.faces import FaceDetail
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    BoundingBox,
    GetRequest,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "PERSON_TRACKING",
    "GetPersonTrackingRequest",
    "GetPersonTrackingResponse",
    "PersonDetail",
    "PersonDetection",
    "PersonTrackingSortBy",
    "StartPersonTrackingRequest",
]

PersonTrackingSortBy = Literal["INDEX", "TIMESTAMP"]


class StartPersonTrackingRequest(StartRequest):
    """The parameters of ``StartPersonTracking``."""


class GetPersonTrackingRequest(GetRequest):
    """The parameters of ``GetPersonTracking``."""

    sort_by: PersonTrackingSortBy | None = None


class PersonDetail(PascalResponse):
    """A person in the video. API shape: ``PersonDetail``.

    Attributes:
        index: the person's number, which is the same throughout the video.
        bounding_box: the bounding box around the body.
        face: the attributes of the face; None if no face was detected.

    Example:
        >>> PersonDetail(index=0).face is None
        True
    """

    index: int | None = None
    bounding_box: BoundingBox | None = None
    face: FaceDetail | None = None


class PersonDetection(PascalResponse):
    """A person at a time in the video. API shape: ``PersonDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        person: the person, and its position in the frame.

    Example:
        >>> PersonDetection(timestamp=480, person=PersonDetail(index=1)).person.index
        1
    """

    timestamp: int | None = None
    person: PersonDetail | None = None


class GetPersonTrackingResponse(VideoJobPage):
    """A page of persons. API operation: ``GetPersonTracking``.

    Attributes:
        persons: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
    """

    persons: list[PersonDetection] = Field(default_factory=list[PersonDetection])
    video_metadata: VideoMetadata | None = None

    @property
    def items(self) -> list[PersonDetection]:
        """The persons."""
        return self.persons


PERSON_TRACKING = JobKind(
    "person_tracking",
    Operation("rekognition", "StartPersonTracking", StartResponse),
    Operation("rekognition", "GetPersonTracking", GetPersonTrackingResponse),
    GetPersonTrackingRequest,
)
