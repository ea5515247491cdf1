"""Timestamps of the services: numbers since the epoch, or ISO 8601."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

__all__ = [
    "EpochMillis",
    "EpochSeconds",
    "EpochSecondsInMillis",
    "NumberInSeconds",
    "Timestamp",
    "from_millis",
    "to_millis",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")


def to_millis(timestamp: datetime) -> int:
    """Milliseconds since the epoch, rounded down."""
    return (timestamp - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The UTC timestamp of milliseconds since the epoch, exactly."""
    return _EPOCH + timedelta(milliseconds=millis)


def _assume_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _to_epoch_seconds(value: datetime) -> float:
    return (value - _EPOCH) / timedelta(seconds=1)


def _to_epoch_millis(value: datetime) -> float:
    return (value - _EPOCH) / timedelta(milliseconds=1)


def _from_number(convert: Callable[[float], datetime]) -> BeforeValidator:
    """Converts numbers, and texts that are numbers, in the unit of the member.

    Pydantic would choose the unit by the size of the number: small milliseconds, as those of a
    clock that counts from boot, would become seconds.
    """

    def parse(value: Any) -> Any:
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        try:
            return convert(value)
        except OverflowError:
            raise ValueError("must be within the range of datetime") from None

    return BeforeValidator(parse)


NumberInSeconds: Final = _from_number(lambda value: _EPOCH + value * _SECOND)
"""Marks a timestamp whose numbers are seconds since the epoch, whatever their size."""

EpochSeconds = Annotated[
    datetime,
    NumberInSeconds,
    AfterValidator(_assume_utc),
    PlainSerializer(_to_epoch_seconds, when_used="json"),
]
"""A timestamp in a response: an aware datetime; seconds since the epoch in the JSON."""

EpochMillis = Annotated[
    datetime,
    _from_number(lambda value: _EPOCH + value * _MILLISECOND),
    AfterValidator(_assume_utc),
    PlainSerializer(_to_epoch_millis, when_used="json"),
]
"""A timestamp in a response: an aware datetime; milliseconds since the epoch in the JSON."""

# ISO 8601 in the JSON; some published responses have numbers.
Timestamp = Annotated[datetime, NumberInSeconds, AfterValidator(_assume_utc)]
"""A timestamp in a response: an aware datetime."""


def _truncate_to_millis(value: datetime) -> datetime:
    # A timestamp that is text may have another time zone, or none, and microseconds.
    try:
        return from_millis(to_millis(value if value.tzinfo else value.replace(tzinfo=UTC)))
    except OverflowError:
        raise ValueError("must be within the range of datetime in UTC") from None


EpochSecondsInMillis = Annotated[
    datetime,
    # The JSON has seconds as a float; times 1000 it is off by less than half a millisecond.
    _from_number(lambda value: from_millis(round(value * 1000))),
    AfterValidator(_truncate_to_millis),
]
"""A timestamp in a response: UTC, to the millisecond; parsed from seconds since the epoch."""
