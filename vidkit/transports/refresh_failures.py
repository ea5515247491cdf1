"""Failures of a source of credentials that has worked before. Pure functions."""

from vidkit.errors import ConfigError, DecodeError, TransportError, VidKitError

__all__ = ["failed_refresh"]

# Sources that fail need seconds to recover, not the tenths of a second between usual attempts.
_RETRY_AFTER_SECONDS = 2.0


def failed_refresh(error: VidKitError) -> VidKitError:
    """The error for a source that has returned credentials before and fails now.

    The configuration was valid then, so the failure may pass. The error of a service that rejected
    the credentials of the source stays as it is: some services lock a user after a few of them.

    Args:
        error: the error of the source, as it would be at the first use.
    """
    if isinstance(error, ConfigError | DecodeError):
        error = TransportError(
            error.message,
            code=error.code,
            status=error.status,
            request_id=error.request_id,
        )
    if error.retryable or isinstance(error, TransportError):
        error.retryable = True
        error.retry_after = max(error.retry_after or 0.0, _RETRY_AFTER_SECONDS)
        error.costs_budget = False
    return error
