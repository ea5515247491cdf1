"""Channels, streams and tags: which parameters are valid, and how responses are decoded."""

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import NotFoundError, RequestError, ThrottledError
from vidkit.errors import InvalidRequestError
from vidkit.ivs import BatchError, BatchGetChannelResponse, Channel, MultitrackInputConfiguration
from vidkit.ivs.channel_batches import batches, error_from_batch, merge_responses
from vidkit.ivs.models.channels import (
    CreateChannelRequest,
    CreateChannelResponse,
    GetChannelRequest,
    ListChannelsRequest,
    ListChannelsResponse,
    UpdateChannelRequest,
)
from vidkit.ivs.models.streams import (
    GetStreamSessionRequest,
    GetStreamSessionResponse,
    ListStreamSessionsResponse,
)
from vidkit.ivs.models.tags import TagResourceRequest, UntagResourceRequest
from vidkit.models.requests import to_wire
from vidkit.models.responses import decode

BASE = "arn:aws:ivs:eu-central-1:123456789012:"
ARN = f"{BASE}channel/abcDEF123456"
MULTITRACK = {"enabled": True, "policy": "ALLOW", "maximum_resolution": "FULL_HD"}


def refused(model, **parameters):
    with pytest.raises(RequestError) as caught:
        model(**parameters)
    return str(caught.value)


@pytest.mark.parametrize(
    "arn",
    [
        ARN,
        "arn:aws-cn:ivs:cn-north-1:123456789012:channel/abc",
        "arn:aws-us-gov:ivs:us-gov-west-1:123456789012:channel/a-b",
    ],
)
def test_arns_of_every_partition_pass(arn):
    assert GetChannelRequest(arn=arn).arn == arn


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "channel/abc",
        f"{BASE}playback-restriction-policy/abc",
        f"{BASE}channel/",
        f"{BASE}channel/a/b",
        ARN.replace("ivs", "s3"),
        f"{ARN}\n",
        f"{BASE}channel/{'a' * 128}",
        None,
        7,
    ],
)
def test_what_is_no_arn_of_a_channel_is_refused(arn):
    assert "arn" in refused(GetChannelRequest, arn=arn)


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("recording_configuration_arn", "recording-configuration"),
        ("playback_restriction_policy_arn", "playback-restriction-policy"),
        ("ad_configuration_arn", "ad-configuration"),
    ],
)
def test_what_a_channel_points_to_is_of_its_kind_or_empty(member, kind):
    right = f"{BASE}{kind}/abc"
    assert to_wire(UpdateChannelRequest(arn=ARN, **{member: right}))
    detached = to_wire(UpdateChannelRequest(arn=ARN, **{member: ""}))
    assert list(detached.values()) == [ARN, ""] or list(detached.values()) == ["", ARN]
    for wrong in (ARN, f"{right}/", " ", "none"):
        assert member in refused(UpdateChannelRequest, arn=ARN, **{member: wrong})


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"name": "with space"}, ["name='with space'"]),
        ({"name": "x" * 129}, ["name", "128"]),
        ({"type": "standard"}, ["type='standard'", "'STANDARD'"]),
        ({"latency_mode": "FAST"}, ["latency_mode='FAST'", "'LOW'"]),
        ({"preset": ""}, ["preset=''", "'HIGHER_BANDWIDTH_DELIVERY'"]),
        ({"container_format": "MP4"}, ["container_format='MP4'"]),
        ({"authorized": "yes"}, ["authorized='yes'"]),
        ({"insecure_ingest": 1}, ["insecure_ingest=1"]),
        ({"tags": {f"k{n}": "" for n in range(51)}}, ["tags", "50"]),
        ({"chanel_type": "STANDARD"}, ["chanel_type", "no such parameter"]),
    ],
)
def test_settings_out_of_range_are_named(parameters, words):
    told = refused(CreateChannelRequest, **parameters)
    assert told.startswith("ivs.CreateChannel: ")
    for word in words:
        assert word in told


@pytest.mark.parametrize("missing", ["policy", "maximum_resolution"])
def test_multitrack_input_needs_its_two_companions(missing):
    given = {name: value for name, value in MULTITRACK.items() if name != missing}
    assert missing in refused(MultitrackInputConfiguration, **given)
    assert MultitrackInputConfiguration(enabled=False).policy is None


