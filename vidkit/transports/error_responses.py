"""Reading replies: what a refusal says, in the formats of all services. Pure functions."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from vidkit.errors import ServiceError, service_error
from vidkit.transports.base import Reply

__all__ = ["refusal", "request_id", "retry_after"]

_REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id", "x-request-id")
_CODE_KEYS = ("__type", "code", "Code", "error_code", "errorCode")
_MESSAGE_KEYS = ("message", "Message", "exceptionMessage", "errorMessage", "error_msg", "errorMsg")
_LONGEST_MESSAGE = 500


def request_id(reply: Reply) -> str | None:
    """The service's id of the request: a header of AWS or Huawei, or Huawei's body."""
    for name in _REQUEST_ID_HEADERS:
        if value := reply.headers.get(name):
            return value
    if reply.ok:
        return None
    value = _members(reply).get("request_id")
    return value if isinstance(value, str) else None


def retry_after(reply: Reply, *, now: datetime | None = None) -> float | None:
    """Seconds of a ``Retry-After`` header, which is a number or an HTTP date; None without."""
    value = reply.headers.get("retry-after", "").strip()
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


def refusal(reply: Reply) -> ServiceError:
    """The error that a reply with an error status becomes."""
    members = _members(reply)
    return service_error(
        code=_code(reply, members),
        status=reply.status,
        message=None if 300 <= reply.status < 400 else _message(reply, members),  # noqa: PLR2004
        request_id=request_id(reply),
        retry_after=retry_after(reply),
    )


def _members(reply: Reply) -> dict[str, Any]:
    try:
        content: Any = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    # IAM nests its error: {"error": {"code": 401, "message": ...}}.
    inner: Any = content.get("error")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return inner if isinstance(inner, dict) else content  # pyright: ignore[reportUnknownVariableType]


def _code(reply: Reply, members: dict[str, Any]) -> str | None:
    stated = reply.headers.get("x-amzn-errortype") or next(
        (members[key] for key in _CODE_KEYS if isinstance(members.get(key), str)), None
    )
    if not stated:
        return None
    # AWS writes namespace#Code in bodies and Code:address in headers.
    return str(stated).partition(":")[0].rpartition("#")[2] or None


def _message(reply: Reply, members: dict[str, Any]) -> str | None:
    for key in _MESSAGE_KEYS:
        value = members.get(key)
        if isinstance(value, str) and value:
            return value[:_LONGEST_MESSAGE]
    if members or not reply.body:
        return None
    kind = reply.headers.get("content-type", "unknown content type")
    return f"an answer that is no error document ({kind}, {len(reply.body)} bytes)"
