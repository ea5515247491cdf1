"""Many calls of one operation: a few at the same time, at a rate that throttling lowers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from vidkit._internal.arguments import short_repr
from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    QuotaError,
    RequestError,
    ThrottledError,
    VidKitError,
)
from vidkit.ivs.models.fields import API
from vidkit.models.requests import RequestModel, to_wire
from vidkit.retry.policy import RetryPolicy
from vidkit.transports.base import AwsRequest

__all__ = [
    "CALLS_PER_SECOND",
    "MAX_CONCURRENCY",
    "Pacer",
    "ThrottlingPatience",
    "call_at_rate",
    "check_rate",
    "run_for_each",
]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
M = TypeVar("M", bound=BaseModel)

CALLS_PER_SECOND = 5.0
"""The service's quota of each operation on channels, per account and region."""

_MAX_CALLS_PER_SECOND = 1e6
_MAX_RETRY_AFTER_SECONDS = 60.0
# What a service responds only to calls that it does not throttle.
_OF_ACCEPTED_CALLS = (ConflictError, InvalidRequestError, NotFoundError, QuotaError)

# What a round of throttled calls leaves of the rate.
_DECREASE = 0.7
# What each accepted call adds to the rate, as a share of the full rate.
_INCREASE = 0.02
# The share of the full rate that is left while some calls are accepted. A service may throttle
# calls at any rate, and then a lower one would only take longer.
_SHARE_LEFT = 0.1
# For so long no call must have been accepted before the rate goes below that.
_OUTAGE_SECONDS = 5.0

MAX_CONCURRENCY = 10
"""Calls that are under way at the same time."""


class Pacer:
    """Spaces the calls of an operation evenly, wider while the service throttles them.

    Args:
        rate: calls per second.
    """

    def __init__(self, rate: float) -> None:
        self._full_rate = rate
        self._next_slot = 0.0
        self._slowed_at = self._paused_until = 0.0
        self._throttled_since: float | None = None
        self.rate: float = rate
        """Calls per second at present."""

    async def acquire(self) -> None:
        """Wait for the next slot."""
        while True:
            now = time.monotonic()
            slot = max(now, self._next_slot, self._paused_until)
            self._next_slot = slot + 1 / self.rate
            await asyncio.sleep(slot - now)
            # A pause that has begun meanwhile comes first.
            if self._paused_until <= slot:
                return

    def slow_down(self, sent_at: float, policy: RetryPolicy, retry_after: float | None) -> None:
        """Lower the rate after a call was throttled.

        Args:
            sent_at: when the call was sent; calls from before the rate was lowered do not lower it
                again.
            policy: the retry policy, whose longest delay is the widest spacing.
            retry_after: the seconds that the service asks for.
        """
        now = time.monotonic()
        self._throttled_since = self._throttled_since or now
        if sent_at < self._slowed_at:
            return
        lowest = self._full_rate * _SHARE_LEFT
        if now - self._throttled_since >= _OUTAGE_SECONDS:
            lowest = min(lowest, 1 / max(policy.max_delay, 1 / self._full_rate))
        self.rate = max(self.rate * _DECREASE, lowest)
        self._slowed_at = now
        pause = max(1 / self.rate, min(retry_after or 0.0, _MAX_RETRY_AFTER_SECONDS))
        self._paused_until = now + pause

    def accepted(self) -> None:
        """Raise the rate after a call that was not throttled, whatever else became of it."""
        rate = max(self.rate, self._full_rate * _SHARE_LEFT) + self._full_rate * _INCREASE
        self.rate = min(rate, self._full_rate)
        self._throttled_since = None

    def throttled_seconds(self, since: float) -> float:
        """For how long every call has been throttled, at most since a time.

        Args:
            since: when the present calls began: how earlier ones ended does not matter to them.
        """
        if self._throttled_since is None:
            return 0.0
        return time.monotonic() - max(since, self._throttled_since)


class ThrottlingPatience:
    """For how long the calls of one operation, on many items, wait throttling out.

    Args:
        seconds: for how many seconds, while every call is throttled.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began_at = time.monotonic()

    def is_over(self, pacer: Pacer) -> bool:
        """Whether every call has been throttled for that time."""
        return pacer.throttled_seconds(self._began_at) >= self._seconds


class _Pacers:
    """The pacers of a kit, which all its clients share."""

    def __init__(self) -> None:
        self._pacers: dict[tuple[str, float], Pacer] = {}

    def get(self, operation: str, rate: float) -> Pacer:
        """The pacer of an operation at a rate."""
        return self._pacers.setdefault((operation, rate), Pacer(rate))


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
    caller: Caller,
    operation: Operation[M],
    request: RequestModel,
    *,
    rate: float,
    patience: ThrottlingPatience | None = None,
) -> M:
    """Call an operation when its rate allows it, which every attempt waits for.

    Args:
        caller: makes the call.
        operation: the operation.
        request: the request.
        rate: calls per second.
        patience: for how long throttling is waited out, which takes neither attempts nor the
            retry budget. None: throttling is retried like other errors.

    Raises:
        VidKitError: whatever the last attempt ended with.
    """
    pacer = caller.runtime.shared(_Pacers).get(operation.name, rate)
    aws_request = AwsRequest(API, operation.name, to_wire(request))
    policy = caller.options.retry
    is_patient = patience is not None and policy.max_attempts > 1

    async def attempt(number: int) -> M:
        if number > 1:
            await pacer.acquire()
        sent_at = time.monotonic()
        try:
            result = await caller.once(operation, aws_request, attempt=number)
        except ThrottledError as error:
            pacer.slow_down(sent_at, policy, error.retry_after)
            # Waiting it out is not up to the retry loop.
            error.retryable = error.retryable and not is_patient
            raise
        except _OF_ACCEPTED_CALLS:
            pacer.accepted()
            raise
        pacer.accepted()
        return result

    attempts = 0
    while True:
        # This wait is outside the deadline, which is for the call alone.
        await pacer.acquire()
        try:
            return await caller.retrying(operation, attempt)
        except ThrottledError as error:
            if patience is None or not is_patient:
                raise
            attempts += error.attempts
            error.attempts, error.retryable = attempts, True
            if patience.is_over(pacer):
                raise


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
