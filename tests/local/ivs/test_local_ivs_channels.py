import json
import re

import pytest
from botocore.client import Config
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.ivs.channel_rules import changed_settings, new_settings
from vidkit.local.ivs.error_responses import HEADERS
from vidkit.local.protocol.wire import ApiError

ACCOUNT = "arn:aws:ivs:us-east-1:123456789012"
MISSING = f"{ACCOUNT}:channel/abcdefABCDEF"
MISSING_POLICY = f"{ACCOUNT}:playback-restriction-policy/abcdefABCDEF"
RECORDING = f"{ACCOUNT}:recording-configuration/abcdefABCDEF"
ADS = f"{ACCOUNT}:ad-configuration/abcdefABCDEF"
MULTITRACK = {"enabled": True, "policy": "REQUIRE", "maximumResolution": "HD"}
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.fixture
def ivs(cloud):
    with boto(cloud, "ivs", config=UNCHECKED) as client:
        yield client


async def create(ivs, **members):
    return (await call(ivs.create_channel, **members))["channel"]


async def get(ivs, arn):
    return (await call(ivs.get_channel, arn=arn))["channel"]


async def policy_arn(ivs):
    return (await call(ivs.create_playback_restriction_policy))["playbackRestrictionPolicy"]["arn"]


async def names(ivs, **parameters):
    page = await call(ivs.list_channels, **parameters)
    return [channel["name"] for channel in page["channels"]]


async def test_a_channel_is_created_with_the_documented_defaults_and_a_stream_key(ivs):
    response = await call(ivs.create_channel)
    channel, key = response["channel"], response["streamKey"]
    assert await get(ivs, channel["arn"]) == channel
    arn = channel.pop("arn")
    assert re.fullmatch(rf"{ACCOUNT}:channel/[A-Za-z0-9]{{12}}", arn)
    assert re.fullmatch(
        r"[0-9a-f]{12}\.global-contribute\.live-video\.net", channel["ingestEndpoint"]
    )
    label = channel.pop("ingestEndpoint").partition(".")[0]
    suffix = arn.rpartition("/")[2]
    assert channel.pop("playbackUrl") == (
        f"https://{label}.us-east-1.playback.live-video.net"
        f"/api/video/v1/us-east-1.123456789012.channel.{suffix}.m3u8"
    )
    srt = channel.pop("srt")
    assert srt["endpoint"] == f"{label}.srt.live-video.net"
    assert 10 <= len(srt["passphrase"]) <= 79
    assert channel == {
        "name": "",
        "latencyMode": "LOW",
        "type": "STANDARD",
        "recordingConfigurationArn": "",
        "authorized": False,
        "insecureIngest": False,
        "preset": "",
        "playbackRestrictionPolicyArn": "",
        "multitrackInputConfiguration": {
            "enabled": False,
            "policy": "ALLOW",
            "maximumResolution": "FULL_HD",
        },
        "containerFormat": "TS",
        "adConfigurationArn": "",
        "tags": {},
    }
    assert re.fullmatch(rf"{ACCOUNT}:stream-key/[A-Za-z0-9]{{12}}", key["arn"])
    key_suffix = key["arn"].rpartition("/")[2]
    assert re.fullmatch(rf"sk_us-east-1_{key_suffix}_[A-Za-z0-9]+", key["value"])
    assert (key["channelArn"], key["tags"]) == (arn, {})


async def test_a_channel_keeps_what_it_was_created_with(ivs):
    wanted = {
        "name": "studio-1",
        "latencyMode": "NORMAL",
        "type": "STANDARD",
        "authorized": True,
        "insecureIngest": True,
        "recordingConfigurationArn": RECORDING,
        "playbackRestrictionPolicyArn": await policy_arn(ivs),
        "multitrackInputConfiguration": MULTITRACK,
        "containerFormat": "FRAGMENTED_MP4",
        "adConfigurationArn": ADS,
        "tags": {"team": "video"},
    }
    channel = await create(ivs, **wanted)
    assert {name: channel[name] for name in wanted} == wanted
    assert await get(ivs, channel["arn"]) == channel


async def test_two_channels_share_neither_arn_nor_secrets(ivs):
    one, other = await call(ivs.create_channel), await call(ivs.create_channel)
    assert one["channel"]["arn"] != other["channel"]["arn"]
    assert one["streamKey"]["value"] != other["streamKey"]["value"]
    assert one["channel"]["srt"]["passphrase"] != other["channel"]["srt"]["passphrase"]
    assert one["channel"]["ingestEndpoint"] == other["channel"]["ingestEndpoint"]


