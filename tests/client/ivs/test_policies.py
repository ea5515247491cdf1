import json
import threading
from types import SimpleNamespace

import pytest

from vidkit import (
    AmbiguousError,
    ConflictError,
    DecodeError,
    NotFoundError,
    RequestError,
    ThrottledError,
)
from vidkit.ivs.models.rules import countries
from vidkit.local.ivs.policies import Policies
from vidkit.local.ivs.store import Pages

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"


async def test_a_policy_from_birth_to_death(kit):
    made = await kit.ivs.create_playback_restriction_policy(
        name="dach",
        allowed_countries=["DE", "AT", "CH"],
        allowed_origins=["https://example.com"],
        enable_strict_origin_enforcement=True,
        tags={"team": "video"},
    )
    assert made.name == "dach"
    assert made.allowed_countries == ["DE", "AT", "CH"]
    assert made.enable_strict_origin_enforcement is True
    assert made.tags == {"team": "video"}
    assert await kit.ivs.get_playback_restriction_policy(made.arn) == made

    changed = await kit.ivs.update_playback_restriction_policy(
        made.arn, allowed_countries=[], name="open"
    )
    assert (changed.allowed_countries, changed.name) == ([], "open")
    assert changed.allowed_origins == made.allowed_origins

    assert await kit.ivs.list_playback_restriction_policies().collect() == [changed]
    await kit.ivs.delete_playback_restriction_policy(made.arn)
    with pytest.raises(NotFoundError) as caught:
        await kit.ivs.get_playback_restriction_policy(made.arn)
    assert caught.value.code == "ResourceNotFoundException"
    assert caught.value.request_id


@pytest.mark.parametrize("method", ["create", "update", "ensure"])
async def test_the_table_of_countries_is_not_read_in_the_loop(kit, monkeypatch, method):
    policy = await kit.ivs.create_playback_restriction_policy(name="dach")
    threads = []

    class Table:
        def __iter__(self):
            threads.append(threading.get_ident())
            return iter([SimpleNamespace(alpha_2="DE", name="Germany")])

        def get(self, **_):
            """The lookup of the local cloud, which uses the same table."""
            return self

    countries.cache_clear()
    monkeypatch.setattr("pycountry.countries", Table())
    try:
        call = getattr(kit.ivs, f"{method}_playback_restriction_policy")
        arguments = (policy.arn,) if method == "update" else ()
        found = await call(*arguments, name="dach", allowed_countries=["DE"])
        assert found.allowed_countries == ["DE"]
        assert len(threads) == 1
        assert threading.get_ident() not in threads
    finally:
        countries.cache_clear()


async def test_lists_ask_for_a_hundred_a_page(cloud, kit):
    there = Policies(cloud.state, Pages())
    for n in range(230):
        there.create({"name": f"p{n}"})
    before = len(cloud.calls)
    names = [policy.name async for policy in kit.ivs.list_playback_restriction_policies()]
    assert names == [f"p{n}" for n in range(230)]
    assert len(cloud.calls) - before == 3
    pages = [
        page async for page in kit.ivs.list_playback_restriction_policies(max_results=99).pages()
    ]
    assert [len(page.items) for page in pages] == [99, 99, 32]
    rest = kit.ivs.list_playback_restriction_policies(next_token=pages[0].next_token)
    assert len(await rest.collect()) == 131


async def test_create_is_never_sent_twice_when_it_may_have_happened(scripted):
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError, match="may or may not") as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert len(scripted.requests) == 1
    assert (caught.value.service, caught.value.operation) == (
        "ivs",
        "CreatePlaybackRestrictionPolicy",
    )


async def test_create_is_repeated_when_it_surely_did_not_happen(scripted):
    throttled = {"exceptionMessage": "slow"}
    scripted.json(throttled, status=429, x_amzn_errortype="ThrottlingException")
    policy = {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}
    scripted.json({"playbackRestrictionPolicy": policy})
    async with scripted.kit() as kit:
        made = await kit.ivs.create_playback_restriction_policy(name="x")
    assert made.arn == ARN
    assert len(scripted.requests) == 2


async def test_update_sends_what_was_given_and_nothing_else(scripted):
    policy = {"arn": ARN, "allowedCountries": [], "allowedOrigins": [], "tomorrow": 1}
    scripted.json({"playbackRestrictionPolicy": policy})
    async with scripted.kit() as kit:
        found = await kit.ivs.update_playback_restriction_policy(ARN, allowed_origins=[])
    assert json.loads(scripted.requests[0][1]) == {"arn": ARN, "allowedOrigins": []}
    assert found.model_extra == {"tomorrow": 1}
    assert (found.name, found.tags) == (None, None)


async def test_errors_of_ivs_carry_their_message(scripted):
    scripted.json({"exceptionMessage": "in use"}, status=409, x_amzn_errortype="ConflictException")
    async with scripted.kit() as kit:
        with pytest.raises(ConflictError, match="in use"):
            await kit.ivs.delete_playback_restriction_policy(ARN)


async def test_throttling_that_stays_is_told_with_its_attempts(scripted):
    scripted.json({}, status=429)
    async with scripted.kit() as kit:
        with pytest.raises(ThrottledError) as caught:
            await kit.ivs.get_playback_restriction_policy(ARN)
    assert caught.value.attempts == len(scripted.requests) == 4


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{}", b'{"playbackRestrictionPolicy":1}'])
async def test_answers_that_are_none(scripted, body):
    scripted.raw(body)
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError) as caught:
            await kit.ivs.get_playback_restriction_policy(ARN)
    assert caught.value.status == 200
    assert caught.value.operation == "GetPlaybackRestrictionPolicy"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"allowed_countries": ["DE", "Germany"]}, ["allowed_countries", "'Germany'", "'DE'"]),
        ({"allowed_countries": ["de"]}, ["allowed_countries", "'de'", "'DE'"]),
        ({"allowed_countries": "DE"}, ["allowed_countries='DE'"]),
        ({"allowed_origins": ["example.com"]}, ["allowed_origins", "'example.com'"]),
        ({"allowed_origins": ["https://example.com/"]}, ["allowed_origins", "slash"]),
        ({"enable_strict_origin_enforcement": "yes"}, ["enable_strict_origin_enforcement='yes'"]),
        ({"name": "with space"}, ["name='with space'"]),
        ({"name": "x" * 129}, ["name", "128"]),
        ({"tags": {"aws:x": "y"}}, ["tags", "aws:"]),
        ({"tags": {f"k{n}": "v" for n in range(51)}}, ["tags", "50"]),
        ({"countries": ["DE"]}, ["countries", "allowed_countries"]),
    ],
)
async def test_bad_input_is_refused_before_anything_is_sent(scripted, parameters, words):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.ivs.create_playback_restriction_policy(**parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


async def test_arns_and_page_sizes_are_checked(scripted):
    async with scripted.kit() as kit:
        for arn in ("", "x", "arn:aws:ivs:us-east-1:1:channel/abc", None, ARN + "\n"):
            with pytest.raises(RequestError, match="arn"):
                await kit.ivs.get_playback_restriction_policy(arn)
            with pytest.raises(RequestError, match="arn"):
                await kit.ivs.delete_playback_restriction_policy(arn)
        for size in (0, 101, True, "5"):
            with pytest.raises(RequestError, match="max_results"):
                kit.ivs.list_playback_restriction_policies(max_results=size)
    assert scripted.requests == []
