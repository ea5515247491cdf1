import json
from urllib.parse import quote

import pytest
from botocore.client import Config
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud

ACCOUNT = "arn:aws:ivs:us-east-1:123456789012"
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})
KINDS = ["channel", "policy", "stream key"]


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.fixture
def ivs(cloud):
    with boto(cloud, "ivs", config=UNCHECKED) as client:
        yield client


async def tagged(ivs, kind, **tags):
    """The ARN of a new resource of a kind."""
    if kind == "policy":
        made = await call(ivs.create_playback_restriction_policy, tags=tags)
        return made["playbackRestrictionPolicy"]["arn"]
    made = await call(ivs.create_channel, tags=tags)
    return made["channel" if kind == "channel" else "streamKey"]["arn"]


async def tags_of(ivs, arn):
    return (await call(ivs.list_tags_for_resource, resourceArn=arn))["tags"]


@pytest.mark.parametrize("kind", KINDS)
async def test_tags_are_added_changed_and_removed(ivs, kind):
    arn = await tagged(ivs, kind)
    assert await tags_of(ivs, arn) == {}
    await call(ivs.tag_resource, resourceArn=arn, tags={"team": "video", "Größe": "a b/+="})
    await call(ivs.tag_resource, resourceArn=arn, tags={"team": ""})
    assert await tags_of(ivs, arn) == {"team": "", "Größe": "a b/+="}
    await call(ivs.untag_resource, resourceArn=arn, tagKeys=["Größe", "never there"])
    assert await tags_of(ivs, arn) == {"team": ""}
    await call(ivs.tag_resource, resourceArn=arn, tags={})
    assert await tags_of(ivs, arn) == {"team": ""}


async def test_tags_appear_wherever_their_resource_does(ivs):
    channel = await tagged(ivs, "channel", made="so")
    policy = await tagged(ivs, "policy", made="so")
    for arn in (channel, policy):
        await call(ivs.tag_resource, resourceArn=arn, tags={"k": "v"})
    expected = {"made": "so", "k": "v"}
    shown = [
        (await call(ivs.get_channel, arn=channel))["channel"],
        *(await call(ivs.batch_get_channel, arns=[channel]))["channels"],
        *(await call(ivs.list_channels))["channels"],
        (await call(ivs.get_playback_restriction_policy, arn=policy))["playbackRestrictionPolicy"],
        *(await call(ivs.list_playback_restriction_policies))["playbackRestrictionPolicies"],
    ]
    assert [each["tags"] for each in shown] == [expected] * 5


async def test_a_resource_has_fifty_tags_at_the_most(ivs):
    arn = await tagged(ivs, "channel")
    fifty = {f"key-{index}": "" for index in range(50)}
    await call(ivs.tag_resource, resourceArn=arn, tags=fifty)
    await call(ivs.tag_resource, resourceArn=arn, tags={"key-7": "changed"})
    error = await error_of(ivs.tag_resource, resourceArn=arn, tags={"key-50": ""})
    assert error[:2] == (400, "ValidationException")
    assert "50" in error[2]
    await call(ivs.untag_resource, resourceArn=arn, tagKeys=list(fifty)[:50])
    assert await tags_of(ivs, arn) == {}
    fifty_one = {f"key-{index}": "" for index in range(51)}
    for function, parameters in (
        (ivs.tag_resource, {"tags": fifty_one}),
        (ivs.untag_resource, {"tagKeys": list(fifty_one)}),
    ):
        error = await error_of(function, resourceArn=arn, **parameters)
        assert error[:2] == (400, "ValidationException")


@pytest.mark.parametrize(
    "tags",
    [
        {"aws:team": "video"},
        {"AWS:team": "video"},
        {"team": "video;"},
        {"te\tam": "video"},
        {"k" * 129: ""},
        {"k": "v" * 257},
        {"": "v"},
        {"k": None},
        {"k": 1},
        None,
    ],
    ids=str,
)
async def test_tags_that_aws_does_not_admit_are_rejected(ivs, tags):
    arn = await tagged(ivs, "channel", before="1")
    given = {} if tags is None else {"tags": {"good": "1", **tags}}
    error = await error_of(ivs.tag_resource, resourceArn=arn, **given)
    assert error[:2] == (400, "ValidationException")
    assert "tags" in error[2]
    assert await tags_of(ivs, arn) == {"before": "1"}


@pytest.mark.parametrize("keys", [["aws:team"], ["k" * 129], ["a;b"], []])
async def test_keys_that_no_tag_has_are_rejected(ivs, keys):
    arn = await tagged(ivs, "channel", before="1")
    error = await error_of(ivs.untag_resource, resourceArn=arn, tagKeys=keys)
    assert error[:2] == (400, "ValidationException")
    assert await tags_of(ivs, arn) == {"before": "1"}


@pytest.mark.parametrize("kind", ["channel", "playback-restriction-policy", "stream-key", "other"])
async def test_a_missing_resource_is_not_found(ivs, kind):
    arn = f"{ACCOUNT}:{kind}/abcdefABCDEF"
    for function, parameters in (
        (ivs.tag_resource, {"tags": {"k": "v"}}),
        (ivs.untag_resource, {"tagKeys": ["k"]}),
        (ivs.list_tags_for_resource, {}),
    ):
        error = await error_of(function, resourceArn=arn, **parameters)
        assert error[:2] == (404, "ResourceNotFoundException")
        assert arn in error[2]


@pytest.mark.parametrize(
    "arn", ["nonsense", "arn:aws:s3:::bucket", f"{ACCOUNT}:channel/{'a' * 99}"]
)
async def test_what_is_no_arn_of_ivs_is_rejected(ivs, arn):
    error = await error_of(ivs.list_tags_for_resource, resourceArn=arn)
    assert error[:2] == (400, "ValidationException")
    assert "resourceArn" in error[2]


async def test_the_arn_in_the_path_must_be_percent_encoded(cloud, ivs):
    arn = await tagged(ivs, "channel", k="v")
    response = []
    for target in (f"/tags/{quote(arn, safe='')}", f"/tags/{quote(arn, safe=':')}", f"/tags/{arn}"):
        headers = signed_headers(cloud, "GET", target, service="ivs")
        status, _, response_body = await send(cloud, "GET", target, b"", headers)
        response.append((status, json.loads(response_body).get("tags")))
    assert response == [(200, {"k": "v"}), (200, {"k": "v"}), (404, None)]


async def test_there_are_three_operations_on_tags(cloud, ivs):
    arn = await tagged(ivs, "channel")
    target = f"/tags/{quote(arn, safe='')}"
    headers = signed_headers(cloud, "PUT", target, b"{}", service="ivs")
    status, response_headers, _ = await send(cloud, "PUT", target, b"{}", headers)
    assert (status, response_headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")
    await call(ivs.tag_resource, resourceArn=arn, tags={"k": "v"})
    await call(ivs.untag_resource, resourceArn=arn, tagKeys=["k"])
    await tags_of(ivs, arn)
    assert [each.operation for each in cloud.calls[-3:]] == [
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ]
