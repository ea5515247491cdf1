"""Requests and responses by the complete service model, beside the lean wire and botocore."""

import json
from datetime import UTC, datetime

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from modeled_server import operations
from valid_members import Values, definition

from vidkit import DecodeError, NotSupportedError, RequestError
from vidkit.transports.aws.api_model import ApiModel
from vidkit.transports.aws.serialization import serialize
from vidkit.transports.base import AwsRequest, HttpResponse

MODELS = {api: ApiModel.load(api) for api, _ in operations()}


@pytest.mark.parametrize(("api", "name"), operations())
def test_a_request_is_the_same_as_that_of_a_typed_operation(api, name):
    operation = definition(api)["operations"][name]
    given = Values(api, name).make(operation["input"]) if "input" in operation else {}
    written = MODELS[api].operation(name).request(given)
    assert written.content == serialize(AwsRequest(api, name, given))


@pytest.mark.parametrize(("api", "name"), operations())
def test_a_response_is_read_as_botocore_reads_it(api, name):
    operation = definition(api)["operations"][name]
    model = ServiceModel(definition(api))
    body, headers = b"", {"content-type": "video/mp4"}
    if "output" in operation:
        values = Values(api, name)
        shape = values.shapes[operation["output"]["shape"]]
        returned = values.structure(shape)
        in_body = {
            member: value
            for member, value in returned.items()
            if "location" not in shape["members"][member]
        }
        body = json.dumps(values.wire(operation["output"], in_body)).encode()
    theirs = create_parser(model.resolved_protocol).parse(
        # It decodes bytes, but not what it takes for a stream.
        {
            "status_code": 200,
            "headers": HeadersDict(headers),
            "body": memoryview(body) if is_media(api, name) else body,
        },
        model.operation_model(name).output_shape,
    )
    theirs.pop("ResponseMetadata", None)
    assert MODELS[api].operation(name).read(HttpResponse(200, body, headers)) == theirs


def is_media(api, name):
    return ServiceModel(definition(api)).operation_model(name).has_streaming_output


def made_up(shapes, *, output=None, **operation):
    """An operation of an API of one's own, whose shapes are the given ones."""
    basic = {
        "String": {"type": "string"},
        "Integer": {"type": "integer"},
        "Boolean": {"type": "boolean"},
        "Double": {"type": "double"},
        "Time": {"type": "timestamp"},
        "IsoTime": {"type": "timestamp", "timestampFormat": "iso8601"},
        "Blob": {"type": "blob"},
        "Document": {"type": "structure", "document": True, "members": {}},
    }
    defined = {
        "name": "Do",
        "http": {"method": "POST", "requestUri": "/do/{Id}"},
        "input": {"shape": "Input"},
        **({"output": {"shape": output}} if output else {}),
        **operation,
    }
    metadata = {
        "protocol": "rest-json",
        "protocols": ["rest-json"],
        "apiVersion": "1",
        "endpointPrefix": "x",
    }
    shapes = basic | {"Input": {"type": "structure", "members": {}}} | shapes
    model = {"metadata": metadata, "operations": {"Do": defined}, "shapes": shapes}
    return ApiModel("ivs", model, {}).operation("Do")


def structure(required=(), **members):
    return {
        "type": "structure",
        "required": list(required),
        "members": {
            name: member if isinstance(member, dict) else {"shape": member}
            for name, member in members.items()
        },
    }


def test_what_a_later_model_may_ask_for_is_written():
    operation = made_up(
        {
            "Input": structure(
                Id={"shape": "String", "location": "uri", "locationName": "Id"},
                At="IsoTime",
                Tag={"shape": "String", "locationName": "tag-name"},
                Kind={"shape": "String", "location": "header", "locationName": "x-kind"},
                Any="Document",
            )
        }
    )
    content = operation.request(
        {
            "Id": "a/b",
            "At": datetime(2026, 1, 1, tzinfo=UTC),
            "Tag": "t",
            "Kind": "k",
            "Any": {"free": [1]},
        }
    ).content
    assert content.target == "/do/a%2Fb"
    assert content.headers["x-kind"] == "k"
    assert json.loads(content.body) == {
        "At": "2026-01-01T00:00:00Z",
        "tag-name": "t",
        "Any": {"free": [1]},
    }


