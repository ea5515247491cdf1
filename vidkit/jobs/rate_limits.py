"""Rate limits of polls, shared by all kits of an event loop.

Loops in other threads have limits of their own, as other processes have.
"""

from aiolimiter import AsyncLimiter

from vidkit._internal.per_loop import PerLoop

__all__ = ["minute_limiter", "poll_limiter"]

_limiters: PerLoop[dict[tuple[object, ...], AsyncLimiter]] = PerLoop(dict)


def poll_limiter(per_second: float) -> AsyncLimiter:
    """The limiter to enter before a poll.

    All jobs of an event loop with the same rate share it. Polls are spaced evenly, without bursts:
    no second has more polls than the rate.
    """
    limiters = _limiters.get()
    if (per_second,) not in limiters:
        limiters[per_second,] = AsyncLimiter(1, 1 / per_second)
    return limiters[per_second,]


def minute_limiter(scope: str, per_minute: int) -> AsyncLimiter:
    """The limiter to enter before a request that a service limits per minute.

    Two fifths of the requests may be sent in a burst; the other three fifths are spread over the
    minute. So in no period of 60 seconds, whenever it begins, an event loop sends more than
    ``per_minute`` requests.

    Args:
        scope: what the service's limit applies to, such as a project; equal scopes share a limiter.
        per_minute: the service's limit of requests per minute.
    """
    limiters = _limiters.get()
    if (scope, per_minute) not in limiters:
        limiters[scope, per_minute] = AsyncLimiter(per_minute * 2 / 5, 40)
    return limiters[scope, per_minute]
