"""Face collections of Rekognition, and their faces."""

import uuid
from collections.abc import Callable, Iterable
from typing import TypeAlias

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.expiring_tokens import ExpiringTokens
from vidkit.local.rekognition.kinds import Item
from vidkit.local.rekognition.pictures import RequestPicture, invalid, with_attributes
from vidkit.local.rekognition.scripted_pictures import FaceInPicture, similarity
from vidkit.local.rekognition.state import (
    FaceCollection,
    RekognitionState,
    StoredFace,
    add_collection,
)
from vidkit.local.runtime.state import State

FACE_MODEL_VERSION = "7.0"
MAX_INDEXED_FACES = 100
"""The faces of one picture that are indexed."""
MAX_PAGE = 4096
"""Collections or faces on a page: the default, and the maximum."""
DEFAULT_THRESHOLD = 80.0

_Operation: TypeAlias = Callable[[Item], Item]
_PictureOperation: TypeAlias = Callable[[Item, RequestPicture], Item]


class FaceCollections:
    """The face collections of an account.

    Pictures show the faces that were scripted for them. Faces of one identity are similar, all
    others are not. A face of a picture that is indexed again is stored once if the request has the
    same ``ExternalImageId``, as AWS documents; without one, it is stored again.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._setup = state.of(RekognitionState)
        self._tokens = ExpiringTokens(state)
        self.operations: dict[str, _Operation] = {
            "CreateCollection": self._create,
            "DescribeCollection": self._describe,
            "ListCollections": self._list,
            "DeleteCollection": self._delete,
            "ListFaces": self._list_faces,
            "DeleteFaces": self._delete_faces,
            "SearchFaces": self._search,
        }
        self.picture_operations: dict[str, _PictureOperation] = {
            "IndexFaces": self._index,
            "SearchFacesByImage": self._search_by_image,
        }

    def find(self, parameters: Item) -> FaceCollection:
        """The collection of a request.

        Raises:
            ApiError: it does not exist.
        """
        collection_id = parameters["CollectionId"]
        found = self._setup.collections.get(collection_id)
        if found is None:
            raise ApiError(
                "ResourceNotFoundException", f"The collection id: {collection_id} does not exist"
            )
        return found

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """The tags of the collection with this ARN; None if there is none."""
        for collection in self._setup.collections.values():
            if f"arn:{self._name_of(collection.collection_id)}" == arn:
                return collection.tags
        return None

    def _name_of(self, collection_id: str) -> str:
        identity = self._state.identity
        place = f"{identity.region}:{identity.account_id}"
        return f"aws:rekognition:{place}:collection/{collection_id}"

    def _create(self, parameters: Item) -> Item:
        collection_id = parameters["CollectionId"]
        if collection_id in self._setup.collections:
            raise ApiError(
                "ResourceAlreadyExistsException",
                f"The collection id: {collection_id} already exists",
            )
        for key in parameters.get("Tags", {}):
            if key.lower().startswith("aws:"):
                raise invalid(f"Tags: {key!r} begins with the reserved 'aws:'.")
        add_collection(self._state, collection_id).tags = parameters.get("Tags", {})
        return {
            "StatusCode": 200,
            # AWS's own examples of this response have no "arn:" in front.
            "CollectionArn": self._name_of(collection_id),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def _describe(self, parameters: Item) -> Item:
        collection = self.find(parameters)
        return {
            "FaceCount": len(collection.faces),
            "UserCount": len(collection.users),
            "FaceModelVersion": FACE_MODEL_VERSION,
            "CollectionARN": f"arn:{self._name_of(collection.collection_id)}",
            "CreationTimestamp": collection.created.timestamp(),
        }

    def _list(self, parameters: Item) -> Item:
        bound = "ListCollections"
        start = self._tokens.read(parameters.get("NextToken"), bound)
        size: int = parameters.get("MaxResults") or MAX_PAGE
        # By order of creation: a collection deleted between two pages does not shift the others.
        left = [item for item in self._setup.collections.values() if item.serial >= start]
        content: Item = {
            "CollectionIds": [item.collection_id for item in left[:size]],
            "FaceModelVersions": [FACE_MODEL_VERSION for _ in left[:size]],
        }
        if len(left) > size:
            content["NextToken"] = self._tokens.issue(left[size].serial, bound)
        return content

    def _delete(self, parameters: Item) -> Item:
        del self._setup.collections[self.find(parameters).collection_id]
        return {"StatusCode": 200}

    def _index(self, parameters: Item, picture: RequestPicture) -> Item:
        collection = self.find(parameters)
        keeps_all = parameters.get("QualityFilter", "AUTO") == "NONE"
        attributes = parameters.get("DetectionAttributes", [])
        most = min(parameters.get("MaxFaces", MAX_INDEXED_FACES), MAX_INDEXED_FACES)
        records: list[Item] = []
        unindexed: list[Item] = []
        for number, face in enumerate(picture.faces()):
            detail = with_attributes(face.detail, attributes)
            reasons = [] if keeps_all else face.reasons
            if not reasons and len(records) >= most:
                reasons = ["EXCEEDS_MAX_FACES"]
            if reasons:
                unindexed.append({"Reasons": reasons, "FaceDetail": detail})
                continue
            stored = _stored(collection, parameters, picture, (number, face))
            records.append({"Face": stored.item(), "FaceDetail": detail})
        return {
            "FaceRecords": records,
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnindexedFaces": unindexed,
        }

    def _list_faces(self, parameters: Item) -> Item:
        collection = self.find(parameters)
        wanted, user_id = parameters.get("FaceIds"), parameters.get("UserId")
        bound = ["ListFaces", collection.collection_id, wanted, user_id]
        start = self._tokens.read(parameters.get("NextToken"), bound)
        size: int = parameters.get("MaxResults") or MAX_PAGE
        left = [
            face
            for face in collection.faces.values()
            if face.serial >= start
            and (wanted is None or face.face_id in wanted)
            and user_id in {None, face.user_id}
        ]
        content: Item = {
            "Faces": [face.item() for face in left[:size]],
            "FaceModelVersion": FACE_MODEL_VERSION,
        }
        if len(left) > size:
            content["NextToken"] = self._tokens.issue(left[size].serial, bound)
        return content

    def _delete_faces(self, parameters: Item) -> Item:
        collection = self.find(parameters)
        deleted: list[str] = []
        kept: list[Item] = []
        for face_id in dict.fromkeys(parameters["FaceIds"]):
            face = collection.faces.get(face_id)
            if face is None:
                kept.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif face.user_id is not None:
                reasons = ["ASSOCIATED_TO_AN_EXISTING_USER"]
                kept.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
            else:
                del collection.faces[face_id]
                deleted.append(face_id)
        return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": kept}

    def _search(self, parameters: Item) -> Item:
        collection = self.find(parameters)
        searched = face_of(collection, parameters["FaceId"])
        others = [face for face in collection.faces.values() if face is not searched]
        return {
            "SearchedFaceId": searched.face_id,
            "FaceMatches": face_matches(others, searched.identity, searched.likeness, parameters),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def _search_by_image(self, parameters: Item, picture: RequestPicture) -> Item:
        collection = self.find(parameters)
        keeps_all = parameters.get("QualityFilter", "NONE") == "NONE"
        face = next((face for face in picture.faces() if keeps_all or not face.reasons), None)
        if face is None:
            raise ApiError(
                "InvalidParameterException",
                "There are no faces in the image. Should be at least 1.",
            )
        faces = collection.faces.values()
        return {
            "SearchedFaceBoundingBox": face.detail["BoundingBox"],
            "SearchedFaceConfidence": face.detail["Confidence"],
            "FaceMatches": face_matches(faces, face.identity, face.likeness, parameters),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }


def face_of(collection: FaceCollection, face_id: str) -> StoredFace:
    """The face of a collection with this id.

    Raises:
        ApiError: the collection has no such face.
    """
    face = collection.faces.get(face_id)
    if face is None:
        raise ApiError("InvalidParameterException", "faceId was not found in the collection.")
    return face


def face_matches(
    faces: Iterable[StoredFace], identity: str, likeness: float, parameters: Item
) -> list[Item]:
    """The faces of one identity as ``FaceMatch``, the most similar one first.

    Args:
        faces: the faces to search.
        identity: the identity of the face to search for.
        likeness: its likeness.
        parameters: the request, with ``FaceMatchThreshold`` and ``MaxFaces``.
    """
    least = parameters.get("FaceMatchThreshold", DEFAULT_THRESHOLD)
    found: list[Item] = [
        {"Similarity": similarity(face.likeness, likeness), "Face": face.item()}
        for face in faces
        if face.identity == identity
    ]
    found = [match for match in found if match["Similarity"] >= least]
    found.sort(key=lambda match: -match["Similarity"])
    return found[: parameters.get("MaxFaces", MAX_PAGE)]


def _stored(
    collection: FaceCollection,
    parameters: Item,
    picture: RequestPicture,
    numbered: tuple[int, FaceInPicture],
) -> StoredFace:
    """A face of a picture in the collection, where it may be already."""
    number, face = numbered
    external = parameters.get("ExternalImageId")
    origin = None if external is None else (picture.content_key, external, number)
    for stored in collection.faces.values():
        if origin is not None and stored.origin == origin:
            return stored
    content: Item = {
        "FaceId": str(uuid.uuid4()),
        "BoundingBox": face.detail["BoundingBox"],
        "ImageId": str(uuid.UUID(hex=picture.content_key[:32])),
        "Confidence": face.detail["Confidence"],
        "IndexFacesModelVersion": FACE_MODEL_VERSION,
        **({} if external is None else {"ExternalImageId": external}),
    }
    stored = StoredFace(
        content["FaceId"],
        collection.next_serial(),
        content,
        face.identity,
        face.likeness,
        origin,
    )
    collection.faces[stored.face_id] = stored
    return stored
