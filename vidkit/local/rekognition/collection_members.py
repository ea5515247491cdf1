"""The users of Rekognition's face collections."""

import copy
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeAlias

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.expiring_tokens import ExpiringTokens
from vidkit.local.rekognition.face_collections import (
    DEFAULT_THRESHOLD,
    FACE_MODEL_VERSION,
    FaceCollections,
    face_of,
)
from vidkit.local.rekognition.kinds import Item
from vidkit.local.rekognition.pictures import RequestPicture, invalid
from vidkit.local.rekognition.scripted_pictures import similarity
from vidkit.local.rekognition.state import FaceCollection, StoredFace, StoredUser
from vidkit.local.runtime.state import State

MAX_FACES = 100
"""The faces of one user."""
MAX_USERS = 500
"""Users on a page or among the matches: the default, and the maximum."""

_ASSOCIATION_THRESHOLD = 75.0
_TOKEN = "ClientRequestToken"  # noqa: S105 - it is the name of a member

_Change: TypeAlias = Callable[[FaceCollection, Item], Item]


class CollectionMembers:
    """The users of an account's face collections.

    An association takes effect after ``State.job_seconds``: until then the user is ``UPDATING``. A
    request that repeats a ``ClientRequestToken`` gets the response of the first one.

    Args:
        state: what the services share.
        collections: the collections.
    """

    def __init__(self, state: State, collections: FaceCollections) -> None:
        self._state = state
        self._collections = collections
        self._tokens = ExpiringTokens(state)
        self._carried_out: dict[str, tuple[str, Item, Item]] = {}
        self._changes: dict[str, _Change] = {
            "CreateUser": self._create,
            "DeleteUser": self._delete,
            "AssociateFaces": self._associate,
            "DisassociateFaces": self._disassociate,
        }
        self.operations: dict[str, Callable[[Item], Item]] = {
            **{name: self._once(name) for name in self._changes},
            "ListUsers": self._list,
            "SearchUsers": self._search,
        }
        self.picture_operations: dict[str, Callable[[Item, RequestPicture], Item]] = {
            "SearchUsersByImage": self._search_by_image
        }

    def _once(self, name: str) -> Callable[[Item], Item]:
        """An operation that carries out the requests of one client request token once."""

        def carry_out(parameters: Item) -> Item:
            wanted = {key: value for key, value in parameters.items() if key != _TOKEN}
            token = parameters.get(_TOKEN)
            earlier = self._carried_out.get(token) if token is not None else None
            if earlier is not None:
                if earlier[:2] != (name, wanted):
                    raise ApiError(
                        "IdempotentParameterMismatchException",
                        "The ClientRequestToken belongs to a request with other parameters.",
                    )
                return copy.deepcopy(earlier[2])
            content = self._changes[name](self._collections.find(parameters), parameters)
            if token is not None:
                self._carried_out[token] = (name, wanted, copy.deepcopy(content))
            return content

        return carry_out

    def _create(self, collection: FaceCollection, parameters: Item) -> Item:
        user_id = parameters["UserId"]
        if user_id in collection.users:
            raise ApiError("ConflictException", f"The user id: {user_id} already exists")
        collection.users[user_id] = StoredUser(user_id, collection.next_serial())
        return {}

    def _delete(self, collection: FaceCollection, parameters: Item) -> Item:
        user = _user_of(collection, parameters)
        for face in _faces_of(collection, user):
            face.user_id = None
        del collection.users[user.user_id]
        return {}

    def _associate(self, collection: FaceCollection, parameters: Item) -> Item:
        user = _user_of(collection, parameters)
        own = _faces_of(collection, user)
        if len(own) >= MAX_FACES:
            raise ApiError(
                "ServiceQuotaExceededException", f"A user can have at most {MAX_FACES} faces"
            )
        least = parameters.get("UserMatchThreshold", _ASSOCIATION_THRESHOLD)
        added: list[Item] = []
        failed: list[Item] = []
        for face_id in dict.fromkeys(parameters["FaceIds"]):
            face = collection.faces.get(face_id)
            if face is not None and face.user_id == user.user_id:
                continue
            problem = _problem(face, user)
            if face is not None and problem is None and own:
                alike = _similarity(own, face.identity, face.likeness)
                if alike < least:
                    problem = {"Confidence": alike, "Reasons": ["LOW_MATCH_CONFIDENCE"]}
            if problem is None and len(own) + len(added) >= MAX_FACES:
                problem = {"Reasons": list[str]()}
            if problem is not None or face is None:
                failed.append({"FaceId": face_id, **(problem or {})})
                continue
            face.user_id = user.user_id
            added.append({"FaceId": face_id})
        self._mark_updated(user, changed=bool(added))
        return {
            "AssociatedFaces": added,
            "UnsuccessfulFaceAssociations": failed,
            "UserStatus": self._status(collection, user),
        }

    def _disassociate(self, collection: FaceCollection, parameters: Item) -> Item:
        user = _user_of(collection, parameters)
        removed: list[Item] = []
        failed: list[Item] = []
        for face_id in dict.fromkeys(parameters["FaceIds"]):
            face = collection.faces.get(face_id)
            problem = _problem(face, user)
            if problem is not None:
                failed.append({"FaceId": face_id, **problem})
            elif face is not None and face.user_id is not None:
                face.user_id = None
                removed.append({"FaceId": face_id})
        self._mark_updated(user, changed=bool(removed))
        return {
            "DisassociatedFaces": removed,
            "UnsuccessfulFaceDisassociations": failed,
            "UserStatus": self._status(collection, user),
        }

    def _list(self, parameters: Item) -> Item:
        collection = self._collections.find(parameters)
        bound = ["ListUsers", collection.collection_id]
        start = self._tokens.read(parameters.get("NextToken"), bound)
        size: int = parameters.get("MaxResults", MAX_USERS)
        left = [user for user in collection.users.values() if user.serial >= start]
        content: Item = {"Users": [self._item(collection, user) for user in left[:size]]}
        if len(left) > size:
            content["NextToken"] = self._tokens.issue(left[size].serial, bound)
        return content

    def _search(self, parameters: Item) -> Item:
        collection = self._collections.find(parameters)
        if ("UserId" in parameters) is ("FaceId" in parameters):
            raise invalid("either UserId or FaceId is needed.")
        if "FaceId" in parameters:
            face = face_of(collection, parameters["FaceId"])
            matches = self._matches(collection, [face], parameters)
            searched: Item = {"SearchedFace": {"FaceId": face.face_id}}
        else:
            user = _user_of(collection, parameters)
            matches = self._matches(collection, _faces_of(collection, user), parameters, user)
            searched = {"SearchedUser": {"UserId": user.user_id}}
        return {"UserMatches": matches, "FaceModelVersion": FACE_MODEL_VERSION, **searched}

    def _search_by_image(self, parameters: Item, picture: RequestPicture) -> Item:
        collection = self._collections.find(parameters)
        keeps_all = parameters.get("QualityFilter", "NONE") == "NONE"
        faces = picture.faces()
        valid = [face for face in faces if keeps_all or not face.reasons]
        content: Item = {
            "UserMatches": [],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnsearchedFaces": [
                {
                    "FaceDetails": face.detail,
                    "Reasons": ["FACE_NOT_LARGEST"] if face in valid else face.reasons,
                }
                for face in faces
                if face not in valid[:1]
            ],
        }
        if valid:
            content["SearchedFace"] = {"FaceDetail": valid[0].detail}
            seen = StoredFace("", 0, {}, valid[0].identity, valid[0].likeness, None)
            content["UserMatches"] = self._matches(collection, [seen], parameters)
        return content

    def _matches(
        self,
        collection: FaceCollection,
        faces: Iterable[StoredFace],
        parameters: Item,
        searched: StoredUser | None = None,
    ) -> list[Item]:
        """The users that resemble any of the faces, without the one that is searched for."""
        least = parameters.get("UserMatchThreshold", DEFAULT_THRESHOLD)
        found: list[Item] = []
        for user in collection.users.values():
            own = _faces_of(collection, user)
            alike = max(
                (_similarity(own, face.identity, face.likeness) for face in faces), default=0.0
            )
            if user is not searched and alike > 0 and alike >= least:
                found.append({"Similarity": alike, "User": self._item(collection, user)})
        found.sort(key=lambda match: -match["Similarity"])
        return found[: parameters.get("MaxUsers", MAX_USERS)]

    def _mark_updated(self, user: StoredUser, *, changed: bool) -> None:
        if changed:
            user.updated = self._state.now()

    def _item(self, collection: FaceCollection, user: StoredUser) -> Item:
        return {"UserId": user.user_id, "UserStatus": self._status(collection, user)}

    def _status(self, collection: FaceCollection, user: StoredUser) -> str:
        effect = timedelta(seconds=self._state.job_seconds)
        if user.updated is not None and self._state.now() < user.updated + effect:
            return "UPDATING"
        return "ACTIVE" if _faces_of(collection, user) else "CREATED"


def _user_of(collection: FaceCollection, parameters: Item) -> StoredUser:
    user_id = parameters["UserId"]
    if user_id not in collection.users:
        raise ApiError("ResourceNotFoundException", f"The user id: {user_id} does not exist")
    return collection.users[user_id]


def _faces_of(collection: FaceCollection, user: StoredUser) -> list[StoredFace]:
    return [face for face in collection.faces.values() if face.user_id == user.user_id]


def _problem(face: StoredFace | None, user: StoredUser) -> Item | None:
    """Why a face cannot be associated with a user, or disassociated from it."""
    if face is None:
        return {"Reasons": ["FACE_NOT_FOUND"]}
    if face.user_id not in {None, user.user_id}:
        return {"UserId": face.user_id, "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
    return None


def _similarity(faces: Iterable[StoredFace], identity: str, likeness: float) -> float:
    """How similar a face is to the most similar one of others; 0 if none is of its identity."""
    alike = [similarity(face.likeness, likeness) for face in faces if face.identity == identity]
    return max(alike, default=0.0)
