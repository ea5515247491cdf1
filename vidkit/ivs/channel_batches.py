"""Many channels in few calls: batches of ARNs, and their responses as one. Pure functions."""

import re
from collections.abc import Iterable, Sequence

from vidkit.errors import NotFoundError, VidKitError, service_error
from vidkit.ivs.models.channels import BatchError, BatchGetChannelResponse

__all__ = ["batches", "error_from_batch", "merge_responses"]

_MAX_ARNS_PER_CALL = 50
_STATUS = re.compile(r"[45][0-9]{2}")
_DEFAULT_STATUS = 400


def batches(arns: Iterable[str]) -> list[list[str]]:
    """The ARNs, without duplicates, in batches of the size that one call may have.

    Example:
        >>> [len(batch) for batch in batches(f"arn:{n % 120}" for n in range(200))]
        [50, 50, 20]
    """
    unique = list(dict.fromkeys(arns))
    return [
        unique[start : start + _MAX_ARNS_PER_CALL]
        for start in range(0, len(unique), _MAX_ARNS_PER_CALL)
    ]


def merge_responses(
    arns: Sequence[str], responses: Iterable[BatchGetChannelResponse]
) -> BatchGetChannelResponse:
    """One response: channels in the order of the ARNs, and an error for each other ARN."""
    channels = {channel.arn: channel for response in responses for channel in response.channels}
    errors = {error.arn: error for response in responses for error in response.errors}
    missing = [arn for arn in dict.fromkeys(arns) if arn not in channels]
    return BatchGetChannelResponse(
        channels=[channels[arn] for arn in arns if arn in channels],
        errors=[errors.get(arn) or _omitted(arn) for arn in missing],
    )


def _omitted(arn: str) -> BatchError:
    return BatchError(arn=arn, message="the service returned neither a channel nor an error")


def error_from_batch(error: BatchError) -> VidKitError:
    """The exception that a call for this channel alone would have raised."""
    code, message = error.code, error.message
    if code is None:
        exception: VidKitError = NotFoundError(message or "no message given")
    else:
        # The code is a name, or the status that a call for this channel alone would have had.
        status = int(code) if _STATUS.fullmatch(code) else _DEFAULT_STATUS
        exception = service_error(code=code, status=status, message=message)
        exception.status = None
    return exception.located("ivs", "BatchGetChannel")
