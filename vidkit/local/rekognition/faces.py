"""Face detection, face search, person tracking and celebrity recognition."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.face_collections import DEFAULT_THRESHOLD, face_matches
from vidkit.local.rekognition.kinds import AnalysisKind, Item, Subject, item_timestamp
from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.runtime.state import State

_DEFAULT_ATTRIBUTES = frozenset({"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"})


class FaceDetectionKind(AnalysisKind):
    """``StartFaceDetection`` and ``GetFaceDetection``.

    The faces are those scripted for the object, by time. ``FaceAttributes`` ``DEFAULT`` keeps the
    bounding box, confidence, landmarks, pose and quality of each; ``ALL`` keeps everything.
    """

    name = "FaceDetection"
    key = "face_detection"
    member = "Faces"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted faces, with the attributes that the start request selects."""
        items = sorted(subject.scripted, key=item_timestamp)
        if parameters.get("FaceAttributes", "DEFAULT") == "ALL":
            return items
        return [_with_default_face(item) for item in items]


class FaceSearchKind(AnalysisKind):
    """``StartFaceSearch`` and ``GetFaceSearch``.

    The persons are those scripted for the object. A person that is scripted with an ``Identity``
    beside its ``Person`` matches the faces of this identity in the collection. Matches below
    ``FaceMatchThreshold`` are left out. A person without remaining matches has neither
    ``FaceMatches`` nor a ``Face``, like the persons that the service did not find in the
    collection.
    """

    name = "FaceSearch"
    key = "face_search"
    member = "Persons"

    @override
    def check(self, parameters: Mapping[str, Any], state: State) -> None:
        """Check that the collection exists.

        Raises:
            ApiError: ``ResourceNotFoundException``.
        """
        collection = parameters["CollectionId"]
        if collection not in state.of(RekognitionState).collections:
            raise ApiError(
                "ResourceNotFoundException", f"The collection id: {collection} does not exist"
            )

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted persons, with the matches that reach the threshold."""
        least = parameters.get("FaceMatchThreshold", DEFAULT_THRESHOLD)
        items = [_searched(item, parameters, subject.state) for item in subject.scripted]
        return [_matched(_with_default_face(item, "Person"), least) for item in items]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The order of the items."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The persons by time, or by index and then by time."""
        return _by_person(items, query)


class PersonTrackingKind(AnalysisKind):
    """``StartPersonTracking`` and ``GetPersonTracking``: the scripted persons.

    AWS discontinued them on 31 October 2025; here they remain for programs not yet changed.
    """

    name = "PersonTracking"
    key = "person_tracking"
    member = "Persons"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted persons, their faces with the default attributes."""
        del parameters
        return [_with_default_face(item, "Person") for item in subject.scripted]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The order of the items."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The persons by time, or by index and then by time."""
        return _by_person(items, query)


class CelebrityRecognitionKind(AnalysisKind):
    """``StartCelebrityRecognition`` and ``GetCelebrityRecognition``: the scripted celebrities."""

    name = "CelebrityRecognition"
    key = "celebrity_recognition"
    member = "Celebrities"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted celebrities, their faces with the default attributes."""
        del parameters
        return [_with_default_face(item, "Celebrity") for item in subject.scripted]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The order of the items."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The celebrities by time, or by id and then by time."""
        if query["SortBy"] == "ID":
            return sorted(
                items, key=lambda item: (item["Celebrity"].get("Id", ""), item_timestamp(item))
            )
        return sorted(items, key=item_timestamp)


def _order(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {"SortBy": parameters.get("SortBy", "TIMESTAMP")}


def _by_person(items: Sequence[Item], query: Mapping[str, str]) -> list[Item]:
    if query["SortBy"] == "INDEX":
        return sorted(
            items, key=lambda item: (item["Person"].get("Index", 0), item_timestamp(item))
        )
    return sorted(items, key=item_timestamp)


def _with_default_face(item: Item, holder: str | None = None) -> Item:
    """The item with the default attributes of its face, which may be inside a member."""
    if holder is not None:
        return {**item, holder: _with_default_face(item[holder])}
    if "Face" not in item:
        return item
    face = {name: value for name, value in item["Face"].items() if name in _DEFAULT_ATTRIBUTES}
    return {**item, "Face": face}


def _searched(item: Item, parameters: Mapping[str, Any], state: State) -> Item:
    """The item with the faces of the collection that match the identity of its person, if any."""
    identity = item.pop("Identity", None)
    likeness = item.pop("Likeness", 100.0)
    collection = state.of(RekognitionState).collections.get(parameters["CollectionId"])
    if identity is None or collection is None:
        return item
    # The job runs in a thread of its own, and the collection can change meanwhile.
    faces = list(collection.faces.values())
    found = face_matches(faces, identity, likeness, dict(parameters))
    return {**item, "FaceMatches": found} if found else _unmatched(item)


def _matched(item: Item, least: float) -> Item:
    if not item.get("FaceMatches"):
        return item
    similar = [match for match in item["FaceMatches"] if match.get("Similarity", 100.0) >= least]
    if similar:
        return {**item, "FaceMatches": similar}
    return _unmatched(item)


def _unmatched(item: Item) -> Item:
    person = {name: value for name, value in item["Person"].items() if name != "Face"}
    rest = {name: value for name, value in item.items() if name != "FaceMatches"}
    return {**rest, "Person": person}
