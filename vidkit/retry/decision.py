"""The decision whether and when to retry. Pure functions."""

from vidkit.errors import ThrottledError, VidKitError
from vidkit.retry.policy import RetryPolicy

__all__ = ["decide"]


def decide(
    error: VidKitError,
    *,
    attempts: int,
    policy: RetryPolicy,
    idempotent: bool,
    remaining: float,
    draw: float,
) -> float | None:
    """The delay before the next attempt in seconds, or None: do not retry.

    Args:
        error: the error of the last attempt.
        attempts: the number of attempts so far, including the last one.
        policy: the retry policy of the caller.
        idempotent: whether the operation may be carried out twice without a further effect.
        remaining: seconds left until the deadline of the call.
        draw: a random number from 0 to 1.
    """
    if not error.retryable or attempts >= policy.max_attempts:
        return None
    if error.ambiguous and not idempotent:
        return None
    throttled = isinstance(error, ThrottledError)
    base = policy.throttling_base_delay if throttled else policy.base_delay
    # Larger powers would overflow a float; the delay has reached its maximum long before.
    delay = draw * min(policy.max_delay, base * 2.0 ** min(attempts - 1, 32))
    delay = max(delay, error.retry_after or 0.0)
    return delay if delay < remaining else None
