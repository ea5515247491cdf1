"""One policy for many channels: what is changed, what is reported, and at which rate."""

import asyncio
import json
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from aiohttp import web

from vidkit import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PollPolicy,
    RequestError,
    RetryPolicy,
    ThrottledError,
    UnavailableError,
)
from vidkit.ivs import ChannelSummary, PolicyReport
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.store import Pages

BASE = "arn:aws:ivs:us-east-1:123456789012:"
POLICY = f"{BASE}playback-restriction-policy/abcDEF123456"
GONE = f"{BASE}channel/gone00000000"
BATCH, UPDATE = "BatchGetChannel", "UpdateChannel"
SWIFT = 10_000.0
SOON = timedelta(milliseconds=300)


def operations(cloud, since=0):
    return [call.operation for call in cloud.calls[since:]]


async def channels(kit, count, **settings):
    made = await asyncio.gather(
        *(kit.ivs.create_channel(name=f"c{n}", **settings) for n in range(count))
    )
    return [answer.channel for answer in made]


@pytest.fixture
async def policy(kit):
    return await kit.ivs.create_playback_restriction_policy(name="dach", allowed_countries=["DE"])


async def test_five_hundred_channels_with_five_live_ones(cloud, kit, policy):
    shelf = Channels(cloud.state, Pages())
    arns = [shelf.create({})["channel"]["arn"] for _ in range(500)]
    assert [channel.arn for channel in await kit.ivs.list_channels().collect()] == arns
    live = arns[3::100]
    for arn in live:
        cloud.go_live(arn)
    before = len(cloud.calls)
    report = await kit.ivs.apply_policy(policy, channels=kit.ivs.list_channels(), rate=SWIFT)
    assert report.live == live
    assert report.changed == [arn for arn in arns if arn not in live]
    assert (report.unchanged, report.failed, report.planned) == ([], {}, [])
    assert not report.complete
    sent = operations(cloud, before)
    assert {name: sent.count(name) for name in set(sent)} == {
        "ListChannels": 5,
        BATCH: 10,
        UPDATE: 500,
    }

    for arn in live:
        cloud.end_stream(arn)
    before = len(cloud.calls)
    again = await kit.ivs.apply_policy(policy.arn, channels=arns, rate=SWIFT)
    assert (again.changed, again.live, again.failed) == (live, [], {})
    assert again.unchanged == [arn for arn in arns if arn not in live]
    assert again.complete
    assert operations(cloud, before).count(UPDATE) == 5


async def test_every_channel_is_in_one_list_in_the_order_given(cloud, kit, policy):
    made = await channels(kit, 6)
    arns = [channel.arn for channel in made]
    await kit.ivs.update_channel(arns[1], playback_restriction_policy_arn=policy.arn)
    cloud.go_live(arns[4])
    summaries = {item.arn: item for item in await kit.ivs.list_channels().collect()}
    given = [made[5], arns[4], GONE, summaries[arns[1]], arns[0], made[5], GONE, arns[1]]
    report = await kit.ivs.apply_policy(policy, channels=given, rate=SWIFT)
    assert report.policy_arn == policy.arn
    assert report.changed == [arns[5], arns[0]]
    assert report.unchanged == [arns[1]]
    assert report.live == [arns[4]]
    assert list(report.failed) == [GONE]
    error = report.failed[GONE]
    assert type(error) is NotFoundError
    assert error.code == "ResourceNotFoundException"
    assert GONE in str(error)
    found = await kit.ivs.batch_get_channel(arns)
    attached = [bool(channel.playback_restriction_policy_arn) for channel in found.channels]
    assert attached == [True, True, False, False, False, True]


async def test_a_plan_sends_no_write(cloud, kit, policy):
    made = await channels(kit, 3)
    arns = [channel.arn for channel in made]
    await kit.ivs.update_channel(arns[1], playback_restriction_policy_arn=policy.arn)
    cloud.go_live(arns[2])
    before = len(cloud.calls)
    given = [*arns, GONE]
    report = await kit.ivs.apply_policy(policy, channels=given, plan=True, rate=SWIFT)
    assert (report.planned, report.unchanged) == ([arns[0], arns[2]], [arns[1]])
    assert (report.changed, report.live, list(report.failed)) == ([], [], [GONE])
    off = await kit.ivs.detach_policy(channels=given, plan=True, rate=SWIFT)
    assert (off.planned, off.unchanged) == ([arns[1]], [arns[0], arns[2]])
    assert set(operations(cloud, before)) == {BATCH}


