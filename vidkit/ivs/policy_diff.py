"""A declared policy compared with the existing ones: what has to change. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from vidkit.ivs.models.fields import Flag, IvsRequest, Tags
from vidkit.ivs.models.policies import Countries, Origins, PlaybackRestrictionPolicy
from vidkit.models.aws_tags import RESERVED

__all__ = [
    "Action",
    "CreatePolicy",
    "EnsurePlaybackRestrictionPolicyRequest",
    "KeepPolicy",
    "TooManyPolicies",
    "UpdatePolicy",
    "diff_policies",
]


def _unique(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


class EnsurePlaybackRestrictionPolicyRequest(IvsRequest):
    """A declared policy; a parameter that is None may have any value."""

    name: Annotated[
        str, StringConstraints(min_length=1, max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")
    ]
    allowed_countries: Annotated[Countries, AfterValidator(_unique)] | None = None
    allowed_origins: Annotated[Origins, AfterValidator(_unique)] | None = None
    enable_strict_origin_enforcement: Flag | None = None
    tags: Tags | None = None


@dataclass(frozen=True, slots=True)
class CreatePolicy:
    """The policy does not exist: create it."""


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """The policy is as declared: keep it."""

    policy: PlaybackRestrictionPolicy


@dataclass(frozen=True, slots=True)
class UpdatePolicy:
    """The policy differs from the declared one: update it.

    Attributes:
        policy: the policy as it is now.
        members: the members to update, under the names of the parameters; empty: no update.
        untag: the keys of the tags to remove; empty: none.
        tag: the tags to add or to change; empty: none.
    """

    policy: PlaybackRestrictionPolicy
    members: Mapping[str, Any]
    untag: Sequence[str]
    tag: Mapping[str, str]

    def updated_tags(self) -> dict[str, str]:
        """The policy's tags after the update."""
        present = self.policy.tags or {}
        kept = {key: value for key, value in present.items() if key not in self.untag}
        return kept | dict(self.tag)


@dataclass(frozen=True, slots=True)
class TooManyPolicies:
    """Several policies have the name, so it is ambiguous which one is meant."""

    policies: Sequence[PlaybackRestrictionPolicy]


Action = CreatePolicy | KeepPolicy | UpdatePolicy | TooManyPolicies


def diff_policies(
    declared: EnsurePlaybackRestrictionPolicyRequest, existing: Sequence[PlaybackRestrictionPolicy]
) -> Action:
    """The action that makes the existing policy match the declared one.

    Args:
        declared: the declared policy.
        existing: the policies that have its name.
    """
    if not existing:
        return CreatePolicy()
    if len(existing) > 1:
        return TooManyPolicies(existing)
    (policy,) = existing
    members = _diff_members(declared, policy)
    untag, tag = _diff_tags(declared.tags, policy.tags or {})
    if members or untag or tag:
        return UpdatePolicy(policy, members, untag, tag)
    return KeepPolicy(policy)


def _diff_members(
    declared: EnsurePlaybackRestrictionPolicyRequest, policy: PlaybackRestrictionPolicy
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name in ("allowed_countries", "allowed_origins"):
        values: Sequence[str] | None = getattr(declared, name)
        # Order and duplicates have no meaning.
        if values is not None and set(values) != set(getattr(policy, name)):
            members[name] = values
    strict = declared.enable_strict_origin_enforcement
    if strict is not None and strict is not bool(policy.enable_strict_origin_enforcement):
        members["enable_strict_origin_enforcement"] = strict
    return members


def _diff_tags(
    declared: Mapping[str, str] | None, present: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """The keys to remove and the tags to set; tags of AWS itself cannot be changed."""
    if declared is None:
        return [], {}
    own = {k: v for k, v in present.items() if not k.lower().startswith(RESERVED)}
    untag = [key for key in own if key not in declared]
    tag = {key: value for key, value in declared.items() if own.get(key) != value}
    return untag, tag
