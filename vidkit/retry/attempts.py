"""The attempts of one call: the one retry layer of all services.

`decide`, a pure function, says whether and when to retry; tenacity runs the loop. Nothing below
this layer retries: botocore's retries are off, aiohttp and httpx have none.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from vidkit.errors import AmbiguousError, VidKitError
from vidkit.retry.attempt_limit import AttemptLimit
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
    """Make attempts until one succeeds or the policy allows no more.

    Args:
        attempt: makes one attempt; called with its number, from 1.
        policy: the retry policy of the caller.
        budget: the retry budget that all calls to the service share.
        deadline: the end of the whole call; it also shortens the last attempt.
        idempotent: whether the operation may be carried out twice without a further effect.
        draw: returns random numbers from 0 to 1.

    Raises:
        AmbiguousError: the operation is not idempotent and may have been carried out.
        VidKitTimeoutError: the attempt timeout or the deadline passed.
        VidKitError: the error of the last attempt.
    """
    failed: list[VidKitError] = []
    try:
        result = await _attempt(attempt, 1, policy, deadline)
    except VidKitError as error:
        failed.append(error)
    else:
        budget.refund(0)
        return result

    async def after_a_failure(number: int) -> T:
        # tenacity runs a call only after its first attempt failed, since most calls need no loop.
        if failed:
            raise failed.pop()
        return await _attempt(attempt, number, policy, deadline)

    loop = _RetryLoop(policy, budget, deadline, idempotent, draw)
    try:
        return await loop.run(after_a_failure)
    except VidKitError as error:
        if error.ambiguous and not idempotent:
            raise AmbiguousError(
                f"may or may not have been carried out: {error.message}; check before repeating it",
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
    """The attempts of one call, run by tenacity."""

    policy: RetryPolicy
    budget: RetryBudget
    deadline: Deadline
    idempotent: bool
    draw: Callable[[], float]
    delay: float = 0.0
    last_cost: int = 0

    async def run(self, attempt: Callable[[int], Awaitable[T]]) -> T:
        # One object for each call: tenacity keeps the state of a run in it.
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


async def _attempt(
    attempt: Callable[[int], Awaitable[T]], number: int, policy: RetryPolicy, deadline: Deadline
) -> T:
    """Make one attempt within its time limit; a failure says which attempt it was."""
    remaining = deadline.remaining()
    limit = min(policy.attempt_timeout or remaining, remaining)
    is_last = limit >= remaining
    name = f"deadline of {deadline.total:g} s" if is_last else f"attempt timeout of {limit:g} s"
    try:
        async with AttemptLimit(limit, name=name, retryable=not is_last):
            return await attempt(number)
    except VidKitError as error:
        error.attempts = number
        raise
