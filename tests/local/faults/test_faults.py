import asyncio
import pickle
import time
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples

from vidkit import (
    AmbiguousError,
    AuthError,
    DecodeError,
    RetryPolicy,
    ThrottledError,
    TransportError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.local import FaultRule, LocalCloud
from vidkit.local.faults.fault_rules import KINDS, Faults


@pytest.fixture
async def cloud():
    async with LocalCloud() as cloud:
        yield cloud


@pytest.fixture
async def kit(cloud):
    async with cloud.kit(retry=RetryPolicy.none(), deadline=5) as kit:
        yield kit


async def policies(kit):
    return [found.name async for found in kit.ivs.list_playback_restriction_policies()]


async def test_a_reset_request_is_not_carried_out(cloud, kit):
    cloud.inject("reset", service="ivs", times=1)
    with pytest.raises(AmbiguousError):
        await kit.ivs.create_playback_restriction_policy(name="a")
    assert await policies(kit) == []
    assert [(call.status, call.fault) for call in cloud.calls] == [(0, "reset"), (200, None)]


async def test_a_lost_answer_belongs_to_a_request_that_was_carried_out(cloud, kit):
    rule = cloud.inject("lost_answer", operation="CreatePlaybackRestrictionPolicy", times=1)
    with pytest.raises(AmbiguousError) as caught:
        await kit.ivs.create_playback_restriction_policy(name="a")
    assert isinstance(caught.value.__cause__, TransportError)
    assert await policies(kit) == ["a"]
    assert cloud.struck(rule) == 1
    assert [(call.status, call.fault) for call in cloud.calls] == [
        (200, "lost_answer"),
        (200, None),
    ]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("half_body", TransportError),
        ("empty", DecodeError),
        ("html", DecodeError),
        ("wrong_length", (DecodeError, TransportError)),
    ],
)
async def test_a_response_can_be_damaged(cloud, kit, kind, error):
    cloud.inject(kind, service="ivs", times=1)
    with pytest.raises(error):
        await policies(kit)
    # Nothing of it is left on the connection for the next call.
    assert await policies(kit) == []


@pytest.mark.parametrize("kind", ["half_body", "empty", "late_unavailable", "drip", "close"])
async def test_what_is_damaged_after_the_fact_was_carried_out(cloud, kit, kind):
    cloud.inject(kind, operation="CreatePlaybackRestrictionPolicy", times=1, seconds=0.05)
    try:
        await kit.ivs.create_playback_restriction_policy(name="a")
        assert kind in {"drip", "close"}
    except AmbiguousError:
        assert kind not in {"drip", "close"}
    # Not over the connection that is just being closed.
    async with cloud.kit() as other:
        assert await policies(other) == ["a"]


@pytest.mark.parametrize("kind", ["throttled", "unavailable", "html", "reset", "expired_token"])
async def test_a_request_rejected_before_the_service_is_not_carried_out(cloud, kit, kind):
    cloud.inject(kind, operation="CreatePlaybackRestrictionPolicy", times=1)
    with pytest.raises((AmbiguousError, ThrottledError, AuthError)):
        await kit.ivs.create_playback_restriction_policy(name="a")
    assert await policies(kit) == []


async def list_ivs(kit):
    await kit.ivs.list_playback_restriction_policies()


async def list_rekognition(kit):
    await kit.rekognition.list_stream_processors()


async def list_mpc(kit):
    await kit.mpc.list_thumbnails_task()


@pytest.mark.parametrize("call", [list_ivs, list_rekognition, list_mpc])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("throttled", ThrottledError),
        ("unavailable", UnavailableError),
        ("late_unavailable", UnavailableError),
        ("expired_token", AuthError),
    ],
)
async def test_each_service_has_its_own_errors_for_failures(cloud, kit, call, kind, error):
    cloud.inject(kind, times=1)
    with pytest.raises(error) as caught:
        await call(kit)
    assert caught.value.code
    assert caught.value.status >= 400
    await call(kit)


@pytest.mark.parametrize("call", [list_ivs, list_rekognition, list_mpc])
async def test_each_service_rejects_the_date_of_a_skewed_clock(cloud, kit, call):
    cloud.inject("skewed_clock", times=1)
    with suppress(AuthError):
        await call(kit)
    rejected = cloud.calls[0]
    assert rejected.fault == "skewed_clock"
    assert rejected.code
    assert rejected.status >= 400
    await call(kit)


async def test_an_injected_error_can_have_another_status_and_retry_after(cloud, kit):
    cloud.inject("throttled", service="ivs", status=429, retry_after=2, times=1)
    with pytest.raises(ThrottledError) as caught:
        await policies(kit)
    assert (caught.value.status, caught.value.retry_after) == (429, 2)
    cloud.inject("unavailable", service="ivs", status=502, times=1)
    with pytest.raises(UnavailableError) as unavailable:
        await policies(kit)
    assert (unavailable.value.status, unavailable.value.retry_after) == (502, None)


async def test_a_hanging_request_ends_with_its_client(cloud, kit):
    await policies(kit)
    cloud.inject("hang", service="ivs", times=1)
    with pytest.raises(VidKitTimeoutError):
        await policies(kit.with_options(deadline=0.2))
    assert await policies(kit) == []


