"""Retries that all calls to one service share, so that a dead service is not stormed."""

from dataclasses import dataclass, field

from vidkit.errors import ThrottledError, VidKitError

__all__ = ["RetryBudget", "retry_cost"]

_RETRY_COST = 14

_THROTTLED_RETRY_COST = 5

_SUCCESS_REFUND = 1


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


def retry_cost(error: VidKitError) -> int:
    """How many tokens of the budget a retry after ``error`` takes."""
    return _THROTTLED_RETRY_COST if isinstance(error, ThrottledError) else _RETRY_COST
