"""Face search: ``StartFaceSearch`` and ``GetFaceSearch``."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.kinds.persons import PersonDetail
from vidkit.rekognition.models import (
    BoundingBox,
    CollectionId,
    GetRequest,
    Percent,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "FACE_SEARCH",
    "Face",
    "FaceMatch",
    "FaceSearchSortBy",
    "GetFaceSearchRequest",
    "GetFaceSearchResponse",
    "PersonMatch",
    "StartFaceSearchRequest",
]

FaceSearchSortBy = Literal["INDEX", "TIMESTAMP"]


class StartFaceSearchRequest(StartRequest):
    """The parameters of ``StartFaceSearch``."""

    collection_id: CollectionId
    face_match_threshold: Percent | None = None


class GetFaceSearchRequest(GetRequest):
    """The parameters of ``GetFaceSearch``."""

    sort_by: FaceSearchSortBy | None = None


class Face(PascalResponse):
    """A face in a collection. API shape: ``Face``.

    Attributes:
        face_id: the face's id in the service.
        bounding_box: the bounding box of the face in the image that it was indexed from.
        image_id: the id of that image in the service.
        external_image_id: the id that was given to the image when it was indexed.
        confidence: the confidence that it is a face, 0 to 100.
        index_faces_model_version: the version of the model that indexed the face.
        user_id: the user of the collection that the face belongs to.

    Example:
        >>> Face(external_image_id="badge-17").external_image_id
        'badge-17'
    """

    face_id: str | None = None
    bounding_box: BoundingBox | None = None
    image_id: str | None = None
    external_image_id: str | None = None
    confidence: float | None = None
    index_faces_model_version: str | None = None
    user_id: str | None = None


class FaceMatch(PascalResponse):
    """A face in the collection that matches a face in the video. API shape: ``FaceMatch``.

    Attributes:
        similarity: the similarity of the two faces, 0 to 100.
        face: the face in the collection.

    Example:
        >>> FaceMatch(similarity=97.5, face=Face(external_image_id="badge-17")).similarity
        97.5
    """

    similarity: float | None = None
    face: Face | None = None


class PersonMatch(PascalResponse):
    """A person at a time in the video, and the matching faces. API shape: ``PersonMatch``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        person: the person, and its position in the frame.
        face_matches: the matching faces of the collection; None or empty if none matches.

    Example:
        >>> PersonMatch(timestamp=480, person=PersonDetail(index=0)).face_matches is None
        True
    """

    timestamp: int | None = None
    person: PersonDetail | None = None
    face_matches: list[FaceMatch] | None = None


class GetFaceSearchResponse(VideoJobPage):
    """A page of persons. API operation: ``GetFaceSearch``.

    Attributes:
        persons: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
    """

    persons: list[PersonMatch] = Field(default_factory=list[PersonMatch])
    video_metadata: VideoMetadata | None = None

    @property
    def items(self) -> list[PersonMatch]:
        """The persons, with and without matches."""
        return self.persons


FACE_SEARCH = JobKind(
    "face_search",
    Operation("rekognition", "StartFaceSearch", StartResponse),
    Operation("rekognition", "GetFaceSearch", GetFaceSearchResponse),
    GetFaceSearchRequest,
)
