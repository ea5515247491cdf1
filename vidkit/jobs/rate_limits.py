"""How many looks at jobs are taken in a time, over all kits in the process."""

import asyncio

from aiolimiter import AsyncLimiter

__all__ = ["minute_limiter", "poll_limiter"]

_limiters: dict[asyncio.AbstractEventLoop, dict[tuple[object, ...], AsyncLimiter]] = {}


def poll_limiter(per_second: float) -> AsyncLimiter:
    """The limiter to enter before a look; all jobs of a loop that ask for one rate share it.

    Looks are spaced evenly: no burst, so that no second sees more of them than the rate.
    """
    limiters = _of_this_loop()
    if (per_second,) not in limiters:
        limiters[per_second,] = AsyncLimiter(1, 1 / per_second)
    return limiters[per_second,]


def minute_limiter(whose: str, per_minute: int) -> AsyncLimiter:
    """The limiter to enter before a request whose rate a service counts by the minute.

    Two fifths of a minute's requests may come at once, and the other three are spread over it: so
    no 60 seconds see more of them than ``per_minute``, wherever they begin.

    Args:
        whose: what the service counts by, such as a project; equal texts share the limiter.
        per_minute: how many requests the service serves in a minute.
    """
    limiters = _of_this_loop()
    if (whose, per_minute) not in limiters:
        limiters[whose, per_minute] = AsyncLimiter(per_minute * 2 / 5, 40)
    return limiters[whose, per_minute]


def _of_this_loop() -> dict[tuple[object, ...], AsyncLimiter]:
    # A limiter holds its loop, so that weak keys would keep both for ever.
    for loop in [loop for loop in _limiters if loop.is_closed()]:
        del _limiters[loop]
    return _limiters.setdefault(asyncio.get_running_loop(), {})
