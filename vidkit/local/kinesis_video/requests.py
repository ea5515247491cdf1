"""What the requests of Kinesis Video have in common."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from vidkit.local.protocol.wire import Fault

_LATEST_SECONDS = 253_402_300_799
_TIMES = ("StartTimestamp", "EndTimestamp")


def invalid(message: str) -> Fault:
    """The refusal of a request that makes no sense."""
    return Fault("InvalidArgumentException", message)


def not_found(stream: str) -> Fault:
    """The refusal of a stream that is not there, or not at the endpoint that was asked."""
    return Fault(
        "ResourceNotFoundException", f"There is no stream {stream!r} at this endpoint.", status=404
    )


def read_times(body: dict[str, Any]) -> None:
    """Turn a request's points in time that are ISO 8601 text into seconds, in place.

    Raises:
        Fault: one of them is no point in time.
    """
    selector = body.get("FragmentSelector")
    inner = selector.get("TimestampRange") if _is_object(selector) else None
    for members in (body, inner):
        for name in _TIMES:
            if _is_object(members) and isinstance(members.get(name), str):
                members[name] = _seconds(name, members[name])


def time_range(members: Mapping[str, Any]) -> tuple[int, int]:
    """StartTimestamp and EndTimestamp in milliseconds; what is finer is cut off.

    Raises:
        Fault: one of them is no point in time, or they are in the wrong order.
    """
    start, end = (_milliseconds(name, members[name]) for name in _TIMES)
    if end < start:
        raise invalid("EndTimestamp must not be before StartTimestamp.")
    return start, end


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _milliseconds(name: str, seconds: float) -> int:
    if not math.isfinite(seconds) or abs(seconds) > _LATEST_SECONDS:
        raise invalid(f"{name} is no point in time.")
    nearest = round(seconds * 1000)
    # Seconds with three decimals are seldom exact in binary, but are the nearest such number.
    return nearest if nearest / 1000 == seconds else math.floor(seconds * 1000)


def _seconds(name: str, text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{name} is no point in time: {text!r}.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
