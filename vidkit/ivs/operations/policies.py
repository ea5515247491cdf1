"""The five API operations on playback restriction policies."""

import asyncio
from collections.abc import Mapping, Sequence

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.models.fields import API
from vidkit.ivs.models.policies import (
    CreatePlaybackRestrictionPolicyRequest,
    DeletePlaybackRestrictionPolicyRequest,
    GetPlaybackRestrictionPolicyRequest,
    ListPlaybackRestrictionPoliciesRequest,
    ListPlaybackRestrictionPoliciesResponse,
    PlaybackRestrictionPolicy,
    PlaybackRestrictionPolicyResponse,
    UpdatePlaybackRestrictionPolicyRequest,
)
from vidkit.ivs.models.rules import countries
from vidkit.ivs.operations.base import IvsOperations
from vidkit.models.requests import RequestModel
from vidkit.paging.pager import AsyncPager

__all__ = ["PolicyOperations"]

# Create has no client token, so sending it again could create a second policy.
_CREATE = Operation(
    API, "CreatePlaybackRestrictionPolicy", PlaybackRestrictionPolicyResponse, idempotent=False
)
_GET = Operation(API, "GetPlaybackRestrictionPolicy", PlaybackRestrictionPolicyResponse)
_UPDATE = Operation(API, "UpdatePlaybackRestrictionPolicy", PlaybackRestrictionPolicyResponse)
_DELETE = Operation(API, "DeletePlaybackRestrictionPolicy", Nothing)
_LIST = Operation(API, "ListPlaybackRestrictionPolicies", ListPlaybackRestrictionPoliciesResponse)


class PolicyOperations(IvsOperations):
    """Operations on playback restriction policies, one for each API operation."""

    @checked_arguments
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

        The API has no client token. If it is ambiguous whether the policy was created, an
        `AmbiguousError` is raised, and nothing is sent a second time.

        Args:
            allowed_countries: ISO 3166-1 alpha-2 codes; default: all countries.
            allowed_origins: origins such as ``https://example.com``, 128 characters at most each;
                default: all origins.
            enable_strict_origin_enforcement: whether playback needs an origin of the list; the
                service's default is False.
            name: at most 128 characters of ``a-zA-Z0-9_-``; need not be unique.
            tags: at most 50 keys and values.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            QuotaError: the account has reached its quota of policies.
            AmbiguousError: the policy may or may not have been created.
            VidKitError: see `vidkit.errors`.

        Source: ``CreatePlaybackRestrictionPolicy``.
        """
        await self._load_countries(allowed_countries)
        request = CreatePlaybackRestrictionPolicyRequest(
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            name=name,
            tags=tags,
        )
        return await self._send_for_policy(_CREATE, request)

    @checked_arguments
    async def get_playback_restriction_policy(self, arn: str) -> PlaybackRestrictionPolicy:
        """A policy by its ARN.

        Raises:
            RequestError: it is not the ARN of a policy; nothing was sent.
            NotFoundError: there is no such policy.
            VidKitError: see `vidkit.errors`.

        Source: ``GetPlaybackRestrictionPolicy``.
        """
        return await self._send_for_policy(_GET, GetPlaybackRestrictionPolicyRequest(arn=arn))

    @checked_arguments
    async def update_playback_restriction_policy(
        self,
        arn: str,
        *,
        allowed_countries: Sequence[str] | None = None,
        allowed_origins: Sequence[str] | None = None,
        enable_strict_origin_enforcement: bool | None = None,
        name: str | None = None,
    ) -> PlaybackRestrictionPolicy:
        """Update a policy; parameters that are not given stay unchanged.

        Args:
            arn: the policy's ARN.
            allowed_countries: ISO 3166-1 alpha-2 codes; an empty list means all countries.
            allowed_origins: origins; an empty list means all origins.
            enable_strict_origin_enforcement: whether playback needs an origin of the list.
            name: at most 128 characters of ``a-zA-Z0-9_-``.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: there is no such policy.
            ConflictError: another call is updating the policy.
            VidKitError: see `vidkit.errors`.

        Source: ``UpdatePlaybackRestrictionPolicy``.
        """
        await self._load_countries(allowed_countries)
        request = UpdatePlaybackRestrictionPolicyRequest(
            arn=arn,
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            name=name,
        )
        return await self._send_for_policy(_UPDATE, request)

    @checked_arguments
    async def delete_playback_restriction_policy(self, arn: str) -> None:
        """Delete a policy.

        If a response is lost, the call is sent again and may find the policy deleted: then it
        raises `NotFoundError` although this call deleted the policy.

        Raises:
            RequestError: it is not the ARN of a policy; nothing was sent.
            NotFoundError: there is no such policy.
            ConflictError: the policy is in use.
            VidKitError: see `vidkit.errors`.

        Source: ``DeletePlaybackRestrictionPolicy``.
        """
        request = DeletePlaybackRestrictionPolicyRequest(arn=arn)
        await self._send(_DELETE, request)

    @checked_arguments
    def list_playback_restriction_policies(
        self, *, max_results: int = 100, next_token: str | None = None
    ) -> AsyncPager[PlaybackRestrictionPolicy, ListPlaybackRestrictionPoliciesResponse]:
        """All policies of the account in this region.

        Args:
            max_results: policies per page, 1 to 100 (100; the service's own default is 1).
            next_token: the page to begin with; default: the first one.

        Returns:
            A pager over policies.

        Raises:
            RequestError: at once, if a parameter is invalid.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListPlaybackRestrictionPolicies``.
        """
        request = ListPlaybackRestrictionPoliciesRequest(
            max_results=max_results, next_token=next_token
        )

        async def page(token: str | None) -> ListPlaybackRestrictionPoliciesResponse:
            return await self._send(_LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    async def _load_countries(self, codes: Sequence[str] | None) -> None:
        """Read the table of countries in a thread, before a check needs it in the event loop."""
        if codes is not None:
            await asyncio.to_thread(countries)

    async def _send_for_policy(
        self, operation: Operation[PlaybackRestrictionPolicyResponse], request: RequestModel
    ) -> PlaybackRestrictionPolicy:
        return (await self._send(operation, request)).playback_restriction_policy
