"""Error responses in the formats of all services, and the ids of requests. Pure functions."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from vidkit.errors import ServiceError, service_error
from vidkit.transports.base import HttpResponse

__all__ = ["error_from_response", "json_object", "request_id", "retry_after"]

_REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id", "x-request-id", "x-iam-trace-id")
_CODE_KEYS = ("__type", "code", "Code", "error_code", "errorCode")
_MESSAGE_KEYS = (
    "message",
    "Message",
    "exceptionMessage",
    "errorMessage",
    "error_msg",
    "errorMsg",
    "title",
)
_MAX_MESSAGE_LENGTH = 500
# A number with more digits is not a delay that a service would ask for.
_MAX_RETRY_AFTER_DIGITS = 9
# A successful body is parsed for its request id only where that costs next to nothing.
_MAX_PARSED_SUCCESS_BYTES = 1000
_REDIRECTS = range(300, 400)


def request_id(response: HttpResponse) -> str | None:
    """The service's id of the request: from a header, or from the body (Huawei Cloud)."""
    for name in _REQUEST_ID_HEADERS:
        if value := response.headers.get(name):
            return value
    if response.ok and len(response.body) > _MAX_PARSED_SUCCESS_BYTES:
        return None
    content = json_object(response.body)
    for members in (content, _error_members(content)):
        if isinstance(value := members.get("request_id"), str):
            return value
    return None


def retry_after(response: HttpResponse, *, now: datetime | None = None) -> float | None:
    """The ``Retry-After`` header in seconds, which is a number or an HTTP date; None without."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        return float(value) if len(value) <= _MAX_RETRY_AFTER_DIGITS else float("inf")
    try:
        time = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return max(0.0, (time - (now or datetime.now(UTC))).total_seconds())


def error_from_response(response: HttpResponse) -> ServiceError:
    """The error for a response with an error status.

    IAM nests its error and numbers its codes: ``{"error": {"code": 401, "message": ...}}``. Huawei
    Cloud's gateway writes ``{"error_code": "APIGW.0301", "error_msg": ...}``, AWS a ``__type``, a
    ``code`` or a header.
    """
    members = _error_members(json_object(response.body))
    return service_error(
        code=_code(response, members),
        status=response.status,
        message=None if response.status in _REDIRECTS else _message(response, members),
        request_id=request_id(response),
        retry_after=retry_after(response),
    )


def json_object(body: bytes) -> dict[str, Any]:
    """The members of a JSON object; none of anything else."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _error_members(content: dict[str, Any]) -> dict[str, Any]:
    nested: Any = content.get("error")
    return nested if isinstance(nested, dict) else content  # pyright: ignore[reportUnknownVariableType]


def _code(response: HttpResponse, members: dict[str, Any]) -> str | None:
    codes = [members[key] for key in _CODE_KEYS if key in members]
    stated = response.headers.get("x-amzn-errortype") or next(
        (code for kind in (str, int) for code in codes if _is_code(code, kind)), None
    )
    if stated is None:
        return None
    # AWS writes namespace#Code in bodies and Code:address in headers.
    return str(stated).partition(":")[0].rpartition("#")[2] or None


def _is_code(value: object, kind: type) -> bool:
    # IAM's number is the status: a string beside it says more.
    return isinstance(value, kind) and not isinstance(value, bool) and bool(value)


def _message(response: HttpResponse, members: dict[str, Any]) -> str | None:
    for key in _MESSAGE_KEYS:
        value = members.get(key)
        if isinstance(value, str) and value:
            return value[:_MAX_MESSAGE_LENGTH]
    if members or not response.body:
        return None
    kind = response.headers.get("content-type", "unknown content type")
    return f"a response that is no error document ({kind}, {len(response.body)} bytes)"
