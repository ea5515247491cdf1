"""What pictures show: scripted by their content or by their place in S3."""

import copy
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from vidkit.local.rekognition.state import PictureKey, RekognitionState
from vidkit.local.runtime.state import State

PICTURE_KINDS = (
    "faces",
    "labels",
    "image_properties",
    "moderation_labels",
    "texts",
    "celebrities",
)
"""What can be scripted for a picture."""

_DEFAULT_CONFIDENCE = 99.0
_FULL_LIKENESS = 100.0
_DEFAULT_BOX = {"Left": 0.4, "Top": 0.3, "Width": 0.2, "Height": 0.3}


@dataclass(frozen=True, slots=True)
class ScriptedFace:
    """A face that a picture shows.

    Attributes:
        identity: the person; faces of one identity match one another. None: the face matches
            itself only.
        likeness: how much the face looks like its person, above 0 to 100. The similarity of two
            faces of one person is the product of theirs.
        confidence: the confidence that it is a face, 0 to 100.
        bounding_box: its place in the picture, a ``BoundingBox`` of the API; the largest face is
            the one that a search by image searches for.
        reasons: why a quality filter filters the face out, such as ``["LOW_SHARPNESS"]``.
        details: more members of the API's ``FaceDetail``, such as ``{"Smile": {"Value": True}}``.

    Example:
        >>> ScriptedFace("anna", likeness=90).item()["Likeness"]
        90
    """

    identity: str | None = None
    likeness: float = _FULL_LIKENESS
    confidence: float = _DEFAULT_CONFIDENCE
    bounding_box: Mapping[str, float] = field(default_factory=lambda: dict(_DEFAULT_BOX))
    reasons: Sequence[str] = ()
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def item(self) -> dict[str, Any]:
        """The face as ``FaceDetail``, with ``Identity``, ``Likeness`` and ``Reasons`` beside."""
        own = {} if self.identity is None else {"Identity": self.identity}
        return {
            **self.details,
            **own,
            "Likeness": self.likeness,
            "Reasons": list(self.reasons),
            "Confidence": self.confidence,
            "BoundingBox": dict(self.bounding_box),
        }


@dataclass(frozen=True, slots=True)
class FaceInPicture:
    """A face of a picture that a request refers to."""

    detail: dict[str, Any]
    identity: str
    likeness: float
    reasons: list[str]

    @property
    def area(self) -> float:
        """Its size, as a ratio of the picture's."""
        box = self.detail["BoundingBox"]
        area: float = box.get("Width", 0.0) * box.get("Height", 0.0)
        return area


def similarity(one: float, other: float) -> float:
    """The similarity of two faces of one person, by their likeness."""
    return one * other / 100


def content_key(content: bytes) -> str:
    """The key of a picture by its content."""
    return hashlib.sha256(content).hexdigest()


def script_picture(
    state: State, key: PictureKey, kind: str, items: Iterable[Mapping[str, Any]]
) -> int:
    """Set what a picture shows.

    Args:
        state: the cloud's state.
        key: the picture.
        kind: one of ``PICTURE_KINDS``.
        items: the items as the API lists them; they replace those scripted before for this kind and
            picture.

    Returns:
        The number of items.

    Raises:
        ValueError: the kind is none of those, or an item is not one of that kind.
    """
    if kind not in PICTURE_KINDS:
        raise ValueError(f"kind must be one of {', '.join(PICTURE_KINDS)}, not {kind!r}")
    # Copies, so that later changes by the caller do not change the script.
    script = [_checked(kind, number, item) for number, item in enumerate(items)]
    state.of(RekognitionState).pictures.setdefault(kind, {})[key] = script
    return len(script)


def _checked(kind: str, number: int, item: object) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise ValueError(f"item {number}: must be a mapping")  # noqa: TRY004
    found: dict[str, Any] = copy.deepcopy(dict(cast("Mapping[str, Any]", item)))
    if kind == "image_properties":
        return found
    if kind == "celebrities":
        _check_number(number, found, "MatchConfidence", _DEFAULT_CONFIDENCE)
        return found
    _check_number(number, found, "Confidence", _DEFAULT_CONFIDENCE)
    if kind == "labels" and not isinstance(found.get("Name"), str):
        raise ValueError(f"item {number}: Name must be a string")
    if kind == "faces":
        _check_number(number, found, "Likeness", _FULL_LIKENESS)
        if not isinstance(found.setdefault("BoundingBox", dict(_DEFAULT_BOX)), dict):
            raise ValueError(f"item {number}: BoundingBox must be a mapping")
    return found


def _check_number(number: int, item: dict[str, Any], name: str, default: float) -> None:
    value = item.setdefault(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"item {number}: {name} must be a number")  # noqa: TRY004
    if not 0 <= value <= _FULL_LIKENESS:
        raise ValueError(f"item {number}: {name} must be from 0 to 100")
