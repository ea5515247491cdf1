"""Channels, stream sessions and tags, on the local cloud and on scripted servers."""

import asyncio
import json
import logging
import traceback

import pytest

from vidkit import (
    AmbiguousError,
    AuthError,
    AwsConfig,
    ConflictError,
    DecodeError,
    NotFoundError,
    RequestError,
    VidKit,
)
from vidkit.ivs import MultitrackInputConfiguration

BASE = "arn:aws:ivs:us-east-1:123456789012:"
ARN = f"{BASE}channel/abcDEF123456"
GONE = f"{BASE}channel/gone00000000"


async def channels(kit, count):
    made = await asyncio.gather(*(kit.ivs.create_channel(name=f"c{n}") for n in range(count)))
    return [answer.channel for answer in made]


async def test_a_channel_from_birth_to_death(kit):
    made = await kit.ivs.create_channel(
        name="main",
        latency_mode="NORMAL",
        type="ADVANCED_HD",
        authorized=True,
        insecure_ingest=True,
        preset="CONSTRAINED_BANDWIDTH_DELIVERY",
        recording_configuration_arn=f"{BASE}recording-configuration/abc",
        ad_configuration_arn=f"{BASE}ad-configuration/abc",
        tags={"team": "video"},
    )
    channel = made.channel
    assert (channel.name, channel.type, channel.latency_mode) == ("main", "ADVANCED_HD", "NORMAL")
    assert channel.preset == "CONSTRAINED_BANDWIDTH_DELIVERY"
    assert made.stream_key.channel_arn == channel.arn
    assert await kit.ivs.get_channel(channel.arn) == channel

    changed = await kit.ivs.update_channel(
        channel.arn,
        name="second",
        type="STANDARD",
        container_format="FRAGMENTED_MP4",
        recording_configuration_arn="",
        ad_configuration_arn="",
        multitrack_input_configuration=MultitrackInputConfiguration(
            enabled=True, policy="REQUIRE", maximum_resolution="HD"
        ),
    )
    assert (changed.name, changed.type, changed.preset) == ("second", "STANDARD", "")
    assert (changed.recording_configuration_arn, changed.ad_configuration_arn) == ("", "")
    assert changed.multitrack_input_configuration.policy == "REQUIRE"
    assert changed.authorized is True

    (summary,) = await kit.ivs.list_channels().collect()
    assert (summary.arn, summary.name, summary.tags) == (channel.arn, "second", {"team": "video"})
    await kit.ivs.delete_channel(channel.arn)
    with pytest.raises(NotFoundError) as caught:
        await kit.ivs.get_channel(channel.arn)
    assert caught.value.code == "ResourceNotFoundException"


async def test_a_live_channel_can_neither_be_changed_nor_deleted(cloud, kit):
    (channel,) = await channels(kit, 1)
    cloud.go_live(channel.arn)
    with pytest.raises(ConflictError):
        await kit.ivs.update_channel(channel.arn, name="x")
    with pytest.raises(ConflictError):
        await kit.ivs.delete_channel(channel.arn)
    await kit.ivs.stop_stream(channel.arn)
    await kit.ivs.delete_channel(channel.arn)


async def test_lists_are_filtered(kit):
    made = await channels(kit, 10)
    policy = await kit.ivs.create_playback_restriction_policy(name="dach")
    await kit.ivs.update_channel(made[7].arn, playback_restriction_policy_arn=policy.arn)
    pages = [page async for page in kit.ivs.list_channels(max_results=4).pages()]
    assert [len(page.items) for page in pages] == [4, 4, 2]
    found = [channel.arn for page in pages for channel in page.items]
    assert sorted(found) == sorted(channel.arn for channel in made)
    named = await kit.ivs.list_channels(filter_by_name="c9").collect()
    assert [channel.name for channel in named] == ["c9"]
    of_policy = kit.ivs.list_channels(filter_by_playback_restriction_policy_arn=policy.arn)
    assert [channel.arn for channel in await of_policy.collect()] == [made[7].arn]
    with pytest.raises(RequestError, match="one filter"):
        kit.ivs.list_channels(
            filter_by_name="a", filter_by_playback_restriction_policy_arn=policy.arn
        )


async def test_lists_ask_for_a_hundred_a_page(scripted):
    scripted.json({"channels": [], "streamSessions": []})
    async with scripted.kit() as kit:
        assert await kit.ivs.list_channels().collect() == []
        assert await kit.ivs.list_stream_sessions(ARN).collect() == []
    sent = [json.loads(body) for _, body in scripted.requests]
    assert sent == [{"maxResults": 100}, {"channelArn": ARN, "maxResults": 100}]


