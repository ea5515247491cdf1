"""Channels on moto's server: the same client against a second, independent implementation."""

import pytest

from vidkit import AwsConfig, NotFoundError, VidKit

POLICY = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
RECORDING = "arn:aws:ivs:us-east-1:123456789012:recording-configuration/abcDEF123456"


@pytest.fixture
async def kit(moto_server):
    aws = AwsConfig(
        region="us-east-1",
        access_key_id="a",
        secret_access_key="b",
        endpoint_url=moto_server,
    )
    async with VidKit(aws=aws) as kit:
        yield kit


async def test_the_six_operations_that_moto_has(kit):
    made = await kit.ivs.create_channel(
        name="main", type="BASIC", latency_mode="NORMAL", tags={"team": "video"}
    )
    channel = made.channel
    assert (channel.name, channel.type, channel.latency_mode) == ("main", "BASIC", "NORMAL")
    assert made.stream_key.channel_arn == channel.arn
    assert made.stream_key.value.get_secret_value().startswith("sk_us-east-1_")
    # moto supports neither SRT nor policies.
    assert (channel.srt, channel.playback_restriction_policy_arn) == (None, None)
    assert await kit.ivs.get_channel(channel.arn) == channel

    changed = await kit.ivs.update_channel(channel.arn, recording_configuration_arn=RECORDING)
    assert (changed.name, changed.recording_configuration_arn) == ("main", RECORDING)
    changed = await kit.ivs.update_channel(channel.arn, recording_configuration_arn="")
    assert changed.recording_configuration_arn == ""

    others = [(await kit.ivs.create_channel(name=f"c{n}")).channel.arn for n in range(4)]
    pages = [page async for page in kit.ivs.list_channels(max_results=2).pages()]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert [c.arn for page in pages for c in page.items] == [channel.arn, *others]
    named = await kit.ivs.list_channels(filter_by_name="c2").collect()
    assert [summary.arn for summary in named] == [others[2]]

    await kit.ivs.delete_channel(channel.arn)
    for gone in (kit.ivs.get_channel, kit.ivs.delete_channel):
        with pytest.raises(NotFoundError):
            await gone(channel.arn)

    # moto omits channels that do not exist; each gets an error all the same, in our order.
    found = await kit.ivs.batch_get_channel([others[3], channel.arn, others[0]])
    assert [c.arn for c in found.channels] == [others[3], others[0]]
    assert [(error.arn, error.code) for error in found.errors] == [(channel.arn, None)]

    report = await kit.ivs.apply_policy(POLICY, channels=[channel.arn, others[0]])
    assert (report.changed, list(report.failed)) == ([others[0]], [channel.arn])
    assert isinstance(report.failed[channel.arn], NotFoundError)