async def test_an_update_changes_what_it_names_and_an_empty_arn_detaches(ivs):
    policy = await policy_arn(ivs)
    channel = await create(ivs, name="a", recordingConfigurationArn=RECORDING, tags={"k": "v"})
    arn = channel["arn"]
    updated = await call(
        ivs.update_channel,
        arn=arn,
        name="b",
        authorized=True,
        playbackRestrictionPolicyArn=policy,
        adConfigurationArn=ADS,
    )
    changes = {
        "name": "b",
        "authorized": True,
        "playbackRestrictionPolicyArn": policy,
        "adConfigurationArn": ADS,
    }
    assert updated["channel"] == {**channel, **changes}
    detached = dict.fromkeys(
        ("recordingConfigurationArn", "playbackRestrictionPolicyArn", "adConfigurationArn"), ""
    )
    await call(ivs.update_channel, arn=arn, **detached)
    assert await get(ivs, arn) == {**channel, "name": "b", "authorized": True, **detached}
    assert (await call(ivs.update_channel, arn=arn))["channel"] == await get(ivs, arn)


async def test_a_deleted_channel_is_gone_with_its_stream_key(ivs):
    response = await call(ivs.create_channel)
    arn = response["channel"]["arn"]
    deleted = await call(ivs.delete_channel, arn=arn)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    for function, parameters in (
        (ivs.get_channel, {"arn": arn}),
        (ivs.update_channel, {"arn": arn, "name": "b"}),
        (ivs.delete_channel, {"arn": arn}),
        (ivs.list_stream_sessions, {"channelArn": arn}),
        (ivs.list_tags_for_resource, {"resourceArn": response["streamKey"]["arn"]}),
    ):
        error = await error_of(function, **parameters)
        assert error[:2] == (404, "ResourceNotFoundException")
    assert await names(ivs) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"name": "a b"},
        {"name": "x" * 129},
        {"latencyMode": "FAST"},
        {"type": "PREMIUM"},
        {"authorized": "yes"},
        {"recordingConfigurationArn": "arn:aws:s3:::bucket"},
        {"playbackRestrictionPolicyArn": MISSING},
        {"preset": "HIGHER_BANDWIDTH_DELIVERY"},
        {"preset": "", "type": "ADVANCED_HD"},
        {"preset": "CONSTRAINED_BANDWIDTH_DELIVERY", "type": "BASIC"},
        {"containerFormat": "MKV"},
        {"multitrackInputConfiguration": {**MULTITRACK, "maximumResolution": "UHD"}},
        {"tags": {"aws:team": "video"}},
    ],
    ids=str,
)
async def test_members_beyond_their_limits_are_rejected(ivs, parameters):
    arn = (await create(ivs, name="before"))["arn"]
    before = await get(ivs, arn)
    error = await error_of(ivs.create_channel, **parameters)
    assert error[:2] == (400, "ValidationException")
    assert next(iter(parameters)) in error[2]
    if "tags" not in parameters:
        error = await error_of(ivs.update_channel, arn=arn, **parameters)
        assert error[:2] == (400, "ValidationException")
    assert await get(ivs, arn) == before
    assert await names(ivs) == ["before"]


async def test_a_policy_must_exist_to_be_attached(ivs):
    arn = (await create(ivs))["arn"]
    missing = {"playbackRestrictionPolicyArn": MISSING_POLICY}
    error = await error_of(ivs.create_channel, **missing)
    assert error[:2] == (404, "ResourceNotFoundException")
    assert MISSING_POLICY in error[2]
    error = await error_of(ivs.update_channel, arn=arn, name="after", **missing)
    assert error[:2] == (404, "ResourceNotFoundException")
    assert await names(ivs) == [""]


async def test_a_policy_in_use_cannot_be_deleted(ivs):
    policy = await policy_arn(ivs)
    arn = (await create(ivs, playbackRestrictionPolicyArn=policy))["arn"]
    error = await error_of(ivs.delete_playback_restriction_policy, arn=policy)
    assert error[:2] == (409, "ConflictException")
    assert arn in error[2]
    await call(ivs.update_playback_restriction_policy, arn=policy, name="still-changeable")
    await call(ivs.update_channel, arn=arn, playbackRestrictionPolicyArn="")
    await call(ivs.delete_playback_restriction_policy, arn=policy)
    assert (await call(ivs.list_playback_restriction_policies))["playbackRestrictionPolicies"] == []


