"""The operations on the tags of channels, policies, stream keys and other resources."""

from collections.abc import Mapping, Sequence

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.models.fields import API
from vidkit.ivs.models.tags import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    UntagResourceRequest,
)
from vidkit.ivs.operations.base import IvsOperations

__all__ = ["TagOperations"]

# Idempotent: setting or removing the same tags again changes nothing.
_TAG = Operation(API, "TagResource", Nothing)
_UNTAG = Operation(API, "UntagResource", Nothing)
_LIST = Operation(API, "ListTagsForResource", ListTagsForResourceResponse)


class TagOperations(IvsOperations):
    """Operations on the tags of any IVS resource, by its ARN."""

    @checked_arguments
    async def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Add tags to a resource; a key that exists gets the new value.

        Args:
            resource_arn: the ARN of a channel, a policy, a stream key or another IVS resource.
            tags: at most 50 keys and values.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: there is no such resource.
            VidKitError: see `vidkit.errors`.

        Source: ``TagResource``.
        """
        await self._send(_TAG, TagResourceRequest(resource_arn=resource_arn, tags=tags))

    @checked_arguments
    async def untag_resource(self, resource_arn: str, tag_keys: Sequence[str]) -> None:
        """Remove tags from a resource; keys that do not exist are ignored.

        Args:
            resource_arn: the resource's ARN.
            tag_keys: at most 50 keys.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: there is no such resource.
            VidKitError: see `vidkit.errors`.

        Source: ``UntagResource``.
        """
        await self._send(_UNTAG, UntagResourceRequest(resource_arn=resource_arn, tag_keys=tag_keys))

    @checked_arguments
    async def list_tags_for_resource(self, resource_arn: str) -> dict[str, str]:
        """The tags of a resource.

        Raises:
            RequestError: it is not the ARN of an IVS resource; nothing was sent.
            NotFoundError: there is no such resource.
            VidKitError: see `vidkit.errors`.

        Source: ``ListTagsForResource``.
        """
        response = await self._send(_LIST, ListTagsForResourceRequest(resource_arn=resource_arn))
        return response.tags
