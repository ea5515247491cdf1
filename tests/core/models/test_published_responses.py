"""Responses in every form that the services' guides and recordings show: no member is lost."""

import copy
import json
import pickle

import pytest

from vidkit import RequestError
from vidkit.models.responses import decode
from vidkit.rekognition import (
    BoundingBox,
    GetCelebrityRecognitionResponse,
    GetContentModerationResponse,
    GetFaceDetectionResponse,
    GetFaceSearchResponse,
    GetLabelDetectionResponse,
    GetPersonTrackingResponse,
    GetSegmentDetectionResponse,
    GetTextDetectionResponse,
    Landmark,
    Smile,
)
from vidkit.rekognition.models import StartResponse

METADATA = (
    '"VideoMetadata": {"Codec": "h264", "DurationMillis": 15015, "FileExtension": "mp4",'
    ' "Format": "QuickTime / MOV", "FrameRate": 30, "FrameHeight": 720, "FrameWidth": 1280}'
)
"""An integer for a float, and a member that the service's model does not have."""

WHOLE_FACE = """{
  "AgeRange": {"High": 41, "Low": 27},
  "Beard": {"Confidence": 91.25, "Value": true},
  "BoundingBox": {"Height": 0.41, "Left": -0.0125, "Top": 0, "Width": 0.2375},
  "Confidence": 99.96875,
  "Emotions": [
    {"Confidence": 71.5, "Type": "CALM"},
    {"Confidence": 2.4317E-4, "Type": "FEAR"},
    {"Confidence": 1, "Type": "BORED"}
  ],
  "EyeDirection": {"Confidence": 88.5, "Pitch": -4.5, "Yaw": 11.25},
  "Eyeglasses": {"Confidence": 97.5, "Value": false},
  "EyesOpen": {"Confidence": 99, "Value": true},
  "FaceOccluded": {"Confidence": 93.5, "Value": false},
  "Gender": {"Confidence": 98.5, "Value": "Female"},
  "Landmarks": [
    {"Type": "eyeLeft", "X": 0.0825, "Y": 0.155},
    {"Type": "chinBottom", "X": -1.25E-3, "Y": 1.0025}
  ],
  "MouthOpen": {"Confidence": 95.5, "Value": false},
  "Mustache": {"Confidence": 99.5, "Value": false},
  "Pose": {"Pitch": 7.25, "Roll": -2.5E-2, "Yaw": -31},
  "Quality": {"Brightness": 62.5, "Sharpness": 46.0625},
  "Smile": {"Confidence": 66.5, "Value": true},
  "Sunglasses": {"Confidence": 99.25, "Value": false}
}"""

DEFAULT_FACE = """{
  "BoundingBox": {"Height": 0.19, "Left": 0.62, "Top": 0.0375, "Width": 1.0625E-1},
  "Confidence": 99.5,
  "Landmarks": [{"Type": "nose", "X": 0.67, "Y": 0.13}],
  "Pose": {"Pitch": 1.5, "Roll": 0, "Yaw": 22.75},
  "Quality": {"Brightness": 40.25, "Sharpness": 73.5}
}"""

