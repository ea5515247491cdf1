"""The kinds that look at people: faces, face search, paths of persons, celebrities."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.protocol.wire import Fault
from vidkit.local.rekognition.kinds import Item, JobKind, Subject, timestamp
from vidkit.local.runtime.state import State

_DEFAULT_ATTRIBUTES = frozenset({"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"})
_DEFAULT_THRESHOLD = 80.0


class FaceDetection(JobKind):
    """``StartFaceDetection`` and ``GetFaceDetection``.

    The faces are those scripted for the object, by time. ``FaceAttributes`` ``DEFAULT`` keeps of
    each the bounding box, confidence, landmarks, pose and quality; ``ALL`` everything scripted.
    """

    name = "FaceDetection"
    key = "face_detection"
    member = "Faces"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted faces, with the attributes that the start request asks for."""
        items = sorted(subject.scripted, key=timestamp)
        if parameters.get("FaceAttributes", "DEFAULT") == "ALL":
            return items
        return [_with_default_face(item) for item in items]


class FaceSearch(JobKind):
    """``StartFaceSearch`` and ``GetFaceSearch``.

    The persons are those scripted for the object. Matches below ``FaceMatchThreshold`` are left
    out; a person without any match left has neither ``FaceMatches`` nor a ``Face``, as the
    service answers for those whom it did not find in the collection.
    """

    name = "FaceSearch"
    key = "face_search"
    member = "Persons"

    @override
    def check(self, parameters: Mapping[str, Any], state: State) -> None:
        """The collection must be there.

        Raises:
            Fault: ``ResourceNotFoundException``.
        """
        collection = parameters["CollectionId"]
        if collection not in state.collections:
            raise Fault(
                "ResourceNotFoundException", f"The collection id: {collection} does not exist"
            )

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted persons, with the matches that are like enough."""
        least = parameters.get("FaceMatchThreshold", _DEFAULT_THRESHOLD)
        return [_matched(_with_default_face(item, "Person"), least) for item in subject.scripted]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """How to sort."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The persons by time, or by index and then by time."""
        return _by_person(items, query)


class PersonTracking(JobKind):
    """``StartPersonTracking`` and ``GetPersonTracking``: the scripted persons.

    AWS itself ended them on 31 October 2025; here they go on for programs not yet changed.
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
        """How to sort."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The persons by time, or by index and then by time."""
        return _by_person(items, query)


class CelebrityRecognition(JobKind):
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
        """How to sort."""
        return _order(parameters)

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The celebrities by time, or by id and then by time."""
        if query["SortBy"] == "ID":
            return sorted(
                items, key=lambda item: (item["Celebrity"].get("Id", ""), timestamp(item))
            )
        return sorted(items, key=timestamp)


def _order(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {"SortBy": parameters.get("SortBy", "TIMESTAMP")}


def _by_person(items: Sequence[Item], query: Mapping[str, str]) -> list[Item]:
    if query["SortBy"] == "INDEX":
        return sorted(items, key=lambda item: (item["Person"].get("Index", 0), timestamp(item)))
    return sorted(items, key=timestamp)


def _with_default_face(item: Item, holder: str | None = None) -> Item:
    """The item with the default attributes of its face, which may stand in a member."""
    if holder is not None:
        return {**item, holder: _with_default_face(item[holder])}
    if "Face" not in item:
        return item
    face = {name: value for name, value in item["Face"].items() if name in _DEFAULT_ATTRIBUTES}
    return {**item, "Face": face}


def _matched(item: Item, least: float) -> Item:
    if not item.get("FaceMatches"):
        return item
    alike = [match for match in item["FaceMatches"] if match.get("Similarity", 100.0) >= least]
    if alike:
        return {**item, "FaceMatches": alike}
    person = {name: value for name, value in item["Person"].items() if name != "Face"}
    rest = {name: value for name, value in item.items() if name != "FaceMatches"}
    return {**rest, "Person": person}
