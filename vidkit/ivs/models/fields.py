"""The members that several IVS operations take, with their limits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from vidkit.models.aws_tags import check_tags
from vidkit.models.responses import CamelRequest

__all__ = [
    "AdConfigurationArnOrNone",
    "ChannelArn",
    "Flag",
    "IvsRequest",
    "Moment",
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


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


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

# Written as ISO 8601; published answers have numbers too, which Pydantic reads by their size.
Moment = Annotated[datetime, AfterValidator(_aware)]
"""An answer's point in time, aware."""


class IvsRequest(CamelRequest):
    """The base of the parameters of an IVS operation."""

    service: ClassVar[str | None] = "ivs"
