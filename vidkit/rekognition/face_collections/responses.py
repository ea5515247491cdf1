"""The responses of the operations of face collections and their faces."""

from typing import Literal

from pydantic import Field

from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
from vidkit.models.timestamps import EpochSeconds
from vidkit.rekognition.kinds.face_search import Face, FaceMatch
from vidkit.rekognition.kinds.faces import FaceDetail
from vidkit.rekognition.models import BoundingBox
from vidkit.rekognition.pictures.models import OrientationCorrection

__all__ = [
    "CreateCollectionResponse",
    "DeleteCollectionResponse",
    "DeleteFacesResponse",
    "DescribeCollectionResponse",
    "FaceDeletionReason",
    "FaceRecord",
    "IndexFacesResponse",
    "ListCollectionsResponse",
    "ListFacesResponse",
    "SearchFacesByImageResponse",
    "SearchFacesResponse",
    "UnindexedFace",
    "UnindexedReason",
    "UnsuccessfulFaceDeletion",
]

UnindexedReason = Literal[
    "EXCEEDS_MAX_FACES",
    "EXTREME_POSE",
    "LOW_BRIGHTNESS",
    "LOW_SHARPNESS",
    "LOW_CONFIDENCE",
    "SMALL_BOUNDING_BOX",
    "LOW_FACE_QUALITY",
]
FaceDeletionReason = Literal["ASSOCIATED_TO_AN_EXISTING_USER", "FACE_NOT_FOUND"]


class CreateCollectionResponse(PascalResponse):
    """The response of ``CreateCollection``.

    Attributes:
        status_code: the HTTP status of the operation.
        collection_arn: the new collection's ARN. The service may leave out the ``arn:`` in front;
            ``DescribeCollection`` returns all of it.
        face_model_version: the version of the model that the collection's faces are indexed with.

    Example:
        >>> CreateCollectionResponse(status_code=200, face_model_version="7.0").face_model_version
        '7.0'
    """

    status_code: int | None = None
    collection_arn: str | None = None
    face_model_version: str | None = None


class DescribeCollectionResponse(PascalResponse):
    """The description of a collection. API operation: ``DescribeCollection``.

    Attributes:
        face_count: the number of faces in the collection.
        user_count: the number of users in the collection.
        face_model_version: the version of the model that the faces are indexed with.
        collection_arn: the collection's ARN.
        creation_timestamp: when the collection was created, aware.

    Example:
        >>> DescribeCollectionResponse(face_count=3, user_count=0).face_count
        3
    """

    face_count: int | None = None
    face_model_version: str | None = None
    collection_arn: str | None = Field(
        default=None, validation_alias="CollectionARN", serialization_alias="CollectionARN"
    )
    creation_timestamp: EpochSeconds | None = None
    user_count: int | None = None


class DeleteCollectionResponse(PascalResponse):
    """The response of ``DeleteCollection``.

    Attributes:
        status_code: the HTTP status of the operation.
    """

    status_code: int | None = None


class ListCollectionsResponse(PascalResponse):
    """A page of collections. API operation: ``ListCollections``.

    Attributes:
        collection_ids: the page's items, also as ``items``.
        face_model_versions: for each collection, the version of the model that its faces are
            indexed with.
        next_token: the token of the next page; None on the last page.
    """

    collection_ids: list[str] = Field(default_factory=list[str])
    face_model_versions: list[str] | None = None
    next_token: str | None = None

    @property
    def items(self) -> list[str]:
        """The ids of the collections."""
        return self.collection_ids


class FaceRecord(PascalResponse):
    """A face that was indexed. API shape: ``FaceRecord``.

    Attributes:
        face: the face in the collection, with its id.
        face_detail: the attributes of the face, which the collection does not keep.

    Example:
        >>> FaceRecord(face=Face(external_image_id="badge-17")).face.external_image_id
        'badge-17'
    """

    face: Face | None = None
    face_detail: FaceDetail | None = None