async def test_a_batch_lists_channels_and_errors_for_missing_ones(ivs):
    channels = [await create(ivs, name=f"channel-{index}") for index in range(3)]
    arns = [channels[2]["arn"], MISSING, channels[0]["arn"], channels[2]["arn"]]
    response = await call(ivs.batch_get_channel, arns=arns)
    assert response["channels"] == [channels[2], channels[0]]
    (error,) = response["errors"]
    assert (error["arn"], error["code"]) == (MISSING, "ResourceNotFoundException")
    assert MISSING in error["message"]


async def test_a_batch_response_has_the_members_that_are_headers(ivs):
    response = await call(ivs.batch_get_channel, arns=[MISSING])
    assert {name: response[name] for name in response if name != "ResponseMetadata"} == {
        "accessControlAllowOrigin": "*",
        "accessControlExposeHeaders": "*",
        "cacheControl": "no-store, no-cache",
        "contentSecurityPolicy": HEADERS["Content-Security-Policy"],
        "strictTransportSecurity": HEADERS["Strict-Transport-Security"],
        "xContentTypeOptions": "nosniff",
        "xFrameOptions": "DENY",
        "channels": [],
        "errors": response["errors"],
    }


@pytest.mark.parametrize(
    "arns", [[], [MISSING] * 51, ["nonsense"], [MISSING_POLICY], None], ids=["0", "51", *"ABC"]
)
async def test_a_batch_is_of_one_to_fifty_arns_of_channels(ivs, arns):
    error = await error_of(ivs.batch_get_channel, **({} if arns is None else {"arns": arns}))
    assert error[:2] == (400, "ValidationException")
    assert "arns" in error[2]


async def test_lists_show_summaries_in_order_of_creation(ivs):
    channels = [
        await create(ivs, name=f"channel-{index}", tags={"n": str(index)}) for index in range(3)
    ]
    page = await call(ivs.list_channels)
    assert "nextToken" not in page
    assert [summary["arn"] for summary in page["channels"]] == [each["arn"] for each in channels]
    assert page["channels"][1] == {
        "arn": channels[1]["arn"],
        "name": "channel-1",
        "latencyMode": "LOW",
        "authorized": False,
        "recordingConfigurationArn": "",
        "tags": {"n": "1"},
        "insecureIngest": False,
        "type": "STANDARD",
        "preset": "",
        "playbackRestrictionPolicyArn": "",
        "adConfigurationArn": "",
    }


async def test_a_page_has_a_hundred_channels_by_default(cloud, ivs):
    from vidkit.local.ivs.channels import Channels
    from vidkit.local.ivs.store import Pages

    made = Channels(cloud.state, Pages())
    for index in range(101):
        made.create({"name": f"channel-{index}"})
    paginator = ivs.get_paginator("list_channels")
    sizes = [len(page["channels"]) for page in await call(lambda: list(paginator.paginate()))]
    assert sizes == [100, 1]
    assert (await error_of(ivs.list_channels, maxResults=101))[:2] == (400, "ValidationException")
    assert (await error_of(ivs.list_channels, maxResults=0))[:2] == (400, "ValidationException")


async def test_each_filter_finds_exactly_what_it_names(ivs):
    policy = await policy_arn(ivs)
    await create(ivs, name="plain")
    await create(ivs, name="plain-2")
    await create(ivs, name="recorded", recordingConfigurationArn=RECORDING)
    await create(ivs, name="restricted", playbackRestrictionPolicyArn=policy)
    await create(ivs, name="advertised", adConfigurationArn=ADS)
    assert await names(ivs, filterByName="plain") == ["plain"]
    assert await names(ivs, filterByName="PLAIN") == []
    assert await names(ivs, filterByRecordingConfigurationArn=RECORDING) == ["recorded"]
    assert await names(ivs, filterByPlaybackRestrictionPolicyArn=policy) == ["restricted"]
    assert await names(ivs, filterByPlaybackRestrictionPolicyArn=MISSING_POLICY) == []
    assert await names(ivs, filterByAdConfigurationArn=ADS) == ["advertised"]


async def test_filters_exclude_each_other(ivs):
    error = await error_of(ivs.list_channels, filterByName="a", filterByAdConfigurationArn=ADS)
    assert error[:2] == (409, "ConflictException")
    assert "filterByName" in error[2]


