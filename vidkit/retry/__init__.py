"""Retries: the policy, the budget, and the loop that makes attempts."""

from vidkit.retry.policy import RetryPolicy

__all__ = ["RetryPolicy"]
