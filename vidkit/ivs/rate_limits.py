"""Many calls of one operation: a few at once, and so many a second."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiolimiter import AsyncLimiter
from pydantic import BaseModel

from vidkit._internal.arguments import shown
from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.errors import RequestError, VidKitError
from vidkit.ivs.operations.base import API
from vidkit.models.requests import RequestModel, to_wire
from vidkit.transports.base import AwsRequest

__all__ = ["AT_ONCE", "RATE", "check_rate", "each", "paced"]

A = TypeVar("A")
B = TypeVar("B")
M = TypeVar("M", bound=BaseModel)

RATE = 5.0
"""Calls a second that IVS takes from an account in a region, of each operation on channels."""

_MOST = 1e6

AT_ONCE = 10
"""Calls that are on their way at the same time."""


class _Limiters:
    """The limiters that all clients of a kit share."""

    def __init__(self) -> None:
        self._limiters: dict[tuple[str, float], AsyncLimiter] = {}

    def of(self, operation: str, rate: float) -> AsyncLimiter:
        """The limiter of an operation; calls are spaced evenly, without a burst."""
        found = self._limiters.get((operation, rate))
        if found is None:
            found = self._limiters[operation, rate] = AsyncLimiter(1, 1 / rate)
        return found


def check_rate(rate: float) -> float:
    """Refuse what is no rate.

    Raises:
        RequestError: it is no number, not positive, or beyond all measure.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= _MOST:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(
            f"rate={shown(rate)}: must be calls a second, more than 0, at most {_MOST:g}"
        )
    return float(rate)


async def paced(
    caller: Caller, operation: Operation[M], request: RequestModel, *, rate: float
) -> M:
    """Call an operation when its turn comes; every attempt waits for a turn of its own.

    Raises:
        VidKitError: whatever the last attempt ended with.
    """
    limiter = caller.runtime.shared(_Limiters).of(operation.name, rate)
    sent = AwsRequest(API, operation.name, to_wire(request))

    async def attempt(number: int) -> M:
        if number > 1:
            await limiter.acquire()
        return await caller.once(operation, sent, attempt=number)

    # The first turn is waited for outside the deadline, which is for the call alone.
    await limiter.acquire()
    return await caller.retrying(operation, attempt)


async def each(work: Callable[[A], Awaitable[B]], items: Sequence[A]) -> list[B]:
    """Do the work for every item, a few at once; the results are in the items' order.

    Raises:
        VidKitError: the first failure; it ends the other work.
    """
    done: dict[int, B] = {}
    failures: list[VidKitError] = []
    workers: list[asyncio.Task[None]] = []
    left = iter(enumerate(items))

    async def worker() -> None:
        try:
            for place, item in left:
                done[place] = await work(item)
        except VidKitError as error:
            failures.append(error)
            for other in workers:
                if other is not asyncio.current_task():
                    other.cancel()

    async with asyncio.TaskGroup() as group:
        workers += [group.create_task(worker()) for _ in range(min(AT_ONCE, len(items)))]
    if failures:
        raise failures[0]
    return [done[place] for place in range(len(items))]
