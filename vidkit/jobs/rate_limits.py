"""Rate limits of polls, shared by all kits of the process."""

import asyncio

from aiolimiter import AsyncLimiter

__all__ = ["minute_limiter", "poll_limiter"]

_limiters: dict[asyncio.AbstractEventLoop, dict[tuple[object, ...], AsyncLimiter]] = {}


def poll_limiter(per_second: float) -> AsyncLimiter:
    """The limiter to enter before a poll.

    All jobs of an event loop with the same rate share it. Polls are spaced evenly, without bursts:
    no second has more polls than the rate.
    """
    limiters = _limiters_of_this_loop()
    if (per_second,) not in limiters:
        limiters[per_second,] = AsyncLimiter(1, 1 / per_second)
    return limiters[per_second,]


def minute_limiter(scope: str, per_minute: int) -> AsyncLimiter:
    """The limiter to enter before a request that a service limits per minute.

    Two fifths of the requests may be sent in a burst; the other three fifths are spread over the
    minute. So no period of 60 seconds, whenever it begins, has more than ``per_minute`` requests.

    Args:
        scope: what the service's limit applies to, such as a project; equal scopes share a limiter.
        per_minute: the service's limit of requests per minute.
    """
    limiters = _limiters_of_this_loop()
    if (scope, per_minute) not in limiters:
        limiters[scope, per_minute] = AsyncLimiter(per_minute * 2 / 5, 40)
    return limiters[scope, per_minute]


def _limiters_of_this_loop() -> dict[tuple[object, ...], AsyncLimiter]:
    # Weak keys would not help: a limiter holds a reference to its loop, which would keep both.
    for loop in [loop for loop in _limiters if loop.is_closed()]:
        del _limiters[loop]
    return _limiters.setdefault(asyncio.get_running_loop(), {})
