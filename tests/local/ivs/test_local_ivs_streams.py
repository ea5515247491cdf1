import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from botocore.client import Config
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.ivs.account import MAX_SESSIONS, IvsAccount

MISSING = "arn:aws:ivs:us-east-1:123456789012:channel/abcdefABCDEF"
T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


class Clock:
    """The time, and that much more of it with each ``wait``."""

    def __init__(self):
        self.passed = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.passed

    def wait(self, seconds):
        self.passed += timedelta(seconds=seconds)


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        running.state.now = Clock()
        yield running


@pytest.fixture
def ivs(cloud):
    with boto(cloud, "ivs", config=UNCHECKED) as client:
        yield client


@pytest.fixture
async def arn(ivs):
    return (await call(ivs.create_channel, name="studio"))["channel"]["arn"]


async def session(ivs, arn, **parameters):
    response = await call(ivs.get_stream_session, channelArn=arn, **parameters)
    return response["streamSession"]


async def sessions(ivs, arn, **parameters):
    response = await call(ivs.list_stream_sessions, channelArn=arn, **parameters)
    return response["streamSessions"]


def told_events(found):
    return [event["name"] for event in found["truncatedEvents"]]


async def test_a_channel_goes_live_and_has_a_session(cloud, ivs, arn):
    channel = (await call(ivs.get_channel, arn=arn))["channel"]
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    stream_id = cloud.go_live(arn)
    assert re.fullmatch(r"st-[a-zA-Z0-9]{23}", stream_id)
    found = await session(ivs, arn)
    assert found["streamId"] == stream_id
    assert before <= found["startTime"] <= datetime.now(UTC)
    assert "endTime" not in found
    assert found["channel"] == channel
    assert told_events(found) == ["Stream Start", "Session Created"]
    assert {event["type"] for event in found["truncatedEvents"]} == {"IVS Stream State Change"}
    assert {event["eventTime"] for event in found["truncatedEvents"]} == {found["startTime"]}
    assert await sessions(ivs, arn) == [
        {"streamId": stream_id, "startTime": found["startTime"], "hasErrorEvent": False}
    ]


async def test_times_are_iso_8601_strings_on_the_wire(cloud, arn):
    cloud.state.now = lambda: T0 + timedelta(microseconds=123456)
    cloud.go_live(arn)
    body = json.dumps({"channelArn": arn}).encode()
    headers = signed_headers(cloud, "POST", "/GetStreamSession", body, service="ivs")
    # Signatures are held to the same clock.
    cloud.state.now = Clock()
    _, _, response_body = await send(cloud, "POST", "/GetStreamSession", body, headers)
    found = json.loads(response_body)["streamSession"]
    assert found["startTime"] == "2026-05-01T12:00:00.123Z"
    assert found["truncatedEvents"][0]["eventTime"] == "2026-05-01T12:00:00.123Z"


async def test_a_live_channel_cannot_be_changed(cloud, ivs, arn):
    cloud.go_live(arn)
    before = (await call(ivs.get_channel, arn=arn))["channel"]
    for function, parameters in ((ivs.update_channel, {"name": "b"}), (ivs.delete_channel, {})):
        error = await error_of(function, arn=arn, **parameters)
        assert error[:2] == (409, "ConflictException")
        assert "live" in error[2]
    assert (await call(ivs.get_channel, arn=arn))["channel"] == before
    await call(ivs.stop_stream, channelArn=arn)
    await call(ivs.update_channel, arn=arn, name="b")
    await call(ivs.delete_channel, arn=arn)


async def test_a_session_has_the_channels_settings_of_its_start(cloud, ivs, arn):
    first = cloud.go_live(arn)
    await call(ivs.tag_resource, resourceArn=arn, tags={"k": "v"})
    cloud.end_stream(arn)
    await call(ivs.update_channel, arn=arn, name="renamed", type="BASIC")
    second = cloud.go_live(arn)
    was = await session(ivs, arn, streamId=first)
    now = await session(ivs, arn, streamId=second)
    assert (was["channel"]["name"], was["channel"]["tags"]) == ("studio", {})
    assert (now["channel"]["name"], now["channel"]["tags"]) == ("renamed", {"k": "v"})
    heights = [found["ingestConfiguration"]["video"]["videoHeight"] for found in (was, now)]
    assert heights == [1080, 480]


