"""How many looks at jobs are taken each second, over all kits in the process."""

import asyncio
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

__all__ = ["poll_limiter"]

_limiters: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[float, AsyncLimiter]] = (
    WeakKeyDictionary()
)


def poll_limiter(per_second: float) -> AsyncLimiter:
    """The limiter to enter before a look; all jobs of a loop that ask for one rate share it.

    Looks are spaced evenly: no burst, so that no second sees more of them than the rate.
    """
    limiters = _limiters.setdefault(asyncio.get_running_loop(), {})
    if per_second not in limiters:
        limiters[per_second] = AsyncLimiter(1, 1 / per_second)
    return limiters[per_second]
