"""Calls by the service's own names: what is repeated, what is rejected, what comes back."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from kit_options import FAST, T0
from valid_members import definition

from vidkit import (
    AmbiguousError,
    DecodeError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    RetryPolicy,
    ThrottledError,
    VidKit,
    VidKitTimeoutError,
)
from vidkit.transports.aws import api_model

ARN = "arn:aws:ivs:us-east-1:123456789012:channel/abcDEF123456"
VIDEO = {"S3Object": {"Bucket": "b", "Name": "clip.mp4"}}
KEY = "sk_us-east-1_abcDEF123456_secretsecretsecret"
REVOCATION = {"channelArn": ARN, "viewerId": "v1"}
USER = {"CollectionId": "staff", "UserId": "u1"}
SAFE = [
    ("rekognition", "DetectCustomLabels", {"ProjectVersionArn": "arn", "Image": {"Bytes": b"a"}}),
    ("rekognition", "ListCollections", {}),
    ("ivs", "BatchGetChannel", {"arns": [ARN]}),
    ("images", "DescribeStream", {"StreamName": "front-door"}),
    # These have an idempotency token: given, or required by the model and added.
    ("rekognition", "StartLabelDetection", {"Video": VIDEO, "ClientRequestToken": "t1"}),
    ("rekognition", "CreateUser", USER),
    # The model calls it idempotent, and it needs no token.
    ("ivs", "UntagResource", {"resourceArn": ARN, "tagKeys": ["a"]}),
]
UNSAFE = [
    ("ivs", "CreateChannel", {}),
    ("ivs", "PutMetadata", {"channelArn": ARN, "metadata": "a"}),
    ("rekognition", "StartLabelDetection", {"Video": VIDEO}),
    ("images", "DeleteStream", {"StreamARN": "arn"}),
    # The model calls it read-only.
    ("ivs", "StartViewerSessionRevocation", REVOCATION),
]


@pytest.mark.parametrize(("client", "operation", "params"), SAFE, ids=lambda one: str(one)[:30])
async def test_what_is_safe_to_repeat_is_repeated_unchanged(scripted, client, operation, params):
    scripted.drop().json({})
    async with scripted.kit() as kit:
        await getattr(kit, client).call(operation, params)
    first, second = (body for _, body in scripted.requests)
    assert first == second
    if operation == "CreateUser":
        assert len(json.loads(first)["ClientRequestToken"]) == 36


@pytest.mark.parametrize(("client", "operation", "params"), UNSAFE, ids=lambda one: str(one)[:30])
async def test_what_may_have_happened_and_must_not_twice_is_not_repeated(
    scripted, client, operation, params
):
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError) as caught:
            await getattr(kit, client).call(operation, params)
    assert (caught.value.service, caught.value.operation) == (client, operation)
    assert len(scripted.requests) == 1


async def test_the_caller_decides_what_is_repeated(scripted):
    scripted.drop().json({"channel": {}})
    async with scripted.kit() as kit:
        assert await kit.ivs.call("CreateChannel", idempotent=True) == {"channel": {}}
        scripted.requests.clear()
        with pytest.raises(AmbiguousError):
            await kit.ivs.call("GetChannel", {"arn": ARN}, idempotent=False)
        assert len(scripted.requests) == 1
        with pytest.raises(RequestError, match="idempotent='yes': must be True, False or None"):
            await kit.ivs.call("GetChannel", {"arn": ARN}, idempotent="yes")


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (("GetChanel", {"arn": ARN}), r"operation='GetChanel': .* did you mean GetChannel"),
        (("get_channel", {"arn": ARN}), r"did you mean GetChannel\?$"),
        (("Nonsense", {}), "no operation of ivs in the installed botocore$"),
        ((7, {}), "operation=7: no operation of ivs"),
        ((["GetChannel"], {}), "no operation of ivs"),
        (("GetChannel", {"Arn": ARN}), r"^Arn: no member .* did you mean arn\?; members are arn"),
        (("GetChannel", {"arn": ARN, 7: 1}), "^int: no member of GetChannel"),
        (("GetChannel",), "^arn: missing; GetChannel requires it"),
        (("GetChannel", [ARN]), "^params: must be a mapping of members, not list"),
        (("GetChannel", {"arn": None}), "^arn: must be a string, not NoneType"),
        (("TagResource", {"resourceArn": "", "tags": {}}), "^resourceArn: must not be empty"),
        (("TagResource", {"resourceArn": "\ud800", "tags": {}}), "^TagResource: a member cannot"),
        (("TagResource", {"resourceArn": ARN, "tags": {"a": 1}}), r"^tags.a: must be a string"),
        (("TagResource", {"resourceArn": ARN, "tags": {1: "a"}}), r"^tags: a key: must be a str"),
        (("CreateChannel", {"authorized": 1}), "^authorized: must be a boolean, not int"),
        (
            ("CreateChannel", {"multitrackInputConfiguration": {"enabld": True}}),
            r"^multitrackInputConfiguration.enabld: no member .* did you mean enabled\?",
        ),
        (("BatchGetChannel", {"arns": [ARN, 5]}), r"^arns\[1\]: must be a string, not int"),
        (("BatchGetChannel", {"arns": ARN}), "^arns: must be a list, not str"),
        (("ListChannels", {"maxResults": True}), "^maxResults: must be a whole number, not bool"),
    ],
)
async def test_a_bad_call_is_rejected_before_it_is_sent(scripted, call, complaint):
    scripted.json({})
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.ivs.call(*call)
        assert re.search(complaint, caught.value.message)
        assert caught.value.service == "ivs"
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("time", "complaint"),
    [
        (T0.replace(tzinfo=None), "must be aware"),
        (1767225600, "must be an aware datetime, not int"),
        (datetime.max.replace(tzinfo=UTC), None),
    ],
)
async def test_a_timestamp_is_an_aware_datetime(scripted, time, complaint):
    scripted.json({"DataEndpoint": scripted.endpoint}).json({"Fragments": []})
    selector = {
        "FragmentSelectorType": "SERVER_TIMESTAMP",
        "TimestampRange": {"StartTimestamp": time, "EndTimestamp": time},
    }
    params = {"StreamName": "front-door", "FragmentSelector": selector}
    async with scripted.kit() as kit:
        if complaint is None:
            assert await kit.images.call("ListFragments", params) == {"Fragments": []}
            return
        path = "FragmentSelector.TimestampRange.StartTimestamp: "
        with pytest.raises(RequestError, match=f"^images.ListFragments: {path}{complaint}"):
            await kit.images.call("ListFragments", params)
    assert scripted.requests == []


async def test_a_number_that_json_does_not_have_and_a_text_for_bytes_are_rejected(scripted):
    async with scripted.kit() as kit:
        with pytest.raises(
            RequestError, match=r"^rekognition.DetectLabels: MinConfidence: must be a finite number"
        ):
            await kit.rekognition.call(
                "DetectLabels", {"Image": {"Bytes": b"a"}, "MinConfidence": float("nan")}
            )
        with pytest.raises(RequestError, match=r": Image.Bytes: must be bytes, not str"):
            await kit.rekognition.call("DetectLabels", {"Image": {"Bytes": "a"}})
    assert scripted.requests == []


async def test_a_value_that_the_model_does_not_know_is_sent(scripted):
    scripted.json({"channel": {}})
    async with scripted.kit() as kit:
        await kit.ivs.call("CreateChannel", {"type": "TYPE_OF_2030"})
    assert json.loads(scripted.requests[0][1]) == {"type": "TYPE_OF_2030"}


async def test_a_response_keeps_what_the_model_does_not_know_and_leaves_out_nulls(scripted):
    scripted.json({"channel": {"arn": ARN, "new": {"a": [1]}, "name": None}, "more": 1})
    async with scripted.kit() as kit:
        response = await kit.ivs.call("GetChannel", {"arn": ARN})
    assert response == {"channel": {"arn": ARN, "new": {"a": [1]}}, "more": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"channels": []},
        {"channel": []},
        {"channel": {"tags": "a"}},
        {"channel": {"name": {}}},
        [],
        {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}},
    ],
)
async def test_a_response_of_another_shape_is_a_decode_error(scripted, body):
    scripted.json(body)
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError) as caught:
            await kit.ivs.call("GetChannel", {"arn": ARN})
    assert (caught.value.operation, caught.value.status) == ("GetChannel", 200)
    assert len(scripted.requests) == 1


async def test_a_body_that_is_no_json_is_requested_again(scripted):
    scripted.raw(b"<html>").raw(b"").json({"channel": {}})
    async with scripted.kit() as kit:
        assert await kit.ivs.call("GetChannel", {"arn": ARN}) == {"channel": {}}
    assert len(scripted.requests) == 3


async def test_errors_are_those_of_typed_operations(scripted):
    scripted.json({"__type": "ResourceNotFoundException", "exceptionMessage": "gone"}, status=404)
    scripted.json({"__type": "ThrottlingException"}, status=400)
    scripted.json({"__type": "ValidationException", "exceptionMessage": "no"}, status=400)
    events = []
    async with scripted.kit(on_event=events.append, retry=RetryPolicy.none()) as kit:
        for kind in (NotFoundError, ThrottledError, InvalidRequestError):
            with pytest.raises(kind):
                await kit.ivs.call("GetChannel", {"arn": ARN})
    assert [(event.service, event.operation) for event in events] == [("ivs", "GetChannel")] * 3
    assert [event.error for event in events] == [
        "NotFoundError",
        "ThrottledError",
        "InvalidRequestError",
    ]


async def test_a_call_ends_with_its_deadline(scripted):
    scripted.hang()
    async with scripted.kit(deadline=0.3) as kit:
        with pytest.raises(VidKitTimeoutError, match="deadline"):
            await kit.ivs.call("GetChannel", {"arn": ARN})


async def test_the_pages_of_an_operation(scripted):
    scripted.json(PAGES[0]).json(PAGES[1]).json(PAGES[2])
    async with scripted.kit() as kit:
        pages = [page async for page in kit.ivs.call_pages("ListChannels", {"maxResults": 1})]
    assert pages == PAGES
    bodies = [json.loads(body) for _, body in scripted.requests]
    assert bodies == [
        {"maxResults": 1},
        {"maxResults": 1, "nextToken": "t2"},
        {"maxResults": 1, "nextToken": "t3"},
    ]


PAGES = [
    {"channels": [{"arn": "a"}], "nextToken": "t2"},
    {"channels": [], "nextToken": "t3"},
    {"channels": [{"arn": "b"}]},
]


@pytest.mark.parametrize(
    ("client", "operation", "params", "member"),
    [
        # In botocore's file of paginators, and only in the service model.
        ("rekognition", "ListFaces", {"CollectionId": "staff"}, "NextToken"),
        ("rekognition", "ListMediaAnalysisJobs", {}, "NextToken"),
        ("rekognition", "GetFaceDetection", {"JobId": "a1"}, "NextToken"),
        ("ivs", "ListPlaybackRestrictionPolicies", {}, "nextToken"),
        ("images", "ListTagsForStream", {"StreamName": "front-door"}, "NextToken"),
    ],
)
async def test_pages_are_known_from_paginators_or_from_the_model(
    scripted, client, operation, params, member
):
    scripted.json({member: "t2"}).json({})
    async with scripted.kit() as kit:
        pages = [page async for page in getattr(kit, client).call_pages(operation, params)]
    assert len(pages) == 2
    assert json.loads(scripted.requests[1][1]) == {**params, member: "t2"}


async def test_pages_begin_at_a_token_that_is_given_and_an_error_names_that_of_its_page(scripted):
    scripted.json(PAGES[0]).json({"__type": "AccessDeniedException"}, status=403)
    async with scripted.kit() as kit:
        pages = kit.ivs.call_pages("ListChannels", {"nextToken": "t1"})
        assert await anext(pages) == PAGES[0]
        with pytest.raises(Exception, match="AccessDenied") as caught:
            await anext(pages)
    assert caught.value.next_token == "t2"
    assert json.loads(scripted.requests[0][1]) == {"nextToken": "t1"}


@pytest.mark.parametrize("token", ["t2", 7])
async def test_pages_that_would_never_end_are_an_error(scripted, token):
    scripted.json({"channels": [], "nextToken": token})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError):
            _ = [page async for page in kit.ivs.call_pages("ListChannels")]
    assert len(scripted.requests) <= 2


async def test_an_operation_without_pages_says_so(scripted):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match="GetChannel: has no pages; use call"):
            await anext(kit.ivs.call_pages("GetChannel", {"arn": ARN}))
    assert scripted.requests == []


async def test_a_kit_that_is_not_open_calls_nothing():
    kit = VidKit(**FAST)
    with pytest.raises(RequestError, match="not open"):
        await kit.ivs.call("GetChannel", {"arn": ARN})


async def test_a_service_model_is_read_once_and_in_a_thread(scripted, monkeypatch):
    read = []
    load = api_model.ApiModel.load

    def recorded(api):
        read.append((api, threading.current_thread() is threading.main_thread()))
        return load(api)

    monkeypatch.setattr(api_model.ApiModel, "load", recorded)
    scripted.json({"channel": {}})
    async with scripted.kit() as kit:
        view = kit.with_options(deadline=5)
        calls = [one.ivs.call("GetChannel", {"arn": ARN}) for one in (kit, view, kit)]
        await asyncio.gather(*calls)
    assert read == [("ivs", False)]


def test_typed_operations_read_no_service_model(tmp_path):
    code = (
        "import asyncio, sys\n"
        "from vidkit.local import LocalCloud\n"
        "async def main():\n"
        "    async with LocalCloud() as cloud, cloud.kit() as kit:\n"
        "        await kit.ivs.list_channels().collect()\n"
        "        before = 'vidkit.transports.aws.api_model' in sys.modules\n"
        "        async for page in kit.ivs.call_pages('ListChannels'): pass\n"
        "        print(before, 'vidkit.transports.aws.api_model' in sys.modules)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


async def test_a_secret_of_a_response_is_in_the_response_alone(scripted, caplog):
    caplog.set_level(logging.DEBUG)
    events = []
    scripted.json({"streamKey": {"arn": ARN, "value": KEY}})
    scripted.json({"streamKey": KEY})
    async with scripted.kit(on_event=events.append) as kit:
        response = await kit.ivs.call("CreateStreamKey", {"channelArn": ARN})
        assert response["streamKey"]["value"] == KEY
        with pytest.raises(DecodeError) as caught:
            await kit.ivs.call("GetStreamKey", {"arn": ARN})
        with pytest.raises(RequestError) as rejected:
            await kit.ivs.call("GetStreamKey", {"arn": [KEY]})
    assert len(events) == 2
    told = [caplog.text, repr(events), repr(caught.value), str(caught.value), repr(rejected.value)]
    assert not [text for text in told if KEY in text]


async def test_a_service_model_of_ones_own_makes_its_operations_known(
    scripted, tmp_path, monkeypatch
):
    model = json.loads(json.dumps(definition("ivs")))
    model["operations"]["ListRehearsals"] = model["operations"]["ListChannels"] | {
        "name": "ListRehearsals",
        "http": {"method": "GET", "requestUri": "/v2/rehearsals"},
    }
    folder = tmp_path / "ivs" / "2020-07-14"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    scripted.json({"channels": []})
    async with scripted.kit() as kit:
        assert await kit.ivs.call("ListRehearsals") == {"channels": []}
    request, _ = scripted.requests[0]
    assert (request.method, request.path) == ("GET", "/v2/rehearsals")
