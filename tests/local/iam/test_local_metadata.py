"""The metadata address of the local cloud, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from huawei_calls import ask, ask_with_key

from vidkit.local import LocalCloud, TemporaryKey

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN = "/meta-data/latest/api/token"
KEY = "/openstack/latest/securitykey"


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as running:
        running.state.now = lambda: NOON
        yield running


async def token_for(cloud, seconds="21600"):
    return await ask(cloud, "PUT", TOKEN, headers={"X-Metadata-Token-Ttl-Seconds": seconds})


async def key_of(cloud, token=None):
    headers = {} if token is None else {"X-Metadata-Token": token}
    return await ask(cloud, "GET", KEY, headers=headers)


def as_key(told):
    assert told.status == 200, told
    found = told.content["credential"]
    ends = datetime.strptime(found["expires_at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return TemporaryKey(found["access"], found["secret"], found["securitytoken"], ends)


async def test_a_token_gives_keys_that_mpc_takes(cloud):
    token = (await token_for(cloud)).content
    key = as_key(await key_of(cloud, token))
    assert key.expires_at == NOON + timedelta(days=1)
    assert (await ask_with_key(cloud, key)).status == 200
    assert [(call.service, call.operation, call.status) for call in cloud.calls] == [
        ("metadata", "CreateToken", 200),
        ("metadata", "GetSecurityKey", 200),
        ("mpc", "ListThumbnailsTask", 200),
    ]


async def test_keys_end_after_their_time_and_each_look_gives_new_ones(cloud):
    cloud.state.key_seconds = 900
    first = as_key(await key_of(cloud))
    second = as_key(await key_of(cloud))
    assert first.access_key != second.access_key
    assert first.security_token != second.security_token
    cloud.state.now = lambda: NOON + timedelta(seconds=899)
    assert (await ask_with_key(cloud, first)).status == 200
    cloud.state.now = lambda: NOON + timedelta(seconds=900)
    for key in (first, second):
        told = await ask_with_key(cloud, key)
        assert (told.status, told.code) == (401, "APIGW.0301")
    assert (await ask_with_key(cloud, as_key(await key_of(cloud)))).status == 200


async def test_tokens_end_after_the_time_that_was_asked_for(cloud):
    token = (await token_for(cloud, "60")).content
    cloud.state.now = lambda: NOON + timedelta(seconds=59)
    assert (await key_of(cloud, token)).status == 200
    cloud.state.now = lambda: NOON + timedelta(seconds=60)
    assert (await key_of(cloud, token)).status == 401


@pytest.mark.parametrize("seconds", ["", "0", "21601", "-1", "1.5", "x", "9" * 9])
async def test_a_token_needs_a_lifetime(cloud, seconds):
    assert (await token_for(cloud, seconds)).status == 400
    assert cloud.state.accounts.metadata_tokens == {}


async def test_a_wrong_token_is_refused(cloud):
    assert (await key_of(cloud, "nonsense")).status == 401
    assert cloud.state.accounts.temporary_keys == {}


async def test_tokens_can_be_required(cloud):
    cloud.state.metadata_tokens = "required"
    assert (await key_of(cloud)).status == 401
    token = (await token_for(cloud)).content
    assert (await key_of(cloud, token)).status == 200


async def test_there_may_be_no_tokens(cloud):
    cloud.state.metadata_tokens = "missing"
    assert (await token_for(cloud)).status == 404
    as_key(await key_of(cloud))


async def test_without_an_agency_there_are_no_keys(cloud):
    cloud.state.agency = False
    told = await key_of(cloud, (await token_for(cloud)).content)
    assert (told.status, told.content) == (401, "Please configure Cloud Service Agency first")


async def test_other_methods_are_not_allowed(cloud):
    assert (await ask(cloud, "GET", TOKEN)).status == 405
    assert (await ask(cloud, "PUT", KEY)).status == 405
    assert (await ask(cloud, "OPTIONS", TOKEN)).status == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example.com"},
    ],
)
async def test_no_web_page_gets_keys(cloud, headers):
    told = await ask(cloud, "GET", KEY, headers=headers)
    assert told.status == 403
    told = await ask(cloud, "PUT", TOKEN, headers={"X-Metadata-Token-Ttl-Seconds": "60", **headers})
    assert told.status == 403
    assert cloud.state.accounts.temporary_keys == {}
    assert cloud.state.accounts.metadata_tokens == {}


async def test_a_person_may_look(cloud):
    assert (await ask(cloud, "GET", KEY, headers={"Sec-Fetch-Site": "none"})).status == 200
