"""What makes the next start in a context the same as one that an earlier run sent.

A run of many jobs plans it; the services' starts ask for it.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

__all__ = ["PlannedStart", "plan_request_token", "planned_request_token", "planned_start"]


@dataclass(frozen=True, slots=True)
class PlannedStart:
    """What makes a start the same start when it is made again.

    Attributes:
        token: the client request token.
        used_since: from when on an earlier run may have used the token; None when none has.
    """

    token: str
    used_since: datetime | None = None


_planned: ContextVar[list[PlannedStart] | None] = ContextVar("vidkit_planned_start", default=None)


def plan_request_token(token: str, *, used_since: datetime | None = None) -> None:
    """Let the next start in this context use this client request token.

    Args:
        token: the token.
        used_since: from when on an earlier run may have used it; None when none has.
    """
    _planned.set([PlannedStart(token, used_since)])


def planned_start() -> PlannedStart | None:
    """What is planned for the next start; it is used up by asking."""
    planned = _planned.get()
    return planned.pop() if planned else None


def planned_request_token() -> str | None:
    """The token planned for the next start; it is used up by asking."""
    planned = planned_start()
    return planned.token if planned else None
