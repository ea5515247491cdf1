"""Parameters and answers of the playback restriction policy operations."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from vidkit.ivs.rules import check_countries, check_origins
from vidkit.model import CamelRequest, CamelResponse
from vidkit.tags import check_tags

__all__ = [
    "CreatePlaybackRestrictionPolicyRequest",
    "DeletePlaybackRestrictionPolicyRequest",
    "GetPlaybackRestrictionPolicyRequest",
    "ListPlaybackRestrictionPoliciesAnswer",
    "ListPlaybackRestrictionPoliciesRequest",
    "PlaybackRestrictionPolicy",
    "PlaybackRestrictionPolicyAnswer",
    "UpdatePlaybackRestrictionPolicyRequest",
]

_Countries = Annotated[Sequence[str], AfterValidator(check_countries)]
_Origins = Annotated[Sequence[str], AfterValidator(check_origins)]
_Name = Annotated[str, StringConstraints(max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")]
_Arn = Annotated[
    str,
    StringConstraints(
        max_length=128,
        pattern=r"^arn:[a-z-]+:ivs:[a-z0-9-]+:[0-9]+:playback-restriction-policy/[a-zA-Z0-9-]+$",
    ),
]


class _IvsRequest(CamelRequest):
    service: ClassVar[str | None] = "ivs"


class CreatePlaybackRestrictionPolicyRequest(_IvsRequest):
    """The parameters of ``CreatePlaybackRestrictionPolicy``."""

    allowed_countries: _Countries | None = None
    allowed_origins: _Origins | None = None
    enable_strict_origin_enforcement: Annotated[bool, Field(strict=True)] | None = None
    name: _Name | None = None
    tags: Annotated[Mapping[str, str], AfterValidator(check_tags)] | None = None


class GetPlaybackRestrictionPolicyRequest(_IvsRequest):
    """The parameters of ``GetPlaybackRestrictionPolicy``."""

    arn: _Arn


class UpdatePlaybackRestrictionPolicyRequest(_IvsRequest):
    """The parameters of ``UpdatePlaybackRestrictionPolicy``."""

    arn: _Arn
    allowed_countries: _Countries | None = None
    allowed_origins: _Origins | None = None
    enable_strict_origin_enforcement: Annotated[bool, Field(strict=True)] | None = None
    name: _Name | None = None


class DeletePlaybackRestrictionPolicyRequest(_IvsRequest):
    """The parameters of ``DeletePlaybackRestrictionPolicy``."""

    arn: _Arn


class ListPlaybackRestrictionPoliciesRequest(_IvsRequest):
    """The parameters of ``ListPlaybackRestrictionPolicies``."""

    max_results: Annotated[int, Field(ge=1, le=100, strict=True)]
    next_token: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=1024, pattern=r"^[a-zA-Z0-9+/=_-]*$"),
        ]
        | None
    ) = None


class PlaybackRestrictionPolicy(CamelResponse):
    """Who may play a channel: from which countries, on which sites.

    API shapes: ``PlaybackRestrictionPolicy`` and ``PlaybackRestrictionPolicySummary``.

    Attributes:
        arn: the policy's ARN.
        allowed_countries: ISO 3166-1 alpha-2 codes; empty: all countries.
        allowed_origins: origins; empty: all origins.
        enable_strict_origin_enforcement: whether playback needs an origin of the list.
        name: need not be unique; empty when unset.
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


class PlaybackRestrictionPolicyAnswer(CamelResponse):
    """The answer of create, get and update."""

    playback_restriction_policy: PlaybackRestrictionPolicy


class ListPlaybackRestrictionPoliciesAnswer(CamelResponse):
    """A page of policies. API operation: ``ListPlaybackRestrictionPolicies``.

    Attributes:
        playback_restriction_policies: the page's items, also as ``items``.
        next_token: where the next page begins; None on the last one.
    """

    playback_restriction_policies: list[PlaybackRestrictionPolicy]
    next_token: str | None = None

    @property
    def items(self) -> list[PlaybackRestrictionPolicy]:
        """The policies."""
        return self.playback_restriction_policies
