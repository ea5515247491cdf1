import base64
import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import DecodeError
from vidkit.rekognition.stream_processors.results import (
    ConnectedHomeEvent,
    FaceSearchRecord,
    parse_connected_home_event,
    parse_face_search_record,
)

LABEL_DETECTED = {
    "inputInformation": {
        "kinesisVideo": {
            "streamArn": "arn:aws:kinesisvideo:eu-central-1:123456789012:stream/door/1767225600000"
        }
    },
    "eventNamespace": {"type": "LABEL_DETECTED"},
    "labels": [
        {
            "id": "f5f6a7c2",
            "name": "PERSON",
            "confidence": 93.25,
            "frameImageUri": "s3://my-bucket/door/door/session-1/frame.jpg",
            "croppedImageUri": "s3://my-bucket/door/door/session-1/crop.jpg",
            "videoMapping": {
                "kinesisVideoMapping": {
                    "fragmentNumber": "91343852333181432392682062622220590000000000001",
                    "serverTimestamp": 1767225604321,
                    "producerTimestamp": 1767225604000,
                    "frameOffsetMillis": 480,
                }
            },
            "boundingBox": {"left": -2.5e-4, "top": 0, "height": 0.75, "width": 0.125},
        }
    ],
    "eventId": "e-1",
    "tags": {"site": "home"},
    "sessionId": "session-1",
    "startStreamProcessorRequest": {
        "name": "door",
        "startSelector": {"kVSStreamStartSelector": {"producerTimestamp": 1767225600000}},
        "stopSelector": {"maxDurationInSeconds": 30},
    },
}
END = {
    "inputInformation": {
        "kinesisVideo": {"streamArn": "arn", "processedVideoDurationMillis": 30480.5}
    },
    "eventNamespace": {"type": "STREAM_PROCESSING_COMPLETE"},
    "streamProcessingResults": {"message": "Stream processing has ended."},
    "eventId": "e-2",
    "tags": {},
    "sessionId": "session-1",
    "startStreamProcessorRequest": {},
}
NEWER = {
    "eventNamespace": {"type": "LABEL_LOST", "version": 2},
    "labels": [{"name": "CAR", "colour": "red"}, {}],
    "weather": ["sun"],
}
EVENTS = [LABEL_DETECTED, END, NEWER]

RECORD = {
    "InputInformation": {
        "KinesisVideo": {
            "StreamArn": "arn:aws:kinesisvideo:eu-central-1:123456789012:stream/gate/1767225600000",
            "FragmentNumber": "91343852333181432392682062622220590000000000002",
            "ServerTimestamp": 1.767225609666e9,
            "ProducerTimestamp": 1767225608.431,
            "FrameOffsetInSeconds": 0,
        }
    },
    "StreamProcessorInformation": {"Status": "RUNNING"},
    "FaceSearchResponse": [
        {
            "DetectedFace": {
                "BoundingBox": {"Height": 0.25, "Width": 0.125, "Left": 0.5, "Top": -1e-3},
                "Confidence": 99,
                "Landmarks": [
                    {"X": 0.5, "Y": 0.375, "Type": "eyeLeft"},
                    {"X": 0.625, "Y": 0.375, "Type": "earRight"},
                ],
                "Pose": {"Pitch": 2.5, "Roll": -6.75, "Yaw": 23},
                "Quality": {"Brightness": 40.5, "Sharpness": 96.25},
            },
            "MatchedFaces": [
                {
                    "Similarity": 88.875,
                    "Face": {
                        "BoundingBox": {"Height": 0.5, "Width": 0.5, "Left": 0.25, "Top": 0.25},
                        "FaceId": "f0f1f2f3-0000-4000-8000-000000000001",
                        "Confidence": 99.5,
                        "ImageId": "f0f1f2f3-0000-4000-8000-000000000002",
                        "ExternalImageId": "badge-17",
                    },
                }
            ],
        },
        {"DetectedFace": {"Confidence": 98.5}, "MatchedFaces": []},
        {},
    ],
}
EMPTY_FRAME = {"InputInformation": {}, "FaceSearchResponse": []}
STATUS_ONLY = {"StreamProcessorInformation": {"Status": "STOPPED", "Since": 1}}
RECORDS = [RECORD, EMPTY_FRAME, STATUS_ONLY]

