"""How many looks at jobs a kit takes each second, over all of its jobs."""

import functools

from aiolimiter import AsyncLimiter

__all__ = ["PollLimiter"]


class PollLimiter:
    """Limiters that all jobs over one kit's connections share, one for each rate asked for."""

    def __init__(self) -> None:
        self._limiter = functools.cache(_limiter)

    def at_most(self, per_second: float) -> AsyncLimiter:
        """The limiter to enter before a look."""
        return self._limiter(per_second)


def _limiter(per_second: float) -> AsyncLimiter:
    # Below one a second, a single look fills the bucket for longer than a second.
    return AsyncLimiter(max(1.0, per_second), max(1.0, 1.0 / per_second))
