"""Declared policies: once, again, many at the same time, and with lost responses."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from vidkit import (
    AmbiguousError,
    AwsConfig,
    ConflictError,
    NotFoundError,
    QuotaError,
    RequestError,
    RetryPolicy,
    ThrottledError,
)
from vidkit.local.ivs.policies import Policies
from vidkit.local.ivs.store import Pages

BASE = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/"
CREATE = "CreatePlaybackRestrictionPolicy"
LIST = "ListPlaybackRestrictionPolicies"
FAST = RetryPolicy(base_delay=0.001, throttling_base_delay=0.001)


def operations(cloud, since=0):
    return [call.operation for call in cloud.calls[since:]]


async def named(kit, name):
    return [p async for p in kit.ivs.list_playback_restriction_policies() if p.name == name]


async def test_twice_is_once(cloud, kit):
    wanted = {
        "name": "dach",
        "allowed_countries": ["DE", "AT", "CH"],
        "allowed_origins": ["https://a.example", "https://b.example"],
        "enable_strict_origin_enforcement": True,
        "tags": {"team": "video"},
    }
    made = await kit.ivs.ensure_playback_restriction_policy(**wanted)
    assert set(made.allowed_countries) == {"DE", "AT", "CH"}
    assert (made.name, made.tags) == ("dach", {"team": "video"})
    assert made.enable_strict_origin_enforcement is True
    before = len(cloud.calls)
    again = wanted | {
        "allowed_countries": ["CH", "DE", "AT", "CH"],
        "allowed_origins": wanted["allowed_origins"][::-1],
    }
    assert await kit.ivs.ensure_playback_restriction_policy(**again) == made
    assert await kit.ivs.ensure_playback_restriction_policy(name="dach") == made
    assert operations(cloud, before) == [LIST, LIST]


async def test_what_differs_is_changed_and_what_is_not_given_stays(cloud, kit):
    made = await kit.ivs.create_playback_restriction_policy(
        name="dach",
        allowed_countries=["DE"],
        allowed_origins=["https://a.example"],
        enable_strict_origin_enforcement=True,
        tags={"keep": "1", "set": "1", "gone": "1"},
    )
    before = len(cloud.calls)
    changed = await kit.ivs.ensure_playback_restriction_policy(
        name="dach", allowed_countries=[], tags={"keep": "1", "set": "2", "new": "3"}
    )
    assert operations(cloud, before) == [
        LIST,
        "UpdatePlaybackRestrictionPolicy",
        "UntagResource",
        "TagResource",
    ]
    assert changed == made.model_copy(
        update={"allowed_countries": [], "tags": {"keep": "1", "set": "2", "new": "3"}}
    )
    assert await kit.ivs.get_playback_restriction_policy(made.arn) == changed
    bare = await kit.ivs.ensure_playback_restriction_policy(name="dach", tags={})
    assert bare.tags == {}
    assert bare.allowed_origins == ["https://a.example"]


async def test_fifty_tags_are_replaced_by_fifty_others(kit):
    tags = {f"old{n}": "" for n in range(50)}
    await kit.ivs.ensure_playback_restriction_policy(name="x", tags=tags)
    others = {f"new{n}": "" for n in range(50)}
    changed = await kit.ivs.ensure_playback_restriction_policy(name="x", tags=others)
    assert changed.tags == others


async def test_the_tags_of_aws_are_left_alone(scripted):
    policy = {
        "arn": f"{BASE}a",
        "name": "x",
        "allowedCountries": [],
        "allowedOrigins": [],
        "tags": {"aws:cloudformation:stack": "s", "own": "1"},
    }
    scripted.json({"playbackRestrictionPolicies": [policy]}).raw(b"", status=204)
    async with scripted.kit() as kit:
        found = await kit.ivs.ensure_playback_restriction_policy(name="x", tags={})
    assert found.tags == {"aws:cloudformation:stack": "s"}
    methods = [
        (request.method, request.query.getall("tagKeys", [])) for request, _ in scripted.requests
    ]
    assert methods == [("POST", []), ("DELETE", ["own"])]


async def test_all_pages_are_looked_through(cloud, kit):
    there = Policies(cloud.state, Pages())
    for n in range(103):
        there.create({"name": f"p{n}"})
    found = await kit.ivs.ensure_playback_restriction_policy(name="p102")
    assert await named(kit, "p102") == [found]


async def test_two_of_one_name_are_a_conflict_that_lists_them(cloud, kit):
    two = [await kit.ivs.create_playback_restriction_policy(name="x") for _ in range(2)]
    before = len(cloud.calls)
    with pytest.raises(ConflictError) as caught:
        await kit.ivs.ensure_playback_restriction_policy(name="x", allowed_countries=["DE"])
    for policy in two:
        assert policy.arn in str(caught.value)
    assert set(operations(cloud, before)) == {LIST}
    assert await named(kit, "x") == two


async def test_a_second_one_that_goes_while_we_look_is_no_conflict(scripted):
    policy = {"name": "x", "allowedCountries": [], "allowedOrigins": []}
    both = [policy | {"arn": f"{BASE}a"}, policy | {"arn": f"{BASE}b"}]
    scripted.json({"playbackRestrictionPolicies": both})
    scripted.json({"playbackRestrictionPolicies": both[1:]})
    async with scripted.kit() as kit:
        found = await kit.ivs.ensure_playback_restriction_policy(name="x")
    assert found.arn == f"{BASE}b"


async def test_after_a_create_that_failed_it_looks_before_it_creates_again(cloud, kit):
    cloud.inject("lost_answer", service="ivs", operation=CREATE, times=1)
    made = await kit.ivs.ensure_playback_restriction_policy(name="x", allowed_countries=["DE"])
    assert operations(cloud).count(CREATE) == 1
    assert await named(kit, "x") == [made]
    cloud.uninject()
    cloud.inject("reset", service="ivs", operation=CREATE, times=2)
    made = await kit.ivs.ensure_playback_restriction_policy(name="y")
    assert await named(kit, "y") == [made]
    cloud.uninject()
    cloud.inject("lost_answer", service="ivs", operation=CREATE, times=1)
    once = kit.with_options(retry=RetryPolicy.none())
    made = await once.ivs.ensure_playback_restriction_policy(name="z")
    assert await named(kit, "z") == [made]


async def test_it_does_not_try_for_ever(cloud, kit):
    cloud.inject("reset", service="ivs", operation=CREATE)
    before = len(cloud.calls)
    with pytest.raises(AmbiguousError):
        await kit.ivs.ensure_playback_restriction_policy(name="x")
    assert operations(cloud, before).count(LIST) == 6
    once = kit.with_options(retry=RetryPolicy.none())
    with pytest.raises(AmbiguousError):
        await once.ivs.ensure_playback_restriction_policy(name="x")


async def test_what_another_program_makes_in_the_meantime_is_not_made_again(scripted):
    policy = {"arn": f"{BASE}a", "name": "x", "allowedCountries": [], "allowedOrigins": []}
    scripted.json({"playbackRestrictionPolicies": []})
    scripted.json({"playbackRestrictionPolicies": [policy]})
    async with scripted.kit() as kit:
        found = await kit.ivs.ensure_playback_restriction_policy(name="x")
    assert found.arn == policy["arn"]
    assert [request.path for request, _ in scripted.requests] == [f"/{LIST}"] * 2


async def test_what_create_refuses_is_raised(scripted):
    scripted.json({"playbackRestrictionPolicies": []})
    scripted.json({"playbackRestrictionPolicies": []})
    scripted.json({}, status=402, x_amzn_errortype="ServiceQuotaExceededException")
    async with scripted.kit() as kit:
        with pytest.raises(QuotaError):
            await kit.ivs.ensure_playback_restriction_policy(name="x")
    assert len(scripted.requests) == 3


async def test_a_policy_that_vanishes_before_its_update_is_created(scripted):
    policy = {"arn": f"{BASE}a", "name": "x", "allowedCountries": [], "allowedOrigins": []}
    made = policy | {"arn": f"{BASE}b", "allowedCountries": ["DE"]}
    scripted.json({"playbackRestrictionPolicies": [policy]})
    scripted.json({}, status=404, x_amzn_errortype="ResourceNotFoundException")
    scripted.json({"playbackRestrictionPolicies": []})
    scripted.json({"playbackRestrictionPolicy": made})
    scripted.json({"playbackRestrictionPolicies": [made]})
    async with scripted.kit() as kit:
        found = await kit.ivs.ensure_playback_restriction_policy(name="x", allowed_countries=["DE"])
    assert found.arn == made["arn"]


async def test_ten_at_once_in_one_kit_create_one(cloud, kit):
    lost = cloud.inject("lost_answer", service="ivs", operation=CREATE, times=1)
    view = kit.with_options(deadline=30)
    found = await asyncio.gather(
        *(
            (kit, view)[n % 2].ivs.ensure_playback_restriction_policy(
                name="x", allowed_countries=["DE", "AT"]
            )
            for n in range(10)
        )
    )
    assert await named(kit, "x") == [found[0]]
    assert all(policy == found[0] for policy in found)
    # The call that created it got no response, and created no second one.
    assert cloud.struck(lost) == 1
    assert operations(cloud).count(CREATE) == 1


async def test_many_names_at_once_over_a_line_that_loses_answers(cloud, kit):
    rule = cloud.inject("lost_answer", service="ivs", operation=CREATE, probability=0.2, seed=7)
    names = [f"n{n % 10}" for n in range(30)]
    found = await asyncio.gather(
        *(kit.ivs.ensure_playback_restriction_policy(name=name) for name in names)
    )
    assert cloud.struck(rule) > 0
    policies = await kit.ivs.list_playback_restriction_policies().collect()
    assert sorted(p.name for p in policies) == sorted(set(names))
    assert {p.arn for p in found} == {p.arn for p in policies}


def as_another_program(cloud, number):
    """A kit that shares no lock with others, since its configuration differs."""
    aws = AwsConfig(
        region=cloud.identity.region,
        access_key_id=cloud.identity.access_key_id,
        secret_access_key=cloud.identity.secret_access_key,
        endpoint_url=cloud.endpoint,
        connect_timeout=5 + number,
    )
    # Without a delay, nothing spreads them over time.
    return cloud.kit(aws=aws, retry=RetryPolicy(base_delay=0))


async def test_ten_kits_of_one_program_create_one_over_a_line_that_loses_answers(cloud, kit):
    async with AsyncExitStack() as stack:
        kits = [await stack.enter_async_context(cloud.kit(retry=FAST)) for _ in range(10)]
        await asyncio.gather(*(named(kit, "x") for kit in kits))
        for round_ in range(3):
            # Without a shared lock, two of the ten creates would be lost.
            cloud.inject("lost_answer", service="ivs", operation=CREATE, probability=0.2, seed=9)
            before = len(cloud.calls)
            name = f"x{round_}"
            calls = (k.ivs.ensure_playback_restriction_policy(name=name) for k in kits)
            found = await asyncio.gather(*calls)
            assert await named(kit, name) == [found[0]]
            assert all(policy == found[0] for policy in found)
            assert operations(cloud, before).count(CREATE) == 1
            cloud.uninject()


def test_a_name_is_locked_in_each_loop_for_itself_and_no_lock_stays():
    from vidkit.ivs.operations.ensure import _NAME_LOCKS, _name_lock

    config = AwsConfig(region="us-east-1")

    async def locked():
        lock = _name_lock(config, "x")
        assert _name_lock(AwsConfig(region="us-east-1"), "x") is lock
        assert _name_lock(AwsConfig(region="us-east-2"), "x") is not lock
        assert _name_lock(config, "y") is not lock
        async with lock:
            pass
        locks = _NAME_LOCKS.get()
        assert list(locks) == [(config, "x")]
        del lock
        assert not locks

    asyncio.run(locked())
    asyncio.run(locked())


async def test_programs_at_once_leave_one_policy_or_tell(cloud, kit):
    async with AsyncExitStack() as stack:
        kits = [
            await stack.enter_async_context(as_another_program(cloud, number))
            for number in range(5)
        ]
        # Connections are opened before, so that the calls come at the same time.
        await asyncio.gather(*(named(kit, "x") for kit in kits))

        async def all_at_once(name):
            calls = (kit.ivs.ensure_playback_restriction_policy(name=name) for kit in kits)
            return await asyncio.gather(*calls, return_exceptions=True)

        found = await all_at_once("x")
        failures = [end for end in found if isinstance(end, Exception)]
        assert all(isinstance(end, ConflictError) for end in failures)
        left = len(await named(kit, "x"))
        assert left == 1 or (left == 0 and failures)

        cloud.inject("lost_answer", service="ivs", operation=CREATE, probability=0.2, seed=7)
        found = await all_at_once("y")
        assert all(isinstance(end, ConflictError) for end in found if isinstance(end, Exception))
    left = [policy.arn for policy in await named(kit, "y")]
    if len(left) > 1:
        # It is ambiguous which one is meant, so the error names both.
        with pytest.raises(ConflictError, match=left[0]):
            await kit.ivs.ensure_playback_restriction_policy(name="y")
    else:
        assert (await kit.ivs.ensure_playback_restriction_policy(name="y")).arn in left


class TwoPrograms:
    """A service where another program creates a policy between our search and our create."""

    def __init__(self, scripted, *, ours, theirs, theirs_goes=False, in_use=False):
        self.policies = {}
        self.calls = []
        self.ours, self.theirs = f"{BASE}{ours}", f"{BASE}{theirs}"
        self.theirs_goes, self.in_use = theirs_goes, in_use
        scripted.then(self.answer)

    async def answer(self, request):
        operation = request.path.removeprefix("/")
        self.calls.append(operation)
        policy = {"name": "x", "allowedCountries": [], "allowedOrigins": []}
        if operation == LIST:
            found = list(self.policies.values())
            if self.theirs_goes and len(found) > 1:
                # The other program found two as well, and deletes its own.
                del self.policies[self.theirs]
            return web.json_response({"playbackRestrictionPolicies": found})
        if operation == CREATE:
            self.policies[self.theirs] = policy | {"arn": self.theirs}
            self.policies[self.ours] = policy | {"arn": self.ours}
            return web.json_response({"playbackRestrictionPolicy": self.policies[self.ours]})
        arn = json.loads(await request.read())["arn"]
        if self.in_use:
            return web.json_response(
                {"exceptionMessage": "in use"},
                status=409,
                headers={"x-amzn-errortype": "ConflictException"},
            )
        del self.policies[arn]
        return web.Response(status=204)


async def ensured(scripted):
    async with scripted.kit() as kit:
        policy = await kit.ivs.ensure_playback_restriction_policy(name="x")
    return policy.arn


async def test_who_comes_second_withdraws_what_it_made(scripted):
    service = TwoPrograms(scripted, ours="b", theirs="a")
    assert await ensured(scripted) == service.theirs
    assert list(service.policies) == [service.theirs]
    assert service.calls == [LIST, LIST, CREATE, LIST, "DeletePlaybackRestrictionPolicy", LIST]


async def test_the_smaller_arn_stays_when_the_other_program_withdraws(scripted):
    service = TwoPrograms(scripted, ours="a", theirs="b", theirs_goes=True)
    assert await ensured(scripted) == service.ours
    assert service.calls == [LIST, LIST, CREATE, LIST, LIST]


async def test_one_that_does_not_go_was_there_before(scripted):
    service = TwoPrograms(scripted, ours="a", theirs="b")
    assert await ensured(scripted) == service.theirs
    assert list(service.policies) == [service.theirs]


async def test_one_in_use_already_cannot_be_withdrawn(scripted):
    service = TwoPrograms(scripted, ours="b", theirs="a", in_use=True)
    with pytest.raises(ConflictError) as caught:
        await ensured(scripted)
    for arn in (service.ours, service.theirs):
        assert arn in str(caught.value)
    assert isinstance(caught.value.__cause__, ConflictError)


async def test_a_declaration_that_makes_no_sense_is_refused_before_anything_is_sent(scripted):
    async with scripted.kit() as kit:
        for wrong in ({"name": ""}, {"name": None}, {}, {"name": "x", "countries": ["DE"]}):
            with pytest.raises(RequestError, match=r"name|countries"):
                await kit.ivs.ensure_playback_restriction_policy(**wrong)
        with pytest.raises(RequestError):
            await kit.ivs.ensure_playback_restriction_policy("x")
    assert scripted.requests == []


async def test_who_stops_waiting_gives_the_name_free(scripted):
    scripted.hang()
    async with scripted.kit() as kit:
        first = asyncio.ensure_future(kit.ivs.ensure_playback_restriction_policy(name="x"))
        second = asyncio.ensure_future(kit.ivs.ensure_playback_restriction_policy(name="x"))
        async with asyncio.timeout(10):
            while not scripted.requests:
                await asyncio.sleep(0.01)
        first.cancel()
        async with asyncio.timeout(10):
            while len(scripted.requests) < 2:
                await asyncio.sleep(0.01)
        second.cancel()
        for task in (first, second):
            with pytest.raises(asyncio.CancelledError):
                await task


async def test_errors_of_looking_are_raised_as_they_are(scripted):
    scripted.json({}, status=429)
    async with scripted.kit() as kit:
        with pytest.raises(ThrottledError):
            await kit.ivs.ensure_playback_restriction_policy(name="x")
    gone = {"arn": f"{BASE}a", "name": "x", "allowedCountries": [], "allowedOrigins": []}
    scripted.answers.clear()
    scripted.requests.clear()
    # It is always listed but never exists, and that error is not hidden.
    for _ in range(10):
        scripted.json({"playbackRestrictionPolicies": [gone]})
        scripted.json({}, status=404, x_amzn_errortype="ResourceNotFoundException")
    async with scripted.kit() as kit:
        with pytest.raises(NotFoundError):
            await kit.ivs.ensure_playback_restriction_policy(name="x", allowed_countries=["DE"])
