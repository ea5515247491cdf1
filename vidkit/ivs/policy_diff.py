"""A policy as it is wanted against the policies there are: what is to be done. Pure functions."""

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


def _once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


class EnsurePlaybackRestrictionPolicyRequest(IvsRequest):
    """A policy as it is wanted; what is not given may be as it likes."""

    name: Annotated[
        str, StringConstraints(min_length=1, max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")
    ]
    allowed_countries: Annotated[Countries, AfterValidator(_once)] | None = None
    allowed_origins: Annotated[Origins, AfterValidator(_once)] | None = None
    enable_strict_origin_enforcement: Flag | None = None
    tags: Tags | None = None


@dataclass(frozen=True, slots=True)
class CreatePolicy:
    """There is no such policy."""


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """The policy is as it is wanted."""

    policy: PlaybackRestrictionPolicy


@dataclass(frozen=True, slots=True)
class UpdatePolicy:
    """The policy is there and differs.

    Attributes:
        policy: as it is.
        members: what to update, under the parameters' names; empty: no update.
        untag: keys of tags to take off; empty: none.
        tag: tags to add or to set; empty: none.
    """

    policy: PlaybackRestrictionPolicy
    members: Mapping[str, Any]
    untag: Sequence[str]
    tag: Mapping[str, str]

    def tags(self) -> dict[str, str]:
        """The policy's tags when the change has been made."""
        present = self.policy.tags or {}
        kept = {key: value for key, value in present.items() if key not in self.untag}
        return kept | dict(self.tag)


@dataclass(frozen=True, slots=True)
class TooManyPolicies:
    """Several policies have the name, so none of them is meant."""

    policies: Sequence[PlaybackRestrictionPolicy]


Action = CreatePolicy | KeepPolicy | UpdatePolicy | TooManyPolicies


def diff_policies(
    declared: EnsurePlaybackRestrictionPolicyRequest, found: Sequence[PlaybackRestrictionPolicy]
) -> Action:
    """What makes the policies be as one is declared.

    Args:
        declared: the policy as it is wanted.
        found: the policies of its name.
    """
    if not found:
        return CreatePolicy()
    if len(found) > 1:
        return TooManyPolicies(found)
    (policy,) = found
    members = _differing(declared, policy)
    untag, tag = _tags(declared.tags, policy.tags or {})
    if members or untag or tag:
        return UpdatePolicy(policy, members, untag, tag)
    return KeepPolicy(policy)


def _differing(
    declared: EnsurePlaybackRestrictionPolicyRequest, policy: PlaybackRestrictionPolicy
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name in ("allowed_countries", "allowed_origins"):
        wanted: Sequence[str] | None = getattr(declared, name)
        # The order says nothing, and neither does naming one twice.
        if wanted is not None and set(wanted) != set(getattr(policy, name)):
            members[name] = wanted
    strict = declared.enable_strict_origin_enforcement
    if strict is not None and strict is not bool(policy.enable_strict_origin_enforcement):
        members["enable_strict_origin_enforcement"] = strict
    return members


def _tags(
    wanted: Mapping[str, str] | None, present: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Which keys go, and which tags are set; AWS's own tags are nobody's to change."""
    if wanted is None:
        return [], {}
    own = {k: v for k, v in present.items() if not k.lower().startswith(RESERVED)}
    untag = [key for key in own if key not in wanted]
    tag = {key: value for key, value in wanted.items() if own.get(key) != value}
    return untag, tag