ENVELOPES = {
    "bare": lambda event: event,
    "text": json.dumps,
    "bytes": lambda event: json.dumps(event).encode(),
    "envelope": lambda event: {"Type": "Notification", "Message": json.dumps(event)},
    "envelope with an object": lambda event: {
        "Subject": "Rekognition Stream Processing Event",
        "Message": event,
    },
    "SQS body": lambda event: json.dumps({"Type": "Notification", "Message": json.dumps(event)}),
    "envelope in an envelope": lambda event: json.dumps(
        {"Message": json.dumps({"Subject": "s", "Message": json.dumps(event)})}
    ),
}
BATCHES = {
    "bare": lambda record: record,
    "text": json.dumps,
    "bytes": lambda record: json.dumps(record).encode(),
    "base64 text": lambda record: base64.b64encode(json.dumps(record).encode()).decode(),
    "base64 bytes": lambda record: base64.b64encode(json.dumps(record).encode()),
    "GetRecords, decoded": lambda record: {
        "SequenceNumber": "1",
        "Data": json.dumps(record).encode(),
        "PartitionKey": "p",
    },
    "GetRecords, base64": lambda record: json.dumps(
        {"Data": base64.b64encode(json.dumps(record).encode()).decode()}
    ),
    "Lambda": lambda record: {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "data": base64.b64encode(json.dumps(record).encode()).decode(),
        },
        "eventSource": "aws:kinesis",
    },
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["eventNamespace"]["type"])
@pytest.mark.parametrize("wrap", ENVELOPES.values(), ids=ENVELOPES)
def test_an_event_is_parsed_without_loss_from_any_envelope(event, wrap):
    parsed = parse_connected_home_event(wrap(event))
    assert (
        parsed.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
        == event
    )


def test_a_label_detected_event_is_typed():
    event = parse_connected_home_event(LABEL_DETECTED)
    assert event.event_namespace.type == "LABEL_DETECTED"
    (label,) = event.labels
    assert (label.name, label.confidence) == ("PERSON", 93.25)
    mapping = label.video_mapping.kinesis_video_mapping
    assert mapping.producer_timestamp == datetime(2026, 1, 1, 0, 0, 4, tzinfo=UTC)
    assert mapping.server_timestamp == datetime(2026, 1, 1, 0, 0, 4, 321000, tzinfo=UTC)
    assert mapping.server_timestamp.tzinfo is not None
    assert label.bounding_box.left == -2.5e-4
    assert event.start_stream_processor_request["name"] == "door"
    assert event.stream_processing_results is None


def test_a_processing_complete_event_is_typed():
    event = parse_connected_home_event(END)
    assert event.labels is None
    assert event.stream_processing_results.message == "Stream processing has ended."
    assert event.input_information.kinesis_video.processed_video_duration_millis == 30480.5
    assert (event.session_id, event.tags) == ("session-1", {})


@pytest.mark.parametrize("record", RECORDS, ids=["faces", "no face", "status"])
@pytest.mark.parametrize("wrap", BATCHES.values(), ids=BATCHES)
def test_a_record_is_parsed_without_loss_from_any_wrapper(record, wrap):
    parsed = parse_face_search_record(wrap(record))
    assert (
        parsed.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
        == record
    )


def test_a_record_is_typed():
    record = parse_face_search_record(RECORD)
    frame = record.input_information.kinesis_video
    assert frame.producer_timestamp == datetime(2026, 1, 1, 0, 0, 8, 431000, tzinfo=UTC)
    assert frame.server_timestamp == datetime(2026, 1, 1, 0, 0, 9, 666000, tzinfo=UTC)
    assert frame.frame_offset_in_seconds == 0
    assert record.stream_processor_information.status == "RUNNING"
    match, stranger, nothing = record.face_search_response
    assert match.detected_face.landmarks[1].type == "earRight"
    assert match.matched_faces[0].similarity == 88.875
    assert match.matched_faces[0].face.external_image_id == "badge-17"
    assert stranger.matched_faces == []
    assert nothing.matched_faces is None


def test_a_record_without_faces_has_an_empty_list():
    assert parse_face_search_record(STATUS_ONLY).face_search_response == []


