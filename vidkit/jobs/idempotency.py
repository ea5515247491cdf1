"""The client request token that a run of many jobs plans for a start.

A run that repeats a start of an earlier run plans the same token; then the service returns the
job of the earlier run and starts no second one. The services' start operations take it from here.
"""

from contextvars import ContextVar
from dataclasses import dataclass

__all__ = [
    "PlannedStart",
    "is_planned_token_taken",
    "plan_request_token",
    "take_planned_request_token",
    "take_planned_start",
]


@dataclass(frozen=True, slots=True)
class PlannedStart:
    """What a start needs to be the same start when it is repeated.

    Attributes:
        token: the client request token.
        maybe_used: whether an earlier start may have sent the token. When that was is not said:
            the clock of that time may have been another.
    """

    token: str
    maybe_used: bool = False


_planned: ContextVar[list[PlannedStart] | None] = ContextVar("vidkit_planned_start", default=None)


def plan_request_token(token: str, *, maybe_used: bool = False) -> None:
    """Make the next start in this context use a client request token.

    Args:
        token: the client request token.
        maybe_used: whether an earlier start may have sent the token.
    """
    _planned.set([PlannedStart(token, maybe_used)])


def take_planned_start() -> PlannedStart | None:
    """The plan for the next start, or None; it can be taken only once."""
    planned = _planned.get()
    return planned.pop() if planned else None


def is_planned_token_taken() -> bool:
    """Whether a start has taken the plan of this context."""
    return _planned.get() == []


def take_planned_request_token() -> str | None:
    """The token planned for the next start, or None; taken only once."""
    planned = take_planned_start()
    return planned.token if planned else None