ANSWERS = {
    "a start": (StartResponse, '{"JobId": "5e1f0c3a9b7d"}'),
    "in progress": (GetFaceDetectionResponse, '{"JobStatus": "IN_PROGRESS"}'),
    "in progress with empty lists": (
        GetLabelDetectionResponse,
        (
            '{"JobStatus": "IN_PROGRESS", "Labels": [], "LabelModelVersion": "3.0",'
            ' "JobTag": "night", "GetRequestMetadata": {"SortBy": "TIMESTAMP",'
            ' "AggregateBy": "TIMESTAMPS"}}'
        ),
    ),
    "failed": (
        GetTextDetectionResponse,
        (
            '{"JobStatus": "FAILED", "StatusMessage": "Unsupported codec/format.", "JobId": "5e1f",'
            ' "Video": {"S3Object": {"Bucket": "clips", "Name": "a.avi", "Version": "3"}}}'
        ),
    ),
    "labels by timestamps": (
        GetLabelDetectionResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "NextToken": "Zm9v+/0=",
        "Labels": [{{"Timestamp": 0, "Label": {{"Name": "Kayak", "Confidence": 96.5,
          "Instances": [{{"BoundingBox": {{"Width": 0.31, "Height": 1.015, "Left": -0.02,
            "Top": 3.75E-2}}, "Confidence": 95.25, "DominantColors": [{{"Red": 250, "Green": 12,
            "Blue": 9, "HexCode": "fa0c09", "CSSColor": "red", "SimplifiedColor": "red",
            "PixelPercent": 41.5}}]}}],
          "Parents": [{{"Name": "Boat"}}, {{"Name": "Vehicle"}}],
          "Aliases": [{{"Name": "Canoe"}}],
          "Categories": [{{"Name": "Vehicles and Automotive"}}]}}}}],
        "LabelModelVersion": "3.0"}}""",
    ),
    "labels of an old model": (
        GetLabelDetectionResponse,
        (
            '{"JobStatus": "SUCCEEDED", "LabelModelVersion": "2.0", "Labels": [{"Timestamp": 200,'
            ' "Label": {"Name": "Water", "Confidence": 60, "Instances": [], "Parents": []}}]}'
        ),
    ),
    "labels by segments have no timestamp": (
        GetLabelDetectionResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA},
        "Labels": [{{"StartTimestampMillis": 480, "EndTimestampMillis": 2520,
          "DurationMillis": 2040, "Label": {{"Name": "Kayak", "Confidence": 91.5, "Parents": [],
          "Aliases": [], "Categories": []}}}}],
        "GetRequestMetadata": {{"SortBy": "NAME", "AggregateBy": "SEGMENTS"}}}}""",
    ),
    "faces with all attributes": (
        GetFaceDetectionResponse,
        (
            f'{{"JobStatus": "SUCCEEDED", {METADATA}, "JobId": "5e1f", "JobTag": "a:b/c",'
            f' "Faces": [{{"Timestamp": 0, "Face": {WHOLE_FACE}}}]}}'
        ),
    ),
    "faces with default attributes": (
        GetFaceDetectionResponse,
        (
            f'{{"JobStatus": "SUCCEEDED", "NextToken": "Yg==", "Faces": ['
            f'{{"Timestamp": 480, "Face": {DEFAULT_FACE}}},'
            f'{{"Timestamp": 960, "Face": {DEFAULT_FACE}}}]}}'
        ),
    ),
    "persons that match": (
        GetFaceSearchResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "Persons": [{{"Timestamp": 1000,
          "Person": {{"Index": 2, "BoundingBox": {{"Height": 0.93, "Left": 0, "Top": 0.07,
            "Width": 0.4}}, "Face": {DEFAULT_FACE}}},
          "FaceMatches": [{{"Similarity": 99.125, "Face": {{
            "FaceId": "0f0e0d0c-0b0a-4908-8706-050403020100",
            "ImageId": "00010203-0405-4607-8809-0a0b0c0d0e0f",
            "BoundingBox": {{"Height": 0.5, "Left": 0.25, "Top": 0.125, "Width": 0.375}},
            "Confidence": 99.5, "ExternalImageId": "staff:17.jpg",
            "IndexFacesModelVersion": "7.0", "UserId": "staff-17"}}}}]}}]}}""",
    ),
    "persons without matches, faces and lists": (
        GetFaceSearchResponse,
        """{"JobStatus": "SUCCEEDED", "Persons": [
        {"Timestamp": 0, "Person": {"Index": 0}},
        {"Timestamp": 40, "Person": {"Index": 0, "BoundingBox": {"Height": 0.875, "Left": 0.5,
          "Top": 0.125, "Width": 5.5E-1}}},
        {"Timestamp": 80, "Person": {"Index": 1}, "FaceMatches": []}]}""",
    ),
    "a match without an id of its own": (
        GetFaceSearchResponse,
        (
            '{"JobStatus": "SUCCEEDED", "Persons": [{"Timestamp": 120, "Person": {"Index": 1},'
            ' "FaceMatches": [{"Similarity": 80, "Face": {"FaceId": "0f0e", "Confidence": 100}}]}]}'
        ),
    ),
    "tracked persons, with and without a face": (
        GetPersonTrackingResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "NextToken": "Yg==", "Persons": [
        {{"Timestamp": 0, "Person": {{"Index": 0, "BoundingBox": {{"Height": 0.77, "Left": -0.003,
          "Top": 0.21, "Width": 0.125}}}}}},
        {{"Timestamp": 66, "Person": {{"Index": 1, "Face": {DEFAULT_FACE}}}}}]}}""",
    ),
    "celebrities": (
        GetCelebrityRecognitionResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "Celebrities": [{{"Timestamp": 66,
        "Celebrity": {{"Urls": ["www.example.org/jane-doe"], "Name": "Jane Doe", "Id": "3Ab9x",
          "Confidence": 98, "BoundingBox": {{"Height": 0.9, "Left": 0.1, "Top": 0.1,
          "Width": 0.35}}, "Face": {DEFAULT_FACE}, "KnownGender": {{"Type": "Female"}}}}}}]}}""",
    ),
    "a celebrity of a newer model": (
        GetCelebrityRecognitionResponse,
        (
            '{"JobStatus": "SUCCEEDED", "Celebrities": [{"Timestamp": 99, "Celebrity": {"Urls": [],'
            ' "Name": "Max Roe", "Id": "4Cd", "KnownGender": {"Type": "Agender"},'
            ' "Occupation": {"Name": "Rower", "Since": [1999, null]}}}]}'
        ),
    ),
    "moderation labels with all their times": (
        GetContentModerationResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "ModerationModelVersion": "7.0",
        "ModerationLabels": [{{"Timestamp": 500, "StartTimestampMillis": 500,
          "EndTimestampMillis": 1500, "DurationMillis": 1000,
          "ContentTypes": [{{"Confidence": 88.25, "Name": "Animated Content"}}],
          "ModerationLabel": {{"Confidence": 93.5, "Name": "Weapons", "ParentName": "Violence",
            "TaxonomyLevel": 2}}}}],
        "GetRequestMetadata": {{"SortBy": "TIMESTAMP", "AggregateBy": "SEGMENTS"}}}}""",
    ),
    "moderation labels of an old model": (
        GetContentModerationResponse,
        (
            '{"JobStatus": "SUCCEEDED", "ModerationLabels": [{"Timestamp": 0, "ModerationLabel":'
            ' {"Confidence": 5.15625E1, "Name": "Alcohol", "ParentName": ""}}]}'
        ),
    ),
    "segments of drop frame video": (
        GetSegmentDetectionResponse,
        """{"JobStatus": "SUCCEEDED", "VideoMetadata": [{"Codec": "h264", "DurationMillis": 9009,
          "Format": "QuickTime / MOV", "FrameRate": 29.970029830932617, "FrameHeight": 540,
          "FrameWidth": 960, "ColorRange": "LIMITED"}],
        "AudioMetadata": [{"Codec": "aac", "DurationMillis": 9008, "SampleRate": 48000,
          "NumberOfChannels": 2}],
        "SelectedSegmentTypes": [{"Type": "SHOT", "ModelVersion": "2.0"},
          {"Type": "TECHNICAL_CUE", "ModelVersion": "2.0"}],
        "Segments": [{"Type": "SHOT", "StartTimestampMillis": 0, "EndTimestampMillis": 4004,
          "DurationMillis": 4004, "StartTimecodeSMPTE": "00:00:00;00",
          "EndTimecodeSMPTE": "00:00:04;00", "DurationSMPTE": "00:00:04;00",
          "StartFrameNumber": 0, "EndFrameNumber": 120, "DurationFrames": 120,
          "ShotSegment": {"Index": 0, "Confidence": 99.96875}},
         {"Type": "TECHNICAL_CUE", "StartTimestampMillis": 4004, "EndTimestampMillis": 4104,
          "DurationMillis": 100, "StartTimecodeSMPTE": "00:00:04;00",
          "EndTimecodeSMPTE": "00:00:04;03", "DurationSMPTE": "00:00:00;03",
          "StartFrameNumber": 120, "EndFrameNumber": 123, "DurationFrames": 3,
          "TechnicalCueSegment": {"Type": "BlackFrames", "Confidence": 100}}]}""",
    ),
    "segments of an old model have no frame numbers": (
        GetSegmentDetectionResponse,
        """{"JobStatus": "SUCCEEDED", "VideoMetadata": [], "AudioMetadata": [],
        "Segments": [{"Type": "SHOT", "StartTimestampMillis": 0, "EndTimestampMillis": 29041,
          "DurationMillis": 29041, "StartTimecodeSMPTE": "00:00:00:00",
          "EndTimecodeSMPTE": "00:00:29:01", "DurationSMPTE": "00:00:29:01",
          "ShotSegment": {"Index": 0, "Confidence": 87.5}}],
        "SelectedSegmentTypes": [{"Type": "SHOT", "ModelVersion": "1.0"}]}""",
    ),
    "lines and words": (
        GetTextDetectionResponse,
        f"""{{"JobStatus": "SUCCEEDED", {METADATA}, "TextModelVersion": "3.1", "TextDetections": [
        {{"Timestamp": 33, "TextDetection": {{"DetectedText": "NO EXIT", "Type": "LINE", "Id": 0,
          "Confidence": 98.5, "Geometry": {{"BoundingBox": {{"Width": 0.35, "Height": 0.0875,
            "Left": 1.5869E-4, "Top": 0}}, "Polygon": [{{"X": 1.5869E-4, "Y": 0}},
            {{"X": 0.35, "Y": 2.0E-3}}, {{"X": 0.35, "Y": 0.0875}}, {{"X": 0, "Y": 0.0865}}]}}}}}},
        {{"Timestamp": 33, "TextDetection": {{"DetectedText": "EXIT", "Type": "WORD", "Id": 2,
          "ParentId": 0, "Confidence": 99.125, "Geometry": {{"Polygon": []}}}}}}]}}""",
    ),
    "members that nobody knows yet": (
        GetTextDetectionResponse,
        (
            '{"JobStatus": "PAUSED", "Progress": 0.5, "Video": {"Url": "s3"}, "TextDetections": ['
            '{"Timestamp": 1, "Language": "de", "TextDetection": {"Type": "PARAGRAPH",'
            ' "Geometry": {"Rotation": 3, "BoundingBox": {"Left": -1}}}}]}'
        ),
    ),
}


