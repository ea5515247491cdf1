"""Timestamps and errors of Kinesis Video's requests."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from vidkit.local.protocol.wire import ApiError

_MAX_SECONDS = 253_402_300_799
_TIMES = ("StartTimestamp", "EndTimestamp")


def invalid(message: str) -> ApiError:
    """The error for an invalid parameter."""
    return ApiError("InvalidArgumentException", message)


def not_found(stream: str) -> ApiError:
    """The error for a stream that does not exist, or has another endpoint."""
    return ApiError(
        "ResourceNotFoundException", f"There is no stream {stream!r} at this endpoint.", status=404
    )


def read_times(body: dict[str, Any]) -> None:
    """Convert a request's ISO 8601 timestamps into seconds, in place.

    Raises:
        ApiError: one of them is not a timestamp.
    """
    selector = body.get("FragmentSelector")
    inner = selector.get("TimestampRange") if _is_object(selector) else None
    for members in (body, inner):
        for name in _TIMES:
            if _is_object(members) and isinstance(members.get(name), str):
                members[name] = _seconds(name, members[name])


def time_range(members: Mapping[str, Any]) -> tuple[int, int]:
    """StartTimestamp and EndTimestamp in milliseconds; finer parts are cut off.

    Raises:
        ApiError: one of them is not a timestamp, or they are in the wrong order.
    """
    start, end = (_milliseconds(name, members[name]) for name in _TIMES)
    if end < start:
        raise invalid("EndTimestamp must not be before StartTimestamp.")
    return start, end


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _milliseconds(name: str, seconds: float) -> int:
    if not math.isfinite(seconds) or abs(seconds) > _MAX_SECONDS:
        raise invalid(f"{name} is no point in time.")
    nearest = round(seconds * 1000)
    # Few seconds with three decimals are exact in binary; the nearest number stands for them.
    return nearest if nearest / 1000 == seconds else math.floor(seconds * 1000)


def _seconds(name: str, text: str) -> float:
    try:
        timestamp = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{name} is no point in time: {text!r}.") from None
    return (timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)).timestamp()