async def test_any_number_of_channels_is_got_in_the_order_asked(cloud, kit):
    made = await channels(kit, 60)
    arns = [channel.arn for channel in made][::-1]
    asked = [*arns[:55], GONE, *arns[55:], arns[3], GONE]
    before = len(cloud.calls)
    found = await kit.ivs.batch_get_channel(asked)
    assert [channel.arn for channel in found.channels] == [*arns, arns[3]]
    assert [(error.arn, error.code) for error in found.errors] == [
        (GONE, "ResourceNotFoundException")
    ]
    assert [call.operation for call in cloud.calls[before:]] == ["BatchGetChannel"] * 2
    assert not found.model_extra


async def test_one_wrong_arn_stops_the_whole_batch_and_none_is_no_call(scripted):
    async with scripted.kit() as kit:
        found = await kit.ivs.batch_get_channel([])
        assert (found.channels, found.errors) == ([], [])
        for arns in ("x", [ARN, "x"], [ARN, None], ARN, None, [BASE + "stream-key/a"]):
            with pytest.raises(RequestError, match="arns"):
                await kit.ivs.batch_get_channel(arns)
    assert scripted.requests == []


async def test_a_batch_that_fails_is_raised_and_no_more_is_asked_for(scripted):
    scripted.json({}, status=403, x_amzn_errortype="AccessDeniedException")
    # However slowly the first response comes, the other calls get none.
    scripted.hang()
    async with scripted.kit() as kit:
        with pytest.raises(AuthError) as caught:
            await kit.ivs.batch_get_channel([f"{ARN}{n}" for n in range(1000)])
        asked = len(scripted.requests)
        await asyncio.sleep(0.3)
    assert caught.value.operation == "BatchGetChannel"
    # Twenty calls would be needed; at most ten are under way.
    assert len(scripted.requests) == asked <= 10


async def test_a_batch_that_is_cancelled_leaves_no_task(scripted):
    scripted.hang()
    async with scripted.kit() as kit:
        waiting = asyncio.ensure_future(
            kit.ivs.batch_get_channel([f"{ARN}{n}" for n in range(200)])
        )
        async with asyncio.timeout(10):
            while not scripted.requests:
                await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_channel_is_never_created_twice(cloud, kit):
    cloud.inject("lost_answer", service="ivs", operation="CreateChannel", times=1)
    with pytest.raises(AmbiguousError):
        await kit.ivs.create_channel(name="x")
    assert [call.operation for call in cloud.calls].count("CreateChannel") == 1
    cloud.inject("throttled", service="ivs", operation="CreateChannel", times=2)
    assert (await kit.ivs.create_channel(name="y")).channel.name == "y"
    assert len(await kit.ivs.list_channels().collect()) == 2


@pytest.mark.parametrize(
    ("operation", "method", "code"),
    [
        ("DeleteChannel", "delete_channel", "ResourceNotFoundException"),
        ("StopStream", "stop_stream", "ChannelNotBroadcasting"),
    ],
)
async def test_sent_again_after_a_lost_answer_there_is_nothing_left_to_do(
    cloud, kit, operation, method, code
):
    (channel,) = await channels(kit, 1)
    if operation == "StopStream":
        cloud.go_live(channel.arn)
    cloud.inject("lost_answer", service="ivs", operation=operation, times=1)
    with pytest.raises(NotFoundError) as caught:
        await getattr(kit.ivs, method)(channel.arn)
    assert (caught.value.code, caught.value.attempts) == (code, 2)


async def test_updates_and_tags_endure_lost_answers(cloud, kit):
    (channel,) = await channels(kit, 1)
    for operation in ("UpdateChannel", "TagResource", "UntagResource"):
        cloud.inject("lost_answer", service="ivs", operation=operation, times=1)
    await kit.ivs.update_channel(channel.arn, name="new")
    await kit.ivs.tag_resource(channel.arn, {"a": "1", "b": "2"})
    await kit.ivs.untag_resource(channel.arn, ["a", "never-there"])
    found = await kit.ivs.get_channel(channel.arn)
    assert (found.name, found.tags) == ("new", {"b": "2"})


async def test_sessions_of_a_channel(cloud, kit):
    (channel,) = await channels(kit, 1)
    assert await kit.ivs.list_stream_sessions(channel.arn).collect() == []
    first = cloud.go_live(channel.arn)
    cloud.end_stream(channel.arn)
    second = cloud.go_live(channel.arn)
    live = await kit.ivs.get_stream_session(channel.arn)
    assert (live.stream_id, live.end_time) == (second, None)
    assert live.channel.arn == channel.arn
    assert live.ingest_configurations.video_configurations[0].track == "Track0"
    over = await kit.ivs.get_stream_session(channel.arn, stream_id=first)
    assert over.start_time <= over.end_time
    assert over.start_time.utcoffset() is not None
    assert {"Stream Start", "Stream End"} <= {event.name for event in over.truncated_events}
    pages = [p async for p in kit.ivs.list_stream_sessions(channel.arn, max_results=1).pages()]
    assert [[item.stream_id for item in page.items] for page in pages] == [[second], [first]]
    rest = kit.ivs.list_stream_sessions(channel.arn, next_token=pages[0].next_token)
    assert [item.stream_id for item in await rest.collect()] == [first]
    with pytest.raises(NotFoundError):
        await kit.ivs.get_stream_session(GONE)
    with pytest.raises(NotFoundError):
        await kit.ivs.list_stream_sessions(GONE).collect()


