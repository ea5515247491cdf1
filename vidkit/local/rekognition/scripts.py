"""Scripts: the results that jobs return, and the failures that they end with."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.runtime.state import State

SCRIPTED_KINDS = (
    "label_detection",
    "face_detection",
    "face_search",
    "person_tracking",
    "celebrity_recognition",
    "content_moderation",
    "text_detection",
)
"""The kinds of jobs that return scripted results."""
JOB_KINDS = (*SCRIPTED_KINDS, "segment_detection")
"""All kinds of jobs; segments are detected in the video itself."""

_DETAILS = {
    "label_detection": "Label",
    "face_detection": "Face",
    "face_search": "Person",
    "person_tracking": "Person",
    "celebrity_recognition": "Celebrity",
    "content_moderation": "ModerationLabel",
    "text_detection": "TextDetection",
}
_FILTERED = {"Label", "ModerationLabel", "TextDetection"}
"""The items that a job filters by confidence."""
_DEFAULT_CONFIDENCE = 99.0
"""The confidence of an item that is scripted without one."""

_MILLISECOND = timedelta(milliseconds=1)


def script_results(
    state: State, kind: str, bucket: str, name: str, items: Iterable[Mapping[str, Any]]
) -> int:
    """Set the results of a kind of jobs over a video.

    Args:
        state: the cloud's state.
        kind: one of ``SCRIPTED_KINDS``.
        bucket: the video's bucket.
        name: the video's key.
        items: the items as the kind's ``Get`` operation lists them; they replace those scripted
            before for this kind and video.

    Returns:
        The number of items.

    Raises:
        ValueError: the kind is none of those, or an item is not one of that kind.
    """
    if kind not in SCRIPTED_KINDS:
        raise ValueError(f"kind must be one of {', '.join(SCRIPTED_KINDS)}, not {kind!r}")
    # Copies, so that later changes by the caller do not change the script.
    script = [_checked(kind, number, item) for number, item in enumerate(items)]
    state.of(RekognitionState).scripts.setdefault(kind, {})[bucket, name] = script
    return len(script)


def _checked(kind: str, number: int, item: object) -> dict[str, Any]:
    """A copy of an item, with a check of the members that every response needs."""
    member = _DETAILS[kind]
    if not isinstance(item, Mapping):
        raise ValueError(f"item {number}: must be a mapping")  # noqa: TRY004
    found: dict[str, Any] = copy.deepcopy(dict(cast("Mapping[str, Any]", item)))
    if type(found.get("Timestamp")) is not int or found["Timestamp"] < 0:
        raise ValueError(f"item {number}: Timestamp must be milliseconds, a whole number from 0")
    detail: Any = found.get(member)
    if not isinstance(detail, dict):
        raise ValueError(f"item {number}: {member} is missing, or no mapping")  # noqa: TRY004
    if member not in _FILTERED:
        return found
    confidence = cast("dict[str, Any]", detail).setdefault("Confidence", _DEFAULT_CONFIDENCE)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise ValueError(f"item {number}: {member}.Confidence must be a number")  # noqa: TRY004
    return found


def fail_jobs(
    state: State, bucket: str, name: str, *, message: str | None, kind: str | None
) -> None:
    """Make the jobs over a video fail.

    Args:
        state: the cloud's state.
        bucket: the video's bucket.
        name: the video's key.
        message: the jobs' ``StatusMessage``; None removes the failure of the kind, or of all
            kinds.
        kind: one of ``JOB_KINDS``; None for all of them.

    Raises:
        ValueError: the kind is none of those.
    """
    if kind is not None and kind not in JOB_KINDS:
        raise ValueError(f"kind must be one of {', '.join(JOB_KINDS)}, not {kind!r}")
    failures = state.of(RekognitionState).failures.setdefault((bucket, name), {})
    if message is not None:
        failures[kind] = message
    elif kind is None:
        failures.clear()
    else:
        failures.pop(kind, None)


@dataclass(frozen=True, slots=True)
class ScriptedLabel:
    """One label that label detection returns for a video.

    Attributes:
        name: the label, such as ``Car``.
        timestamp: when it is visible, from the start of the video.
        confidence: 0 to 100.
        duration: how long it is visible; None: only at the timestamp.
        parents: names of its parent labels.
        categories: names of its categories.
        aliases: its other names.
        instances: its places in the picture: bounding boxes of the API, such as
            ``{"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}``.

    Example:
        >>> label = ScriptedLabel("Car", timedelta(seconds=2), duration=timedelta(seconds=1))
        >>> label.item()["EndTimestampMillis"]
        3000
    """

    name: str
    timestamp: timedelta
    confidence: float = 99.0
    duration: timedelta | None = None
    parents: Sequence[str] = ()
    categories: Sequence[str] = ()
    aliases: Sequence[str] = ()
    instances: Sequence[Mapping[str, float]] = ()

    def item(self) -> dict[str, object]:
        """The label as an item of ``GetLabelDetection``'s response."""
        start = self.timestamp // _MILLISECOND
        duration = (self.duration or timedelta()) // _MILLISECOND
        return {
            "Timestamp": start,
            "StartTimestampMillis": start,
            "EndTimestampMillis": start + duration,
            "DurationMillis": duration,
            "Label": {
                "Name": self.name,
                "Confidence": self.confidence,
                "Instances": [
                    {"BoundingBox": dict(box), "Confidence": self.confidence}
                    for box in self.instances
                ],
                "Parents": [{"Name": name} for name in self.parents],
                "Aliases": [{"Name": name} for name in self.aliases],
                "Categories": [{"Name": name} for name in self.categories],
            },
        }
