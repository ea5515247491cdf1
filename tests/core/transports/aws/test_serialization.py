"""Requests as vidkit writes them, beside those of botocore's serializers."""

import functools
from datetime import UTC
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import prepare_request_dict
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st

from vidkit import RequestError
from vidkit.transports.aws.apis import APIS
from vidkit.transports.aws.serialization import serialize
from vidkit.transports.base import AwsRequest

LOADER = Loader()
ENDPOINT = "https://service.example"
MAX_DEPTH = 6
# All that vidkit sends to SNS.
SNS = {
    "CreateTopic",
    "GetSubscriptionAttributes",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Subscribe",
}
FLAT = {"string", "integer", "boolean"}


@functools.cache
def service_model(api):
    return ServiceModel(LOADER.load_service_model(api, "service-2"))


def operations():
    for api in APIS:
        for name in service_model(api).operation_names:
            if api != "sns" or name in SNS:
                yield pytest.param(api, name, id=f"{api}-{name}")


def values(shape, depth=0):
    """Random values of a shape."""
    simple = {
        "string": st.text(max_size=8),
        "character": st.text(max_size=1),
        "integer": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "blob": st.binary(max_size=8),
        "timestamp": st.datetimes(timezones=st.just(UTC)),
    }
    if shape.type_name in simple:
        return simple[shape.type_name]
    if depth > MAX_DEPTH:
        return st.nothing()
    if shape.type_name == "list":
        return st.lists(values(shape.member, depth + 1), max_size=2)
    if shape.type_name == "map":
        keys = st.text(min_size=1, max_size=4)
        return st.dictionaries(keys, values(shape.value, depth + 1), max_size=2)
    return structures(shape, depth)


def structures(shape, depth=0):
    members = {}
    for name, member in shape.members.items():
        if shape.name == "CreateTopicInput" and name != "Name":
            continue
        if shape.name == "SubscribeInput" and member.type_name not in FLAT - {"boolean"}:
            continue
        members[name] = values(member, depth + 1)
    in_path = {
        name for name, one in shape.members.items() if one.serialization.get("location") == "uri"
    }
    required = {
        name: members[name].filter(bool) if name in in_path else members[name] for name in in_path
    }
    optional = {name: one for name, one in members.items() if name not in in_path}
    return st.fixed_dictionaries(required, optional=optional)


def of_botocore(api, operation, params):
    model = service_model(api)
    serializer = create_serializer(model.resolved_protocol, include_validation=False)
    request = serializer.serialize_to_request(params, model.operation_model(operation))
    prepare_request_dict(request, ENDPOINT, context={})
    if isinstance(request["body"], dict):
        # A form, which botocore encodes when it sends it.
        request["body"] = urlencode(request["body"], doseq=True).encode()
    return request


@pytest.mark.parametrize(("api", "operation"), list(operations()))
@settings(max_examples=5)
@given(st.data())
def test_a_request_is_what_botocore_writes(api, operation, data):
    shape = service_model(api).operation_model(operation).input_shape
    params = data.draw(structures(shape)) if shape else {}
    content = serialize(AwsRequest(api, operation, params))
    theirs = of_botocore(api, operation, params)
    assert content.method == theirs["method"]
    assert ENDPOINT + content.target == theirs["url"]
    assert content.headers == dict(theirs["headers"])
    assert content.body == (theirs["body"] or b"")


@pytest.mark.parametrize("size", [2**16, 2**16 + 1, 10**6])
def test_large_pictures_are_what_botocore_writes(size):
    params = {
        "SourceImage": {"Bytes": bytes(index % 251 for index in range(size))},
        "TargetImage": {"Bytes": b"\xff" * size},
    }
    content = serialize(AwsRequest("rekognition", "CompareFaces", params))
    assert content.body == of_botocore("rekognition", "CompareFaces", params)["body"]


@pytest.mark.parametrize("api", list(APIS))
def test_an_api_is_described_as_in_its_service_model(api):
    model, own = service_model(api), APIS[api]
    assert own.service_id == model.service_id
    assert own.domain == model.endpoint_prefix
    assert own.signing_name == model.signing_name
    assert own.protocol == model.resolved_protocol
    assert own.version == model.api_version
    assert own.json_version == model.metadata.get("jsonVersion", "")
    assert own.target_prefix == model.metadata.get("targetPrefix", "")
    assert own.query_compatible == ("awsQueryCompatible" in model.metadata)
    assert model.signature_version == "v4"
    assert model.metadata.get("auth", ["aws.auth#sigv4"]) == ["aws.auth#sigv4"]


def test_a_member_that_the_installed_botocore_does_not_know_is_sent():
    content = serialize(AwsRequest("ivs", "CreateChannel", {"name": "a", "memberOf2030": [1]}))
    assert content.body == b'{"name": "a", "memberOf2030": [1]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_not_sent(number):
    with pytest.raises(RequestError, match="MinConfidence"):
        serialize(AwsRequest("rekognition", "StartLabelDetection", {"MinConfidence": number}))
