"""The metadata address of the local cloud, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from huawei_calls import list_with_key, send_json

from vidkit.local import LocalCloud, TemporaryKey
from vidkit.local.iam.state import MetadataState
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN = "/meta-data/latest/api/token"
KEY = "/openstack/latest/securitykey"


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as running:
        running.state.now = lambda: NOON
        yield running


async def token_for(cloud, seconds="21600"):
    return await send_json(cloud, "PUT", TOKEN, headers={"X-Metadata-Token-Ttl-Seconds": seconds})


async def key_of(cloud, token=None):
    headers = {} if token is None else {"X-Metadata-Token": token}
    return await send_json(cloud, "GET", KEY, headers=headers)


def as_key(message):
    assert message.status == 200, message
    found = message.content["credential"]
    ends = datetime.strptime(found["expires_at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return TemporaryKey(found["access"], found["secret"], found["securitytoken"], ends)


async def test_a_metadata_token_gives_keys_that_mpc_accepts(cloud):
    token = (await token_for(cloud)).content
    key = as_key(await key_of(cloud, token))
    assert key.expires_at == NOON + timedelta(days=1)
    assert (await list_with_key(cloud, key)).status == 200
    assert [(call.service, call.operation, call.status) for call in cloud.calls] == [
        ("metadata", "CreateToken", 200),
        ("metadata", "GetSecurityKey", 200),
        ("mpc", "ListThumbnailsTask", 200),
    ]


async def test_keys_expire_and_each_request_returns_new_ones(cloud):
    cloud.state.of(HuaweiAccounts).key_seconds = 900
    first = as_key(await key_of(cloud))
    second = as_key(await key_of(cloud))
    assert first.access_key != second.access_key
    assert first.security_token != second.security_token
    cloud.state.now = lambda: NOON + timedelta(seconds=899)
    assert (await list_with_key(cloud, first)).status == 200
    cloud.state.now = lambda: NOON + timedelta(seconds=900)
    for key in (first, second):
        response = await list_with_key(cloud, key)
        assert (response.status, response.code) == (401, "APIGW.0301")
    assert (await list_with_key(cloud, as_key(await key_of(cloud)))).status == 200


async def test_metadata_tokens_expire_after_the_requested_time(cloud):
    token = (await token_for(cloud, "60")).content
    cloud.state.now = lambda: NOON + timedelta(seconds=59)
    assert (await key_of(cloud, token)).status == 200
    cloud.state.now = lambda: NOON + timedelta(seconds=60)
    assert (await key_of(cloud, token)).status == 401


@pytest.mark.parametrize("seconds", ["", "0", "21601", "-1", "1.5", "x", "9" * 9])
async def test_a_token_needs_a_lifetime(cloud, seconds):
    assert (await token_for(cloud, seconds)).status == 400
    assert cloud.state.of(HuaweiAccounts).metadata_tokens == {}


async def test_a_wrong_token_is_rejected(cloud):
    assert (await key_of(cloud, "nonsense")).status == 401
    assert cloud.state.of(HuaweiAccounts).temporary_keys == {}


async def test_tokens_can_be_required(cloud):
    cloud.state.of(MetadataState).tokens = "required"
    assert (await key_of(cloud)).status == 401
    token = (await token_for(cloud)).content
    assert (await key_of(cloud, token)).status == 200


async def test_there_may_be_no_tokens(cloud):
    cloud.state.of(MetadataState).tokens = "missing"
    assert (await token_for(cloud)).status == 404
    as_key(await key_of(cloud))


async def test_without_an_agency_there_are_no_keys(cloud):
    cloud.state.of(MetadataState).agency = False
    response = await key_of(cloud, (await token_for(cloud)).content)
    assert (response.status, response.content) == (
        401,
        "Please configure Cloud Service Agency first",
    )


async def test_other_methods_are_not_allowed(cloud):
    assert (await send_json(cloud, "GET", TOKEN)).status == 405
    assert (await send_json(cloud, "PUT", KEY)).status == 405
    assert (await send_json(cloud, "OPTIONS", TOKEN)).status == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example.com"},
    ],
)
async def test_no_web_page_gets_keys(cloud, headers):
    response = await send_json(cloud, "GET", KEY, headers=headers)
    assert response.status == 403
    response = await send_json(
        cloud, "PUT", TOKEN, headers={"X-Metadata-Token-Ttl-Seconds": "60", **headers}
    )
    assert response.status == 403
    assert cloud.state.of(HuaweiAccounts).temporary_keys == {}
    assert cloud.state.of(HuaweiAccounts).metadata_tokens == {}


async def test_a_url_typed_into_a_browser_is_served(cloud):
    assert (await send_json(cloud, "GET", KEY, headers={"Sec-Fetch-Site": "none"})).status == 200
