"""Text detection: scripted words and lines, filtered as the request says."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import AnalysisKind, Item, Result, Subject, item_timestamp
from vidkit.local.rekognition.regions import check_regions, share_inside

_DEFAULT_CONFIDENCE = 80.0
_MIN_SHARE_INSIDE = 0.5


class TextDetectionKind(AnalysisKind):
    """``StartTextDetection`` and ``GetTextDetection``.

    The words and lines are those scripted for the object, by time. ``WordFilter`` filters words;
    a line is left out when it has scripted words and the filter leaves none of them. Regions of
    interest keep a text that is more than half inside one of them; a text without geometry is
    always kept.
    """

    name = "TextDetection"
    key = "text_detection"
    member = "TextDetections"

    @override
    def check(self, parameters: Mapping[str, Any], state: object) -> None:
        """Check that each region of interest is a box or a polygon.

        Raises:
            ApiError: ``InvalidParameterException``.
        """
        del state
        check_regions(parameters.get("Filters", {}).get("RegionsOfInterest", ()), "Filters.")

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted words and lines that pass the filters of the start request."""
        return filtered_texts(subject.scripted, parameters.get("Filters", {}))

    @override
    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """With the results: the video and the model's version."""
        facts = super().facts(parameters, result, query)
        return facts if result is None else {**facts, "TextModelVersion": "3.0"}


def filtered_texts(items: Sequence[Item], filters: Mapping[str, Any]) -> list[Item]:
    """The words and lines that pass filters, by time.

    Args:
        items: items with a ``TextDetection``.
        filters: ``WordFilter`` and ``RegionsOfInterest``.
    """
    word_filter = filters.get("WordFilter", {})
    regions = filters.get("RegionsOfInterest", ())
    words = [item for item in items if _is_word(item)]
    passed = {id(item) for item in words if _passes(item["TextDetection"], word_filter)}
    lines_with_words = {_line_of(item) for item in words}
    lines_kept = {_line_of(item) for item in words if id(item) in passed}
    return [
        item
        for item in sorted(items, key=item_timestamp)
        if (
            id(item) in passed
            if _is_word(item)
            else _key(item) in lines_kept or _key(item) not in lines_with_words
        )
        and _inside(item["TextDetection"], regions)
    ]


def _is_word(item: Item) -> bool:
    return bool(item["TextDetection"].get("Type") == "WORD")


def _key(item: Item) -> tuple[int, Any]:
    """The identity of a line: ids are unique within one frame only."""
    return item_timestamp(item), item["TextDetection"].get("Id")


def _line_of(word: Item) -> tuple[int, Any]:
    return item_timestamp(word), word["TextDetection"].get("ParentId")


def _passes(word: Mapping[str, Any], word_filter: Mapping[str, float]) -> bool:
    box = word.get("Geometry", {}).get("BoundingBox", {})
    return bool(
        word.get("Confidence", 100.0) >= word_filter.get("MinConfidence", _DEFAULT_CONFIDENCE)
        and box.get("Height", 1.0) >= word_filter.get("MinBoundingBoxHeight", 0.0)
        and box.get("Width", 1.0) >= word_filter.get("MinBoundingBoxWidth", 0.0)
    )


def _inside(text: Mapping[str, Any], regions: Sequence[Mapping[str, Any]]) -> bool:
    box = text.get("Geometry", {}).get("BoundingBox")
    if not regions or box is None:
        return True
    return any(share_inside(box, region) > _MIN_SHARE_INSIDE for region in regions)
