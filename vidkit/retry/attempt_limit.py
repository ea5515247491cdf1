"""The time limit of one attempt, and what a timeout leaves open."""

import asyncio
from types import TracebackType

from vidkit._internal.send_state import SendState
from vidkit.errors import VidKitError, VidKitTimeoutError

__all__ = ["AttemptLimit"]


class AttemptLimit:
    """Limits the time of the attempt that is made inside it, an async context manager.

    The time to decode a response does not count (see `mark_received`).

    Args:
        seconds: the limit.
        name: what the error calls the limit, such as ``deadline of 60 s``.
        retryable: whether another attempt may follow.

    Raises:
        VidKitTimeoutError: the limit passed. The error is ambiguous if a part of the request may
            have been sent.
    """

    def __init__(self, seconds: float, *, name: str, retryable: bool) -> None:
        self._timeout = asyncio.timeout(seconds)
        self._send_state = SendState(timeout=self._timeout)
        self._name = name
        self._retryable = retryable

    async def __aenter__(self) -> SendState:
        await self._timeout.__aenter__()
        return self._send_state.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._send_state.__exit__(kind, error, traceback)
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError as timeout:
            error = timeout
        is_own = isinstance(error, TimeoutError) and not isinstance(error, VidKitError)
        if is_own and self._timeout.expired():
            raise VidKitTimeoutError(
                f"the {self._name} passed",
                retryable=self._retryable,
                ambiguous=not self._send_state.unsent,
            ) from error
