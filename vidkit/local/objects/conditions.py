"""Conditional requests (RFC 9110, section 13), as S3 serves them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from vidkit.local.protocol.wire import ApiError


def check_read(
    headers: Mapping[str, str], *, etag: str, modified: datetime
) -> Literal["modified", "not modified"]:
    """Evaluate the conditions of a GetObject or HeadObject.

    Args:
        headers: the request's headers, names in lower case.
        etag: the object's entity tag, in quotes.
        modified: when the object was stored.

    Returns:
        ``not modified`` when the response is 304.

    Raises:
        ApiError: ``PreconditionFailed``.
    """
    stored_at = modified.replace(microsecond=0)
    if "if-match" in headers:
        if not _matches(headers["if-match"], etag):
            raise _failed("If-Match")
    elif (limit := _date(headers, "if-unmodified-since")) and stored_at > limit:
        raise _failed("If-Unmodified-Since")
    if "if-none-match" in headers:
        return "not modified" if _matches(headers["if-none-match"], etag) else "modified"
    limit = _date(headers, "if-modified-since")
    return "not modified" if limit and stored_at <= limit else "modified"


def check_write(headers: Mapping[str, str], *, etag: str | None) -> None:
    """Evaluate the conditions of a request that stores an object.

    Args:
        headers: the request's headers, names in lower case.
        etag: the entity tag of the object that has the key now; None when there is none.

    Raises:
        ApiError: ``PreconditionFailed``; ``NoSuchKey`` when an entity tag is expected and there is
            no object; ``NotImplemented`` for an ``If-None-Match`` other than ``*``.
    """
    absent = headers.get("if-none-match", "*").strip()
    if absent != "*":
        raise ApiError(
            "NotImplemented", "The header If-None-Match can only be * when it writes.", status=501
        )
    if "if-none-match" in headers and etag is not None:
        raise _failed("If-None-Match")
    if "if-match" not in headers:
        return
    if etag is None:
        raise ApiError("NoSuchKey", "There is no object to match.", status=404)
    if not _matches(headers["if-match"], etag):
        raise _failed("If-Match")


def _matches(condition: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in condition.split(",")]
    return "*" in tags or etag.strip('"') in tags


def _date(headers: Mapping[str, str], name: str) -> datetime | None:
    """The date of a condition; None also for an invalid one, which is to be ignored."""
    try:
        found = parsedate_to_datetime(headers[name])
    except (KeyError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _failed(condition: str) -> ApiError:
    return ApiError("PreconditionFailed", f"The condition {condition} does not hold.", status=412)
