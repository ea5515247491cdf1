"""The options of a kit, and of its views."""

from dataclasses import dataclass

from vidkit.calls.events import Listener
from vidkit.jobs.polling import PollPolicy
from vidkit.retry.policy import RetryPolicy

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """What `VidKit.with_options` can change.

    Attributes:
        retry: how often and how patiently.
        deadline: seconds for one call, attempts and waits together.
        poll: how jobs are watched.
        on_event: told of every request.
    """

    retry: RetryPolicy
    deadline: float
    poll: PollPolicy
    on_event: Listener | None
