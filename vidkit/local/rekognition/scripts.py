"""Scripted answers of label detection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class ScriptedLabel:
    """One label that label detection finds in a video.

    Attributes:
        name: the label, such as ``Car``.
        timestamp: when it is seen, counted from the start of the video.
        confidence: 0 to 100.
        duration: how long it is seen; None for the one moment.
        parents: names of the labels above it.
        categories: names of the categories it belongs to.
        aliases: other names it has.
        instances: where in the picture it is: bounding boxes as the API has them, such as
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
        """The label as an item of GetLabelDetection's answer."""
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