async def test_tags_of_channels_policies_and_stream_keys(kit):
    made = await kit.ivs.create_channel()
    policy = await kit.ivs.create_playback_restriction_policy()
    for arn in (made.channel.arn, policy.arn, made.stream_key.arn):
        await kit.ivs.tag_resource(arn, {"team": "a/b +c", "Größe": ""})
        await kit.ivs.tag_resource(arn, {"team": "x"})
        assert await kit.ivs.list_tags_for_resource(arn) == {"team": "x", "Größe": ""}
        await kit.ivs.untag_resource(arn, ["Größe"])
        assert await kit.ivs.list_tags_for_resource(arn) == {"team": "x"}
    with pytest.raises(NotFoundError):
        await kit.ivs.list_tags_for_resource(GONE)


async def test_secrets_stand_in_no_log_and_no_error(kit, scripted, caplog):
    caplog.set_level(logging.DEBUG)
    made = await kit.ivs.create_channel(name="x")
    secrets = (
        made.stream_key.value.get_secret_value(),
        made.channel.srt.passphrase.get_secret_value(),
    )
    await kit.ivs.get_channel(made.channel.arn)
    body = {"channel": {"srt": {"passphrase": secrets[1]}}, "streamKey": {"value": secrets[0]}}
    scripted.json(body)
    async with scripted.kit() as other:
        with pytest.raises(AmbiguousError) as caught:
            await other.ivs.create_channel(name="x")
        assert isinstance(caught.value.__cause__, DecodeError)
    told = caplog.text + str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)
    assert "vidkit" in caplog.text
    for secret in secrets:
        assert secret not in told


async def test_a_stream_key_stands_in_no_error_of_an_answer_that_says_a_wrong_length(caplog):
    caplog.set_level(logging.DEBUG)
    key = {"arn": "a", "value": "sk_us-east-1_abcDEF123456_streamSecret", "channelArn": ARN}
    body = json.dumps({"channel": {"arn": ARN}, "streamKey": key}).encode()

    async def answer(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        # The bytes after the response are taken for the beginning of another one, and quoted.
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) - 9) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        aws = AwsConfig(
            region="us-east-1",
            access_key_id="AKIA",
            secret_access_key="s3cret-value",
            endpoint_url=f"http://127.0.0.1:{port}",
        )
        async with VidKit(aws=aws) as kit:
            with pytest.raises(AmbiguousError) as caught:
                await kit.ivs.create_channel(name="x")
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    assert "Bad status line" in told
    assert "streamSecret" not in told


async def test_updates_send_what_was_given_and_nothing_else(scripted):
    scripted.json({"channel": {"arn": ARN}})
    async with scripted.kit() as kit:
        await kit.ivs.update_channel(ARN, playback_restriction_policy_arn="")
    (sent,) = (json.loads(body) for _, body in scripted.requests)
    assert sent == {"arn": ARN, "playbackRestrictionPolicyArn": ""}


async def test_tags_travel_in_path_and_query(scripted):
    scripted.raw(b"", status=204)
    async with scripted.kit() as kit:
        await kit.ivs.untag_resource(ARN, ["a b", "c"])
    request, _ = scripted.requests[0]
    assert request.method == "DELETE"
    assert request.path == f"/tags/{ARN}"
    assert "%2Fabc" in request.raw_path
    assert request.query.getall("tagKeys") == ["a b", "c"]


async def test_bad_input_is_refused_before_anything_is_sent(scripted):
    calls = [
        ("get_channel", ("x",)),
        ("update_channel", ("x",)),
        ("delete_channel", (None,)),
        ("stop_stream", (BASE + "stream-key/a",)),
        ("get_stream_session", ("",)),
        ("tag_resource", ("x", {"a": "b"})),
        ("tag_resource", (ARN, {"aws:a": "b"})),
        ("untag_resource", (ARN, "key")),
        ("list_tags_for_resource", ("x",)),
        ("create_channel", ("x",)),
        ("get_channel", ()),
    ]
    async with scripted.kit() as kit:
        for method, arguments in calls:
            with pytest.raises(RequestError):
                await getattr(kit.ivs, method)(*arguments)
        for size in (0, 101, True):
            with pytest.raises(RequestError, match="max_results"):
                kit.ivs.list_channels(max_results=size)
            with pytest.raises(RequestError, match="max_results"):
                kit.ivs.list_stream_sessions(ARN, max_results=size)
    assert scripted.requests == []