class UnindexedFace(PascalResponse):
    """A face that was detected but not indexed. API shape: ``UnindexedFace``.

    Attributes:
        reasons: why it was not indexed, such as ``EXCEEDS_MAX_FACES`` or ``LOW_SHARPNESS``.
        face_detail: the attributes of the face.
    """

    reasons: list[Open[UnindexedReason]] | None = None
    face_detail: FaceDetail | None = None


class IndexFacesResponse(PascalResponse):
    """The response of ``IndexFaces``.

    Attributes:
        face_records: the faces that are in the collection now; empty if none was detected.
        orientation_correction: how the picture is rotated; None since version 4 of the model.
        face_model_version: the version of the model that the faces are indexed with.
        unindexed_faces: the faces that were detected but not indexed.

    Example:
        >>> response = IndexFacesResponse(face_records=[FaceRecord(face=Face(confidence=99.5))])
        >>> len(response.face_records)
        1
    """

    face_records: list[FaceRecord] = Field(default_factory=list[FaceRecord])
    orientation_correction: Open[OrientationCorrection] | None = None
    face_model_version: str | None = None
    unindexed_faces: list[UnindexedFace] | None = None


class ListFacesResponse(PascalResponse):
    """A page of faces of a collection. API operation: ``ListFaces``.

    Attributes:
        faces: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last page.
        face_model_version: the version of the model that the faces are indexed with.
    """

    faces: list[Face] = Field(default_factory=list[Face])
    next_token: str | None = None
    face_model_version: str | None = None

    @property
    def items(self) -> list[Face]:
        """The faces."""
        return self.faces


class UnsuccessfulFaceDeletion(PascalResponse):
    """A face that was not deleted. API shape: ``UnsuccessfulFaceDeletion``.

    Attributes:
        face_id: the face's id.
        user_id: the user that the face belongs to.
        reasons: ``FACE_NOT_FOUND`` or ``ASSOCIATED_TO_AN_EXISTING_USER``.
    """

    face_id: str | None = None
    user_id: str | None = None
    reasons: list[Open[FaceDeletionReason]] | None = None


class DeleteFacesResponse(PascalResponse):
    """The response of ``DeleteFaces``, which may have deleted some of the faces only.

    Attributes:
        deleted_faces: the ids of the faces that were deleted.
        unsuccessful_face_deletions: the others, with the reasons.

    Example:
        >>> DeleteFacesResponse().deleted_faces
        []
    """

    deleted_faces: list[str] = Field(default_factory=list[str])
    unsuccessful_face_deletions: list[UnsuccessfulFaceDeletion] | None = None


class SearchFacesResponse(PascalResponse):
    """The response of ``SearchFaces``.

    Attributes:
        searched_face_id: the id of the face that was searched for.
        face_matches: the matching faces of the collection, the most similar one first.
        face_model_version: the version of the model that the faces are indexed with.

    Example:
        >>> response = SearchFacesResponse(face_matches=[FaceMatch(similarity=97.5)])
        >>> response.face_matches[0].similarity
        97.5
    """

    searched_face_id: str | None = None
    face_matches: list[FaceMatch] = Field(default_factory=list[FaceMatch])
    face_model_version: str | None = None


class SearchFacesByImageResponse(PascalResponse):
    """The response of ``SearchFacesByImage``.

    Attributes:
        searched_face_bounding_box: the bounding box of the largest face of the picture, which was
            searched for.
        searched_face_confidence: the confidence that it is a face, 0 to 100.
        face_matches: the matching faces of the collection, the most similar one first.
        face_model_version: the version of the model that the faces are indexed with.

    Example:
        >>> SearchFacesByImageResponse(searched_face_confidence=99.5).face_matches
        []
    """

    searched_face_bounding_box: BoundingBox | None = None
    searched_face_confidence: float | None = None
    face_matches: list[FaceMatch] = Field(default_factory=list[FaceMatch])
    face_model_version: str | None = None