async def test_detaching_is_the_way_back(cloud, kit, policy):
    other = await kit.ivs.create_playback_restriction_policy(name="other")
    made = await channels(kit, 3)
    arns = [channel.arn for channel in made]
    await kit.ivs.apply_policy(policy, channels=arns[:1], rate=SWIFT)
    await kit.ivs.apply_policy(other, channels=arns[1:2], rate=SWIFT)
    report = await kit.ivs.detach_policy(channels=(arn for arn in arns), rate=SWIFT)
    assert (report.policy_arn, report.changed, report.unchanged) == ("", arns[:2], arns[2:])
    await kit.ivs.delete_playback_restriction_policy(policy.arn)


async def test_a_live_channel_is_waited_for(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 3)]
    for arn in arns[:2]:
        cloud.go_live(arn)
    waiting = asyncio.ensure_future(
        kit.ivs.apply_policy(
            policy, channels=arns, wait_while_live=timedelta(seconds=30), rate=SWIFT
        )
    )
    async with asyncio.timeout(20):
        while operations(cloud).count(UPDATE) < 4:
            await asyncio.sleep(0.01)
    assert not waiting.done()
    for arn in arns[:2]:
        cloud.end_stream(arn)
    async with asyncio.timeout(20):
        report = await waiting
    assert (report.changed, report.live) == (arns, [])


async def test_a_channel_that_stays_live_is_waited_for_so_long_and_no_longer(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 2)]
    cloud.go_live(arns[0])
    began = time.monotonic()
    report = await kit.ivs.apply_policy(policy, channels=arns, wait_while_live=SOON, rate=SWIFT)
    assert time.monotonic() - began >= SOON.total_seconds()
    assert (report.changed, report.live) == (arns[1:], arns[:1])
    assert operations(cloud).count(UPDATE) >= 3


async def test_a_round_that_takes_longer_than_the_wait_costs_no_channel_its_last_try(
    scripted, monkeypatch
):
    quick, slow = (f"{BASE}channel/{name}" for name in ("quick", "slow"))
    now, tries, done = [0.0], {quick: 0, slow: 0}, []
    monkeypatch.setattr(
        "vidkit.ivs.operations.attach.time", SimpleNamespace(monotonic=lambda: now[0])
    )

    async def answer(request):
        sent = json.loads(await request.read())
        if request.path == f"/{BATCH}":
            return web.json_response({"channels": [{"arn": arn} for arn in sent["arns"]]})
        arn = sent["arn"]
        tries[arn] += 1
        if arn == quick and tries[arn] == 3:
            return web.json_response({"channel": {"arn": arn}})
        if arn == slow and tries[arn] == 2:
            async with asyncio.timeout(10):
                while done.count(UPDATE) < 3:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            now[0] = 1000.0
        return web.json_response({}, status=409, headers={"x-amzn-errortype": "ConflictException"})

    scripted.then(answer)
    async with scripted.kit(on_event=lambda event: done.append(event.operation)) as kit:
        report = await kit.ivs.apply_policy(
            POLICY, channels=[quick, slow], wait_while_live=timedelta(seconds=10), rate=SWIFT
        )
    # The service responded that it is live well within its time, and never after.
    assert (report.changed, report.live) == ([quick], [slow])
    assert tries == {quick: 3, slow: 2}


async def test_at_the_pace_of_the_service_nothing_is_throttled(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 8)]
    cloud.throttle = {"ivs"}
    before = len(cloud.calls)
    began = time.monotonic()
    halves = await asyncio.gather(
        kit.ivs.apply_policy(policy, channels=arns[:4]),
        kit.with_options(deadline=30).ivs.apply_policy(policy, channels=arns[4:]),
    )
    # Both calls share the rate: eight updates take seven times a fifth of a second.
    assert time.monotonic() - began >= 1.3
    assert [arn for report in halves for arn in report.changed] == arns
    assert [call.status for call in cloud.calls[before:]] == [200] * 10


