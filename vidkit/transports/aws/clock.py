"""The dates of signatures for AWS, by the service's own clock where this machine's is wrong.

A signature is valid for five minutes around its date. A service rejects a request whose date is
further off, and the ``Date`` of that response states the service's time.
"""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.auth import AUTH_TYPE_MAPS, SigV4Auth

from vidkit._internal.send_state import mark_unsent
from vidkit.errors import AuthError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import error_from_response
from vidkit.transports.server_date import skewed_server_date

__all__ = ["SigningClock", "sign_with_clock"]

# A little less than the services' five minutes: the two clocks are read at different times.
_MAX_SKEW = timedelta(minutes=4.5)
# The second one is for a clock that jumps back meanwhile.
_MAX_CORRECTIONS = 2
_SIGNATURE_VERSION = "vidkit-v4"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


@dataclass(slots=True)
class _Signing:
    """What is signed in one call: the offset of the clock, and then the date."""

    offset: timedelta
    date: datetime


_signing: ContextVar[_Signing] = ContextVar("vidkit_aws_signing")


class _ClockAuth(SigV4Auth):  # type: ignore[misc]
    """Signature version 4, with the date of a `SigningClock`."""

    def _modify_request_before_signing(self, request: Any) -> None:
        signing = _signing.get()
        signing.date = datetime.now(UTC) + signing.offset
        request.context["timestamp"] = signing.date.strftime(_TIMESTAMP)
        super()._modify_request_before_signing(request)


AUTH_TYPE_MAPS[_SIGNATURE_VERSION] = _ClockAuth  # pyright: ignore[reportArgumentType]


def sign_with_clock(client: Any) -> None:
    """Let a client of aiobotocore sign with the date of the `SigningClock` of each call."""
    service_id = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"choose-signer.{service_id}", _choose_signer)


def _choose_signer(*, signature_version: Any, **_: Any) -> str | None:
    return _SIGNATURE_VERSION if signature_version == "v4" else None


class SigningClock:
    """The service's time: this machine's clock and an offset, once one is known."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    async def exchange(self, send: Callable[[], Awaitable[HttpResponse]]) -> HttpResponse:
        """Send a signed request, and again if only its date was rejected.

        Args:
            send: signs the request and sends it once.
        """
        offset, corrections = self._offset, 0
        while True:
            signing = _Signing(offset, datetime.now(UTC) + offset)
            token = _signing.set(signing)
            try:
                response = await send()
            finally:
                _signing.reset(token)
            server_date = _server_date(response, signing.date)
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
