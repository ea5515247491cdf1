"""One retry layer for all services.

Whether and when to try again is a pure function, `decide`; tenacity only runs the loop. Nothing
below this layer retries: botocore's retries are off, aiohttp and httpx have none.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from vidkit._internal.send_state import watch_send_state
from vidkit.errors import (
    AmbiguousError,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.retry.budget import RetryBudget, retry_cost
from vidkit.retry.deadline import Deadline
from vidkit.retry.decision import decide
from vidkit.retry.policy import RetryPolicy

__all__ = ["run"]

T = TypeVar("T")


async def run(
    attempt: Callable[[int], Awaitable[T]],
    *,
    policy: RetryPolicy,
    budget: RetryBudget,
    deadline: Deadline,
    idempotent: bool,
    draw: Callable[[], float] = random.random,
) -> T:
    """Run ``attempt`` until it succeeds or trying again is no use.

    Args:
        attempt: called with the attempt's number, from 1.
        policy: how often and how patiently.
        budget: the service's shared budget.
        deadline: when the whole call must have ended; it also shortens the last attempt.
        idempotent: whether doing the operation twice is doing it once.
        draw: random numbers from 0 to 1.

    Raises:
        AmbiguousError: an operation that must not be repeated may have been carried out.
        VidKitTimeoutError: an attempt or the deadline ran out of time.
        VidKitError: what the last attempt ended with.
    """
    failed: list[VidKitError] = []
    try:
        result = await _numbered(attempt, 1, policy, deadline)
    except VidKitError as error:
        failed.append(error)
    else:
        budget.refund(0)
        return result

    async def following(number: int) -> T:
        # The loop begins with how the first attempt ended: most calls need no loop.
        if failed:
            raise failed.pop()
        return await _numbered(attempt, number, policy, deadline)

    tries = _RetryLoop(policy, budget, deadline, idempotent, draw)
    try:
        return await tries.run(following)
    except VidKitError as error:
        if error.ambiguous and not idempotent:
            raise AmbiguousError(
                f"may or may not have been carried out: {error.message}; look before repeating it",
                service=error.service,
                operation=error.operation,
                code=error.code,
                status=error.status,
                request_id=error.request_id,
                attempts=error.attempts,
                ambiguous=True,
            ) from error
        raise


@dataclass(slots=True)
class _RetryLoop:
    """The attempts of one call, as tenacity runs them."""

    policy: RetryPolicy
    budget: RetryBudget
    deadline: Deadline
    idempotent: bool
    draw: Callable[[], float]
    delay: float = 0.0
    last_cost: int = 0

    async def run(self, attempt: Callable[[int], Awaitable[T]]) -> T:
        # A fresh object for each call: tenacity keeps the state of a run on it.
        retrying = AsyncRetrying(
            retry=retry_if_exception(self._should_retry),
            wait=self._wait,
            sleep=asyncio.sleep,
            reraise=True,
        )

        async def numbered() -> T:
            return await attempt(retrying.statistics["attempt_number"])

        result: T = await retrying(numbered)
        self.budget.refund(self.last_cost)
        return result

    def _should_retry(self, error: BaseException) -> bool:
        if not isinstance(error, VidKitError):
            return False
        delay = decide(
            error,
            attempts=error.attempts,
            policy=self.policy,
            idempotent=self.idempotent,
            remaining=self.deadline.remaining(),
            draw=self.draw(),
        )
        cost = retry_cost(error)
        if delay is None or not self.budget.take(cost):
            return False
        self.delay, self.last_cost = delay, cost
        return True

    def _wait(self, _: RetryCallState) -> float:
        return self.delay


async def _numbered(
    attempt: Callable[[int], Awaitable[T]], number: int, policy: RetryPolicy, deadline: Deadline
) -> T:
    try:
        return await _timed(attempt, number, policy, deadline)
    except VidKitError as error:
        error.attempts = number
        raise


async def _timed(
    attempt: Callable[[int], Awaitable[T]], number: int, policy: RetryPolicy, deadline: Deadline
) -> T:
    remaining = deadline.remaining()
    limit = min(policy.attempt_timeout or remaining, remaining)
    clock = asyncio.timeout(limit)
    with watch_send_state(clock) as send_state:
        try:
            async with clock:
                return await attempt(number)
        except TimeoutError as error:
            if isinstance(error, VidKitError) or not clock.expired():
                raise
            late = error
    passed = limit >= remaining
    what = f"deadline of {deadline.total:g} s" if passed else f"attempt timeout of {limit:g} s"
    raise VidKitTimeoutError(
        f"the {what} passed", retryable=not passed, ambiguous=not send_state.unsent
    ) from late
