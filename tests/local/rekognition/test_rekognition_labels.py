"""Label detection of the local cloud: filters, order, pages."""

import pytest
from rekognition_calls import call, code_of, detect, finished, label, start

from vidkit.local.rekognition.state import RekognitionState


def names(content):
    return [item["Label"]["Name"] for item in content["Labels"]]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["Car", "Dog"]),
        ({"MinConfidence": 0}, ["Car", "Dog", "Fog"]),
        ({"MinConfidence": 80.5}, ["Car"]),
        ({"MinConfidence": 80}, ["Car", "Dog"]),
    ],
)
async def test_labels_below_the_confidence_are_left_out(rekognition, state, parameters, expected):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label("Fog", 20, 49.9),
        label("Dog", 10, 80.0),
        label("Car", 0, 99.0),
    ]
    assert names(await detect(rekognition, **parameters)) == expected


async def test_instances_below_the_confidence_are_left_out(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [label("Car", 0, boxes=(90, 40))]
    (item,) = (await detect(rekognition))["Labels"]
    assert [box["Confidence"] for box in item["Label"]["Instances"]] == [90]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"LabelInclusionFilters": ["Car"]}, ["Car"]),
        ({"LabelExclusionFilters": ["Car"]}, ["Dog", "Cat"]),
        ({"LabelCategoryInclusionFilters": ["Animals"]}, ["Dog", "Cat"]),
        ({"LabelCategoryExclusionFilters": ["Animals"]}, ["Car"]),
        (
            {"LabelInclusionFilters": ["Car"], "LabelCategoryInclusionFilters": ["Animals"]},
            ["Car", "Dog", "Cat"],
        ),
        (
            {"LabelCategoryInclusionFilters": ["Animals"], "LabelExclusionFilters": ["Dog"]},
            ["Cat"],
        ),
        ({"LabelInclusionFilters": []}, ["Car", "Dog", "Cat"]),
    ],
)
async def test_settings_include_and_exclude_labels(rekognition, state, filters, expected):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label("Car", 0, categories=["Vehicles"]),
        label("Dog", 1, categories=["Animals"]),
        label("Cat", 2, categories=["Animals"]),
    ]
    content = await detect(rekognition, Settings={"GeneralLabels": filters})
    assert names(content) == expected


async def test_labels_are_sorted_by_time_or_by_name_and_confidence(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label("Dog", 20, 60),
        label("Car", 30, 70),
        label("Dog", 10, 95),
        label("Car", 10, 70),
    ]
    job_id = await start(rekognition)
    by_time = await finished(rekognition, job_id)
    by_name = await finished(rekognition, job_id, SortBy="NAME")
    assert [(item["Timestamp"], item["Label"]["Name"]) for item in by_time["Labels"]] == [
        (10, "Car"),
        (10, "Dog"),
        (20, "Dog"),
        (30, "Car"),
    ]
    assert [(item["Label"]["Name"], item["Timestamp"]) for item in by_name["Labels"]] == [
        ("Car", 10),
        ("Car", 30),
        ("Dog", 10),
        ("Dog", 20),
    ]
    assert by_name["GetRequestMetadata"] == {"SortBy": "NAME", "AggregateBy": "TIMESTAMPS"}


async def test_timestamps_have_a_point_and_segments_a_span(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label("Car", 40, boxes=(90,), duration=700)
    ]
    job_id = await start(rekognition)
    (point,) = (await finished(rekognition, job_id))["Labels"]
    (segment,) = (await finished(rekognition, job_id, AggregateBy="SEGMENTS"))["Labels"]
    assert set(point) == {"Timestamp", "Label"}
    assert point["Timestamp"] == 40
    assert len(point["Label"]["Instances"]) == 1
    assert "Instances" not in segment["Label"]
    assert {key: value for key, value in segment.items() if key != "Label"} == {
        "StartTimestampMillis": 40,
        "EndTimestampMillis": 740,
        "DurationMillis": 700,
    }


async def test_a_script_without_spans_gives_segments_of_no_length(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        {"Timestamp": 7, "Label": {"Name": "A", "Confidence": 99}}
    ]
    content = await detect(rekognition, query={"AggregateBy": "SEGMENTS"})
    assert content["Labels"] == [
        {
            "Label": {"Name": "A", "Confidence": 99},
            "StartTimestampMillis": 7,
            "EndTimestampMillis": 7,
            "DurationMillis": 0,
        }
    ]


@pytest.mark.parametrize(
    ("query", "sizes"),
    [({}, [1000, 1000, 300]), ({"MaxResults": 5000}, [1000, 1000, 300]), ({"MaxResults": 2300}, 0)],
)
async def test_a_page_has_a_thousand_items_at_the_most(rekognition, state, query, sizes):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [
        label(f"L{n}", n) for n in range(2300)
    ]
    job_id = await start(rekognition)
    pages = [await finished(rekognition, job_id, **query)]
    while token := pages[-1].get("NextToken"):
        assert len(token) <= 255
        pages.append(await finished(rekognition, job_id, NextToken=token, **query))
    assert [len(page["Labels"]) for page in pages] == (sizes or [1000, 1000, 300])
    assert [name for page in pages for name in names(page)] == [f"L{n}" for n in range(2300)]
    assert all("VideoMetadata" in page for page in pages)


async def test_a_token_is_valid_for_its_own_job_and_query_only(rekognition, state):
    state.of(RekognitionState).labels["videos", "clip.mp4"] = [label("A", n) for n in range(4)]
    job_id, other_id = await start(rekognition), await start(rekognition)
    token = (await finished(rekognition, job_id, MaxResults=2))["NextToken"]
    await finished(rekognition, other_id)

    async def code(job, **query):
        return await code_of(call(rekognition, "GetLabelDetection", JobId=job, **query))

    again = [await finished(rekognition, job_id, NextToken=token, MaxResults=1) for _ in range(2)]
    assert [page["Labels"][0]["Timestamp"] for page in again] == [2, 2]
    assert await code(other_id, NextToken=token) == "InvalidPaginationTokenException"
    assert await code(job_id, NextToken=token, SortBy="NAME") == "InvalidPaginationTokenException"
    for wrong in ("", "x", "ü", token[:-4], "B" + token[1:]):
        assert await code(job_id, NextToken=wrong) == "InvalidPaginationTokenException"