def test_a_union_has_one_member():
    shapes = {
        "One": structure(A="String", B="String") | {"union": True},
        "Input": structure(One="One"),
    }
    operation = made_up(shapes, http={"method": "POST", "requestUri": "/do"})
    assert json.loads(operation.request({"One": {"A": "a"}}).content.body) == {"One": {"A": "a"}}
    for value in ({}, {"A": "a", "B": "b"}):
        with pytest.raises(RequestError, match=r"^One: give exactly one member; members are A, B"):
            operation.request({"One": value})


def test_members_that_contain_themselves_are_rejected():
    shapes = {
        "Tree": structure(Next="Tree"),
        "Input": structure(Tree="Tree"),
    }
    tree = {}
    tree["Next"] = tree
    operation = made_up(shapes, http={"method": "POST", "requestUri": "/do"})
    with pytest.raises(RequestError, match="nested too deeply"):
        operation.request({"Tree": tree})


@pytest.mark.parametrize("trait", [{"endpoint": {"hostPrefix": "data-"}}, {"output": "Events"}])
def test_what_cannot_be_sent_says_so(trait):
    shapes = {
        "Events": structure(Stream="Stream"),
        "Stream": structure(A="Output") | {"eventstream": True},
        "Output": structure(),
    }
    with pytest.raises(NotSupportedError, match="Do cannot be called"):
        made_up(shapes, **trait)


HEAD = {
    "Status": {"shape": "Integer", "location": "statusCode"},
    "Text": {"shape": "String", "location": "header", "locationName": "X-Text"},
    "Count": {"shape": "Integer", "location": "header", "locationName": "X-Count"},
    "Ratio": {"shape": "Double", "location": "header", "locationName": "X-Ratio"},
    "Flag": {"shape": "Boolean", "location": "header", "locationName": "X-Flag"},
    "Date": {"shape": "Time", "location": "header", "locationName": "Date"},
}


def test_members_in_the_head_of_a_response_are_read():
    operation = made_up({"Output": structure(**HEAD)}, output="Output")
    headers = {
        "x-text": "a",
        "x-count": "7",
        "x-ratio": "0.5",
        "x-flag": "true",
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
    }
    assert operation.read(HttpResponse(202, b"", headers)) == {
        "Status": 202,
        "Text": "a",
        "Count": 7,
        "Ratio": 0.5,
        "Flag": True,
        "Date": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert operation.read(HttpResponse(200, b"", {})) == {"Status": 200}


@pytest.mark.parametrize("headers", [{"x-count": "many"}, {"date": "soon"}, {"x-ratio": "a"}])
def test_a_header_without_a_valid_value_is_a_decode_error(headers):
    operation = made_up({"Output": structure(**HEAD)}, output="Output")
    with pytest.raises(DecodeError, match="has no valid value"):
        operation.read(HttpResponse(200, b"", headers))


@pytest.mark.parametrize(
    ("payload", "body", "value"),
    [
        ("String", "ä".encode(), "ä"),
        ("Blob", b"\xff", b"\xff"),
        ("Inner", b'{"A": "a"}', {"A": "a"}),
    ],
)
def test_a_payload_is_the_whole_body(payload, body, value):
    shapes = {
        "Output": structure(P=payload) | {"payload": "P"},
        "Inner": structure(A="String"),
    }
    operation = made_up(shapes, output="Output")
    assert operation.read(HttpResponse(200, body, {})) == {"P": value}


@pytest.mark.parametrize(
    ("payload", "body"), [("String", b"\xff"), ("Inner", b"["), ("Inner", b"[]")]
)
def test_a_payload_of_another_type_is_a_decode_error(payload, body):
    shapes = {
        "Output": structure(P=payload) | {"payload": "P"},
        "Inner": structure(A="String"),
    }
    with pytest.raises(DecodeError):
        made_up(shapes, output="Output").read(HttpResponse(200, body, {}))


OUTPUT = {
    "Output": structure(
        At="Time", Iso="IsoTime", Data="Blob", Map="Map", List="List", Any="Document", Word="String"
    ),
    "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Blob"}},
    "List": {"type": "list", "member": {"shape": "Time"}},
}