async def test_a_token_is_valid_for_its_own_request_only(ivs):
    for name in ("a", "b", "a", "a"):
        await create(ivs, name=name)
    page = await call(ivs.list_channels, filterByName="a", maxResults=1)
    token = page["nextToken"]
    assert re.fullmatch(r"[a-zA-Z0-9+/=_-]{1,1024}", token)
    rest = await call(ivs.list_channels, filterByName="a", maxResults=5, nextToken=token)
    assert len(rest["channels"]) == 2
    for parameters in ({}, {"filterByName": "b"}, {"filterByAdConfigurationArn": ""}):
        error = await error_of(ivs.list_channels, nextToken=token, **parameters)
        assert error[:2] == (400, "ValidationException")
        assert "nextToken" in error[2]
    error = await error_of(ivs.list_playback_restriction_policies, nextToken=token)
    assert error[:2] == (400, "ValidationException")


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
async def test_a_missing_channel_is_not_found(ivs, operation):
    function = getattr(ivs, f"{operation}_channel")
    assert (await error_of(function, arn=MISSING))[:2] == (404, "ResourceNotFoundException")
    for arn in ("nonsense", MISSING_POLICY, "", None):
        error = await error_of(function, **({} if arn is None else {"arn": arn}))
        assert error[:2] == (400, "ValidationException")


async def test_an_error_response_has_its_message_and_the_members_that_are_headers(cloud):
    body = json.dumps({"arn": MISSING}).encode()
    headers = signed_headers(cloud, "POST", "/GetChannel", body, service="ivs")
    status, response_headers, response_body = await send(
        cloud, "POST", "/GetChannel", body, headers
    )
    assert status == 404
    message = f"There is no channel {MISSING}."
    assert json.loads(response_body) == {"exceptionMessage": message, "message": message}
    assert response_headers["x-amzn-ErrorType"] == "ResourceNotFoundException"
    assert {name: response_headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("target", ["/CreateChannel", "/StopStream", "/tags/arn%3Aaws%3Aivs%3Ax"])
async def test_unsigned_requests_are_rejected_by_ivs(cloud, target):
    status, response_headers, _ = await send(cloud, "POST", target, b"{}")
    assert (status, response_headers["x-amzn-ErrorType"]) == (
        403,
        "MissingAuthenticationTokenException",
    )
    assert cloud.calls[-1].service == "ivs"


def test_a_preset_comes_and_goes_with_an_advanced_type():
    channel = new_settings({"type": "ADVANCED_HD", "preset": "CONSTRAINED_BANDWIDTH_DELIVERY"})
    assert channel["preset"] == "CONSTRAINED_BANDWIDTH_DELIVERY"
    assert changed_settings(channel, {"name": "a"})["preset"] == "CONSTRAINED_BANDWIDTH_DELIVERY"
    assert changed_settings(channel, {"type": "ADVANCED_SD"})["preset"] == channel["preset"]
    plain = changed_settings(channel, {"type": "BASIC"})
    assert plain["preset"] == ""
    assert changed_settings(plain, {"type": "ADVANCED_SD"})["preset"] == "HIGHER_BANDWIDTH_DELIVERY"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "BASIC"}, "STANDARD"),
        ({"type": "ADVANCED_SD"}, "STANDARD"),
        ({"containerFormat": "TS"}, "FRAGMENTED_MP4"),
        ({"containerFormat": None}, "FRAGMENTED_MP4"),
        (
            {"multitrackInputConfiguration": {"enabled": True, "policy": "ALLOW"}},
            "maximumResolution",
        ),
        ({"multitrackInputConfiguration": {"enabled": True, "maximumResolution": "SD"}}, "policy"),
    ],
)
def test_multitrack_input_needs_what_goes_with_it(changes, message):
    whole = {"multitrackInputConfiguration": MULTITRACK, "containerFormat": "FRAGMENTED_MP4"}
    assert new_settings(whole)["multitrackInputConfiguration"] == MULTITRACK
    asked = {name: value for name, value in {**whole, **changes}.items() if value is not None}
    with pytest.raises(ApiError, match=message) as caught:
        new_settings(asked)
    assert (caught.value.code, caught.value.status) == ("ValidationException", 400)


def test_an_update_may_change_a_part_of_the_multitrack_configuration():
    enabled = new_settings(
        {"multitrackInputConfiguration": MULTITRACK, "containerFormat": "FRAGMENTED_MP4"}
    )
    for wrong in ({"type": "BASIC"}, {"containerFormat": "TS"}):
        with pytest.raises(ApiError, match="multitrackInputConfiguration"):
            changed_settings(enabled, wrong)
    disabled = changed_settings(
        enabled, {"multitrackInputConfiguration": {"enabled": False}, "containerFormat": "TS"}
    )
    assert disabled["multitrackInputConfiguration"] == {**MULTITRACK, "enabled": False}
    assert changed_settings(disabled, {"type": "BASIC"})["type"] == "BASIC"
    smaller = changed_settings(
        enabled, {"multitrackInputConfiguration": {"maximumResolution": "SD"}}
    )
    assert smaller["multitrackInputConfiguration"] == {**MULTITRACK, "maximumResolution": "SD"}
