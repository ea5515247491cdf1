"""Timestamps of the services: numbers since the epoch, or ISO 8601."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

__all__ = [
    "EpochMillis",
    "EpochSeconds",
    "EpochSecondsInMillis",
    "Timestamp",
    "from_millis",
    "to_millis",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


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


# Pydantic parses both units: it takes a number above 2e10 for milliseconds.
EpochSeconds = Annotated[
    datetime, AfterValidator(_assume_utc), PlainSerializer(_to_epoch_seconds, when_used="json")
]
"""A timestamp in a response: an aware datetime; seconds since the epoch in the JSON."""

EpochMillis = Annotated[
    datetime, AfterValidator(_assume_utc), PlainSerializer(_to_epoch_millis, when_used="json")
]
"""A timestamp in a response: an aware datetime; milliseconds since the epoch in the JSON."""

# ISO 8601 in the JSON; some published responses have numbers, which Pydantic parses too.
Timestamp = Annotated[datetime, AfterValidator(_assume_utc)]
"""A timestamp in a response: an aware datetime."""


def _parse_epoch_seconds(value: Any) -> Any:
    # The JSON has seconds as a float; times 1000 it is off by less than half a millisecond.
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return from_millis(round(value * 1000))
        except OverflowError:
            raise ValueError("must be seconds since the epoch") from None
    return value


def _truncate_to_millis(value: datetime) -> datetime:
    # A timestamp that is text may have another time zone, or none, and microseconds.
    try:
        return from_millis(to_millis(value if value.tzinfo else value.replace(tzinfo=UTC)))
    except OverflowError:
        raise ValueError("must be within the range of datetime in UTC") from None


EpochSecondsInMillis = Annotated[
    datetime, BeforeValidator(_parse_epoch_seconds), AfterValidator(_truncate_to_millis)
]
"""A timestamp in a response: UTC, to the millisecond; parsed from seconds since the epoch."""
