"""Parameters and responses of the operations on tags."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from vidkit.ivs.models.fields import IvsRequest, ResourceArn, Tags
from vidkit.models.aws_tags import check_tag_keys
from vidkit.models.responses import CamelResponse

__all__ = [
    "ListTagsForResourceRequest",
    "ListTagsForResourceResponse",
    "TagResourceRequest",
    "UntagResourceRequest",
]


class TagResourceRequest(IvsRequest):
    """The parameters of ``TagResource``."""

    resource_arn: ResourceArn
    tags: Tags


class UntagResourceRequest(IvsRequest):
    """The parameters of ``UntagResource``."""

    resource_arn: ResourceArn
    tag_keys: Annotated[Sequence[str], AfterValidator(check_tag_keys)]


class ListTagsForResourceRequest(IvsRequest):
    """The parameters of ``ListTagsForResource``."""

    resource_arn: ResourceArn


class ListTagsForResourceResponse(CamelResponse):
    """The response of ``ListTagsForResource``."""

    tags: dict[str, str]
