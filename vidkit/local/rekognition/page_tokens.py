"""Page tokens that expire."""

from datetime import timedelta

from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import Fault
from vidkit.local.runtime.state import State

LIFETIME = timedelta(hours=24)
"""How long a page token of Rekognition is good for."""

_POSITIONS = 2**32


class ExpiringTokens:
    """Page tokens in Rekognition's manner: bound to a request, good for 24 hours.

    Args:
        state: whose clock it is.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._tokens = PageTokens()

    def issue(self, position: int, request: object) -> str:
        """A token for a position in a request's results, JSON-serialisable like it."""
        # The time goes where only the position would be: both are under the token's signature.
        made = int(self._state.now().timestamp())
        return self._tokens.issue(made * _POSITIONS + position, request)

    def read(self, token: str | None, request: object) -> int:
        """The position that a token stands for; the first one without a token.

        Raises:
            Fault: ``InvalidPaginationTokenException``: the token is another request's, or has
                expired.
        """
        if token is None:
            return 0
        found = self._tokens.read(token, request)
        if found is None:
            raise _invalid("The NextToken belongs to no page of this request.")
        made, position = divmod(found, _POSITIONS)
        age = self._state.now().timestamp() - made
        # The token knows whole seconds; up to a second more is the token's.
        if age >= LIFETIME.total_seconds() + 1:
            raise _invalid("The NextToken has expired.")
        return position


def _invalid(message: str) -> Fault:
    return Fault("InvalidPaginationTokenException", message)
