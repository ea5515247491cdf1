import re

import pytest
from botocore.exceptions import ClientError
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud

MISSING = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcdefABCDEF"


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.fixture
def ivs(cloud):
    with boto(cloud, "ivs") as client:
        yield client


async def create(ivs, **members):
    response = await call(ivs.create_playback_restriction_policy, **members)
    return response["playbackRestrictionPolicy"]


async def test_a_policy_is_created_with_the_documented_defaults(ivs):
    policy = await create(ivs)
    arn = policy.pop("arn")
    assert re.fullmatch(
        r"arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/[A-Za-z0-9]{12}", arn
    )
    assert policy == {
        "allowedCountries": [],
        "allowedOrigins": [],
        "enableStrictOriginEnforcement": False,
        "name": "",
        "tags": {},
    }


async def test_a_policy_is_created_changed_and_deleted(ivs):
    policy = await create(
        ivs,
        name="dach",
        allowedCountries=["DE", "AT", "CH"],
        allowedOrigins=["https://example.com", "http://localhost:8080", "http://[::1]:80", "null"],
        enableStrictOriginEnforcement=True,
        tags={"team": "video", "Größe": "a b"},
    )
    arn = policy["arn"]
    got = await call(ivs.get_playback_restriction_policy, arn=arn)
    assert got["playbackRestrictionPolicy"] == policy
    updated = await call(
        ivs.update_playback_restriction_policy, arn=arn, allowedCountries=[], name="world"
    )
    expected = {**policy, "allowedCountries": [], "name": "world"}
    assert updated["playbackRestrictionPolicy"] == expected
    got = await call(ivs.get_playback_restriction_policy, arn=arn)
    assert got["playbackRestrictionPolicy"] == expected
    deleted = await call(ivs.delete_playback_restriction_policy, arn=arn)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    error = await error_of(ivs.get_playback_restriction_policy, arn=arn)
    assert error[:2] == (404, "ResourceNotFoundException")
    assert arn in error[2]


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
async def test_a_missing_policy_is_not_found(ivs, operation):
    function = getattr(ivs, f"{operation}_playback_restriction_policy")
    assert (await error_of(function, arn=MISSING))[:2] == (404, "ResourceNotFoundException")
    assert (await error_of(function, arn="arn:aws:ivs"))[:2] == (400, "ValidationException")


async def test_names_need_not_be_unique(ivs):
    assert (await create(ivs, name="a"))["arn"] != (await create(ivs, name="a"))["arn"]


async def listed(ivs, **parameters):
    return await call(ivs.list_playback_restriction_policies, **parameters)


async def test_lists_page_in_order_of_creation(ivs):
    names = [f"policy-{index}" for index in range(5)]
    for name in names:
        await create(ivs, name=name)
    page = await listed(ivs)
    assert [p["name"] for p in page["playbackRestrictionPolicies"]] == names[:1]
    seen, token = [], ""
    for _ in range(3):
        page = await listed(ivs, maxResults=2, nextToken=token)
        seen.append([p["name"] for p in page["playbackRestrictionPolicies"]])
        token = page.get("nextToken")
    assert seen == [names[:2], names[2:4], names[4:]]
    assert token is None
    page = await listed(ivs, maxResults=100)
    assert len(page["playbackRestrictionPolicies"]) == 5
    assert "nextToken" not in page


async def test_a_deletion_between_two_pages_skips_no_processor(ivs):
    policies = [await create(ivs, name=f"policy-{index}") for index in range(4)]
    page = await listed(ivs, maxResults=2)
    await call(ivs.delete_playback_restriction_policy, arn=policies[0]["arn"])
    page = await listed(ivs, maxResults=2, nextToken=page["nextToken"])
    assert page["playbackRestrictionPolicies"] == policies[2:]


@pytest.mark.parametrize(
    "parameters",
    [
        {"name": "a b"},
        {"name": "x" * 129},
        {"allowedCountries": ["DEU"]},
        {"allowedCountries": ["de"]},
        {"allowedCountries": ["XX"]},
        {"allowedOrigins": ["example.com"]},
        {"allowedOrigins": ["*"]},
        {"allowedOrigins": ["https://example.com/path"]},
        {"allowedOrigins": ["https://example.com:port"]},
        {"allowedOrigins": ["https://"]},
        {"allowedOrigins": [f"https://{'a' * 121}"]},
        {"tags": {"aws:team": "video"}},
        {"tags": {"team": "video;"}},
        {"tags": {"k" * 129: ""}},
        {"tags": {"k": "v" * 257}},
        {"tags": {f"key-{index}": "" for index in range(51)}},
    ],
    ids=str,
)
async def test_members_beyond_their_limits_are_rejected(ivs, parameters):
    error = await error_of(ivs.create_playback_restriction_policy, **parameters)
    assert error[:2] == (400, "ValidationException")
    assert next(iter(parameters)) in error[2]
    assert (await listed(ivs))["playbackRestrictionPolicies"] == []


async def test_an_update_is_checked_before_it_changes_anything(ivs):
    policy = await create(ivs, name="before")
    error = await error_of(
        ivs.update_playback_restriction_policy,
        arn=policy["arn"],
        name="after",
        allowedCountries=["XX"],
    )
    assert error[:2] == (400, "ValidationException")
    got = await call(ivs.get_playback_restriction_policy, arn=policy["arn"])
    assert got["playbackRestrictionPolicy"] == policy


@pytest.mark.parametrize(
    "parameters", [{"maxResults": 101}, {"nextToken": "AAAA"}, {"nextToken": "no base64!"}]
)
async def test_lists_reject_values_out_of_range(ivs, parameters):
    assert (await error_of(ivs.list_playback_restriction_policies, **parameters))[:2] == (
        400,
        "ValidationException",
    )


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"\xff", b'{"name": 1}', b'{"enableStrictOriginEnforcement": "yes"}']
)
async def test_bodies_of_wrong_types_are_rejected(cloud, body):
    target = "/CreatePlaybackRestrictionPolicy"
    headers = signed_headers(cloud, "POST", target, body, service="ivs")
    status, response_headers, response_body = await send(cloud, "POST", target, body, headers)
    assert (status, response_headers["x-amzn-ErrorType"]) == (400, "ValidationException")
    assert b"exceptionMessage" in response_body


async def test_boto3_shows_the_text_of_an_error(cloud):
    with boto(cloud, "ivs") as ivs, pytest.raises(ClientError, match="There is no channel arn"):
        await call(ivs.get_channel, arn="arn:aws:ivs:us-east-1:123456789012:channel/abcdefABCDEF")