def test_the_clock_of_a_producer_may_count_from_its_start():
    mapping = {"kinesisVideoMapping": {"producerTimestamp": 86_400_000}}
    event = LABEL_DETECTED | {"labels": [{"videoMapping": mapping}]}
    (label,) = parse_connected_home_event(event).labels
    found = label.video_mapping.kinesis_video_mapping.producer_timestamp
    assert found == datetime(1970, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Z", "+00:00"])
def test_a_timestamp_in_text_form_is_aware(zone):
    content = {"InputInformation": {"KinesisVideo": {"ServerTimestamp": f"2026-01-01T00:00{zone}"}}}
    frame = parse_face_search_record(content).input_information.kinesis_video
    assert frame.server_timestamp == datetime(2026, 1, 1, tzinfo=UTC)


OTHER_CONTENT = [
    b"",
    b"\xff\xfe",
    "",
    "null",
    "5",
    "[]",
    "{}",
    '"text"',
    "not JSON",
    "[" * 100_000,
    '{"Message":' * 100_000,
    {"Message": "You have chosen to subscribe."},
    {"Message": None},
    {"Message": 5},
    {"Message": ["x"]},
    {"Data": "****"},
    {"Data": None},
    {"kinesis": []},
    {1: 2},
    None,
    5,
    [],
    LABEL_DETECTED["labels"],
]


@pytest.mark.parametrize("parse", [parse_connected_home_event, parse_face_search_record])
@pytest.mark.parametrize("content", OTHER_CONTENT, ids=map(str, range(len(OTHER_CONTENT))))
def test_other_content_is_a_decode_error(parse, content):
    with pytest.raises(DecodeError, match=r"rekognition: the content is no \w+: no JSON object"):
        parse(content)


def test_deeply_nested_envelopes_are_a_decode_error():
    content = {"eventNamespace": {"type": "LABEL_DETECTED"}}
    for _ in range(20):
        content = {"Message": content}
    with pytest.raises(DecodeError, match="eventNamespace"):
        parse_connected_home_event(content)
    endless = {}
    endless["Message"] = endless
    with pytest.raises(DecodeError):
        parse_connected_home_event(endless)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"eventNamespace": None}, ["eventNamespace"]),
        ({"eventNamespace": {}}, ["eventNamespace.type", "required"]),
        ({"eventNamespace": {"type": 5}}, ["eventNamespace.type", "string"]),
        (NEWER | {"labels": "PET"}, ["labels", "list"]),
        (NEWER | {"labels": [{"confidence": 10**400}]}, ["labels.0.confidence"]),
        (NEWER | {1: 2}, ["1", "string"]),
        (NEWER | {"\ud800": 2}, ["unicode"]),
    ],
)
def test_the_error_of_an_invalid_event_names_the_member(content, words):
    with pytest.raises(DecodeError) as caught:
        parse_connected_home_event(content)
    assert "ConnectedHomeEvent" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"FaceSearchResponse": None}, ["FaceSearchResponse", "list"]),
        ({"FaceSearchResponse": [[]]}, ["FaceSearchResponse.0"]),
        (
            {"InputInformation": {"KinesisVideo": {"ServerTimestamp": 10**400}}},
            ["InputInformation.KinesisVideo.ServerTimestamp"],
        ),
        (
            {"InputInformation": {"KinesisVideo": {"ServerTimestamp": float("nan")}}},
            ["InputInformation.KinesisVideo.ServerTimestamp"],
        ),
    ],
)
def test_the_error_of_an_invalid_record_names_the_member(content, words):
    with pytest.raises(DecodeError) as caught:
        parse_face_search_record(content)
    assert "FaceSearchRecord" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


NAMES = st.sampled_from(
    [
        "Message",
        "Data",
        "data",
        "kinesis",
        *LABEL_DETECTED,
        *RECORD,
        "type",
        "kinesisVideo",
        "labels",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=12,
)
CONTENTS = (
    st.text()
    | st.binary()
    | JSON
    | JSON.map(json.dumps)
    | JSON.map(lambda content: json.dumps(content).encode())
    | JSON.map(lambda content: base64.b64encode(json.dumps(content).encode()))
)


@given(CONTENTS)
def test_anything_gives_an_event_or_a_decode_error(content):
    with contextlib.suppress(DecodeError):
        assert isinstance(parse_connected_home_event(content), ConnectedHomeEvent)


@given(CONTENTS)
def test_anything_gives_a_record_or_a_decode_error(content):
    with contextlib.suppress(DecodeError):
        assert isinstance(parse_face_search_record(content), FaceSearchRecord)
