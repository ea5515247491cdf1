"""Each service's errors for throttling, unavailability and expired tokens."""

from collections.abc import Mapping
from typing import Final

from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.protocol.wire import ApiError

__all__ = ["after_service", "before_service"]

_THROTTLED: Final = {
    "images": ("ClientLimitExceededException", 400),
    "rekognition": ("ThrottlingException", 400),
    "ivs": ("ThrottlingException", 429),
    "objects": ("SlowDown", 503),
    "sns": ("Throttled", 429),
    "sqs": ("RequestThrottled", 403),
    "mpc": ("APIGW.0308", 429),
    "iam": ("429", 429),
    "": ("ThrottlingException", 429),
}
_UNAVAILABLE: Final = {
    "images": ("ServiceUnavailable", 503),
    "rekognition": ("InternalServerError", 500),
    "ivs": ("ServiceUnavailable", 503),
    "objects": ("ServiceUnavailable", 503),
    "sns": ("InternalError", 500),
    "sqs": ("InternalFailure", 500),
    "mpc": ("APIGW.0106", 503),
    "iam": ("503", 503),
    "": ("ServiceUnavailable", 503),
}
_EXPIRED: Final = {
    "objects": ("ExpiredToken", 400),
    "sns": ("ExpiredToken", 403),
    "sqs": ("ExpiredToken", 403),
    "rekognition": ("ExpiredTokenException", 400),
    "mpc": ("APIGW.0307", 401),
    "iam": ("401", 401),
    "": ("ExpiredTokenException", 403),
}


def before_service(rule: FaultRule | None, service: str) -> None:
    """Reject a request before it is carried out, if the rule says so.

    Raises:
        ApiError: the service's error for this kind of fault.
    """
    match rule and rule.kind:
        case "throttled":
            raise _error(_THROTTLED, service, rule, "Too many requests; slow down.")
        case "unavailable":
            raise _error(_UNAVAILABLE, service, rule, "The service is not available now.")
        case "expired_token":
            raise _error(_EXPIRED, service, None, "The security token has expired.")
        case _:
            pass


def after_service(rule: FaultRule | None, service: str) -> None:
    """Return an error for a request that has been carried out, if the rule says so.

    Raises:
        ApiError: the service's error for this kind of fault.
    """
    if rule is not None and rule.kind == "late_unavailable":
        raise _error(_UNAVAILABLE, service, rule, "The service failed.")


def _error(
    table: Mapping[str, tuple[str, int]], service: str, rule: FaultRule | None, message: str
) -> ApiError:
    code, status = table.get(service, table[""])
    return ApiError(code, message, status=(rule and rule.status) or status)