@pytest.mark.parametrize(("model", "text"), ANSWERS.values(), ids=ANSWERS.keys())
def test_no_member_is_lost(model, text):
    answer = decode(model, text.encode())
    assert answer.model_dump(
        by_alias=True, exclude_unset=True, exclude_none=True, mode="json"
    ) == json.loads(text)


@pytest.mark.parametrize(("model", "text"), ANSWERS.values(), ids=ANSWERS.keys())
def test_json_text_comes_back_too(model, text):
    answer = decode(model, text.encode())
    again = answer.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True)
    assert decode(model, again.encode()) == answer
    assert json.loads(again) == json.loads(text)


def read(name):
    model, text = ANSWERS[name]
    return decode(model, text.encode())


def test_numbers_in_javas_form_and_outside_the_frame():
    (item,) = read("faces with all attributes").items
    assert item.face.emotions[1].confidence == pytest.approx(0.00024317)
    assert item.face.bounding_box.left == -0.0125
    assert type(item.face.bounding_box.top) is float
    assert item.face.landmarks[1].y > 1


def test_words_that_are_new_are_read_as_they_are():
    (face,) = read("faces with all attributes").items
    assert [emotion.type for emotion in face.face.emotions] == ["CALM", "FEAR", "BORED"]
    (celebrity,) = read("a celebrity of a newer model").items
    assert celebrity.celebrity.known_gender.type == "Agender"
    assert celebrity.celebrity.model_extra["Occupation"]["Name"] == "Rower"


