"""The retry policy, the retry budget, and the one loop that makes attempts."""

from vidkit.retry.attempts import RetryPolicy

__all__ = ["RetryPolicy"]
