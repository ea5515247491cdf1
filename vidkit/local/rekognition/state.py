"""What can be set up for Rekognition: results, failures, pictures and collections."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from vidkit.local.runtime.state import State

Script: TypeAlias = dict[tuple[str, str], list[dict[str, object]]]
"""The results of one kind of job by (bucket, name), as the API's own list items."""
PictureKey: TypeAlias = str | tuple[str, str]
"""A picture: the SHA-256 of its content in hexadecimal digits, or its (bucket, name)."""


@dataclass(slots=True)
class StoredFace:
    """A face in a collection: a scripted face of the picture that it was indexed from."""

    face_id: str
    serial: int
    content: dict[str, Any]
    """The API's ``Face``, without its ``UserId``."""
    identity: str
    """Faces of one identity are of one person."""
    likeness: float
    origin: tuple[str, str, int] | None
    """The picture, its external id, and the number of the face in it; None without such an id."""
    user_id: str | None = None

    def item(self) -> dict[str, Any]:
        """The API's ``Face``."""
        return self.content | ({} if self.user_id is None else {"UserId": self.user_id})


@dataclass(slots=True)
class StoredUser:
    """A user of a collection."""

    user_id: str
    serial: int
    updated: datetime | None = None
    """When faces were last associated or disassociated; None: never."""


@dataclass(slots=True)
class FaceCollection:
    """A face collection, with its faces and users in order of creation."""

    collection_id: str
    serial: int
    created: datetime
    tags: dict[str, str] = field(default_factory=dict[str, str])
    faces: dict[str, StoredFace] = field(default_factory=dict[str, StoredFace])
    users: dict[str, StoredUser] = field(default_factory=dict[str, StoredUser])
    created_members: int = 0
    """How many faces and users there have been."""

    def next_serial(self) -> int:
        """The serial number of a new face or user."""
        self.created_members += 1
        return self.created_members


@dataclass(slots=True)
class RekognitionState:
    """What jobs, pictures and stream processors return, and how they fail."""

    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    """The results of jobs by kind, such as ``face_detection``."""
    failures: dict[tuple[str, str], dict[str | None, str]] = field(
        default_factory=dict[tuple[str, str], dict[str | None, str]]
    )
    """The messages that jobs over (bucket, name) fail with, by kind; None is for every kind."""
    pictures: dict[str, dict[PictureKey, list[dict[str, Any]]]] = field(
        default_factory=dict[str, dict[PictureKey, list[dict[str, Any]]]]
    )
    """What pictures show, by kind, such as ``faces``."""
    collections: dict[str, FaceCollection] = field(default_factory=dict[str, FaceCollection])
    """The face collections, by id."""
    created_collections: int = 0
    """How many collections there have been."""
    processor_failures: dict[str, str] = field(default_factory=dict[str, str])
    """The messages that stream processors fail with, once each, by the processor's name."""

    @property
    def labels(self) -> Script:
        """The scripts of label detection."""
        return self.scripts.setdefault("label_detection", {})


def add_collection(state: State, collection_id: str) -> FaceCollection:
    """The collection of this id, which is created if there is none."""
    own = state.of(RekognitionState)
    if collection_id not in own.collections:
        own.created_collections += 1
        own.collections[collection_id] = FaceCollection(
            collection_id, own.created_collections, state.now()
        )
    return own.collections[collection_id]
