"""What the requests of face collections and of their users have in common."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from vidkit.models.requests import PascalRequest
from vidkit.rekognition.models import CollectionId

__all__ = [
    "ClientRequestToken",
    "CollectionRequest",
    "ExternalImageId",
    "FaceId",
    "FaceIds",
    "NextToken",
    "UserId",
]

FaceId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", strict=True
    ),
]
FaceIds = Annotated[Sequence[FaceId], Field(min_length=1, max_length=4096)]
ExternalImageId = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[a-zA-Z0-9_.\-:]+$")
]
UserId = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[a-zA-Z0-9_.\-:]+$")
]
ClientRequestToken = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
NextToken = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class CollectionRequest(PascalRequest):
    """The parameter that most operations of face collections share."""

    service: ClassVar[str | None] = "rekognition"

    collection_id: CollectionId
