"""Reading replies: what a refusal says, in the formats of all services. Pure functions."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from vidkit.errors import ServiceError, service_error
from vidkit.transports.base import HttpResponse

__all__ = ["error_from_response", "request_id", "retry_after"]

_REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id", "x-request-id")
_CODE_KEYS = ("__type", "code", "Code", "error_code", "errorCode")
_MESSAGE_KEYS = ("message", "Message", "exceptionMessage", "errorMessage", "error_msg", "errorMsg")
_LONGEST_MESSAGE = 500


def request_id(response: HttpResponse) -> str | None:
    """The service's id of the request: a header of AWS or Huawei, or Huawei's body."""
    for name in _REQUEST_ID_HEADERS:
        if value := response.headers.get(name):
            return value
    if response.ok:
        return None
    value = _members(response).get("request_id")
    return value if isinstance(value, str) else None


def retry_after(response: HttpResponse, *, now: datetime | None = None) -> float | None:
    """Seconds of a ``Retry-After`` header, which is a number or an HTTP date; None without."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        # A number with more digits than this is no wait anybody means.
        return float(value) if len(value) <= 9 else float("inf")  # noqa: PLR2004
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def error_from_response(response: HttpResponse) -> ServiceError:
    """The error that a reply with an error status becomes."""
    members = _members(response)
    return service_error(
        code=_code(response, members),
        status=response.status,
        message=None if 300 <= response.status < 400 else _message(response, members),  # noqa: PLR2004
        request_id=request_id(response),
        retry_after=retry_after(response),
    )


def _members(response: HttpResponse) -> dict[str, Any]:
    try:
        content: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    # IAM nests its error: {"error": {"code": 401, "message": ...}}.
    inner: Any = content.get("error")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return inner if isinstance(inner, dict) else content  # pyright: ignore[reportUnknownVariableType]


def _code(response: HttpResponse, members: dict[str, Any]) -> str | None:
    stated = response.headers.get("x-amzn-errortype") or next(
        (members[key] for key in _CODE_KEYS if isinstance(members.get(key), str)), None
    )
    if not stated:
        return None
    # AWS writes namespace#Code in bodies and Code:address in headers.
    return str(stated).partition(":")[0].rpartition("#")[2] or None


def _message(response: HttpResponse, members: dict[str, Any]) -> str | None:
    for key in _MESSAGE_KEYS:
        value = members.get(key)
        if isinstance(value, str) and value:
            return value[:_LONGEST_MESSAGE]
    if members or not response.body:
        return None
    kind = response.headers.get("content-type", "unknown content type")
    return f"an answer that is no error document ({kind}, {len(response.body)} bytes)"
