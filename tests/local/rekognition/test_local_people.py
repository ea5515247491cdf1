"""Faces, face search, persons and celebrities of the local Rekognition: scripted, then filtered."""

import pytest
from rekognition_calls import VIDEO, call, code_of, detect, finished, start

from vidkit.local.rekognition.state import RekognitionState, add_collection

DEFAULT = {
    "BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4},
    "Confidence": 99.5,
    "Landmarks": [{"Type": "eyeLeft", "X": 0.2, "Y": 0.3}],
    "Pose": {"Roll": 1.0, "Yaw": 2.0, "Pitch": 3.0},
    "Quality": {"Brightness": 40.0, "Sharpness": 50.0},
}
ALL = {**DEFAULT, "Smile": {"Value": True, "Confidence": 90.0}, "AgeRange": {"Low": 20, "High": 30}}


def script(state, kind, items):
    state.of(RekognitionState).scripts.setdefault(kind, {})["videos", "clip.mp4"] = items


def person(index, timestamp, *similarities):
    item = {"Timestamp": timestamp, "Person": {"Index": index, "Face": ALL}}
    if similarities:
        item["FaceMatches"] = [
            {"Similarity": similarity, "Face": {"FaceId": f"face-{similarity}"}}
            for similarity in similarities
        ]
    return item


@pytest.mark.parametrize(
    ("kind", "member", "more"),
    [
        ("FaceDetection", "Faces", {}),
        ("FaceSearch", "Persons", {"CollectionId": "c"}),
        ("PersonTracking", "Persons", {}),
        ("CelebrityRecognition", "Celebrities", {}),
        ("ContentModeration", "ModerationLabels", {}),
        ("TextDetection", "TextDetections", {}),
    ],
)
async def test_every_kind_starts_runs_and_finds_nothing_unscripted(
    rekognition, state, kind, member, more
):
    add_collection(state, "c")
    job_id = await start(rekognition, kind, JobTag="tag", **more)
    running = await call(rekognition, f"Get{kind}", JobId=job_id)
    assert (running["JobStatus"], running["JobId"], running["JobTag"]) == (
        "IN_PROGRESS",
        job_id,
        "tag",
    )
    assert running["Video"] == VIDEO
    assert "VideoMetadata" not in running
    content = await finished(rekognition, job_id, kind)
    assert content["JobStatus"] == "SUCCEEDED"
    assert content[member] == []
    assert content["VideoMetadata"]["Codec"] == "h264"
    other = "FaceDetection" if kind != "FaceDetection" else "TextDetection"
    stranger = call(rekognition, f"Get{other}", JobId=job_id)
    assert await code_of(stranger) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("parameters", "face"),
    [({}, DEFAULT), ({"FaceAttributes": "DEFAULT"}, DEFAULT), ({"FaceAttributes": "ALL"}, ALL)],
)
async def test_faces_have_the_attributes_asked_for_and_come_by_time(
    rekognition, state, parameters, face
):
    script(state, "face_detection", [{"Timestamp": 40, "Face": ALL}, {"Timestamp": 0, "Face": ALL}])
    content = await detect(rekognition, "FaceDetection", **parameters)
    assert content["Faces"] == [{"Timestamp": 0, "Face": face}, {"Timestamp": 40, "Face": face}]
    assert "GetRequestMetadata" not in content


async def test_a_search_needs_its_collection(rekognition, state):
    asked = {"CollectionId": "family"}
    missing = await code_of(start(rekognition, "FaceSearch", **asked))
    assert missing == "ResourceNotFoundException"
    add_collection(state, "family")
    assert await start(rekognition, "FaceSearch", **asked)


@pytest.mark.parametrize(
    ("threshold", "left"),
    [({}, [95, 80]), ({"FaceMatchThreshold": 0}, [95, 80, 79]), ({"FaceMatchThreshold": 90}, [95])],
)
async def test_a_search_keeps_matches_above_the_threshold(rekognition, state, threshold, left):
    add_collection(state, "c")
    script(state, "face_search", [person(0, 0, 95, 80, 79)])
    content = await detect(rekognition, "FaceSearch", CollectionId="c", **threshold)
    (found,) = content["Persons"]
    assert [match["Similarity"] for match in found["FaceMatches"]] == left
    assert found["Person"] == {"Index": 0, "Face": DEFAULT}


async def test_a_person_without_remaining_matches_has_no_face(rekognition, state):
    add_collection(state, "c")
    script(state, "face_search", [person(3, 10, 20), {**person(4, 20), "FaceMatches": []}])
    content = await detect(rekognition, "FaceSearch", CollectionId="c")
    unlike, unmatched = content["Persons"]
    assert unlike == {"Timestamp": 10, "Person": {"Index": 3}}
    assert unmatched["FaceMatches"] == []


@pytest.mark.parametrize("kind", ["FaceSearch", "PersonTracking"])
async def test_persons_are_sorted_by_time_or_by_index(rekognition, state, kind):
    add_collection(state, "c")
    more = {"CollectionId": "c"} if kind == "FaceSearch" else {}
    items = [person(1, 10), person(0, 30), person(1, 0), person(0, 20)]
    script(state, "face_search" if kind == "FaceSearch" else "person_tracking", items)
    job_id = await start(rekognition, kind, **more)

    async def order(**query):
        content = await finished(rekognition, job_id, kind, **query)
        return [(item["Person"]["Index"], item["Timestamp"]) for item in content["Persons"]]

    assert await order() == [(1, 0), (1, 10), (0, 20), (0, 30)]
    assert await order(SortBy="TIMESTAMP") == await order()
    assert await order(SortBy="INDEX") == [(0, 20), (0, 30), (1, 0), (1, 10)]


async def test_celebrities_are_sorted_by_time_or_by_id(rekognition, state):
    items = [
        {"Timestamp": at, "Celebrity": {"Id": known, "Name": known.upper(), "Face": ALL}}
        for known, at in (("b", 10), ("a", 30), ("b", 0))
    ]
    script(state, "celebrity_recognition", items)
    job_id = await start(rekognition, "CelebrityRecognition")

    async def order(**query):
        content = await finished(rekognition, job_id, "CelebrityRecognition", **query)
        assert {tuple(item["Celebrity"]["Face"]) for item in content["Celebrities"]} == {
            tuple(DEFAULT)
        }
        return [(item["Celebrity"]["Id"], item["Timestamp"]) for item in content["Celebrities"]]

    assert await order() == [("b", 0), ("b", 10), ("a", 30)]
    assert await order(SortBy="ID") == [("a", 30), ("b", 0), ("b", 10)]
    token = (await finished(rekognition, job_id, "CelebrityRecognition", MaxResults=2))["NextToken"]
    wrong = call(rekognition, "GetCelebrityRecognition", JobId=job_id, NextToken=token, SortBy="ID")
    assert await code_of(wrong) == "InvalidPaginationTokenException"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("StartFaceDetection", {"FaceAttributes": "SOME"}),
        ("StartFaceSearch", {}),
        ("StartFaceSearch", {"CollectionId": "c", "FaceMatchThreshold": 101}),
        ("StartFaceSearch", {"CollectionId": "a b"}),
        ("StartContentModeration", {"MinConfidence": -1}),
        ("StartTextDetection", {"Filters": {"WordFilter": {"MinBoundingBoxHeight": 2}}}),
        ("StartTextDetection", {"Filters": {"RegionsOfInterest": [{}] * 11}}),
    ],
)
async def test_parameters_out_of_their_range_are_rejected(rekognition, operation, parameters):
    refused = call(rekognition, operation, Video=VIDEO, **parameters)
    assert await code_of(refused) == "InvalidParameterException"