async def test_failures_are_told_and_hold_up_nobody(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 4)]
    cloud.inject("unavailable", service="ivs", operation=UPDATE)
    report = await kit.ivs.apply_policy(policy, channels=arns, rate=SWIFT)
    assert list(report.failed) == arns
    assert {type(error) for error in report.failed.values()} == {UnavailableError}
    assert {error.attempts for error in report.failed.values()} == {4}
    cloud.uninject()
    cloud.inject("lost_answer", service="ivs", operation=UPDATE, probability=0.5, seed=3)
    cloud.inject("late_unavailable", service="ivs", operation=BATCH, times=1)
    report = await kit.ivs.apply_policy(policy, channels=arns, rate=SWIFT)
    assert sorted([*report.changed, *report.failed]) == sorted(arns)
    found = await kit.ivs.batch_get_channel(arns)
    assert {c.playback_restriction_policy_arn for c in found.channels} == {policy.arn}


async def test_throttling_slows_the_updates_down_and_fails_none(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 15)]
    # More often in a row than a call has attempts, and more often than the budget pays for.
    cloud.inject("throttled", service="ivs", operation=UPDATE, probability=0.75, seed=1)
    cloud.inject("throttled", service="ivs", operation=BATCH, times=6)
    budget = kit._runtime.budgets["ivs"]
    budget.tokens = 0
    report = await kit.ivs.apply_policy(policy, channels=arns, rate=SWIFT)
    assert report.changed == arns
    # Throttling took nothing from the budget of other calls.
    assert budget.tokens >= 15


async def test_a_live_channel_is_no_sign_of_throttling(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 12)]
    for arn in arns:
        cloud.go_live(arn)
    cloud.inject("throttled", service="ivs", operation=UPDATE, probability=0.5, seed=1)
    soon = kit.with_options(poll=PollPolicy(initial_delay=0.01, max_delay=0.01, patience=0.3))
    wait = timedelta(seconds=1)
    report = await soon.ivs.apply_policy(policy, channels=arns, wait_while_live=wait, rate=SWIFT)
    # Calls got through all the time, although none could succeed.
    assert (report.live, report.failed) == (arns, {})


async def test_throttling_long_ago_takes_no_patience(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 2)]
    impatient = kit.with_options(retry=RetryPolicy.none())
    poll = PollPolicy(patience=0.5)
    cloud.inject("throttled", service="ivs", operation=UPDATE, times=2)
    report = await impatient.ivs.apply_policy(policy, channels=arns[:1], rate=SWIFT)
    assert list(report.failed) == arns[:1]
    await asyncio.sleep(0.6)
    report = await kit.with_options(poll=poll).ivs.apply_policy(policy, channels=arns, rate=SWIFT)
    assert report.changed == arns


async def test_throttling_that_stays_is_reported_after_a_while(cloud, kit, policy):
    arns = [channel.arn for channel in await channels(kit, 12)]
    cloud.inject("throttled", service="ivs", operation=UPDATE)
    soon = kit.with_options(poll=PollPolicy(patience=0.2))
    report = await soon.ivs.apply_policy(policy, channels=arns, rate=SWIFT)
    assert list(report.failed) == arns
    assert {type(error) for error in report.failed.values()} == {ThrottledError}
    assert all(error.retryable for error in report.failed.values())
    never = kit.with_options(retry=RetryPolicy.none())
    report = await never.ivs.apply_policy(policy, channels=arns[:1], rate=SWIFT)
    assert report.failed[arns[0]].attempts == 1


async def test_a_look_that_fails_fails_its_channels_alone(scripted):
    arns = [f"{BASE}channel/a{n}" for n in range(60)]

    async def answer(request):
        sent = json.loads(await request.read())
        if request.path == f"/{UPDATE}":
            if sent["arn"] == arns[1]:
                return web.json_response(
                    {}, status=400, headers={"x-amzn-errortype": "ValidationException"}
                )
            return web.json_response({"channel": {"arn": sent["arn"]}})
        if len(sent["arns"]) == 10:
            return web.json_response({}, status=503)
        found = [{"arn": arn} for arn in sent["arns"][1:]]
        return web.json_response({"channels": found, "errors": []})

    scripted.then(answer)
    async with scripted.kit() as kit:
        report = await kit.ivs.apply_policy(POLICY, channels=arns, rate=SWIFT)
    assert report.changed == arns[2:50]
    assert list(report.failed) == [*arns[:2], *arns[50:]]
    # For the first one, the service returned neither a channel nor an error.
    kinds = [type(error) for error in report.failed.values()]
    assert kinds == [NotFoundError, InvalidRequestError, *[UnavailableError] * 10]


