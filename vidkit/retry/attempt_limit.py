"""The time limit of one attempt, and what a timeout leaves open."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from vidkit._internal.send_state import SendState, watch_send_state
from vidkit.errors import VidKitError, VidKitTimeoutError

__all__ = ["attempt_limit"]


@asynccontextmanager
async def attempt_limit(seconds: float, *, name: str, retryable: bool) -> AsyncGenerator[SendState]:
    """Limit the time of the attempt that is made inside.

    The time to decode a response does not count (see `mark_received`).

    Args:
        seconds: the limit.
        name: what the error calls the limit, such as ``deadline of 60 s``.
        retryable: whether another attempt may follow.

    Raises:
        VidKitTimeoutError: the limit passed. The error is ambiguous if a part of the request may
            have been sent.
    """
    clock = asyncio.timeout(seconds)
    with watch_send_state(clock) as send_state:
        try:
            async with clock:
                yield send_state
        except TimeoutError as error:
            if isinstance(error, VidKitError) or not clock.expired():
                raise
            cause = error
        else:
            return
    raise VidKitTimeoutError(
        f"the {name} passed", retryable=retryable, ambiguous=not send_state.unsent
    ) from cause
