"""Reading what IAM and metadata services answer, without ever quoting it. Pure functions.

Answers hold secrets, and so would the exceptions of a parser: none of them is kept.
"""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from vidkit.errors import DecodeError, ServiceError, service_error
from vidkit.transports.base import HttpResponse

__all__ = [
    "Members",
    "error_from_response",
    "inside",
    "lifetime",
    "members",
    "moment",
    "request_id",
    "text",
    "unreadable",
    "word",
]

Members: TypeAlias = dict[str, Any]

_REQUEST_ID_HEADERS = ("x-request-id", "x-iam-trace-id")
_REDIRECTS = range(300, 400)
_LONGEST_MESSAGE = 500
_LONGEST_WAIT = 9


def members(body: bytes) -> Members:
    """The members of a JSON object; none of anything else."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def inside(content: Members, name: str) -> Members:
    """A member that is an object itself; an empty one without."""
    value: Any = content.get(name)
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def text(content: Members, name: str) -> str | None:
    """A member that is a text with something in it; None without."""
    value: Any = content.get(name)
    return value if isinstance(value, str) and value else None


def word(content: Members, name: str) -> str | None:
    """A member that can stand in a path, as an id must; None without."""
    value = text(content, name) or ""
    return value if re.fullmatch(r"[A-Za-z0-9_-]+", value) else None


def moment(content: Members, name: str) -> datetime | None:
    """A member that is a point in time, such as ``2026-01-04T09:05:22.701000Z``; None without."""
    try:
        found = datetime.fromisoformat(text(content, name) or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def lifetime(end: datetime, *, response: HttpResponse, begin: datetime | None = None) -> float:
    """Seconds until an end, by the answering service's own clock where it tells its time.

    Args:
        end: when what was answered ends.
        response: the answer, for its ``Date``.
        begin: when what was answered began, when the answer says so.
    """
    if begin is None:
        try:
            begin = parsedate_to_datetime(response.headers.get("date", ""))
        except (ValueError, OverflowError):
            begin = datetime.now(UTC)
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    return (end - begin).total_seconds()


def error_from_response(response: HttpResponse, what: str) -> ServiceError:
    """The error that a refusal becomes.

    IAM nests it and counts its codes: ``{"error": {"code": 401, "message": ...}}``; the gateway
    before it does neither: ``{"error_code": "APIGW.0301", "error_msg": ...}``.

    Args:
        response: the answer, of an error status.
        what: who answered.
    """
    content = members(response.body)
    told = inside(content, "error") or content
    code: Any = told.get("code", told.get("error_code"))
    message = text(told, "message") or text(told, "error_msg") or text(told, "title")
    if response.status in _REDIRECTS:
        message = "redirected, which is never followed"
    wait = response.headers.get("retry-after", "").strip()
    told_message = (message or "no message given")[:_LONGEST_MESSAGE]
    error = service_error(
        code=None if isinstance(code, bool) or not isinstance(code, int | str) else str(code),
        status=response.status,
        message=f"credentials: {what} refused: {told_message}",
        request_id=request_id(response, content),
        retry_after=(
            float(wait)
            if wait.isascii() and wait.isdecimal() and len(wait) <= _LONGEST_WAIT
            else None
        ),
    )
    # Whatever was to be done with the credentials was not even sent.
    error.ambiguous = False
    return error


def unreadable(response: HttpResponse, what: str, missing: str) -> DecodeError:
    """The error that a success without what it promises becomes."""
    return DecodeError(
        f"credentials: the answer of {what} has no {missing} ({len(response.body)} bytes)",
        status=response.status,
        request_id=request_id(response),
    )


def request_id(response: HttpResponse, content: Members | None = None) -> str | None:
    """The id that a service gave to a request: a header, or a member of the body."""
    for name in _REQUEST_ID_HEADERS:
        if value := response.headers.get(name):
            return value
    return text(content or {}, "request_id")
