"""Parameters and responses of the operations on playback restriction policies."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from vidkit.ivs.models.fields import Flag, IvsRequest, Name, PageSize, PageToken, PolicyArn, Tags
from vidkit.ivs.models.rules import check_countries, check_origins
from vidkit.models.responses import CamelResponse

__all__ = [
    "Countries",
    "CreatePlaybackRestrictionPolicyRequest",
    "DeletePlaybackRestrictionPolicyRequest",
    "GetPlaybackRestrictionPolicyRequest",
    "ListPlaybackRestrictionPoliciesRequest",
    "ListPlaybackRestrictionPoliciesResponse",
    "Origins",
    "PlaybackRestrictionPolicy",
    "PlaybackRestrictionPolicyResponse",
    "UpdatePlaybackRestrictionPolicyRequest",
]

Countries = Annotated[Sequence[str], AfterValidator(check_countries)]
Origins = Annotated[Sequence[str], AfterValidator(check_origins)]


class CreatePlaybackRestrictionPolicyRequest(IvsRequest):
    """The parameters of ``CreatePlaybackRestrictionPolicy``."""

    allowed_countries: Countries | None = None
    allowed_origins: Origins | None = None
    enable_strict_origin_enforcement: Flag | None = None
    name: Name | None = None
    tags: Tags | None = None


class GetPlaybackRestrictionPolicyRequest(IvsRequest):
    """The parameters of ``GetPlaybackRestrictionPolicy``."""

    arn: PolicyArn


class UpdatePlaybackRestrictionPolicyRequest(IvsRequest):
    """The parameters of ``UpdatePlaybackRestrictionPolicy``."""

    arn: PolicyArn
    allowed_countries: Countries | None = None
    allowed_origins: Origins | None = None
    enable_strict_origin_enforcement: Flag | None = None
    name: Name | None = None


class DeletePlaybackRestrictionPolicyRequest(IvsRequest):
    """The parameters of ``DeletePlaybackRestrictionPolicy``."""

    arn: PolicyArn


class ListPlaybackRestrictionPoliciesRequest(IvsRequest):
    """The parameters of ``ListPlaybackRestrictionPolicies``."""

    max_results: PageSize
    next_token: PageToken | None = None


class PlaybackRestrictionPolicy(CamelResponse):
    """A playback restriction policy: from which countries and origins a channel may be played.

    API shapes: ``PlaybackRestrictionPolicy`` and ``PlaybackRestrictionPolicySummary``.

    Attributes:
        arn: the policy's ARN.
        allowed_countries: ISO 3166-1 alpha-2 codes; empty: all countries.
        allowed_origins: origins; empty: all origins.
        enable_strict_origin_enforcement: whether playback needs an origin of the list.
        name: the name, which need not be unique; empty if unset.
        tags: keys and values.

    Example:
        >>> PlaybackRestrictionPolicy(
        ...     arn="arn:aws:ivs:eu-central-1:123456789012:playback-restriction-policy/abc",
        ...     allowed_countries=["DE"],
        ...     allowed_origins=[],
        ... ).allowed_countries
        ['DE']
    """

    arn: str
    allowed_countries: list[str]
    allowed_origins: list[str]
    enable_strict_origin_enforcement: bool | None = None
    name: str | None = None
    tags: dict[str, str] | None = None


class PlaybackRestrictionPolicyResponse(CamelResponse):
    """The response of the operations that create, get and update a policy."""

    playback_restriction_policy: PlaybackRestrictionPolicy


class ListPlaybackRestrictionPoliciesResponse(CamelResponse):
    """A page of policies. API operation: ``ListPlaybackRestrictionPolicies``.

    Attributes:
        playback_restriction_policies: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last one.
    """

    playback_restriction_policies: list[PlaybackRestrictionPolicy]
    next_token: str | None = None

    @property
    def items(self) -> list[PlaybackRestrictionPolicy]:
        """The policies."""
        return self.playback_restriction_policies
