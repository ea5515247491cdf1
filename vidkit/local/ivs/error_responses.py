"""How IVS words its refusals, and the headers that its answers carry."""

import json
from typing import Final

from vidkit.local.protocol.wire import Answer, Fault

MEDIA_TYPE: Final = "application/json"

HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*",
    "Cache-Control": "no-store, no-cache",
    "Content-Security-Policy": "default-src 'self'; upgrade-insecure-requests;",
    "Strict-Transport-Security": "max-age=47304000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What the model binds to headers: of every refusal, and of the answers to batches."""


def invalid(message: str) -> Fault:
    """A request that breaks a rule."""
    return Fault("ValidationException", message)


def not_found(what: str, name: str) -> Fault:
    """A resource that is not there."""
    return Fault("ResourceNotFoundException", f"There is no {what} {name}.", status=404)


def conflict(message: str) -> Fault:
    """A request that does not go with the state of things, or with itself."""
    return Fault("ConflictException", message, status=409)


def not_broadcasting(channel_arn: str) -> Fault:
    """A stream that is to be stopped, and there is none."""
    return Fault("ChannelNotBroadcasting", f"The channel {channel_arn} is not live.", status=404)


def over_quota(what: str, most: int) -> Fault:
    """One resource too many."""
    message = f"The account may have {most} {what} and has them."
    return Fault("ServiceQuotaExceededException", message, status=402)


def too_fast(operation: str, rate: float) -> Fault:
    """One request too many."""
    message = f"{operation} takes {rate:g} requests a second."
    return Fault("ThrottlingException", message, status=429)


def refusal_answer(fault: Fault) -> Answer:
    """A fault as the service has it: its type in a header, ``exceptionMessage`` in the body."""
    return Answer(
        status=fault.status,
        body=json.dumps({"exceptionMessage": fault.message}).encode(),
        headers={"Content-Type": MEDIA_TYPE, "x-amzn-ErrorType": fault.code, **HEADERS},
    )