@pytest.mark.parametrize(
    ("content", "members"),
    [
        ({"At": 1767225600.123}, {"At": datetime(2026, 1, 1, microsecond=123000, tzinfo=UTC)}),
        ({"At": 0.001}, {"At": datetime(1970, 1, 1, microsecond=1000, tzinfo=UTC)}),
        ({"At": -1}, {"At": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)}),
        ({"Iso": "2026-01-01T01:00:00+01:00"}, {"Iso": datetime(2026, 1, 1, tzinfo=UTC)}),
        ({"Data": "/w=="}, {"Data": b"\xff"}),
        ({"Map": {"a": "YQ==", "b": None}}, {"Map": {"a": b"a", "b": None}}),
        ({"List": [0]}, {"List": [datetime(1970, 1, 1, tzinfo=UTC)]}),
        ({"Any": [{"At": 1}]}, {"Any": [{"At": 1}]}),
        ({"Word": None}, {}),
        ({}, {}),
    ],
)
def test_values_are_converted_by_their_shapes(content, members):
    body = json.dumps(content).encode()
    found = made_up(OUTPUT, output="Output").read(HttpResponse(200, body, {}))
    assert found == members
    for value in found.values():
        if isinstance(value, datetime):
            assert value.tzinfo is UTC


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"At": "soon"}, "At has no valid value"),
        ({"At": 1e300}, "At has no valid value"),
        ({"At": float("nan")}, "At has no valid value"),
        ({"At": []}, "At has no valid value"),
        ({"Data": "a"}, "Data has no valid value"),
        ({"Data": 7}, "Data is no base64"),
        ({"Map": []}, "Map is no object"),
        ({"Map": {"a": 7}}, r"Map\.a is no base64"),
        ({"List": {}}, "List is no list"),
        ({"List": [0, "x"]}, r"List\[1\] has no valid value"),
        ({"Word": {}}, "Word is no single value"),
        ({"Other": 1}, "the response has no member of Do"),
        ([], "is no JSON object"),
    ],
)
def test_a_value_of_another_type_is_a_decode_error(content, place):
    body = json.dumps(content).encode()
    with pytest.raises(DecodeError, match=place):
        made_up(OUTPUT, output="Output").read(HttpResponse(200, body, {}))


def test_a_response_that_is_nested_too_deeply_is_a_decode_error():
    with pytest.raises(DecodeError, match="nested too deeply"):
        made_up(OUTPUT, output="Output").read(HttpResponse(200, b"[" * 200_000, {}))


@pytest.mark.parametrize(
    ("paginator", "members"),
    [
        ({"input_token": "Marker", "output_token": "NextMarker"}, ("Marker", "NextMarker")),
        ({"input_token": ["Marker"], "output_token": ["A || B"]}, ("NextToken", "NextToken")),
        ({"input_token": "Gone", "output_token": "NextMarker"}, ("NextToken", "NextToken")),
    ],
)
def test_page_tokens_are_those_of_the_paginator_or_of_the_model(paginator, members):
    shapes = {
        "Input": structure(Marker="String", NextToken="String"),
        "Output": structure(NextMarker="String", NextToken="String"),
    }
    operation = made_up(shapes, output="Output")
    operation._paginator = paginator
    assert (operation.page_members.input, operation.page_members.output) == members
