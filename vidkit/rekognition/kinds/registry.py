"""The kinds of stored-video jobs by name; a kind's module is imported when it is needed.

What all kinds share (idempotent starts, polling, paging) is in `video_jobs`.
"""

from importlib import import_module
from typing import Any

from vidkit._internal.descriptors import first_import
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
"""The name of each kind, and its module, which defines the kind under its name in capitals."""


def kind_named(name: str) -> JobKind[Any] | None:
    """The kind with this name, whose module is imported if necessary; None if it is unknown."""
    module = KINDS.get(name)
    if module is None:
        return None
    with first_import():
        kind: JobKind[Any] = getattr(import_module(module), name.upper())
    return kind
