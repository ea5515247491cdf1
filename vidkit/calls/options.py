"""The options of a kit and of its views."""

from dataclasses import dataclass

from vidkit.calls.events import Listener
from vidkit.jobs.polling import PollPolicy
from vidkit.retry.policy import RetryPolicy

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options that `VidKit.with_options` can change.

    Attributes:
        retry: the retry policy.
        deadline: seconds for one call, with all its attempts and delays.
        poll: the poll policy of jobs.
        on_event: called with a `CallEvent` for every attempt; None: no listener.
    """

    retry: RetryPolicy
    deadline: float
    poll: PollPolicy
    on_event: Listener | None
