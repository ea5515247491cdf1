"""A declared policy compared with the existing ones: which action follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import RequestError
from vidkit.ivs import PlaybackRestrictionPolicy
from vidkit.ivs.policy_diff import (
    CreatePolicy,
    KeepPolicy,
    TooManyPolicies,
    UpdatePolicy,
    diff_policies,
)
from vidkit.ivs.policy_diff import EnsurePlaybackRestrictionPolicyRequest as Declared

COUNTRIES = st.lists(st.sampled_from(["DE", "AT", "CH", "FR"]), max_size=5)
ORIGINS = st.lists(st.sampled_from(["https://a.example", "https://b.example"]), max_size=3)
TAGS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "1", "2"]))
AWS_TAGS = st.dictionaries(st.sampled_from(["aws:x", "AWS:y"]), st.sampled_from(["1", "2"]))

declared_policies = st.builds(
    Declared,
    name=st.just("dach"),
    allowed_countries=st.none() | COUNTRIES,
    allowed_origins=st.none() | ORIGINS,
    enable_strict_origin_enforcement=st.none() | st.booleans(),
    tags=st.none() | TAGS,
)


@st.composite
def policies(draw):
    tags = draw(st.none() | TAGS)
    return PlaybackRestrictionPolicy(
        arn=f"arn:aws:ivs:us-east-1:1:playback-restriction-policy/{draw(st.integers(0, 99))}",
        name="dach",
        allowed_countries=draw(COUNTRIES),
        allowed_origins=draw(ORIGINS),
        enable_strict_origin_enforcement=draw(st.none() | st.booleans()),
        tags=None if tags is None else tags | draw(AWS_TAGS),
    )


def carried_out(change):
    """The policy after the service has updated it, removed tags and added tags."""
    tags = dict(change.policy.tags or {})
    for key in change.untag:
        del tags[key]
    tags |= change.tag
    return change.policy.model_copy(update={**change.members, "tags": tags})


@given(declared_policies, policies())
def test_after_what_is_decided_there_is_nothing_left_to_do(declared, policy):
    action = diff_policies(declared, [policy])
    if isinstance(action, UpdatePolicy):
        policy = carried_out(action)
        assert policy.tags == action.updated_tags()
    else:
        assert action == KeepPolicy(policy)
    assert diff_policies(declared, [policy]) == KeepPolicy(policy)


@given(declared_policies, policies())
def test_a_policy_that_is_kept_is_as_declared(declared, policy):
    action = diff_policies(declared, [policy])
    as_declared = (
        declared.allowed_countries is None
        or set(declared.allowed_countries) == set(policy.allowed_countries),
        declared.allowed_origins is None
        or set(declared.allowed_origins) == set(policy.allowed_origins),
        declared.enable_strict_origin_enforcement
        in {None, bool(policy.enable_strict_origin_enforcement)},
        declared.tags is None
        or declared.tags
        == {k: v for k, v in (policy.tags or {}).items() if not k.lower().startswith("aws:")},
    )
    assert isinstance(action, KeepPolicy) is all(as_declared)


@given(declared_policies, policies())
def test_a_change_touches_only_what_was_declared_and_never_the_tags_of_aws(declared, policy):
    action = diff_policies(declared, [policy])
    if isinstance(action, UpdatePolicy):
        given = {name for name, value in declared if value is not None}
        assert set(action.members) <= given - {"name", "tags"}
        if declared.tags is None:
            assert not action.untag
            assert not action.tag
        touched = {*action.untag, *action.tag}
        assert not any(key.lower().startswith("aws:") for key in touched)
        assert set(action.untag).isdisjoint(action.tag)


@given(declared_policies, st.lists(policies(), min_size=2, max_size=4))
def test_of_several_none_is_meant(declared, found):
    assert diff_policies(declared, found) == TooManyPolicies(found)


@given(declared_policies)
def test_a_policy_that_is_missing_is_created(declared):
    assert diff_policies(declared, []) == CreatePolicy()


def test_what_is_named_twice_is_sent_once():
    declared = Declared(name="x", allowed_countries=["DE", "AT", "DE"])
    assert declared.allowed_countries == ["DE", "AT"]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"name": ""}, ["name=''"]),
        ({"name": None}, ["name=None"]),
        ({"name": "a b"}, ["name='a b'"]),
        ({"name": "x" * 129}, ["name", "128"]),
        ({"name": "x", "allowed_countries": ["Germany"]}, ["allowed_countries", "'DE'"]),
        ({"name": "x", "allowed_origins": ["*"]}, ["allowed_origins", "'*'"]),
        ({"name": "x", "tags": {"aws:x": "y"}}, ["tags", "aws:"]),
        ({"name": "x", "enable_strict_origin_enforcement": 1}, ["enable_strict"]),
    ],
)
def test_a_declaration_is_held_to_the_rules_of_create(parameters, words):
    with pytest.raises(RequestError) as caught:
        Declared(**parameters)
    assert str(caught.value).startswith("ivs.EnsurePlaybackRestrictionPolicy: ")
    for word in words:
        assert word in str(caught.value)
