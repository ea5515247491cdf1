"""Points in time as the services write them: numbers since 1970, or ISO 8601."""

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


def to_millis(moment: datetime) -> int:
    """Milliseconds since the epoch; what is finer is cut off."""
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The UTC moment of milliseconds since the epoch, exactly."""
    return _EPOCH + timedelta(milliseconds=millis)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _seconds(value: datetime) -> float:
    return (value - _EPOCH) / timedelta(seconds=1)


def _millis(value: datetime) -> float:
    return (value - _EPOCH) / timedelta(milliseconds=1)


# Pydantic reads both units, by size: past 2e10 a number can only be milliseconds.
EpochSeconds = Annotated[
    datetime, AfterValidator(_aware), PlainSerializer(_seconds, when_used="json")
]
"""An answer's point in time, aware; seconds since 1970 in the service's JSON."""

EpochMillis = Annotated[
    datetime, AfterValidator(_aware), PlainSerializer(_millis, when_used="json")
]
"""An answer's point in time, aware; milliseconds since 1970 in the service's JSON."""

# Written as ISO 8601; published answers have numbers too, which Pydantic reads by their size.
Timestamp = Annotated[datetime, AfterValidator(_aware)]
"""An answer's point in time, aware."""


def _epoch_seconds(value: Any) -> Any:
    # The service answers with seconds as a float; a float times 1000 is off by less than a half.
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return from_millis(round(value * 1000))
        except OverflowError:
            raise ValueError("must be seconds since the epoch") from None
    return value


def _whole_millis(value: datetime) -> datetime:
    # Text in place of a number may name another time zone, or none, and microseconds.
    try:
        return from_millis(to_millis(value if value.tzinfo else value.replace(tzinfo=UTC)))
    except OverflowError:
        raise ValueError("must be a moment that UTC has too") from None


EpochSecondsInMillis = Annotated[
    datetime, BeforeValidator(_epoch_seconds), AfterValidator(_whole_millis)
]
"""A point in time of an answer: UTC, to the millisecond."""
