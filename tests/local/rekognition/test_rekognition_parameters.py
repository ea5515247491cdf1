"""What the service model says about requests to the local Rekognition."""

import pytest
from rekognition_calls import VIDEO, call, code_of

from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError, Request


@pytest.mark.parametrize(
    ("operation", "parameters", "said"),
    [
        ("StartLabelDetection", {}, "Video is missing"),
        ("StartLabelDetection", {"Video": None}, "Video is missing"),
        ("StartLabelDetection", {"Video": []}, "Video is no object"),
        ("StartLabelDetection", {"Video": {}}, "Video.S3Object needs"),
        ("StartLabelDetection", {"Video": {"S3Object": {"Bucket": "abc"}}}, "Video.S3Object needs"),
        (
            "StartLabelDetection",
            {"Video": {"S3Object": {"Bucket": "ab", "Name": "n"}}},
            "Video.S3Object.Bucket has 2 characters; the least is 3",
        ),
        (
            "StartLabelDetection",
            {"Video": {"S3Object": {"Bucket": "a_b/c", "Name": "n"}}},
            "Video.S3Object.Bucket does not match",
        ),
        ("StartLabelDetection", {"Video": VIDEO, "MinConfidence": 100.1}, "the most is 100"),
        ("StartLabelDetection", {"Video": VIDEO, "MinConfidence": -1}, "the least is 0"),
        ("StartLabelDetection", {"Video": VIDEO, "MinConfidence": "80"}, "is no number"),
        ("StartLabelDetection", {"Video": VIDEO, "MinConfidence": True}, "is no number"),
        ("StartLabelDetection", {"Video": VIDEO, "MinConfidence": float("nan")}, "is no number"),
        ("StartLabelDetection", {"Video": VIDEO, "Features": ["OTHER"]}, "Features[0] is 'OTHER'"),
        (
            "StartLabelDetection",
            {"Video": VIDEO, "Features": ["GENERAL_LABELS"] * 2},
            "Features has 2 items; the most is 1",
        ),
        ("StartLabelDetection", {"Video": VIDEO, "Features": "GENERAL_LABELS"}, "is no list"),
        ("StartLabelDetection", {"Video": VIDEO, "ClientRequestToken": "a b"}, "does not match"),
        ("StartLabelDetection", {"Video": VIDEO, "ClientRequestToken": "a\n"}, "does not match"),
        ("StartLabelDetection", {"Video": VIDEO, "JobTag": 7}, "JobTag is no string"),
        (
            "StartLabelDetection",
            {
                "Video": VIDEO,
                "NotificationChannel": {"RoleArn": "arn:aws:iam::123456789012:role/r"},
            },
            "NotificationChannel.SNSTopicArn is missing",
        ),
        (
            "StartLabelDetection",
            {"Video": VIDEO, "Settings": {"GeneralLabels": {"LabelInclusionFilters": ["x" * 51]}}},
            "the most is 50",
        ),
        ("StartSegmentDetection", {"Video": VIDEO}, "SegmentTypes is missing"),
        ("StartSegmentDetection", {"Video": VIDEO, "SegmentTypes": []}, "the least is 1"),
        (
            "StartSegmentDetection",
            {"Video": VIDEO, "SegmentTypes": ["TECHNICAL_CUES"]},
            "none of TECHNICAL_CUE, SHOT",
        ),
        (
            "StartSegmentDetection",
            {
                "Video": VIDEO,
                "SegmentTypes": ["SHOT"],
                "Filters": {"ShotFilter": {"MinSegmentConfidence": 49}},
            },
            "Filters.ShotFilter.MinSegmentConfidence is 49; the least is 50",
        ),
        ("GetLabelDetection", {"JobId": "a", "MaxResults": 0}, "MaxResults is 0; the least is 1"),
        ("GetLabelDetection", {"JobId": "a", "MaxResults": 1.5}, "is no whole number"),
        ("GetLabelDetection", {"JobId": "a", "SortBy": "ID"}, "SortBy is 'ID'"),
        ("GetLabelDetection", {"JobId": "a", "NextToken": "x" * 256}, "the most is 255"),
    ],
)
async def test_parameters_beyond_the_service_model_are_rejected(
    rekognition, operation, parameters, said
):
    with pytest.raises(ApiError) as caught:
        await call(rekognition, operation, **parameters)
    assert caught.value.code == "InvalidParameterException"
    assert said in caught.value.message


async def test_a_body_that_is_no_object_is_rejected(rekognition):
    request = Request("POST", "/", (), {}, b"[")
    assert await code_of(rekognition.handle("GetLabelDetection", request)) == (
        "SerializationException"
    )


def test_maps_and_booleans_of_a_model_are_checked():
    model = ServiceModel.load("rekognition")
    tags = {"CollectionId": "c", "Tags": {"a": "b"}}
    assert model.accept("CreateCollection", tags) == tags
    with pytest.raises(ApiError, match=r"Tags\.a has 257 characters"):
        model.accept("CreateCollection", {"CollectionId": "c", "Tags": {"a": "x" * 257}})
    with pytest.raises(ApiError, match="Tags key has 129 characters"):
        model.accept("CreateCollection", {"CollectionId": "c", "Tags": {"x" * 129: "b"}})
    with pytest.raises(ApiError, match=r"DataSharingPreferenceForUpdate\.OptIn is no boolean"):
        model.accept(
            "UpdateStreamProcessor",
            {"Name": "n", "DataSharingPreferenceForUpdate": {"OptIn": 1}},
        )
