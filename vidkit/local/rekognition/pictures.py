"""The pictures of requests: their content, and what was scripted for them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidkit.local.objects.files import object_size
from vidkit.local.objects.state import ObjectsState
from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.scripted_pictures import FaceInPicture, content_key
from vidkit.local.rekognition.state import PictureKey, RekognitionState
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread

MAX_OBJECT_BYTES = 15 * 1024**2
"""The largest picture in S3."""

_FORMATS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_DEFAULT_ATTRIBUTES = frozenset({"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"})
_OF_SCRIPTS = frozenset({"Identity", "Likeness", "Reasons"})


@dataclass(frozen=True, slots=True)
class RequestPicture:
    """A picture that a request refers to."""

    keys: tuple[PictureKey, ...]
    state: State

    @property
    def content_key(self) -> str:
        """The SHA-256 of its content."""
        key = self.keys[-1]
        return key if isinstance(key, str) else ""

    def shows(self, kind: str) -> list[dict[str, Any]]:
        """What it shows of a kind; nothing unless something was scripted."""
        scripts = self.state.of(RekognitionState).pictures.get(kind, {})
        for key in self.keys:
            if key in scripts:
                return copy.deepcopy(scripts[key])
        return []

    def faces(self) -> list[FaceInPicture]:
        """Its faces, the largest first."""
        found = [
            FaceInPicture(
                detail={name: value for name, value in item.items() if name not in _OF_SCRIPTS},
                # A face of nobody in particular is like itself in a copy of the picture.
                identity=item.get("Identity") or f"{self.content_key}/{number}",
                likeness=item["Likeness"],
                reasons=item.get("Reasons", []),
            )
            for number, item in enumerate(self.shows("faces"))
        ]
        return sorted(found, key=lambda face: -face.area)


async def read_picture(state: State, image: Mapping[str, Any]) -> RequestPicture:
    """The picture of a request's ``Image``.

    Raises:
        ApiError: ``InvalidParameterException``, ``InvalidS3ObjectException``,
            ``ImageTooLargeException`` or ``InvalidImageFormatException``.
    """
    if len(image) != 1:
        raise invalid("Image needs either Bytes or S3Object.")
    keys: list[PictureKey] = []
    if "Bytes" in image:
        content: bytes = image["Bytes"]
    else:
        place = image["S3Object"]
        content = await _object_content(state, place)
        keys.append((place["Bucket"], place["Name"]))
    if not content.startswith(_FORMATS):
        raise ApiError("InvalidImageFormatException", "Request has invalid image format")
    return RequestPicture((*keys, content_key(content)), state)


async def _object_content(state: State, place: Mapping[str, Any]) -> bytes:
    if "Bucket" not in place or "Name" not in place:
        raise invalid("Image.S3Object needs Bucket and Name.")
    missing = ApiError(
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access"
        " permissions.",
    )
    stored = state.of(ObjectsState).objects.get((place["Bucket"], place["Name"]))
    # In a bucket without versioning, S3 calls the only version of an object "null".
    if stored is None or place.get("Version", "null") != "null":
        raise missing
    try:
        size = await in_worker_thread(object_size, stored)
        if size > MAX_OBJECT_BYTES:
            raise ApiError(
                "ImageTooLargeException",
                f"The image has {size} bytes; the most is {MAX_OBJECT_BYTES}.",
            )
        return await in_worker_thread(stored.read)
    except OSError:
        raise missing from None


def with_attributes(detail: Mapping[str, Any], attributes: Sequence[str]) -> dict[str, Any]:
    """A face's details with the default attributes and those that a request selects.

    Example:
        >>> with_attributes({"Confidence": 99.0, "EyesOpen": {}, "Smile": {}}, ["EYES_OPEN"])
        {'Confidence': 99.0, 'EyesOpen': {}}
    """
    if "ALL" in attributes:
        return dict(detail)
    # The names of the attributes in the request are those of the members in capitals.
    chosen = {"".join(part.title() for part in name.split("_")) for name in attributes}
    chosen |= _DEFAULT_ATTRIBUTES
    return {name: value for name, value in detail.items() if name in chosen}


def invalid(what: str) -> ApiError:
    """The error for parameters that break a rule."""
    return ApiError("InvalidParameterException", f"Request has invalid parameters: {what}")
