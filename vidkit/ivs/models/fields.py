"""The members that several IVS operations take, with their limits."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from vidkit.models.aws_tags import check_tags
from vidkit.models.requests import CamelRequest

__all__ = [
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

# The model knows the partition aws alone; other partitions have other names.
_ARN = r"arn:[a-z0-9-]+:ivs:[a-z0-9-]+:[0-9]+:"
_ID = r"/[a-zA-Z0-9-]+"
_LONGEST_ARN = 128


def _arn(kind: str, *, or_empty: bool = False) -> StringConstraints:
    pattern = f"{_ARN}{kind}{_ID}"
    if or_empty:
        pattern = f"({pattern})?"
    return StringConstraints(max_length=_LONGEST_ARN, pattern=f"^{pattern}$")


ChannelArn = Annotated[str, _arn("channel")]
PolicyArn = Annotated[str, _arn("playback-restriction-policy")]
# Empty stands for "none": an update detaches with it.
PolicyArnOrNone = Annotated[str, _arn("playback-restriction-policy", or_empty=True)]
RecordingConfigurationArnOrNone = Annotated[str, _arn("recording-configuration", or_empty=True)]
AdConfigurationArnOrNone = Annotated[str, _arn("ad-configuration", or_empty=True)]
# The model's own pattern wants one character before the slash, which no ARN has.
ResourceArn = Annotated[str, _arn("[a-z-]+")]

Name = Annotated[str, StringConstraints(max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")]
Flag = Annotated[bool, Field(strict=True)]
Tags = Annotated[Mapping[str, str], AfterValidator(check_tags)]
PageSize = Annotated[int, Field(ge=1, le=100, strict=True)]
PageToken = Annotated[
    str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[a-zA-Z0-9+/=_-]*$")
]


class IvsRequest(CamelRequest):
    """The base of the parameters of an IVS operation."""

    service: ClassVar[str | None] = "ivs"
