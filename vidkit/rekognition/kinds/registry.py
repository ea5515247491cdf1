"""The kinds of stored-video jobs: a table of where each is found.

Everything that the kinds share (starting once, watching, paging) stands once, in `video_jobs`.
"""

from importlib import import_module
from typing import Any

from vidkit.rekognition.kinds.kind import JobKind

__all__ = ["KINDS", "kind_named"]

KINDS = {
    "label_detection": "vidkit.rekognition.kinds.labels",
    "face_detection": "vidkit.rekognition.kinds.faces",
    "face_search": "vidkit.rekognition.kinds.face_search",
    "person_tracking": "vidkit.rekognition.kinds.persons",
    "celebrity_recognition": "vidkit.rekognition.kinds.celebrities",
    "content_moderation": "vidkit.rekognition.kinds.moderation",
    "segment_detection": "vidkit.rekognition.kinds.segments",
    "text_detection": "vidkit.rekognition.kinds.texts",
}
"""Each kind's name, and the module that holds it under that name in capitals."""


def kind_named(name: str) -> JobKind[Any] | None:
    """The kind of that name, imported now at the latest; None where there is no such kind."""
    module = KINDS.get(name)
    if module is None:
        return None
    kind: JobKind[Any] = getattr(import_module(module), name.upper())
    return kind
