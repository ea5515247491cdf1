"""Types of the parameters that several IVS operations have, with their limits."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from vidkit.models.aws_tags import check_tags
from vidkit.models.requests import CamelRequest

__all__ = [
    "API",
    "AdConfigurationArnOrNone",
    "ChannelArn",
    "Flag",
    "IvsRequest",
    "Name",
    "PageSize",
    "PageToken",
    "PolicyArn",
    "PolicyArnOrNone",
    "RecordingConfigurationArnOrNone",
    "ResourceArn",
    "Tags",
]

API = "ivs"
"""The name of the service, in vidkit and in botocore."""

# The service's model allows only the partition aws; ARNs of other partitions are valid too.
_ARN = r"arn:[a-z0-9-]+:ivs:[a-z0-9-]+:[0-9]+:"
_ID = r"/[a-zA-Z0-9-]+"
_MAX_ARN_LENGTH = 128


def _arn(kind: str, *, or_empty: bool = False) -> StringConstraints:
    pattern = f"{_ARN}{kind}{_ID}"
    if or_empty:
        pattern = f"({pattern})?"
    return StringConstraints(max_length=_MAX_ARN_LENGTH, pattern=f"^{pattern}$")


ChannelArn = Annotated[str, _arn("channel")]
PolicyArn = Annotated[str, _arn("playback-restriction-policy")]
# An empty ARN means none: an update with it detaches the policy.
PolicyArnOrNone = Annotated[str, _arn("playback-restriction-policy", or_empty=True)]
RecordingConfigurationArnOrNone = Annotated[str, _arn("recording-configuration", or_empty=True)]
AdConfigurationArnOrNone = Annotated[str, _arn("ad-configuration", or_empty=True)]
# The pattern in the service's model allows one character before the slash, which fits no ARN.
ResourceArn = Annotated[str, _arn("[a-z-]+")]

Name = Annotated[str, StringConstraints(max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")]
Flag = Annotated[bool, Field(strict=True)]
Tags = Annotated[Mapping[str, str], AfterValidator(check_tags)]
PageSize = Annotated[int, Field(ge=1, le=100, strict=True)]
PageToken = Annotated[
    str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[a-zA-Z0-9+/=_-]*$")
]


class IvsRequest(CamelRequest):
    """The base of the parameters of all IVS operations."""

    service: ClassVar[str | None] = API
