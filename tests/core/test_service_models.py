"""Our models against the installed botocore's: a new botocore shows here what is missing."""

from typing import Annotated, Any, get_args, get_origin

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vidkit.images.models import GetDataEndpointAnswer, GetImagesAnswer, GetImagesRequest
from vidkit.ivs import models as ivs
from vidkit.rekognition import labels, segments
from vidkit.rekognition.models import StartAnswer

ANSWERS = [
    ("kinesisvideo", "GetDataEndpoint", GetDataEndpointAnswer),
    ("kinesis-video-archived-media", "GetImages", GetImagesAnswer),
    ("rekognition", "StartLabelDetection", StartAnswer),
    ("rekognition", "GetLabelDetection", labels.GetLabelDetectionAnswer),
    ("rekognition", "StartSegmentDetection", StartAnswer),
    ("rekognition", "GetSegmentDetection", segments.GetSegmentDetectionAnswer),
    ("ivs", "CreatePlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyAnswer),
    ("ivs", "GetPlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyAnswer),
    ("ivs", "UpdatePlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyAnswer),
    ("ivs", "ListPlaybackRestrictionPolicies", ivs.ListPlaybackRestrictionPoliciesAnswer),
]
REQUESTS = [
    ("rekognition", "StartLabelDetection", labels.StartLabelDetectionRequest),
    ("rekognition", "GetLabelDetection", labels.GetLabelDetectionRequest),
    ("rekognition", "StartSegmentDetection", segments.StartSegmentDetectionRequest),
    ("rekognition", "GetSegmentDetection", segments.GetSegmentDetectionRequest),
    ("ivs", "CreatePlaybackRestrictionPolicy", ivs.CreatePlaybackRestrictionPolicyRequest),
    ("ivs", "GetPlaybackRestrictionPolicy", ivs.GetPlaybackRestrictionPolicyRequest),
    ("ivs", "UpdatePlaybackRestrictionPolicy", ivs.UpdatePlaybackRestrictionPolicyRequest),
    ("ivs", "DeletePlaybackRestrictionPolicy", ivs.DeletePlaybackRestrictionPolicyRequest),
    ("ivs", "ListPlaybackRestrictionPolicies", ivs.ListPlaybackRestrictionPoliciesRequest),
]

LOADER = Loader()


def operation(api, name):
    model = ServiceModel(LOADER.load_service_model(api, "service-2"))
    return model.operation_model(name)


def wire_name(name: str, field: FieldInfo) -> str:
    alias = field.serialization_alias or field.alias
    return alias or name


def parts(annotation: Any) -> list[Any]:
    """Every type inside an annotation."""
    if get_origin(annotation) is Annotated:
        return parts(get_args(annotation)[0])
    inner = [part for arg in get_args(annotation) for part in parts(arg)]
    return [annotation, *inner]


def nested_model(annotation: Any) -> type[BaseModel] | None:
    for part in parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def literal_values(annotation: Any) -> set[str]:
    return {part for part in parts(annotation) if isinstance(part, str)}


def differences(shape, model, path, *, request):  # noqa: C901
    """What the service's shape has and our model has not, and enums that differ."""
    if shape.type_name == "list":
        yield from differences(shape.member, model, path, request=request)
        return
    if shape.type_name != "structure" or model is None:
        return
    fields = {wire_name(name, field): field for name, field in model.model_fields.items()}
    for member, member_shape in shape.members.items():
        here = f"{path}.{member}"
        if member not in fields:
            yield f"{here}: missing"
            continue
        field = fields[member]
        if not request and field.is_required() and member not in shape.required_members:
            yield f"{here}: required by us only"
        inner = member_shape
        while inner.type_name == "list":
            inner = inner.member
        nested = nested_model(field.annotation)
        if inner.type_name == "structure":
            if nested is None:
                yield f"{here}: no model"
            elif nested.__name__ != "S3Video":
                yield from differences(inner, nested, here, request=request)
        ours = literal_values(field.annotation)
        theirs = set(getattr(inner, "enum", ()))
        if theirs and ours != theirs:
            yield f"{here}: enum differs: {sorted(ours ^ theirs)}"


# What an answer is useless without, although the service's model does not require it.
PROMISED = {
    "GetDataEndpoint.DataEndpoint: required by us only",
    "GetImages.Images: required by us only",
    "GetImages.Images.TimeStamp: required by us only",
    "StartLabelDetection.JobId: required by us only",
    "StartSegmentDetection.JobId: required by us only",
    "GetLabelDetection.JobStatus: required by us only",
    "GetSegmentDetection.JobStatus: required by us only",
    "CreatePlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
    "GetPlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
    "UpdatePlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
}


@pytest.mark.parametrize(("api", "name", "model"), ANSWERS)
def test_every_response_member_is_in_our_models(api, name, model):
    shape = operation(api, name).output_shape
    found = set(differences(shape, model, name, request=False))
    assert found - PROMISED == set()


@pytest.mark.parametrize(("api", "name", "model"), REQUESTS)
def test_every_request_member_is_in_our_models(api, name, model):
    shape = operation(api, name).input_shape
    assert set(differences(shape, model, name, request=True)) == set()


@pytest.mark.parametrize(("api", "name", "model"), REQUESTS)
def test_no_request_member_is_invented(api, name, model):
    shape = operation(api, name).input_shape
    ours = {wire_name(field_name, field) for field_name, field in model.model_fields.items()}
    assert ours <= set(shape.members)


def test_get_images_sends_every_member_the_service_knows():
    shape = operation("kinesis-video-archived-media", "GetImages").input_shape
    from datetime import UTC, datetime, timedelta

    common = {
        "start_timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "end_timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "sampling_interval": timedelta(seconds=1),
        "image_selector_type": "SERVER_TIMESTAMP",
        "format": "JPEG",
        "jpeg_quality": 80,
        "width_pixels": 320,
        "height_pixels": 180,
        "max_results": 25,
        "concurrency": 1,
    }
    arn = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1"
    by_name = GetImagesRequest(stream_name="s", **common).wire_params()
    by_arn = GetImagesRequest(stream_arn=arn, **common).wire_params()
    # The window adds these three.
    added = {"StartTimestamp", "EndTimestamp", "NextToken"}
    assert by_name.keys() | by_arn.keys() | added == set(shape.members)


def test_a_missing_member_would_be_found():
    class Poorer(BaseModel):
        pass

    shape = operation("ivs", "ListPlaybackRestrictionPolicies").output_shape
    assert list(differences(shape, Poorer, "x", request=False)) == [
        "x.playbackRestrictionPolicies: missing",
        "x.nextToken: missing",
    ]