async def test_a_stopped_stream_ends_immediately_by_default(cloud, ivs, arn):
    stream_id = cloud.go_live(arn)
    await call(ivs.stop_stream, channelArn=arn)
    found = await session(ivs, arn)
    assert found["streamId"] == stream_id
    assert found["startTime"] <= found["endTime"] <= datetime.now(UTC)
    assert told_events(found) == ["Session Ended", "Stream End", "Stream Start", "Session Created"]
    assert [event["eventTime"] for event in found["truncatedEvents"][:2]] == [found["endTime"]] * 2
    error = await error_of(ivs.stop_stream, channelArn=arn)
    assert error[:2] == (404, "ChannelNotBroadcasting")
    assert arn in error[2]


async def test_a_stopped_stream_stays_live_for_the_clouds_stop_seconds(cloud, ivs, arn):
    cloud.state.of(IvsAccount).stop_seconds = 60
    cloud.go_live(arn)
    await call(ivs.stop_stream, channelArn=arn)
    cloud.state.now.wait(30)
    await call(ivs.stop_stream, channelArn=arn)
    assert "endTime" not in await session(ivs, arn)
    assert (await error_of(ivs.delete_channel, arn=arn))[0] == 409
    with pytest.raises(ValueError, match="live already"):
        cloud.go_live(arn)
    cloud.state.now.wait(31)
    found = await session(ivs, arn)
    assert found["endTime"] - found["startTime"] >= timedelta(seconds=60)
    assert "Session Ended" in told_events(found)
    await call(ivs.delete_channel, arn=arn)


async def test_a_broadcaster_may_leave_before_a_stop_takes_effect(cloud, ivs, arn):
    cloud.state.of(IvsAccount).stop_seconds = 3600
    cloud.go_live(arn)
    await call(ivs.stop_stream, channelArn=arn)
    cloud.end_stream(arn)
    found = await session(ivs, arn)
    assert found["endTime"] - found["startTime"] < timedelta(seconds=3600)


async def test_the_delay_of_a_stop_is_an_argument_of_the_cloud():
    assert LocalCloud().state.of(IvsAccount).stop_seconds == 0
    assert LocalCloud(stop_seconds=1.5).state.of(IvsAccount).stop_seconds == 1.5
    with pytest.raises(ValueError, match="stop_seconds"):
        LocalCloud(stop_seconds=-1)


async def test_a_failure_is_an_event_of_the_session(cloud, ivs, arn):
    cloud.go_live(arn)
    cloud.end_stream(arn, failed=True)
    cloud.go_live(arn)
    cloud.end_stream(arn)
    assert [each["hasErrorEvent"] for each in await sessions(ivs, arn)] == [False, True]
    failed = await session(ivs, arn, streamId=(await sessions(ivs, arn))[1]["streamId"])
    assert told_events(failed)[:3] == ["Session Ended", "Stream End", "Stream Failure"]


async def test_multitrack_input_has_as_many_tracks_as_the_channel_takes(cloud, ivs, arn):
    cloud.go_live(arn)
    found = await session(ivs, arn)
    single = found["ingestConfigurations"]["videoConfigurations"]
    assert [video["track"] for video in single] == ["Track0"]
    avc = found["ingestConfiguration"]["video"]
    assert {**single[0], "avcProfile": "Main", "avcLevel": single[0]["level"]} == avc
    assert found["ingestConfigurations"]["audioConfigurations"] == [
        found["ingestConfiguration"]["audio"]
    ]
    cloud.end_stream(arn)
    await call(
        ivs.update_channel,
        arn=arn,
        containerFormat="FRAGMENTED_MP4",
        multitrackInputConfiguration={
            "enabled": True,
            "policy": "REQUIRE",
            "maximumResolution": "HD",
        },
    )
    cloud.go_live(arn)
    videos = (await session(ivs, arn))["ingestConfigurations"]["videoConfigurations"]
    assert [(video["track"], video["videoHeight"]) for video in videos] == [
        ("Track0", 720),
        ("Track1", 480),
    ]


async def test_sessions_are_listed_the_latest_first_in_pages(cloud, ivs, arn):
    ids = []
    for _ in range(5):
        ids.insert(0, cloud.go_live(arn))
        cloud.end_stream(arn)
    seen, token = [], ""
    page = await call(ivs.list_stream_sessions, channelArn=arn, maxResults=2, nextToken=token)
    seen.append([each["streamId"] for each in page["streamSessions"]])
    newer = cloud.go_live(arn)
    while token := page.get("nextToken"):
        page = await call(ivs.list_stream_sessions, channelArn=arn, maxResults=2, nextToken=token)
        seen.append([each["streamId"] for each in page["streamSessions"]])
    assert seen == [ids[:2], ids[2:4], ids[4:]]
    assert [each["streamId"] for each in await sessions(ivs, arn)] == [newer, *ids]


