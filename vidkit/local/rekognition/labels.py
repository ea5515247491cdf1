"""Label detection: scripted labels, filtered and sorted as the request says."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from vidkit.local.rekognition.kinds import AnalysisKind, Item, Result, Subject

_DEFAULT_CONFIDENCE = 50.0


class LabelDetectionKind(AnalysisKind):
    """``StartLabelDetection`` and ``GetLabelDetection``.

    No model analyses the video: the labels are those scripted for the object, and a video without
    a script has none. An inclusion filter keeps the labels that it names and those of the
    categories that it names; an exclusion filter takes precedence over it.
    """

    name = "LabelDetection"
    key = "label_detection"
    member = "Labels"

    @override
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """The scripted labels that pass the confidence and the filters of the start request."""
        least = parameters.get("MinConfidence", _DEFAULT_CONFIDENCE)
        settings = parameters.get("Settings", {}).get("GeneralLabels", {})
        return [
            {**item, "Label": with_instances(item["Label"], least)}
            for item in subject.scripted
            if item["Label"].get("Confidence", 0.0) >= least
            and passes_filters(item["Label"], settings)
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
        """The items per timestamp or per segment, by time or by name.

        By name, the items of one label are in descending order of confidence.
        """
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
            facts["LabelModelVersion"] = "3.0"
        return facts


def passes_filters(label: Mapping[str, Any], settings: Mapping[str, Sequence[str]]) -> bool:
    """Whether a ``Label`` passes the filters of ``GeneralLabelsSettings``."""
    name = {label["Name"]}
    categories = {category["Name"] for category in label.get("Categories", ())}

    def is_named_in(kind: str) -> bool:
        labels = settings.get(f"Label{kind}Filters", ())
        groups = settings.get(f"LabelCategory{kind}Filters", ())
        return not (name.isdisjoint(labels) and categories.isdisjoint(groups))

    included = settings.get("LabelInclusionFilters") or settings.get(
        "LabelCategoryInclusionFilters"
    )
    return (not included or is_named_in("Inclusion")) and not is_named_in("Exclusion")


def with_instances(label: Item, least: float) -> Item:
    """A ``Label`` with those of its instances that have the least confidence."""
    if "Instances" not in label:
        return label
    instances = [box for box in label["Instances"] if box.get("Confidence", 100.0) >= least]
    return {**label, "Instances": instances}


def _start(item: Mapping[str, Any]) -> int:
    start: int = item.get("StartTimestampMillis", item.get("Timestamp", 0))
    return start


def _timestamp_item(item: Item) -> Item:
    return {"Timestamp": item.get("Timestamp", _start(item)), "Label": item["Label"]}


def _segment_item(item: Item) -> Item:
    start = _start(item)
    end = item.get("EndTimestampMillis", start + item.get("DurationMillis", 0))
    label = {name: value for name, value in item["Label"].items() if name != "Instances"}
    return {
        "Label": label,
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
    }


def _by_time(item: Item) -> tuple[int, str]:
    return item.get("Timestamp", _start(item)), item["Label"]["Name"]


def _by_name(item: Item) -> tuple[str, float, int]:
    label = item["Label"]
    return label["Name"], -label.get("Confidence", 0.0), item.get("Timestamp", _start(item))
