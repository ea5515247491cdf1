"""The dates of signatures for AWS, by the service's own clock where this machine's is wrong.

A signature is valid for five minutes around its date. A service rejects a request whose date is
further off, and the ``Date`` of that response states the service's time.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vidkit._internal.send_state import mark_unsent
from vidkit.errors import AuthError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import error_from_response
from vidkit.transports.server_date import skewed_server_date

__all__ = ["SigningClock", "SigningDate"]

# A little less than the services' five minutes: the two clocks are read at different times.
_MAX_SKEW = timedelta(minutes=4.5)
# The second one is for a clock that jumps back meanwhile.
_MAX_CORRECTIONS = 2


@dataclass(slots=True)
class SigningDate:
    """The date of one signature.

    Attributes:
        offset: what is added to this machine's clock.
        value: the date, once the request is signed.
    """

    offset: timedelta
    value: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """The service's time; kept as the date."""
        self.value = datetime.now(UTC) + self.offset
        return self.value


class SigningClock:
    """The service's time: this machine's clock and an offset, once one is known."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    async def exchange(
        self, send: Callable[[SigningDate], Awaitable[HttpResponse]]
    ) -> HttpResponse:
        """Send a signed request, and again if only its date was rejected.

        Args:
            send: signs the request with the date and sends it once.
        """
        offset, corrections = self._offset, 0
        while True:
            date = SigningDate(offset)
            response = await send(date)
            server_date = _server_date(response, date.value)
            if server_date is None or corrections == _MAX_CORRECTIONS:
                break
            corrections += 1
            offset = server_date - datetime.now(UTC)
            mark_unsent()
        if corrections and response.ok:
            self._offset = offset
        return response


def _server_date(response: HttpResponse, signed: datetime) -> datetime | None:
    """The service's time, if it rejected the date of a signature; None otherwise."""
    if response.ok or not isinstance(error_from_response(response), AuthError):
        return None
    return skewed_server_date(response.headers.get("date"), signed=signed, max_skew=_MAX_SKEW)
