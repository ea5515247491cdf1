"""How often jobs are polled, and what a poll returns."""

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from vidkit._internal.arguments import checked_constructor, number, seconds
from vidkit.errors import (
    ConfigError,
    ThrottledError,
    UnavailableError,
    VidKitError,
    VidKitTimeoutError,
)

__all__ = ["JobPoll", "JobState", "PollPolicy", "is_transient", "poll_delay"]

ResponseT = TypeVar("ResponseT")


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """How often jobs are polled for their status.

    The n-th delay is ``initial_delay * factor**(n-1)`` seconds, at most ``max_delay``, minus a
    random part of up to a quarter (jitter), so that many jobs are not polled at the same time.

    Attributes:
        initial_delay: seconds before the second poll (1).
        factor: the factor by which the delay grows with each poll (1.5).
        max_delay: the longest delay in seconds (30).
        patience: for how many seconds consecutive transient errors are tolerated (300), of the
            polls of a job and of a start in `VidKit.run_jobs`.
        polls_per_second: the maximum number of polls per second (5, Rekognition's quota of an
            account in most regions); all kits of an event loop share it. Event loops in other
            threads, and other processes, have their own.

    Raises:
        ConfigError: a field is unknown, or a number is out of range.

    Example:
        >>> PollPolicy(initial_delay=0.2).max_delay
        30.0
    """

    initial_delay: float = 1.0
    factor: float = 1.5
    max_delay: float = 30.0
    patience: float = 300.0
    polls_per_second: float = 5.0

    def __post_init__(self) -> None:
        for name in ("initial_delay", "max_delay", "patience"):
            object.__setattr__(self, name, seconds(getattr(self, name), parameter=name))
        number(self.polls_per_second, parameter="polls_per_second", minimum=0.001)
        number(self.factor, parameter="factor", minimum=1)


def poll_delay(policy: PollPolicy, polls: int, draw: float) -> float:
    """Seconds to wait after the ``polls``-th poll (from 1); ``draw``: 0 to 1."""
    # With a larger power the delay would overflow a float; it has reached its maximum long before.
    power = min(polls - 1, 64)
    return min(policy.max_delay, policy.initial_delay * policy.factor**power) * (1 - draw / 4)


def is_transient(error: VidKitError) -> bool:
    """Whether a poll or a start that failed may succeed a while later."""
    # A call that timed out says nothing about the job.
    passing = ThrottledError | UnavailableError | VidKitTimeoutError
    return error.retryable or isinstance(error, passing)


class JobState(Enum):
    """What a status value means: whether the job has ended, and how."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class JobPoll(Generic[ResponseT]):
    """One poll of a job.

    Attributes:
        status: the service's status value.
        state: what the status means.
        response: the service's complete response.
        message: the service's message, or None.
        code: the service's error code of a failed job, or None.
    """

    status: str
    state: JobState
    response: ResponseT
    message: str | None = None
    code: str | None = None
