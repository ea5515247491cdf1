"""How each service words that it is too busy, has failed, or takes a token for expired."""

from collections.abc import Mapping
from typing import Final

from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.protocol.wire import Fault

__all__ = ["at_the_door", "at_the_end"]

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


def at_the_door(rule: FaultRule | None, service: str) -> None:
    """Refuse a request before it is carried out, where a rule wants that.

    Raises:
        Fault: the rule's refusal in the words of the service.
    """
    match rule and rule.kind:
        case "throttled":
            raise _fault(_THROTTLED, service, rule, "Too many requests; slow down.")
        case "unavailable":
            raise _fault(_UNAVAILABLE, service, rule, "The service is not available now.")
        case "expired_token":
            raise _fault(_EXPIRED, service, None, "The security token has expired.")
        case _:
            pass


def at_the_end(rule: FaultRule | None, service: str) -> None:
    """Refuse a request that has been carried out, where a rule wants that.

    Raises:
        Fault: the rule's refusal in the words of the service.
    """
    if rule is not None and rule.kind == "late_unavailable":
        raise _fault(_UNAVAILABLE, service, rule, "The service failed.")


def _fault(
    table: Mapping[str, tuple[str, int]], service: str, rule: FaultRule | None, message: str
) -> Fault:
    code, status = table.get(service, table[""])
    return Fault(code, message, status=(rule and rule.status) or status)
