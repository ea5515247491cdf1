"""The operations of face collections and their faces, and their parameters."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from vidkit.calls.operation import Operation
from vidkit.models.aws_tags import check_tags
from vidkit.models.requests import PascalRequest
from vidkit.rekognition.face_collections.models import (
    CollectionRequest,
    ExternalImageId,
    FaceId,
    FaceIds,
    NextToken,
    UserId,
)
from vidkit.rekognition.face_collections.responses import (
    CreateCollectionResponse,
    DeleteCollectionResponse,
    DeleteFacesResponse,
    DescribeCollectionResponse,
    IndexFacesResponse,
    ListCollectionsResponse,
    ListFacesResponse,
    SearchFacesByImageResponse,
    SearchFacesResponse,
)
from vidkit.rekognition.models import Percent
from vidkit.rekognition.pictures.models import FaceAttribute, PictureSource, QualityFilter

__all__ = [
    "CREATE",
    "DELETE",
    "DELETE_FACES",
    "DESCRIBE",
    "INDEX",
    "INDEX_UNNAMED",
    "LIST",
    "LIST_FACES",
    "SEARCH",
    "SEARCH_BY_IMAGE",
    "CreateCollectionRequest",
    "DeleteCollectionRequest",
    "DeleteFacesRequest",
    "DescribeCollectionRequest",
    "IndexFacesRequest",
    "ListCollectionsRequest",
    "ListFacesRequest",
    "SearchFacesByImageRequest",
    "SearchFacesRequest",
]

_API = "rekognition"

# Idempotent, because the id is unique: a retry finds it in use and creates no second collection.
CREATE = Operation(_API, "CreateCollection", CreateCollectionResponse)
DESCRIBE = Operation(_API, "DescribeCollection", DescribeCollectionResponse)
LIST = Operation(_API, "ListCollections", ListCollectionsResponse)
# Idempotent: what is deleted stays deleted.
DELETE = Operation(_API, "DeleteCollection", DeleteCollectionResponse)
DELETE_FACES = Operation(_API, "DeleteFaces", DeleteFacesResponse)
# Idempotent with an external image id only: the service then stores no face of the picture twice.
INDEX = Operation(_API, "IndexFaces", IndexFacesResponse)
INDEX_UNNAMED = Operation(_API, "IndexFaces", IndexFacesResponse, idempotent=False)
LIST_FACES = Operation(_API, "ListFaces", ListFacesResponse)
SEARCH = Operation(_API, "SearchFaces", SearchFacesResponse)
SEARCH_BY_IMAGE = Operation(_API, "SearchFacesByImage", SearchFacesByImageResponse)

_PageSize = Annotated[int, Field(ge=1, le=4096, strict=True)]
_MaxFaces = Annotated[int, Field(ge=1, le=4096, strict=True)]


class CreateCollectionRequest(CollectionRequest):
    """The parameters of ``CreateCollection``."""

    tags: Annotated[Mapping[str, str], AfterValidator(partial(check_tags, maximum=200))] | None = (
        None
    )


class DescribeCollectionRequest(CollectionRequest):
    """The parameters of ``DescribeCollection``."""


class DeleteCollectionRequest(CollectionRequest):
    """The parameters of ``DeleteCollection``."""


class ListCollectionsRequest(PascalRequest):
    """The parameters of ``ListCollections``."""

    service: ClassVar[str | None] = _API

    max_results: _PageSize
    next_token: NextToken | None = None


class IndexFacesRequest(CollectionRequest):
    """The parameters of ``IndexFaces``."""

    image: PictureSource
    external_image_id: ExternalImageId | None = None
    detection_attributes: Sequence[FaceAttribute] | None = None
    max_faces: Annotated[int, Field(ge=1, strict=True)] | None = None
    quality_filter: QualityFilter | None = None


class ListFacesRequest(CollectionRequest):
    """The parameters of ``ListFaces``."""

    user_id: UserId | None = None
    face_ids: FaceIds | None = None
    max_results: _PageSize
    next_token: NextToken | None = None


class DeleteFacesRequest(CollectionRequest):
    """The parameters of ``DeleteFaces``."""

    face_ids: FaceIds


class SearchFacesRequest(CollectionRequest):
    """The parameters of ``SearchFaces``."""

    face_id: FaceId
    max_faces: _MaxFaces | None = None
    face_match_threshold: Percent | None = None


class SearchFacesByImageRequest(CollectionRequest):
    """The parameters of ``SearchFacesByImage``."""

    image: PictureSource
    max_faces: _MaxFaces | None = None
    face_match_threshold: Percent | None = None
    quality_filter: QualityFilter | None = None
