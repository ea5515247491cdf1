"""The kinds of results of stored-video jobs, as each client and the server name them."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FACES", "KINDS", "LABELS", "OTHERS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of results.

    Attributes:
        noun: the results, in a sentence.
        operation: the API's name of the operation that returns a page of them.
        method: the operation's method, of vidkit and of its peers.
        member: the member of the response with the results.
        module: vidkit's module with the model of the response.
    """

    noun: str
    operation: str
    method: str
    member: str
    module: str

    @property
    def model(self) -> "type[BaseModel]":
        """The model of a response; importing it imports Pydantic."""
        module = import_module(f"vidkit.rekognition.kinds.{self.module}")
        found: type[BaseModel] = getattr(module, f"{self.operation}Response")
        return found


FACES = "faces"
LABELS = "labels"

KINDS = {
    kind.noun: kind
    for kind in (
        Kind(FACES, "GetFaceDetection", "get_face_detection", "Faces", "faces"),
        Kind(LABELS, "GetLabelDetection", "get_label_detection", "Labels", "labels"),
        Kind(
            "celebrities",
            "GetCelebrityRecognition",
            "get_celebrity_recognition",
            "Celebrities",
            "celebrities",
        ),
        Kind("face matches", "GetFaceSearch", "get_face_search", "Persons", "face_search"),
        Kind(
            "moderation labels",
            "GetContentModeration",
            "get_content_moderation",
            "ModerationLabels",
            "moderation",
        ),
        Kind("persons", "GetPersonTracking", "get_person_tracking", "Persons", "persons"),
        Kind("segments", "GetSegmentDetection", "get_segment_detection", "Segments", "segments"),
        Kind("texts", "GetTextDetection", "get_text_detection", "TextDetections", "texts"),
    )
}

OTHERS = tuple(noun for noun in KINDS if noun not in {FACES, LABELS})
"""The kinds beside faces and labels, which have rows of their own."""
