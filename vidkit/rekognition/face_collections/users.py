"""The operations of a collection's users, their parameters and responses."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from vidkit.calls.operation import Nothing, Operation
from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.face_collections.models import (
    ClientRequestToken,
    CollectionRequest,
    FaceId,
    NextToken,
    UserId,
)
from vidkit.rekognition.kinds.faces import FaceDetail
from vidkit.rekognition.models import Percent
from vidkit.rekognition.pictures.models import PictureSource, QualityFilter

__all__ = [
    "ASSOCIATE",
    "CREATE",
    "DELETE",
    "DISASSOCIATE",
    "LIST",
    "SEARCH",
    "SEARCH_BY_IMAGE",
    "AssociateFacesRequest",
    "AssociateFacesResponse",
    "AssociatedFace",
    "CreateUserRequest",
    "DeleteUserRequest",
    "DisassociateFacesRequest",
    "DisassociateFacesResponse",
    "DisassociatedFace",
    "FaceAssociationReason",
    "FaceDisassociationReason",
    "ListUsersRequest",
    "ListUsersResponse",
    "MatchedUser",
    "SearchUsersByImageRequest",
    "SearchUsersByImageResponse",
    "SearchUsersRequest",
    "SearchUsersResponse",
    "SearchedFace",
    "SearchedFaceDetails",
    "SearchedUser",
    "UnsearchedFace",
    "UnsearchedReason",
    "UnsuccessfulFaceAssociation",
    "UnsuccessfulFaceDisassociation",
    "User",
    "UserMatch",
    "UserStatus",
]

_API = "rekognition"

UserStatus = Literal["ACTIVE", "UPDATING", "CREATING", "CREATED"]
FaceAssociationReason = Literal[
    "FACE_NOT_FOUND", "ASSOCIATED_TO_A_DIFFERENT_USER", "LOW_MATCH_CONFIDENCE"
]
FaceDisassociationReason = Literal["FACE_NOT_FOUND", "ASSOCIATED_TO_A_DIFFERENT_USER"]
UnsearchedReason = Literal[
    "FACE_NOT_LARGEST",
    "EXCEEDS_MAX_FACES",
    "EXTREME_POSE",
    "LOW_BRIGHTNESS",
    "LOW_SHARPNESS",
    "LOW_CONFIDENCE",
    "SMALL_BOUNDING_BOX",
    "LOW_FACE_QUALITY",
]

_FaceIds = Annotated[Sequence[FaceId], Field(min_length=1, max_length=100)]
_MaxUsers = Annotated[int, Field(ge=1, le=500, strict=True)]


class CreateUserRequest(CollectionRequest):
    """The parameters of ``CreateUser``."""

    user_id: UserId
    client_request_token: ClientRequestToken


class DeleteUserRequest(CollectionRequest):
    """The parameters of ``DeleteUser``."""

    user_id: UserId
    client_request_token: ClientRequestToken


class ListUsersRequest(CollectionRequest):
    """The parameters of ``ListUsers``."""

    max_results: _MaxUsers
    next_token: NextToken | None = None


class AssociateFacesRequest(CollectionRequest):
    """The parameters of ``AssociateFaces``."""

    user_id: UserId
    face_ids: _FaceIds
    user_match_threshold: Percent | None = None
    client_request_token: ClientRequestToken


class DisassociateFacesRequest(CollectionRequest):
    """The parameters of ``DisassociateFaces``."""

    user_id: UserId
    face_ids: _FaceIds
    client_request_token: ClientRequestToken


class SearchUsersRequest(CollectionRequest):
    """The parameters of ``SearchUsers``."""

    user_id: UserId | None = None
    face_id: FaceId | None = None
    user_match_threshold: Percent | None = None
    max_users: _MaxUsers | None = None

    @model_validator(mode="after")
    def _one_of_user_and_face(self) -> Self:
        if (self.user_id is None) is (self.face_id is None):
            given = "neither" if self.user_id is None else "both"
            raise ValueError(f"user_id, face_id: give exactly one of them; {given} given")
        return self


class SearchUsersByImageRequest(CollectionRequest):
    """The parameters of ``SearchUsersByImage``."""

    image: PictureSource
    user_match_threshold: Percent | None = None
    max_users: _MaxUsers | None = None
    quality_filter: QualityFilter | None = None


class User(PascalResponse):
    """A user of a collection. API shape: ``User``.

    Attributes:
        user_id: the user's id.
        user_status: ``ACTIVE``, ``UPDATING``, ``CREATING``, or ``CREATED`` without faces.

    Example:
        >>> User(user_id="anna", user_status="CREATED").user_status
        'CREATED'
    """

    user_id: str | None = None
    user_status: Open[UserStatus] | None = None


class ListUsersResponse(PascalResponse):
    """A page of users of a collection. API operation: ``ListUsers``.

    Attributes:
        users: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last page.
    """

    users: list[User] = Field(default_factory=list[User])
    next_token: str | None = None

    @property
    def items(self) -> list[User]:
        """The users."""
        return self.users


class AssociatedFace(PascalResponse):
    """A face that was associated with a user. API shape: ``AssociatedFace``."""

    face_id: str | None = None


class UnsuccessfulFaceAssociation(PascalResponse):
    """A face that was not associated. API shape: ``UnsuccessfulFaceAssociation``.

    Attributes:
        face_id: the face's id.
        user_id: the other user that the face belongs to.
        confidence: the confidence that the face belongs to the user, 0 to 100.
        reasons: why it was not associated.
    """

    face_id: str | None = None
    user_id: str | None = None
    confidence: float | None = None
    reasons: list[Open[FaceAssociationReason]] | None = None


class AssociateFacesResponse(PascalResponse):
    """The response of ``AssociateFaces``, which may have associated some of the faces only.

    Attributes:
        associated_faces: the faces that were associated; those that were so before are left out.
        unsuccessful_face_associations: the faces that were not associated, with the reasons.
        user_status: the user's status, ``UPDATING`` until the associations take effect.

    Example:
        >>> AssociateFacesResponse(user_status="UPDATING").associated_faces
        []
    """

    associated_faces: list[AssociatedFace] = Field(default_factory=list[AssociatedFace])
    unsuccessful_face_associations: list[UnsuccessfulFaceAssociation] | None = None
    user_status: Open[UserStatus] | None = None


class DisassociatedFace(PascalResponse):
    """A face that was disassociated from a user. API shape: ``DisassociatedFace``."""

    face_id: str | None = None


class UnsuccessfulFaceDisassociation(PascalResponse):
    """A face that was not disassociated. API shape: ``UnsuccessfulFaceDisassociation``.

    Attributes:
        face_id: the face's id.
        user_id: the other user that the face belongs to.
        reasons: why it was not disassociated.
    """

    face_id: str | None = None
    user_id: str | None = None
    reasons: list[Open[FaceDisassociationReason]] | None = None


class DisassociateFacesResponse(PascalResponse):
    """The response of ``DisassociateFaces``, which may have left some of the faces.

    Attributes:
        disassociated_faces: the faces that were disassociated.
        unsuccessful_face_disassociations: the faces that were not, with the reasons.
        user_status: the user's status, ``UPDATING`` until the change takes effect.
    """

    disassociated_faces: list[DisassociatedFace] = Field(default_factory=list[DisassociatedFace])
    unsuccessful_face_disassociations: list[UnsuccessfulFaceDisassociation] | None = None
    user_status: Open[UserStatus] | None = None


class MatchedUser(PascalResponse):
    """A user that matches. API shape: ``MatchedUser``."""

    user_id: str | None = None
    user_status: Open[UserStatus] | None = None


class UserMatch(PascalResponse):
    """A user of the collection that matches. API shape: ``UserMatch``.

    Attributes:
        similarity: the similarity, 0 to 100.
        user: the user.

    Example:
        >>> UserMatch(similarity=97.5, user=MatchedUser(user_id="anna")).user.user_id
        'anna'
    """

    similarity: float | None = None
    user: MatchedUser | None = None


class SearchedFace(PascalResponse):
    """The face of the collection that was searched for. API shape: ``SearchedFace``."""

    face_id: str | None = None


class SearchedUser(PascalResponse):
    """The user that was searched for. API shape: ``SearchedUser``."""

    user_id: str | None = None


class SearchUsersResponse(PascalResponse):
    """The response of ``SearchUsers``.

    Attributes:
        user_matches: the matching users, the most similar one first.
        face_model_version: the version of the model that the faces are indexed with.
        searched_face: the face that was searched for, or None.
        searched_user: the user that was searched for, or None.

    Example:
        >>> SearchUsersResponse(searched_user=SearchedUser(user_id="anna")).user_matches
        []
    """

    user_matches: list[UserMatch] = Field(default_factory=list[UserMatch])
    face_model_version: str | None = None
    searched_face: SearchedFace | None = None
    searched_user: SearchedUser | None = None


class SearchedFaceDetails(PascalResponse):
    """The face of a picture that was searched for. API shape: ``SearchedFaceDetails``."""

    face_detail: FaceDetail | None = None


class UnsearchedFace(PascalResponse):
    """A face of a picture that was not searched for. API shape: ``UnsearchedFace``.

    Attributes:
        face_details: the attributes of the face.
        reasons: why it was not searched for, such as ``FACE_NOT_LARGEST``.
    """

    face_details: FaceDetail | None = None
    reasons: list[Open[UnsearchedReason]] | None = None


class SearchUsersByImageResponse(PascalResponse):
    """The response of ``SearchUsersByImage``.

    Attributes:
        user_matches: the matching users, the most similar one first.
        face_model_version: the version of the model that the faces are indexed with.
        searched_face: the largest face of the picture; None if the picture has no valid face.
        unsearched_faces: the other faces of the picture.

    Example:
        >>> SearchUsersByImageResponse().searched_face is None
        True
    """

    user_matches: list[UserMatch] = Field(default_factory=list[UserMatch])
    face_model_version: str | None = None
    searched_face: SearchedFaceDetails | None = None
    unsearched_faces: list[UnsearchedFace] | None = None


# Idempotent by the client request token, which all attempts of a call share.
CREATE = Operation(_API, "CreateUser", Nothing)
DELETE = Operation(_API, "DeleteUser", Nothing)
ASSOCIATE = Operation(_API, "AssociateFaces", AssociateFacesResponse)
DISASSOCIATE = Operation(_API, "DisassociateFaces", DisassociateFacesResponse)
LIST = Operation(_API, "ListUsers", ListUsersResponse)
SEARCH = Operation(_API, "SearchUsers", SearchUsersResponse)
SEARCH_BY_IMAGE = Operation(_API, "SearchUsersByImage", SearchUsersByImageResponse)
