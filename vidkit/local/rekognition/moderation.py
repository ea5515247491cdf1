"""Content moderation: what was scripted about a video, filtered and sorted as asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import Item, JobKind, Result, Subject, timestamp

_DEFAULT_CONFIDENCE = 50.0
_SPAN = frozenset({"StartTimestampMillis", "EndTimestampMillis", "DurationMillis"})


class ContentModeration(JobKind):
    """``StartContentModeration`` and ``GetContentModeration``.

    The labels are those scripted for the object. Aggregated by ``SEGMENTS`` each has a start, an
    end and a duration, which default to its ``Timestamp`` and nothing; by ``TIMESTAMPS`` it has
    the timestamp only.
    """

    name = "ContentModeration"
    key = "content_moderation"
    member = "ModerationLabels"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted labels that the service is sure enough of."""
        least = parameters.get("MinConfidence", _DEFAULT_CONFIDENCE)
        return [
            item
            for item in subject.scripted
            if item["ModerationLabel"].get("Confidence", 0.0) >= least
        ]

    @override
    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """How to sort and to aggregate."""
        return {
            "SortBy": parameters.get("SortBy", "TIMESTAMP"),
            "AggregateBy": parameters.get("AggregateBy", "TIMESTAMPS"),
        }

    @override
    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The items per point in time or per segment, by time or by name and confidence."""
        shape = _segment if query["AggregateBy"] == "SEGMENTS" else _point
        ordered = sorted(items, key=_by_name if query["SortBy"] == "NAME" else _by_time)
        return [shape(item) for item in ordered]

    @override
    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """The request's settings, and with the results the video and the model's version."""
        facts = {"GetRequestMetadata": dict(query), **super().facts(parameters, result, query)}
        if result is not None:
            facts["ModerationModelVersion"] = "7.0"
        return facts


def _start(item: Mapping[str, Any]) -> int:
    start: int = item.get("StartTimestampMillis", timestamp(item))
    return start


def _point(item: Item) -> Item:
    rest = {name: value for name, value in item.items() if name not in _SPAN}
    return {"Timestamp": _start(item), **rest}


def _segment(item: Item) -> Item:
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
