"""Responses of IAM and the metadata service, read without ever quoting them. Pure functions.

Responses hold secrets, and so would the exceptions of a parser: neither ends up in an error.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from vidkit.errors import DecodeError, ServiceError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import error_from_response, request_id

__all__ = [
    "Members",
    "credential_error",
    "lifetime",
    "missing_member",
    "object_member",
    "text_member",
    "time_member",
    "word_member",
]

Members: TypeAlias = dict[str, Any]


def object_member(content: Members, name: str) -> Members:
    """A member that is an object; an empty one without."""
    value: Any = content.get(name)
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def text_member(content: Members, name: str) -> str | None:
    """A member that is a non-empty string; None without."""
    value: Any = content.get(name)
    return value if isinstance(value, str) and value else None


def word_member(content: Members, name: str) -> str | None:
    """A member that may be part of a path, as an id must; None without."""
    value = text_member(content, name) or ""
    return value if re.fullmatch(r"[A-Za-z0-9_-]+", value) else None


def time_member(content: Members, name: str) -> datetime | None:
    """A member that is a timestamp, such as ``2026-01-04T09:05:22.701000Z``; None without."""
    try:
        found = datetime.fromisoformat(text_member(content, name) or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def lifetime(end: datetime, *, response: HttpResponse, begin: datetime | None = None) -> float:
    """Seconds until credentials expire, by the clock of the service where it states its time.

    Args:
        end: when they expire.
        response: the response that brought them, for its ``Date``.
        begin: when they were issued, if the response says so.
    """
    if begin is None:
        try:
            begin = parsedate_to_datetime(response.headers.get("date", ""))
        except (ValueError, OverflowError):
            begin = datetime.now(UTC)
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    return (end - begin).total_seconds()


def credential_error(response: HttpResponse, service: str) -> ServiceError:
    """The error for an error response to a request for credentials or a project.

    Args:
        response: the response, with an error status.
        service: the service that sent it.
    """
    error = error_from_response(response)
    error.message = f"credentials: {service} returned an error: {error.message}"
    # The caller's own request was not sent.
    error.ambiguous = False
    return error


def missing_member(response: HttpResponse, service: str, member: str) -> DecodeError:
    """The error for a successful response without a member that it must have."""
    return DecodeError(
        f"credentials: the response of {service} has no {member} ({len(response.body)} bytes)",
        status=response.status,
        request_id=request_id(response),
    )
