"""Whether and when to try again: a pure function."""

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