async def test_nobody_let_in_is_reported_not_raised(scripted):
    scripted.json({}, status=403, x_amzn_errortype="AccessDeniedException")
    async with scripted.kit() as kit:
        report = await kit.ivs.apply_policy(POLICY, channels=[GONE], rate=SWIFT)
    assert type(report.failed[GONE]) is AuthError


async def test_no_channels_are_no_call(scripted):
    async with scripted.kit() as kit:
        assert await kit.ivs.apply_policy(POLICY, channels=[]) == PolicyReport(policy_arn=POLICY)
        assert (await kit.ivs.detach_policy(channels=[])).complete
    assert scripted.requests == []


async def test_cancelled_in_the_middle_it_leaves_no_task(scripted):
    arns = [f"{BASE}channel/a{n}" for n in range(30)]
    scripted.json({"channels": [{"arn": arn} for arn in arns], "errors": []})
    scripted.hang()
    async with scripted.kit() as kit:
        waiting = asyncio.ensure_future(kit.ivs.apply_policy(POLICY, channels=arns, rate=SWIFT))
        async with asyncio.timeout(10):
            while len(scripted.requests) < 6:
                await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    # A few at the same time, and no more.
    assert len(scripted.requests) <= 11


async def test_channels_that_cannot_be_listed_are_raised_before_anything_is_changed(scripted):
    scripted.json({"channels": [{"arn": GONE}], "nextToken": "t"})
    scripted.json({}, status=403, x_amzn_errortype="AccessDeniedException")
    async with scripted.kit() as kit:
        with pytest.raises(AuthError):
            await kit.ivs.apply_policy(POLICY, channels=kit.ivs.list_channels())
    assert {request.path for request, _ in scripted.requests} == {"/ListChannels"}


async def some(items):
    for item in items:
        yield item


async def test_arguments_are_checked_before_anything_is_sent(scripted):
    summary = ChannelSummary(arn=GONE)
    wrong = [
        ({"policy": "x"}, r"policy: arn='x'"),
        ({"policy": ""}, r"policy: arn=''"),
        ({"policy": GONE}, "policy"),
        ({"policy": None}, "policy"),
        ({"channels": GONE}, "channels: give a list"),
        ({"channels": summary}, "channels: give a list"),
        ({"channels": {GONE: 1}}, "channels: give a list"),
        ({"channels": None}, "channels: give a list"),
        ({"channels": [GONE, POLICY]}, r"channels\.1: arn="),
        ({"channels": [GONE, None]}, r"channels\.1: arn=None"),
        ({"channels": some([summary, "x"])}, r"channels\.1: arn='x'"),
        ({"plan": 1}, "plan=1"),
        ({"rate": 0}, "rate=0"),
        ({"rate": True}, "rate=True"),
        ({"rate": float("nan")}, "rate=nan"),
        ({"rate": float("inf")}, "rate=inf"),
        ({"rate": 10**400}, "rate=1000"),
        ({"rate": "5"}, "rate='5'"),
        ({"wait_while_live": 5}, "wait_while_live=5"),
        ({"wait_while_live": timedelta(seconds=-1)}, "wait_while_live"),
        ({"chanels": []}, "chanels"),
    ]
    async with scripted.kit() as kit:
        for parameters, words in wrong:
            given = {"policy": POLICY, "channels": [GONE], **parameters}
            with pytest.raises(RequestError, match=words):
                await kit.ivs.apply_policy(given.pop("policy"), **given)
        for parameters in (
            {},
            {"channels": GONE},
            {"channels": ["x"]},
            {"channels": [], "rate": -1},
        ):
            with pytest.raises(RequestError):
                await kit.ivs.detach_policy(**parameters)
        closed = kit
    with pytest.raises(RequestError, match="closed"):
        await closed.ivs.apply_policy(POLICY, channels=[GONE])
    assert scripted.requests == []