@pytest.mark.parametrize("model", [CreateChannelRequest, UpdateChannelRequest])
def test_multitrack_input_needs_type_and_container(model):
    arn = {"arn": ARN} if model is UpdateChannelRequest else {}
    multitrack = MultitrackInputConfiguration(**MULTITRACK)
    both = {"multitrack_input_configuration": multitrack, **arn}
    assert "type='BASIC'" in refused(model, **both, type="BASIC", container_format="FRAGMENTED_MP4")
    assert "container_format=None" in refused(model, **both)
    assert "container_format='TS'" in refused(model, **both, container_format="TS")
    for kind in ({}, {"type": "STANDARD"}):
        wire = to_wire(model(**both, container_format="FRAGMENTED_MP4", **kind))
        assert wire["multitrackInputConfiguration"] == {
            "enabled": True,
            "policy": "ALLOW",
            "maximumResolution": "FULL_HD",
        }
    off = MultitrackInputConfiguration(enabled=False)
    model(multitrack_input_configuration=off, type="BASIC", **arn)


def test_lists_take_one_filter():
    told = refused(
        ListChannelsRequest,
        max_results=100,
        filter_by_name="a",
        filter_by_ad_configuration_arn=f"{BASE}ad-configuration/a",
    )
    assert "filter_by_name, filter_by_ad_configuration_arn" in told
    assert "one filter" in told
    for name, value in {
        "filter_by_name": "a",
        "filter_by_recording_configuration_arn": f"{BASE}recording-configuration/a",
        "filter_by_playback_restriction_policy_arn": f"{BASE}playback-restriction-policy/a",
        "filter_by_ad_configuration_arn": f"{BASE}ad-configuration/a",
    }.items():
        assert ListChannelsRequest(max_results=1, **{name: value})


@pytest.mark.parametrize(
    "stream", ["", "st-1", f"st-{'a' * 24}", f"xx-{'a' * 23}", f"st-{'-' * 23}"]
)
def test_a_stream_id_has_26_characters(stream):
    assert "stream_id" in refused(GetStreamSessionRequest, channel_arn=ARN, stream_id=stream)
    good = f"st-{'aZ0' * 7}ab"
    assert GetStreamSessionRequest(channel_arn=ARN, stream_id=good).stream_id == good


@pytest.mark.parametrize("kind", ["channel", "stream-key", "playback-restriction-policy"])
def test_every_resource_can_have_tags(kind):
    arn = f"{BASE}{kind}/abc"
    assert to_wire(TagResourceRequest(resource_arn=arn, tags={"a": ""})) == {
        "resourceArn": arn,
        "tags": {"a": ""},
    }
    for keys in ([""], ["aws:x"], [f"k{n}" for n in range(51)], "key"):
        assert "tag_keys" in refused(UntagResourceRequest, resource_arn=arn, tag_keys=keys)
    assert "resource_arn" in refused(TagResourceRequest, resource_arn="abc", tags={})


CHANNEL = {
    "arn": ARN,
    "name": "",
    "latencyMode": "SUPERLOW",
    "type": "TOMORROW",
    "preset": "",
    "recordingConfigurationArn": "",
    "playbackRestrictionPolicyArn": "",
    "srt": {"endpoint": "srt://example.com", "passphrase": "pass-secret"},
    "multitrackInputConfiguration": {"enabled": False, "policy": "MAYBE"},
    "tomorrow": {"x": 1},
}


def test_unknown_members_and_values_never_break_a_page():
    page = decode(ListChannelsResponse, json.dumps({"channels": [CHANNEL, {"arn": ARN}]}).encode())
    first, second = page.items
    assert (first.type, first.latency_mode, first.preset) == ("TOMORROW", "SUPERLOW", "")
    assert first.model_extra["tomorrow"] == {"x": 1}
    assert second.playback_restriction_policy_arn is None
    assert page.next_token is None


