"""Many calls of one operation: a few at the same time, at a fixed rate."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiolimiter import AsyncLimiter
from pydantic import BaseModel

from vidkit._internal.arguments import short_repr
from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.errors import RequestError, VidKitError
from vidkit.ivs.models.fields import API
from vidkit.models.requests import RequestModel, to_wire
from vidkit.transports.base import AwsRequest

__all__ = ["CALLS_PER_SECOND", "MAX_CONCURRENCY", "call_at_rate", "check_rate", "run_for_each"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
M = TypeVar("M", bound=BaseModel)

CALLS_PER_SECOND = 5.0
"""The service's quota of each operation on channels, per account and region."""

_MAX_CALLS_PER_SECOND = 1e6

MAX_CONCURRENCY = 10
"""Calls that are under way at the same time."""


class _Limiters:
    """The limiters of a kit, which all its clients share."""

    def __init__(self) -> None:
        self._limiters: dict[tuple[str, float], AsyncLimiter] = {}

    def get(self, operation: str, rate: float) -> AsyncLimiter:
        """The limiter of an operation at a rate; it spaces calls evenly, without bursts."""
        limiter = self._limiters.get((operation, rate))
        if limiter is None:
            limiter = self._limiters[operation, rate] = AsyncLimiter(1, 1 / rate)
        return limiter


def check_rate(rate: float) -> float:
    """Check a rate, in calls per second.

    Raises:
        RequestError: it is not a number, not positive, or too large.
    """
    if (
        isinstance(rate, bool)
        or not isinstance(rate, int | float)  # pyright: ignore[reportUnnecessaryIsInstance]
        or not 0 < rate <= _MAX_CALLS_PER_SECOND
    ):
        raise RequestError(
            f"rate={short_repr(rate)}: must be calls a second, more than 0, at most "
            f"{_MAX_CALLS_PER_SECOND:g}"
        )
    return float(rate)


async def call_at_rate(
    caller: Caller, operation: Operation[M], request: RequestModel, *, rate: float
) -> M:
    """Call an operation when its rate limit allows it, which every attempt waits for.

    Raises:
        VidKitError: whatever the last attempt ended with.
    """
    limiter = caller.runtime.shared(_Limiters).get(operation.name, rate)
    aws_request = AwsRequest(API, operation.name, to_wire(request))

    async def attempt(number: int) -> M:
        if number > 1:
            await limiter.acquire()
        return await caller.once(operation, aws_request, attempt=number)

    # The first wait is outside the deadline, which is for the call alone.
    await limiter.acquire()
    return await caller.retrying(operation, attempt)


async def run_for_each(
    work: Callable[[ItemT], Awaitable[ResultT]], items: Sequence[ItemT]
) -> list[ResultT]:
    """Run the work for every item, a few at the same time; returns the results in item order.

    Raises:
        VidKitError: the first failure; it cancels the other work.
    """
    results: dict[int, ResultT] = {}
    failures: list[VidKitError] = []
    workers: list[asyncio.Task[None]] = []
    remaining = iter(enumerate(items))

    async def worker() -> None:
        try:
            for position, item in remaining:
                results[position] = await work(item)
        except VidKitError as error:
            failures.append(error)
            for other in workers:
                if other is not asyncio.current_task():
                    other.cancel()

    async with asyncio.TaskGroup() as group:
        workers += [group.create_task(worker()) for _ in range(min(MAX_CONCURRENCY, len(items)))]
    if failures:
        raise failures[0]
    return [results[position] for position in range(len(items))]
