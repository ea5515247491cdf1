"""Celebrity recognition: ``StartCelebrityRecognition`` and ``GetCelebrityRecognition``."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.open_enums import Open
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
    """The known gender identity of a celebrity. API shape: ``KnownGender``."""

    type: Open[KnownGenderType] | None = None


class CelebrityDetail(PascalResponse):
    """A celebrity. API shape: ``CelebrityDetail``.

    Attributes:
        urls: URLs of pages about the celebrity; may be empty.
        name: the celebrity's name.
        id: the celebrity's id in the service.
        confidence: the confidence in the recognition, 0 to 100.
        bounding_box: the bounding box around the body.
        face: the face of the celebrity.
        known_gender: the known gender identity.

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
    """A celebrity at a time in the video. API shape: ``CelebrityRecognition``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        celebrity: the recognized celebrity.

    Example:
        >>> item = CelebrityRecognition(timestamp=480, celebrity=CelebrityDetail(name="Jane Doe"))
        >>> item.celebrity.name
        'Jane Doe'
    """

    timestamp: int | None = None
    celebrity: CelebrityDetail | None = None


class GetCelebrityRecognitionResponse(VideoJobPage):
    """A page of celebrities. API operation: ``GetCelebrityRecognition``.

    Attributes:
        celebrities: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
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
