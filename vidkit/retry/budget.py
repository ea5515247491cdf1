"""The retry budget, which limits the retries of all calls to a service."""

from dataclasses import dataclass, field

from vidkit.errors import ThrottledError, VidKitError

__all__ = ["RetryBudget", "retry_cost"]

_RETRY_COST = 14

_THROTTLED_RETRY_COST = 5

_SUCCESS_REFUND = 1


@dataclass(slots=True)
class RetryBudget:
    """The retry budget of a service, so that a dead one gets few retries.

    All calls share it. A retry takes 14 tokens from the budget, 5 after throttling, or none after a
    failed refresh of credentials, of which the service is not the cause. A call that succeeds
    returns the tokens of its last retry, or 1 if it made none. These are the numbers of the
    standard retry mode of the AWS SDKs.

    Attributes:
        capacity: the maximum number of tokens (500).
        tokens: the present number of tokens.
    """

    capacity: int = 500
    tokens: int = field(default=500)

    def take(self, cost: int) -> bool:
        """Take the tokens of a retry; False if the budget has too few."""
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def refund(self, last_cost: int) -> None:
        """Return the tokens of the last retry after a success (0: no retry)."""
        self.tokens = min(self.capacity, self.tokens + (last_cost or _SUCCESS_REFUND))


def retry_cost(error: VidKitError) -> int:
    """The number of tokens that a retry after ``error`` takes."""
    if not error.costs_budget:
        return 0
    return _THROTTLED_RETRY_COST if isinstance(error, ThrottledError) else _RETRY_COST
