"""The errors of IVS, and the headers of its responses."""

import json
from collections.abc import Collection, Iterable
from typing import Final

from vidkit.local.protocol.wire import ApiError, Response

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
"""The members that the model binds to headers: of error responses, and of batch responses."""


def invalid(message: str) -> ApiError:
    """The error for a request that breaks a rule."""
    return ApiError("ValidationException", message)


def check_served(parameters: Iterable[str], served: Collection[str]) -> None:
    """Check that the local cloud serves every member of a request.

    The installed service model may be newer than the local cloud.

    Args:
        parameters: the names of the request's members.
        served: the names that are served.

    Raises:
        ApiError: ``ValidationException``, which names the others.
    """
    if unserved := sorted(set(parameters) - set(served)):
        raise invalid(f"Not served here: {', '.join(unserved)}.")


def not_found(what: str, name: str) -> ApiError:
    """The error for a resource that does not exist."""
    return ApiError("ResourceNotFoundException", f"There is no {what} {name}.", status=404)


def conflict(message: str) -> ApiError:
    """The error for a request that conflicts with a resource's state, or with itself."""
    return ApiError("ConflictException", message, status=409)


def not_broadcasting(channel_arn: str) -> ApiError:
    """The error for a request to stop a stream on a channel that is not live."""
    return ApiError("ChannelNotBroadcasting", f"The channel {channel_arn} is not live.", status=404)


def over_quota(what: str, quota: int) -> ApiError:
    """The error for a resource beyond the quota."""
    message = f"The account may have {quota} {what} and has them."
    return ApiError("ServiceQuotaExceededException", message, status=402)


def too_fast(operation: str, rate: float) -> ApiError:
    """The error for a request beyond the rate."""
    message = f"{operation} takes {rate:g} requests a second."
    return ApiError("ThrottlingException", message, status=429)


def error_response(error: ApiError) -> Response:
    """The response for an error: its type in a header, its message in the body.

    The model calls the message ``exceptionMessage``; botocore and other clients show ``message``.
    """
    return Response(
        status=error.status,
        body=json.dumps({"exceptionMessage": error.message, "message": error.message}).encode(),
        headers={"Content-Type": MEDIA_TYPE, "x-amzn-ErrorType": error.code, **HEADERS},
    )
