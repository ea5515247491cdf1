"""How often a job is asked for its status, and what a status means."""

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from vidkit._internal.arguments import checked_constructor, number, seconds
from vidkit.errors import ConfigError

__all__ = ["JobPoll", "JobState", "PollPolicy", "poll_delay"]

A = TypeVar("A")


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """How often a job is asked for its status.

    The n-th wait lasts ``initial_delay * factor**(n-1)`` seconds, at most ``max_delay``, less up to
    a quarter drawn at random so that many jobs do not ask in step.

    Attributes:
        initial_delay: seconds (1).
        factor: growth from wait to wait (1.5).
        max_delay: seconds (30).
        patience: seconds (300) for which passing errors in a row are endured.
        polls_per_second: how many jobs are asked about each second at most (5, which is what
            Rekognition allows an account in most regions); all kits of a process share it.

    Raises:
        ConfigError: an unknown field or a number out of range.

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
        number(self.polls_per_second, parameter="polls_per_second", least=0.001)
        number(self.factor, parameter="factor", least=1)


def poll_delay(policy: PollPolicy, polls: int, draw: float) -> float:
    """Seconds to wait after the ``polls``-th poll (from 1); ``draw`` is from 0 to 1."""
    # Past this power every delay has long reached its maximum.
    power = min(polls - 1, 64)
    return min(policy.max_delay, policy.initial_delay * policy.factor**power) * (1 - draw / 4)


class JobState(Enum):
    """What a status means for whoever waits."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class JobPoll(Generic[A]):
    """One look at a job.

    Attributes:
        status: the service's word.
        state: what it means.
        answer: the service's whole answer.
        message: the service's message, when it gave one.
        code: the service's code for a failure, when it gave one.
    """

    status: str
    state: JobState
    response: A
    message: str | None = None
    code: str | None = None
