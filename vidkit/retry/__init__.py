"""The retry policy, the retry budget, and the one loop that makes attempts."""

from vidkit.retry.policy import RetryPolicy

__all__ = ["RetryPolicy"]
