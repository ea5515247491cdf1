"""Moderation labels and texts of the local Rekognition: scripted, then filtered."""

import pytest
from rekognition_calls import code_of, detect, finished, start

from vidkit.local.rekognition.state import RekognitionState


def moderated(name, timestamp, confidence=90.0, **more):
    label = {"Name": name, "ParentName": "", "Confidence": confidence, "TaxonomyLevel": 1}
    return {"Timestamp": timestamp, "ModerationLabel": label, **more}


def script(state, kind, items):
    state.of(RekognitionState).scripts.setdefault(kind, {})["videos", "clip.mp4"] = items


def names(content):
    return [item["ModerationLabel"]["Name"] for item in content["ModerationLabels"]]


@pytest.mark.parametrize(
    ("least", "expected"),
    [({}, ["Low", "High"]), ({"MinConfidence": 60}, ["High"]), ({"MinConfidence": 10}, None)],
)
async def test_moderation_labels_reach_the_minimum_confidence(rekognition, state, least, expected):
    script(
        state,
        "content_moderation",
        [moderated("Least", 0, 20), moderated("Low", 1, 50), moderated("High", 2, 99)],
    )
    content = await detect(rekognition, "ContentModeration", **least)
    assert names(content) == (expected or ["Least", "Low", "High"])
    assert content["ModerationModelVersion"] == "7.0"
    assert content["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"}


async def test_moderation_labels_are_sorted_by_time_or_by_name_and_confidence(rekognition, state):
    items = [moderated("B", 0, 60), moderated("A", 20), moderated("B", 10, 80), moderated("A", 20)]
    script(state, "content_moderation", items)
    job_id = await start(rekognition, "ContentModeration")

    async def order(**query):
        content = await finished(rekognition, job_id, "ContentModeration", **query)
        found = content["ModerationLabels"]
        return [(item["ModerationLabel"]["Name"], item["Timestamp"]) for item in found]

    assert await order() == [("B", 0), ("B", 10), ("A", 20), ("A", 20)]
    assert await order(SortBy="NAME") == [("A", 20), ("A", 20), ("B", 10), ("B", 0)]


async def test_moderation_segments_have_a_span_and_points_have_none(rekognition, state):
    content_types = [{"Name": "Animated Content", "Confidence": 80.0}]
    spanned = moderated(
        "A", 40, StartTimestampMillis=40, EndTimestampMillis=740, ContentTypes=content_types
    )
    script(state, "content_moderation", [spanned, moderated("B", 50)])
    job_id = await start(rekognition, "ContentModeration")
    points = (await finished(rekognition, job_id, "ContentModeration"))["ModerationLabels"]
    assert [set(item) for item in points] == [
        {"Timestamp", "ModerationLabel", "ContentTypes"},
        {"Timestamp", "ModerationLabel"},
    ]
    found = await finished(rekognition, job_id, "ContentModeration", AggregateBy="SEGMENTS")
    spans = [
        [item[f"{name}Millis"] for name in ("StartTimestamp", "EndTimestamp", "Duration")]
        for item in found["ModerationLabels"]
    ]
    assert spans == [[40, 740, 700], [50, 50, 0]]
    assert found["ModerationLabels"][0]["ContentTypes"] == content_types


def text(kind, at, number, parent=None, *, confidence=95.0, box=(0.1, 0.1, 0.2, 0.1)):
    left, top, width, height = box
    found = {
        "DetectedText": f"{kind} {number}",
        "Type": kind,
        "Id": number,
        "Confidence": confidence,
        "Geometry": {"BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height}},
    }
    if parent is not None:
        found["ParentId"] = parent
    return {"Timestamp": at, "TextDetection": found}


def shown(content):
    return [
        (item["Timestamp"], item["TextDetection"]["DetectedText"])
        for item in content["TextDetections"]
    ]


async def test_texts_are_sorted_by_time_without_words_of_low_confidence(rekognition, state):
    items = [
        text("LINE", 40, 0, confidence=70),
        text("WORD", 40, 1, 0, confidence=80),
        text("WORD", 40, 2, 0, confidence=79.9),
        text("LINE", 0, 0),
        text("WORD", 0, 1, 0, confidence=10),
        text("LINE", 80, 0, confidence=10),
    ]
    script(state, "text_detection", items)
    content = await detect(rekognition, "TextDetection")
    # Of the line at 0 no word is left; the one at 80 never had any.
    assert shown(content) == [(40, "LINE 0"), (40, "WORD 1"), (80, "LINE 0")]
    assert content["TextModelVersion"] == "3.0"
    lax = {"WordFilter": {"MinConfidence": 0}}
    assert len(shown(await detect(rekognition, "TextDetection", Filters=lax))) == 6


@pytest.mark.parametrize("side", ["Height", "Width"])
async def test_small_words_are_filtered(rekognition, state, side):
    small = (0, 0, 0.1, 0.5) if side == "Width" else (0, 0, 0.5, 0.1)
    script(
        state, "text_detection", [text("WORD", 0, 1, box=small), text("WORD", 0, 2, box=[1] * 4)]
    )
    filters = {"WordFilter": {f"MinBoundingBox{side}": 0.2}}
    content = await detect(rekognition, "TextDetection", Filters=filters)
    assert shown(content) == [(0, "WORD 2")]


LEFT_HALF = {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.5, "Height": 1}}
LOWER_LEFT = {"Polygon": [{"X": 0, "Y": 0}, {"X": 1, "Y": 1}, {"X": 0, "Y": 1}]}


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([LEFT_HALF], ["WORD 1", "WORD 4"]),
        ([LOWER_LEFT], ["WORD 1", "WORD 3", "WORD 4"]),
        ([LEFT_HALF, LOWER_LEFT], ["WORD 1", "WORD 3", "WORD 4"]),
        ([], ["WORD 1", "WORD 2", "WORD 3", "WORD 4"]),
    ],
)
async def test_regions_keep_texts_more_than_half_inside_one(rekognition, state, regions, expected):
    nowhere = text("WORD", 0, 4)
    del nowhere["TextDetection"]["Geometry"]
    script(
        state,
        "text_detection",
        [
            text("WORD", 0, 1, box=(0.1, 0.5, 0.2, 0.1)),
            text("WORD", 0, 2, box=(0.4, 0.1, 0.2, 0.1)),
            text("WORD", 0, 3, box=(0.55, 0.8, 0.1, 0.1)),
            nowhere,
        ],
    )
    filters = {"RegionsOfInterest": regions}
    content = await detect(rekognition, "TextDetection", Filters=filters)
    assert [response for _, response in shown(content)] == expected


@pytest.mark.parametrize(
    "region",
    [{}, {**LEFT_HALF, **LOWER_LEFT}, {"Polygon": [{"X": 0, "Y": 0}] * 2}, {"Polygon": [{}] * 11}],
)
async def test_a_region_is_a_box_or_a_polygon(rekognition, region):
    filters = {"RegionsOfInterest": [region]}
    refused = start(rekognition, "TextDetection", Filters=filters)
    assert await code_of(refused) == "InvalidParameterException"
