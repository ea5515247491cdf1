"""Text detection: what was scripted about a video, filtered as asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import Item, JobKind, Result, Subject, timestamp
from vidkit.local.rekognition.regions import check_regions, share_inside

_DEFAULT_CONFIDENCE = 80.0
_MOST_INSIDE = 0.5


class TextDetection(JobKind):
    """``StartTextDetection`` and ``GetTextDetection``.

    The words and lines are those scripted for the object, by time. ``WordFilter`` looks at words;
    a line goes when words of it are scripted and the filter leaves none. Regions of interest keep
    what lies in one of them by more than half; a text without geometry lies everywhere.
    """

    name = "TextDetection"
    key = "text_detection"
    member = "TextDetections"

    @override
    def check(self, parameters: Mapping[str, Any], state: object) -> None:
        """Each region of interest must be a box or a polygon.

        Raises:
            Fault: ``InvalidParameterException``.
        """
        del state
        check_regions(parameters.get("Filters", {}).get("RegionsOfInterest", ()), "Filters.")

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted words and lines that pass the filters of the start request."""
        filters = parameters.get("Filters", {})
        wanted = filters.get("WordFilter", {})
        regions = filters.get("RegionsOfInterest", ())
        words = [item for item in subject.scripted if _is_word(item)]
        passed = {id(item) for item in words if _passes(item["TextDetection"], wanted)}
        with_words = {_line_of(item) for item in words}
        legible = {_line_of(item) for item in words if id(item) in passed}
        return [
            item
            for item in sorted(subject.scripted, key=timestamp)
            if (
                id(item) in passed
                if _is_word(item)
                else _key(item) in legible or _key(item) not in with_words
            )
            and _inside(item["TextDetection"], regions)
        ]

    @override
    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """With the results, the video and the model's version."""
        facts = super().facts(parameters, result, query)
        return facts if result is None else {**facts, "TextModelVersion": "3.0"}


def _is_word(item: Item) -> bool:
    return bool(item["TextDetection"].get("Type") == "WORD")


def _key(item: Item) -> tuple[int, Any]:
    """A line; ids are counted anew for each frame."""
    return timestamp(item), item["TextDetection"].get("Id")


def _line_of(word: Item) -> tuple[int, Any]:
    return timestamp(word), word["TextDetection"].get("ParentId")


def _passes(word: Mapping[str, Any], wanted: Mapping[str, float]) -> bool:
    box = word.get("Geometry", {}).get("BoundingBox", {})
    return bool(
        word.get("Confidence", 100.0) >= wanted.get("MinConfidence", _DEFAULT_CONFIDENCE)
        and box.get("Height", 1.0) >= wanted.get("MinBoundingBoxHeight", 0.0)
        and box.get("Width", 1.0) >= wanted.get("MinBoundingBoxWidth", 0.0)
    )


def _inside(text: Mapping[str, Any], regions: Sequence[Mapping[str, Any]]) -> bool:
    box = text.get("Geometry", {}).get("BoundingBox")
    if not regions or box is None:
        return True
    return any(share_inside(box, region) > _MOST_INSIDE for region in regions)