async def test_a_hanging_request_does_not_keep_the_cloud_from_closing():
    cloud = LocalCloud()
    await cloud.start()
    cloud.inject("hang", service="ivs")
    async with cloud.kit(deadline=30) as kit:
        waiting = asyncio.create_task(policies(kit))
        while not cloud.calls:
            await asyncio.sleep(0.01)
        started = time.monotonic()
        await cloud.close()
        assert time.monotonic() - started < 10
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


@pytest.mark.parametrize("kind", ["latency", "drip"])
async def test_a_response_can_be_delayed(cloud, kit, kind):
    cloud.inject(kind, service="ivs", seconds=0.3, times=1)
    started = time.monotonic()
    assert await policies(kit) == []
    assert time.monotonic() - started >= 0.25


async def test_a_connection_closed_between_requests_fails_no_call(cloud):
    async with cloud.kit(retry=RetryPolicy(max_attempts=4, base_delay=0.001)) as kit:
        rule = cloud.inject("close", service="ivs")
        for _ in range(5):
            assert await policies(kit) == []
            await asyncio.sleep(0.03)
        assert cloud.struck(rule) >= 5


async def test_rules_let_pass_and_end(cloud, kit):
    rule = cloud.inject("throttled", service="ivs", after=2, times=1)
    await policies(kit)
    await policies(kit)
    with pytest.raises(ThrottledError):
        await policies(kit)
    await policies(kit)
    assert cloud.struck(rule) == 1
    everything = cloud.inject("throttled")
    cloud.uninject(everything)
    await policies(kit)
    cloud.inject("throttled")
    cloud.uninject()
    await policies(kit)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gremlins"},
        {"probability": 1.5},
        {"probability": -0.1},
        {"after": -1},
        {"times": 0},
        {"seconds": -1},
        {"seconds": float("inf"), "kind": "skewed_clock"},
        {"seconds": -1e300, "kind": "skewed_clock"},
        {"seconds": float("nan"), "kind": "skewed_clock"},
        {"status": 200},
        {"retry_after": -1},
    ],
)
def test_an_invalid_rule_is_rejected(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FaultRule(**({"kind": "reset"} | wrong))


def test_a_rule_is_a_value():
    rule = FaultRule("drip", operation="GetImages", seconds=2)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(rule) == hash(FaultRule("drip", operation="GetImages", seconds=2))


def drawn(rules, requests):
    faults = Faults()
    for rule in rules:
        faults.add(rule)
    return [(found := faults.draw(*request)) and found.kind for request in requests]


REQUESTS = st.lists(
    st.tuples(st.sampled_from(["ivs", "mpc"]), st.sampled_from(["List", "Get", None])),
    max_size=30,
)
RULES = st.lists(
    st.builds(
        FaultRule,
        st.sampled_from(KINDS),
        service=st.sampled_from(["ivs", "mpc", None]),
        operation=st.sampled_from(["List", None]),
        probability=st.sampled_from([0.0, 0.3, 1.0]),
        seed=st.integers(0, 5),
        after=st.integers(0, 3),
        times=st.none() | st.integers(1, 4),
    ),
    max_size=4,
    unique=True,
)


@given(RULES, REQUESTS)
@settings(max_examples=examples(40))
def test_the_same_seed_strikes_the_same_requests(rules, requests):
    assert drawn(rules, requests) == drawn(rules, requests)


@given(RULES, REQUESTS)
@settings(max_examples=examples(60))
def test_faults_of_one_operation_do_not_depend_on_other_operations(rules, requests):
    """Tasks that race one another change the order of requests, not who is struck."""
    # A rule that strikes so often and no more counts over all of its operations.
    rules = [rule for rule in rules if rule.times is None]
    alone = [request for request in requests if request == ("ivs", "List")]
    mixed = zip(requests, drawn(rules, requests), strict=True)
    assert [kind for request, kind in mixed if request == ("ivs", "List")] == drawn(rules, alone)


def test_a_share_of_the_requests_is_struck():
    rule = FaultRule("reset", probability=0.2, seed=7)
    struck = sum(kind is not None for kind in drawn([rule], [("ivs", "List")] * 5000))
    assert 850 < struck < 1150


async def test_a_skewed_clock_shows_in_the_date(cloud):
    cloud.inject("skewed_clock", seconds=7200)
    async with aiohttp.ClientSession() as session, session.get(cloud.endpoint) as response:
        assert response.headers["Date"]
    ahead = parsedate_to_datetime(response.headers["Date"]) - cloud.state.now()
    assert abs(ahead - timedelta(hours=2)) < timedelta(seconds=30)


async def test_other_programs_can_inject_faults(cloud, kit):
    async def admin(method, content=None):
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{cloud.endpoint}/_local/faults", json=content) as response,
        ):
            return response.status, await response.json()

    assert await admin("POST", {"kind": "throttled", "service": "ivs"}) == (
        200,
        {"kind": "throttled"},
    )
    with pytest.raises(ThrottledError):
        await policies(kit)
    assert await admin("DELETE", {}) == (200, {})
    assert await policies(kit) == []
    for wrong, words in (
        ({"kind": "gremlins"}, "kind"),
        ({"kind": "reset", "probability": 2}, "probability"),
        ({"kind": "reset", "probabilty": 0.2}, "probabilty"),
        ({"kind": "skewed_clock", "seconds": 1e300}, "seconds"),
        ({}, "kind"),
    ):
        status, outcome = await admin("POST", wrong)
        assert status == 400
        assert words in outcome["error"]
    assert await policies(kit) == []