async def test_a_token_of_sessions_is_valid_for_its_own_channel_only(cloud, ivs, arn):
    other = (await call(ivs.create_channel))["channel"]["arn"]
    for _ in range(2):
        cloud.go_live(arn)
        cloud.end_stream(arn)
    page = await call(ivs.list_stream_sessions, channelArn=arn, maxResults=1)
    error = await error_of(ivs.list_stream_sessions, channelArn=other, nextToken=page["nextToken"])
    assert error[:2] == (400, "ValidationException")


async def test_a_channel_remembers_a_thousand_sessions_a_hundred_on_a_page(cloud, ivs, arn):
    ids = []
    for _ in range(MAX_SESSIONS + 1):
        ids.append(cloud.go_live(arn))
        cloud.end_stream(arn)
    assert len(await sessions(ivs, arn)) == 100
    error = await error_of(ivs.get_stream_session, channelArn=arn, streamId=ids[0])
    assert error[:2] == (404, "ResourceNotFoundException")
    assert (await session(ivs, arn, streamId=ids[1]))["streamId"] == ids[1]
    error = await error_of(ivs.list_stream_sessions, channelArn=arn, maxResults=101)
    assert error[:2] == (400, "ValidationException")


async def test_missing_sessions_are_not_found(cloud, ivs, arn):
    assert await sessions(ivs, arn) == []
    error = await error_of(ivs.get_stream_session, channelArn=arn)
    assert error[:2] == (404, "ResourceNotFoundException")
    cloud.go_live(arn)
    unknown = "st-" + "a" * 23
    error = await error_of(ivs.get_stream_session, channelArn=arn, streamId=unknown)
    assert error[:2] == (404, "ResourceNotFoundException")
    assert unknown in error[2]
    for wrong in ("st-short", "xx-" + "a" * 23):
        error = await error_of(ivs.get_stream_session, channelArn=arn, streamId=wrong)
        assert error[:2] == (400, "ValidationException")
    for function in (ivs.stop_stream, ivs.get_stream_session, ivs.list_stream_sessions):
        error = await error_of(function, channelArn=MISSING)
        assert error[:2] == (404, "ResourceNotFoundException")
        assert (await error_of(function))[:2] == (400, "ValidationException")


async def test_only_an_existing_channel_that_is_not_live_goes_live(cloud, arn):
    with pytest.raises(ValueError, match="no channel"):
        cloud.go_live(MISSING)
    with pytest.raises(ValueError, match="no channel"):
        cloud.end_stream(MISSING)
    with pytest.raises(ValueError, match="not live"):
        cloud.end_stream(arn)
    cloud.go_live(arn)
    with pytest.raises(ValueError, match="live already"):
        cloud.go_live(arn)
    cloud.end_stream(arn)
    cloud.go_live(arn)


async def test_resources_of_ivs_do_not_outlive_a_restart(cloud, ivs, arn):
    cloud.go_live(arn)
    await cloud.close()
    await cloud.start()
    with pytest.raises(ValueError, match="no channel"):
        cloud.end_stream(arn)


async def test_channels_go_live_over_http(cloud, ivs, arn):
    async def admin(path, **content):
        headers = {"Content-Type": "application/json"}
        body = json.dumps(content).encode()
        status, _, response_body = await send(cloud, "POST", f"/_local/{path}", body, headers)
        return status, json.loads(response_body)

    status, response_body = await admin("broadcasts", channel_arn=arn)
    assert status == 200
    assert (await session(ivs, arn))["streamId"] == response_body["stream_id"]
    assert (await admin("broadcasts", channel_arn=arn))[0] == 400
    assert await admin("broadcast-ends", channel_arn=arn, failed=True) == (
        200,
        {"channel_arn": arn},
    )
    assert (await sessions(ivs, arn))[0]["hasErrorEvent"] is True
    status, response_body = await admin("broadcast-ends", channel_arn=arn)
    assert (status, "not live" in response_body["error"]) == (400, True)
    assert (await admin("broadcasts"))[0] == 400
