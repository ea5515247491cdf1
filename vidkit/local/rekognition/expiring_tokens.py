"""Page tokens that expire."""

from datetime import timedelta

from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import State

LIFETIME = timedelta(hours=24)
"""The lifetime of Rekognition's page tokens."""

_POSITIONS = 2**32


class ExpiringTokens:
    """Rekognition's page tokens: bound to a request, valid for 24 hours.

    Args:
        state: the cloud's state, for its clock.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._tokens = PageTokens()

    def issue(self, position: int, request: object) -> str:
        """A token for a position in a request's results; the request is JSON-serialisable."""
        # The time is encoded with the position, so that the token's signature covers both.
        issued = int(self._state.now().timestamp())
        return self._tokens.issue(issued * _POSITIONS + position, request)

    def read(self, token: str | None, request: object) -> int:
        """The position that a token stands for; 0 without a token.

        Raises:
            ApiError: ``InvalidPaginationTokenException``: the token is another request's, or has
                expired.
        """
        if token is None:
            return 0
        found = self._tokens.read(token, request)
        if found is None:
            raise _invalid("The NextToken belongs to no page of this request.")
        issued, position = divmod(found, _POSITIONS)
        age = self._state.now().timestamp() - issued
        # The token holds whole seconds, so that its age can be up to a second too large.
        if age >= LIFETIME.total_seconds() + 1:
            raise _invalid("The NextToken has expired.")
        return position


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidPaginationTokenException", message)
