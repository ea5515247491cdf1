"""The service's time, from the ``Date`` header of its responses. Pure functions."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["skewed_server_date"]


def skewed_server_date(
    date: str | None, *, signed: datetime, max_skew: timedelta
) -> datetime | None:
    """The service's time, if it is too far from the date of a signature; None otherwise.

    Args:
        date: the ``Date`` header of a response that rejects the signature.
        signed: the date that was signed.
        max_skew: the largest difference that is no reason for the rejection.
    """
    try:
        server_date = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        return None
    server_date = server_date if server_date.tzinfo else server_date.replace(tzinfo=UTC)
    return server_date if abs(server_date - signed) > max_skew else None
