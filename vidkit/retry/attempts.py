"""One retry layer for all services.

Whether and when to try again is a pure function, `decide`; tenacity only runs the loop. Nothing
below this layer retries: botocore's retries are off, aiohttp and httpx have none.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from vidkit._internal.arguments import checked_constructor, shown
from vidkit._internal.send_state import watch_handover
from vidkit.config import seconds
from vidkit.errors import (
    AmbiguousError,
    ConfigError,
    ThrottledError,
    VidKitError,
    VidKitTimeoutError,
)

__all__ = ["Deadline", "RetryBudget", "RetryPolicy", "decide", "run"]

T = TypeVar("T")

_RETRY_COST = 14
_THROTTLED_RETRY_COST = 5
_SUCCESS_REFUND = 1


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently a call is tried again.

    The wait before the n-th retry is drawn evenly from 0 to ``base_delay * 2**(n-1)`` seconds
    (full jitter), never above ``max_delay``. A service that throttles gets
    ``throttling_base_delay`` instead, and its ``Retry-After`` is waited for when the call's
    deadline allows it.

    Attributes:
        max_attempts: how often a call is sent at most (4); 1 means no retries.
        base_delay: seconds (0.1).
        throttling_base_delay: seconds, after a throttling answer (1.0).
        max_delay: seconds, for a single wait (20).
        attempt_timeout: seconds for a single attempt (30); None: only the deadline counts.

    Raises:
        ConfigError: an unknown field or a number out of range.

    Example:
        >>> RetryPolicy(max_attempts=6).max_attempts
        6
        >>> RetryPolicy.none().max_attempts
        1
    """

    max_attempts: int = 4
    base_delay: float = 0.1
    throttling_base_delay: float = 1.0
    max_delay: float = 20.0
    attempt_timeout: float | None = 30.0

    def __post_init__(self) -> None:
        if isinstance(self.max_attempts, bool) or not isinstance(self.max_attempts, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError(f"max_attempts={shown(self.max_attempts)}: must be a whole number")
        if self.max_attempts < 1:
            raise ConfigError(f"max_attempts={shown(self.max_attempts)}: must be at least 1")
        for name in ("base_delay", "throttling_base_delay", "max_delay"):
            value = seconds(getattr(self, name), parameter=name, zero=True)
            object.__setattr__(self, name, value)
        if self.attempt_timeout is not None:
            limit = seconds(self.attempt_timeout, parameter="attempt_timeout")
            object.__setattr__(self, "attempt_timeout", limit)

    @classmethod
    def none(cls) -> "RetryPolicy":
        """Send once; whatever happens is the caller's to handle."""
        return cls(max_attempts=1)


@dataclass(slots=True)
class RetryBudget:
    """Retries that all calls to one service share, so that a dead service is not stormed.

    A retry costs 14 tokens, after throttling 5; a call that succeeds puts back what its last retry
    cost, or 1. These are the figures of AWS's standard mode.
    """

    capacity: int = 500
    tokens: int = field(default=500)

    def take(self, cost: int) -> bool:
        """Pay for a retry; False when the budget is spent."""
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def refund(self, last_cost: int) -> None:
        """Put back after a success."""
        self.tokens = min(self.capacity, self.tokens + (last_cost or _SUCCESS_REFUND))


class Deadline:
    """The moment by which a call must have ended, attempts and waits together."""

    __slots__ = ("at", "total")

    def __init__(self, total: float) -> None:
        self.total: float = total
        self.at: float = time.monotonic() + total

    def remaining(self) -> float:
        """Seconds left; 0 or less when it has passed."""
        return self.at - time.monotonic()


def retry_cost(error: VidKitError) -> int:
    """How many tokens of the budget a retry after ``error`` takes."""
    return _THROTTLED_RETRY_COST if isinstance(error, ThrottledError) else _RETRY_COST


def decide(
    error: VidKitError,
    *,
    attempts: int,
    policy: RetryPolicy,
    idempotent: bool,
    remaining: float,
    draw: float,
) -> float | None:
    """How many seconds to wait before trying again, or None for giving up.

    Args:
        error: what the last attempt ended with.
        attempts: how many attempts were made, the last one included.
        policy: the caller's policy.
        idempotent: whether doing the operation twice is doing it once.
        remaining: seconds left of the call's deadline.
        draw: a random number from 0 to 1.
    """
    if not error.retryable or attempts >= policy.max_attempts:
        return None
    if error.ambiguous and not idempotent:
        return None
    throttled = isinstance(error, ThrottledError)
    base = policy.throttling_base_delay if throttled else policy.base_delay
    # Past 2**32 the cap has long decided; larger powers would overflow a float.
    delay = draw * min(policy.max_delay, base * 2.0 ** min(attempts - 1, 32))
    delay = max(delay, error.retry_after or 0.0)
    return delay if delay < remaining else None


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

    tries = _Tries(policy, budget, deadline, idempotent, draw)
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
class _Tries:
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
            retry=retry_if_exception(self._are_not_over),
            wait=self._wait,
            sleep=asyncio.sleep,
            reraise=True,
        )

        async def numbered() -> T:
            return await attempt(retrying.statistics["attempt_number"])

        result: T = await retrying(numbered)
        self.budget.refund(self.last_cost)
        return result

    def _are_not_over(self, error: BaseException) -> bool:
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
    with watch_handover(clock) as handover:
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
        f"the {what} passed", retryable=not passed, ambiguous=not handover.waits
    ) from late
