"""Content moderation: scripted labels, filtered and sorted as the request says."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import AnalysisKind, Item, Result, Subject, item_timestamp

_DEFAULT_CONFIDENCE = 50.0
_SPAN = frozenset({"StartTimestampMillis", "EndTimestampMillis", "DurationMillis"})


class ContentModerationKind(AnalysisKind):
    """``StartContentModeration`` and ``GetContentModeration``.

    The labels are those scripted for the object. Aggregated by ``SEGMENTS``, each has a start, an
    end and a duration, which default to its ``Timestamp`` and 0; by ``TIMESTAMPS``, it has only
    the timestamp.
    """

    name = "ContentModeration"
    key = "content_moderation"
    member = "ModerationLabels"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted labels that reach the minimum confidence."""
        least = parameters.get("MinConfidence", _DEFAULT_CONFIDENCE)
        return [
            item
            for item in subject.scripted
            if item["ModerationLabel"].get("Confidence", 0.0) >= least
        ]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The order and the aggregation of the items."""
        return {
            "SortBy": parameters.get("SortBy", "TIMESTAMP"),
            "AggregateBy": parameters.get("AggregateBy", "TIMESTAMPS"),
        }

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The items per timestamp or per segment, by time or by name and confidence."""
        form = _segment_item if query["AggregateBy"] == "SEGMENTS" else _timestamp_item
        ordered = sorted(items, key=_by_name if query["SortBy"] == "NAME" else _by_time)
        return [form(item) for item in ordered]

    @override
    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """The request's settings; with the results also the video and the model's version."""
        facts = {"GetRequestMetadata": dict(query), **super().facts(parameters, result, query)}
        if result is not None:
            facts["ModerationModelVersion"] = "7.0"
        return facts


def _start(item: Mapping[str, Any]) -> int:
    start: int = item.get("StartTimestampMillis", item_timestamp(item))
    return start


def _timestamp_item(item: Item) -> Item:
    rest = {name: value for name, value in item.items() if name not in _SPAN}
    return {"Timestamp": _start(item), **rest}


def _segment_item(item: Item) -> Item:
    start = _start(item)
    end = item.get("EndTimestampMillis", start + item.get("DurationMillis", 0))
    span = {
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
    }
    return {"Timestamp": start, **item, **span}


def _by_time(item: Item) -> tuple[int, str]:
    return item.get("Timestamp", _start(item)), item["ModerationLabel"].get("Name", "")


def _by_name(item: Item) -> tuple[str, float, int]:
    label = item["ModerationLabel"]
    return label.get("Name", ""), -label.get("Confidence", 0.0), _by_time(item)[0]
