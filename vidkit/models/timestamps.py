"""Points in time as Rekognition writes them: numbers since 1970, in seconds or milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer

__all__ = ["EpochMillis", "EpochSeconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
