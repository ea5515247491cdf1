"""Celebrity recognition: ``StartCelebrityRecognition`` and ``GetCelebrityRecognition``."""

from typing import Annotated, Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.responses import OPEN, PascalResponse
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
    "CELEBRITY_RECOGNITION",
    "CelebrityDetail",
    "CelebrityRecognition",
    "CelebrityRecognitionSortBy",
    "GetCelebrityRecognitionRequest",
    "GetCelebrityRecognitionResponse",
    "KnownGender",
    "KnownGenderType",
    "StartCelebrityRecognitionRequest",
]

CelebrityRecognitionSortBy = Literal["ID", "TIMESTAMP"]
KnownGenderType = Literal["Male", "Female", "Nonbinary", "Unlisted"]


class StartCelebrityRecognitionRequest(StartRequest):
    """The parameters of ``StartCelebrityRecognition``."""


class GetCelebrityRecognitionRequest(GetRequest):
    """The parameters of ``GetCelebrityRecognition``."""

    sort_by: CelebrityRecognitionSortBy | None = None


class KnownGender(PascalResponse):
    """The gender that a celebrity is known to have. API shape: ``KnownGender``."""

    type: Annotated[KnownGenderType | str, OPEN] | None = None


class CelebrityDetail(PascalResponse):
    """A celebrity. API shape: ``CelebrityDetail``.

    Attributes:
        urls: addresses of pages about the celebrity; may be empty.
        name: the celebrity's name.
        id: the service's id of the celebrity.
        confidence: that it is this celebrity, 0 to 100.
        bounding_box: where the body is.
        face: what the face looks like.
        known_gender: the gender that the celebrity is known to have.

    Example:
        >>> CelebrityDetail(name="Jane Doe", id="3Ab9x", confidence=98).name
        'Jane Doe'
    """

    urls: list[str] | None = None
    name: str | None = None
    id: str | None = None
    confidence: float | None = None
    bounding_box: BoundingBox | None = None
    face: FaceDetail | None = None
    known_gender: KnownGender | None = None


class CelebrityRecognition(PascalResponse):
    """A celebrity and when it was seen. API shape: ``CelebrityRecognition``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        celebrity: who was recognized.

    Example:
        >>> seen = CelebrityRecognition(timestamp=480, celebrity=CelebrityDetail(name="Jane Doe"))
        >>> seen.celebrity.name
        'Jane Doe'
    """

    timestamp: int | None = None
    celebrity: CelebrityDetail | None = None


class GetCelebrityRecognitionResponse(VideoJobPage):
    """A page of celebrities. API operation: ``GetCelebrityRecognition``.

    Attributes:
        celebrities: the page's items, also as ``items``.
        video_metadata: what the video is.
    """

    celebrities: list[CelebrityRecognition] = Field(default_factory=list[CelebrityRecognition])
    video_metadata: VideoMetadata | None = None

    @property
    def items(self) -> list[CelebrityRecognition]:
        """The celebrities."""
        return self.celebrities


CELEBRITY_RECOGNITION = JobKind(
    "celebrity_recognition",
    Operation("rekognition", "StartCelebrityRecognition", StartResponse),
    Operation("rekognition", "GetCelebrityRecognition", GetCelebrityRecognitionResponse),
    GetCelebrityRecognitionRequest,
)
