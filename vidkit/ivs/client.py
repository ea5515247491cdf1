"""Amazon IVS: playback restriction policies."""

from collections.abc import Mapping, Sequence

from vidkit.calls import Caller, Nothing, Operation
from vidkit.checks import operation
from vidkit.ivs.models import (
    CreatePlaybackRestrictionPolicyRequest,
    DeletePlaybackRestrictionPolicyRequest,
    GetPlaybackRestrictionPolicyRequest,
    ListPlaybackRestrictionPoliciesAnswer,
    ListPlaybackRestrictionPoliciesRequest,
    PlaybackRestrictionPolicy,
    PlaybackRestrictionPolicyAnswer,
    UpdatePlaybackRestrictionPolicyRequest,
)
from vidkit.model import RequestModel, to_wire
from vidkit.paging import AsyncPager
from vidkit.transports.base import AwsRequest

__all__ = ["IvsClient"]

# Create has no client token, so sending it again could make a second policy.
_CREATE = Operation(
    "ivs", "CreatePlaybackRestrictionPolicy", PlaybackRestrictionPolicyAnswer, idempotent=False
)
_GET = Operation("ivs", "GetPlaybackRestrictionPolicy", PlaybackRestrictionPolicyAnswer)
_UPDATE = Operation("ivs", "UpdatePlaybackRestrictionPolicy", PlaybackRestrictionPolicyAnswer)
_DELETE = Operation("ivs", "DeletePlaybackRestrictionPolicy", Nothing)
_LIST = Operation("ivs", "ListPlaybackRestrictionPolicies", ListPlaybackRestrictionPoliciesAnswer)


class IvsClient:
    """Playback restriction policies; ``kit.ivs``.

    Example:
        ```python
        policy = await kit.ivs.create_playback_restriction_policy(
            name="dach", allowed_countries=["DE", "AT", "CH"]
        )
        ```
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @operation
    async def create_playback_restriction_policy(
        self,
        *,
        allowed_countries: Sequence[str] | None = None,
        allowed_origins: Sequence[str] | None = None,
        enable_strict_origin_enforcement: bool | None = None,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> PlaybackRestrictionPolicy:
        """Create a policy.

        The API knows no client token. When it stays unknown whether the policy was created, an
        `AmbiguousError` says so, and nothing is sent a second time.

        Args:
            allowed_countries: ISO 3166-1 alpha-2 codes; default: all countries.
            allowed_origins: origins such as ``https://example.com``, 128 characters at most each;
                default: all origins.
            enable_strict_origin_enforcement: whether playback needs an origin of the list; the
                service's default is False.
            name: at most 128 of ``a-zA-Z0-9_-``; need not be unique.
            tags: at most 50.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            QuotaError: the account has as many policies as it may.
            AmbiguousError: the policy may or may not have been created.
            VidKitError: see `vidkit.errors`.

        Source: ``CreatePlaybackRestrictionPolicy``.
        """
        request = CreatePlaybackRestrictionPolicyRequest(
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            name=name,
            tags=tags,
        )
        return await self._policy(_CREATE, request)

    @operation
    async def get_playback_restriction_policy(self, arn: str) -> PlaybackRestrictionPolicy:
        """A policy by its ARN.

        Raises:
            RequestError: the ARN is no policy's; nothing was sent.
            NotFoundError: there is no such policy.
            VidKitError: see `vidkit.errors`.

        Source: ``GetPlaybackRestrictionPolicy``.
        """
        return await self._policy(_GET, GetPlaybackRestrictionPolicyRequest(arn=arn))

    @operation
    async def update_playback_restriction_policy(
        self,
        arn: str,
        *,
        allowed_countries: Sequence[str] | None = None,
        allowed_origins: Sequence[str] | None = None,
        enable_strict_origin_enforcement: bool | None = None,
        name: str | None = None,
    ) -> PlaybackRestrictionPolicy:
        """Change a policy; what is not given stays as it is.

        Args:
            arn: the policy's ARN.
            allowed_countries: ISO 3166-1 alpha-2 codes; an empty list means all countries.
            allowed_origins: origins; an empty list means all origins.
            enable_strict_origin_enforcement: whether playback needs an origin of the list.
            name: at most 128 of ``a-zA-Z0-9_-``.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: there is no such policy.
            ConflictError: the policy is being changed by somebody else.
            VidKitError: see `vidkit.errors`.

        Source: ``UpdatePlaybackRestrictionPolicy``.
        """
        request = UpdatePlaybackRestrictionPolicyRequest(
            arn=arn,
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            name=name,
        )
        return await self._policy(_UPDATE, request)

    @operation
    async def delete_playback_restriction_policy(self, arn: str) -> None:
        """Delete a policy.

        Sent again after an answer was lost, it may find the policy gone: then `NotFoundError`
        comes although this call deleted it.

        Raises:
            RequestError: the ARN is no policy's; nothing was sent.
            NotFoundError: there is no such policy.
            ConflictError: the policy is in use.
            VidKitError: see `vidkit.errors`.

        Source: ``DeletePlaybackRestrictionPolicy``.
        """
        request = DeletePlaybackRestrictionPolicyRequest(arn=arn)
        await self._caller.call(_DELETE, AwsRequest("ivs", _DELETE.name, to_wire(request)))

    @operation
    def list_playback_restriction_policies(
        self, *, max_results: int = 100, next_token: str | None = None
    ) -> AsyncPager[PlaybackRestrictionPolicy, ListPlaybackRestrictionPoliciesAnswer]:
        """All policies of the account in this region.

        Args:
            max_results: policies a page, 1 to 100 (100; the service's own default is 1).
            next_token: where to begin; default: the start.

        Returns:
            A pager over policies.

        Raises:
            RequestError: at once, when a parameter is wrong.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListPlaybackRestrictionPolicies``.
        """
        request = ListPlaybackRestrictionPoliciesRequest(
            max_results=max_results, next_token=next_token
        )

        async def page(token: str | None) -> ListPlaybackRestrictionPoliciesAnswer:
            at = request.model_copy(update={"next_token": token})
            return await self._caller.call(_LIST, AwsRequest("ivs", _LIST.name, to_wire(at)))

        return self._caller.pager(page, begin=request.next_token)

    async def _policy(
        self, operation: Operation[PlaybackRestrictionPolicyAnswer], request: RequestModel
    ) -> PlaybackRestrictionPolicy:
        answer = await self._caller.call(
            operation, AwsRequest("ivs", operation.name, to_wire(request))
        )
        return answer.playback_restriction_policy
