"""The models of stream processors, compared with the installed botocore."""

import json

import pytest
from model_comparison import differences, operation, wire_name

from vidkit.models.responses import decode
from vidkit.rekognition.stream_processors import requests, responses

RESPONSES = [
    ("CreateStreamProcessor", responses.CreateStreamProcessorResponse),
    ("DescribeStreamProcessor", responses.DescribeStreamProcessorResponse),
    ("ListStreamProcessors", responses.ListStreamProcessorsResponse),
    ("StartStreamProcessor", responses.StartStreamProcessorResponse),
]
REQUESTS = [
    ("CreateStreamProcessor", requests.CreateStreamProcessorRequest),
    ("DescribeStreamProcessor", requests.DescribeStreamProcessorRequest),
    ("ListStreamProcessors", requests.ListStreamProcessorsRequest),
    ("StartStreamProcessor", requests.StartStreamProcessorRequest),
    ("StopStreamProcessor", requests.StopStreamProcessorRequest),
    ("UpdateStreamProcessor", requests.UpdateStreamProcessorRequest),
    ("DeleteStreamProcessor", requests.DeleteStreamProcessorRequest),
]

# Without its status, the description of a processor is of no use.
REQUIRED_BY_US = {"DescribeStreamProcessor.Status: required by us only"}


@pytest.mark.parametrize(("name", "model"), RESPONSES)
def test_every_response_member_is_in_our_models(name, model):
    shape = operation("rekognition", name).output_shape
    found = set(differences(shape, model, name, request=False))
    assert found - REQUIRED_BY_US == set()


@pytest.mark.parametrize("name", ["StopStreamProcessor", "UpdateStreamProcessor"])
def test_operations_without_a_response_model_have_an_empty_response(name):
    assert not operation("rekognition", name).output_shape.members


@pytest.mark.parametrize(("name", "model"), REQUESTS)
def test_every_request_member_is_in_our_models(name, model):
    shape = operation("rekognition", name).input_shape
    assert set(differences(shape, model, name, request=True)) == set()


@pytest.mark.parametrize(("name", "model"), REQUESTS)
def test_no_request_member_is_invented(name, model):
    shape = operation("rekognition", name).input_shape
    ours = {wire_name(field_name, field) for field_name, field in model.model_fields.items()}
    assert ours <= set(shape.members)


@pytest.mark.parametrize(("name", "model"), REQUESTS)
def test_required_members_are_those_of_the_service(name, model):
    shape = operation("rekognition", name).input_shape
    ours = {
        wire_name(field_name, field)
        for field_name, field in model.model_fields.items()
        if field.is_required()
    }
    # A page size is always sent.
    assert ours - {"MaxResults"} == set(shape.required_members)


LABELS = {
    "Name": "door",
    "StreamProcessorArn": "arn:aws-cn:rekognition:cn-north-1:123456789012:streamprocessor/door",
    "Status": "STARTING",
    "CreationTimestamp": 1.767225600125e9,
    "LastUpdateTimestamp": 1767225661,
    "Input": {"KinesisVideoStream": {"Arn": "arn:aws-cn:kinesisvideo:..."}},
    "Output": {"S3Destination": {"Bucket": "my-bucket", "KeyPrefix": "door/"}},
    "RoleArn": "arn:aws-cn:iam::123456789012:role/door",
    "Settings": {"ConnectedHome": {"Labels": ["PERSON", "CAR"], "MinConfidence": 80}},
    "NotificationChannel": {"SNSTopicArn": "arn:aws-cn:sns:cn-north-1:123456789012:door"},
    "KmsKeyId": "alias/door",
    "RegionsOfInterest": [
        {"BoundingBox": {"Width": 1, "Height": 0.5, "Left": -1.5e-4, "Top": 0}},
        {"Polygon": [{"X": 0, "Y": 0}, {"X": 1, "Y": 0}, {"X": 0.5, "Y": 1}]},
    ],
    "DataSharingPreference": {"OptIn": False},
    "Mood": {"Today": "good"},
}
FACES = {
    "Name": "gate",
    "Status": "RESTING",
    "StatusMessage": "",
    "Input": {"KinesisVideoStream": {"Arn": "x", "Name": "gate"}},
    "Output": {"KinesisDataStream": {"Arn": "y"}},
    "Settings": {"FaceSearch": {"CollectionId": "staff", "FaceMatchThreshold": 85.5}},
}
BARE = {"Status": "STOPPED"}


@pytest.mark.parametrize("content", [LABELS, FACES, BARE])
def test_a_description_is_parsed_without_loss(content):
    model = responses.DescribeStreamProcessorResponse
    response = decode(model, json.dumps(content).encode())
    assert (
        response.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
        == content
    )


def test_a_description_has_aware_timestamps():
    response = decode(responses.DescribeStreamProcessorResponse, json.dumps(LABELS).encode())
    assert response.creation_timestamp.isoformat() == "2026-01-01T00:00:00.125000+00:00"
    assert response.last_update_timestamp.isoformat() == "2026-01-01T00:01:01+00:00"


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (responses.ListStreamProcessorsResponse, {}),
        (responses.ListStreamProcessorsResponse, {"StreamProcessors": [{"Name": "a"}, {}]}),
        (responses.StartStreamProcessorResponse, {}),
        (responses.StartStreamProcessorResponse, {"SessionId": "s"}),
        (responses.CreateStreamProcessorResponse, {}),
    ],
)
def test_short_responses_are_parsed_without_loss(model, content):
    response = decode(model, json.dumps(content).encode())
    assert (
        response.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
        == content
    )
