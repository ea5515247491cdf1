"""The retry policy, the retry budget, and the one loop that makes attempts."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.retry.attempts import run
    from vidkit.retry.budget import RetryBudget
    from vidkit.retry.deadline import Deadline
    from vidkit.retry.decision import decide
    from vidkit.retry.policy import RetryPolicy

__all__ = ["Deadline", "RetryBudget", "RetryPolicy", "decide", "run"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.retry.attempts": "run",
            "vidkit.retry.budget": "RetryBudget",
            "vidkit.retry.deadline": "Deadline",
            "vidkit.retry.decision": "decide",
            "vidkit.retry.policy": "RetryPolicy",
        },
    )