def test_secrets_are_shown_by_nothing_but_on_request():
    body = {"channel": CHANNEL, "streamKey": {"arn": "a", "value": "sk_secret", "channelArn": ARN}}
    made = decode(CreateChannelResponse, json.dumps(body).encode())
    shown = [
        repr(made),
        str(made),
        str(made.model_dump()),
        made.model_dump_json(by_alias=True, exclude_unset=True),
        f"{made.stream_key.value} {made.channel.srt.passphrase}",
        str(dict(made.stream_key)),
    ]
    for text in shown:
        assert "secret" not in text
    assert "**********" in shown[3]
    assert made.stream_key.value.get_secret_value() == "sk_secret"
    assert made.channel.srt.passphrase.get_secret_value() == "pass-secret"
    assert pickle.loads(pickle.dumps(made)) == made


def test_session_times_are_iso_strings_or_epoch_numbers():
    body = {
        "streamSession": {
            "streamId": "st-1ABCDEFGHIJKLMNOPQRSTUV",
            "startTime": "2026-01-01T00:00:00Z",
            "endTime": 1767225660,
            "truncatedEvents": [
                {"name": "Stream End", "eventTime": 1767225660.5},
                {"name": "Stream Start", "eventTime": "2026-01-01T01:00:00+01:00"},
                {"name": "x", "eventTime": "2026-01-01T00:00:00"},
            ],
            "ingestConfigurations": {"videoConfigurations": [], "audioConfigurations": []},
            "recordingConfiguration": {
                "arn": "",
                "destinationConfiguration": {},
                "state": "PENDING",
            },
        }
    }
    session = decode(GetStreamSessionResponse, json.dumps(body).encode()).stream_session
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert session.start_time == start
    assert (session.end_time - start).total_seconds() == 60
    times = [event.event_time for event in session.truncated_events]
    assert [(time - start).total_seconds() for time in times] == [60.5, 0, 0]
    assert all(time.utcoffset() is not None for time in times)
    assert session.recording_configuration.state == "PENDING"
    live = {"streamSessions": [{"streamId": "st-1", "endTime": None, "hasErrorEvent": False}]}
    (summary,) = decode(ListStreamSessionsResponse, json.dumps(live).encode()).items
    assert summary.end_time is None
    assert summary.start_time is None


def test_many_arns_are_asked_for_in_parts_and_once_each():
    arns = [f"{ARN}{n % 120}" for n in range(200)]
    asked = batches(arns)
    assert [len(part) for part in asked] == [50, 50, 20]
    assert [arn for part in asked for arn in part] == list(dict.fromkeys(arns))
    assert batches([]) == []


@given(st.lists(st.integers(0, 12), max_size=30), st.sets(st.integers(0, 12)), st.randoms())
def test_answers_are_put_in_the_order_asked_and_no_arn_is_lost(asked, there, random):
    arns = [f"arn:{n}" for n in asked]
    channels = [Channel(arn=f"arn:{n}") for n in there if n in asked]
    errors = [BatchError(arn=f"arn:{n}", code="404") for n in set(asked) - there if n % 2]
    random.shuffle(channels)
    random.shuffle(errors)
    half = len(channels) // 2
    answers = [
        BatchGetChannelResponse(channels=channels[:half], errors=errors),
        BatchGetChannelResponse(channels=channels[half:]),
    ]
    whole = merge_responses(arns, answers)
    assert [c.arn for c in whole.channels] == [f"arn:{n}" for n in asked if n in there]
    missing = [f"arn:{n}" for n in dict.fromkeys(asked) if n not in there]
    assert [e.arn for e in whole.errors] == missing
    for error in whole.errors:
        assert error.message or error.code == "404"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ResourceNotFoundException", NotFoundError),
        ("404", NotFoundError),
        (None, NotFoundError),
        ("ThrottlingException", ThrottledError),
        ("429", ThrottledError),
        ("Unheard", InvalidRequestError),
        ("40404", InvalidRequestError),
        ("", InvalidRequestError),
    ],
)
def test_an_error_of_a_batch_is_what_a_call_of_its_own_would_have_raised(code, error):
    found = error_from_batch(BatchError(arn=ARN, code=code, message="why"))
    assert type(found) is error
    assert (found.service, found.operation, found.status) == ("ivs", "BatchGetChannel", None)
    assert "why" in str(found)
