import time

import pytest
from local_cloud_calls import boto, call, error_of, to_request

from vidkit.local import LocalCloud
from vidkit.local.ivs import limits
from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.limits import IvsThrottle, rate_of
from vidkit.local.ivs.service import IvsService
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import Identity, State

OPERATIONS = [
    "CreateChannel",
    "GetChannel",
    "BatchGetChannel",
    "ListChannels",
    "UpdateChannel",
    "DeleteChannel",
    "StopStream",
    "GetStreamSession",
    "ListStreamSessions",
    "CreatePlaybackRestrictionPolicy",
    "GetPlaybackRestrictionPolicy",
    "ListPlaybackRestrictionPolicies",
    "UpdatePlaybackRestrictionPolicy",
    "DeletePlaybackRestrictionPolicy",
]


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.fixture
def ivs(cloud):
    with boto(cloud, "ivs") as client:
        yield client


def make_ivs(**throttle):
    """The service behind no server, on a clock that stands still."""
    state = State(Identity(), **throttle)
    return state, IvsService(state, IvsThrottle(clock=lambda: 0.0))


async def ask(service, operation):
    request = to_request("POST", f"/{operation}", {}, b"{}")
    try:
        return (await service.handle(service.operation(request), request)).status
    except ApiError as fault:
        return fault.status


@pytest.mark.parametrize("throttle", [True, frozenset({"ivs"})])
async def test_every_operation_accepts_five_requests_a_second_of_its_own(throttle):
    _, service = make_ivs(throttle=throttle)
    for operation in OPERATIONS:
        response = [await ask(service, operation) for _ in range(7)]
        assert [status == 429 for status in response] == [False] * 5 + [True] * 2


@pytest.mark.parametrize("throttle", [False, frozenset({"images", "rekognition", "mpc"})])
async def test_nothing_is_throttled_unless_the_cloud_throttles_ivs(throttle):
    _, service = make_ivs(throttle=throttle)
    assert [await ask(service, "ListChannels") for _ in range(20)] == [200] * 20


async def test_a_bucket_fills_again_with_time():
    now = [0.0]
    throttle = IvsThrottle(clock=lambda: now[0])
    for _ in range(5):
        throttle.take("ListChannels")
    now[0] = 0.19
    with pytest.raises(ApiError):
        throttle.take("ListChannels")
    now[0] = 0.21
    throttle.take("ListChannels")


def test_operations_on_tags_take_ten_requests_a_second():
    assert {rate_of(name) for name in ("TagResource", "UntagResource", "ListTagsForResource")} == {
        10.0
    }
    assert {rate_of(name) for name in OPERATIONS} == {5.0}


async def test_a_caller_that_is_too_fast_is_throttled(cloud, ivs, monkeypatch):
    cloud.throttle = "ivs"
    # A rate that admits no request, however slow this machine is.
    monkeypatch.setattr(limits, "rate_of", lambda _: 0.001)
    error = await error_of(ivs.list_channels)
    assert error[:2] == (429, "ThrottlingException")
    assert "ListChannels" in error[2]


async def test_the_account_has_a_quota_of_channels(cloud, ivs):
    assert cloud.state.of(IvsAccount).max_channels == 5000
    cloud.state.of(IvsAccount).max_channels = 2
    arns = [(await call(ivs.create_channel))["channel"]["arn"] for _ in range(2)]
    error = await error_of(ivs.create_channel)
    assert error[:2] == (402, "ServiceQuotaExceededException")
    assert "channels" in error[2]
    await call(ivs.delete_channel, arn=arns[0])
    await call(ivs.create_channel)


async def test_the_account_has_a_quota_of_policies(cloud, ivs):
    cloud.state.of(IvsAccount).max_policies = 1
    made = await call(ivs.create_playback_restriction_policy)
    error = await error_of(ivs.create_playback_restriction_policy)
    assert error[:2] == (402, "ServiceQuotaExceededException")
    assert "policies" in error[2]
    arn = made["playbackRestrictionPolicy"]["arn"]
    await call(ivs.delete_playback_restriction_policy, arn=arn)
    await call(ivs.create_playback_restriction_policy)


async def test_a_thousand_channels_are_fast_enough():
    _, service = make_ivs()
    started = time.process_time()
    for _ in range(1000):
        assert await ask(service, "CreateChannel") == 200
    for _ in range(100):
        assert await ask(service, "ListChannels") == 200
    # A slow machine needs a tenth of this; a search through every channel takes far longer.
    assert time.process_time() - started < 5