def test_what_is_absent_is_none_and_what_is_empty_is_empty():
    first, second, third = read("persons without matches, faces and lists").items
    assert first.face_matches is None
    assert (first.person.face, first.person.bounding_box) == (None, None)
    assert second.person.bounding_box.width == 0.55
    assert third.face_matches == []


def test_times_are_where_the_aggregation_puts_them():
    (label,) = read("labels by segments have no timestamp").items
    assert (label.timestamp, label.duration_millis) == (None, 2040)
    (content,) = read("moderation labels with all their times").items
    assert (content.timestamp, content.start_timestamp_millis) == (500, 500)


def test_segments_keep_their_timecodes_and_lack_frame_numbers_when_old():
    shot, cue = read("segments of drop frame video").items
    assert (shot.end_timecode_smpte, cue.duration_frames) == ("00:00:04;00", 3)
    (old,) = read("segments of an old model have no frame numbers").items
    assert (old.duration_smpte, old.start_frame_number) == ("00:00:29:01", None)


def test_an_unknown_member_of_a_leaf_is_left_out():
    text = b"""{"JobStatus": "SUCCEEDED", "Faces": [{"Timestamp": 1, "Face": {"Landmarks": [
        {"Type": "tip", "X": 0.5, "Y": 0.5, "Z": 7}], "Smile": {"Value": true, "Why": "joke"}}}]}"""
    for page in (
        decode(GetFaceDetectionResponse, text),
        GetFaceDetectionResponse.model_validate_json(text),
    ):
        (item,) = page.items
        assert item.face.landmarks == [Landmark(type="tip", x=0.5, y=0.5)]
        assert item.face.smile == Smile(value=True)


def test_leaf_shapes_are_values():
    mark = Landmark(type="nose", x=0.5, y=0.25)
    assert pickle.loads(pickle.dumps(mark)) == mark == copy.deepcopy(mark)
    assert {mark: 1}[Landmark(type="nose", x=0.5, y=0.25)] == 1
    with pytest.raises(AttributeError):
        mark.x = 0.75
    with pytest.raises(RequestError, match="depth"):
        BoundingBox(width=1, depth=1)


def test_the_unknown_member_of_the_videos_metadata_is_kept():
    metadata = read("lines and words").video_metadata
    assert metadata.model_extra == {"FileExtension": "mp4"}
    assert metadata.frame_rate == 30.0
