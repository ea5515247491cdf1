"""Looking up many channels: ARNs in parts, answers put together. Pure functions."""

import re
from collections.abc import Iterable, Sequence

from vidkit.errors import NotFoundError, VidKitError, service_error
from vidkit.ivs.models.channels import BatchError, BatchGetChannelResponse

__all__ = ["batch_failure", "in_order", "parts"]

_A_CALL = 50
_STATUS = re.compile(r"[45][0-9]{2}")
_UNKNOWN_STATUS = 400


def parts(arns: Iterable[str]) -> list[list[str]]:
    """The ARNs, each once, in parts that the service takes in one call.

    Example:
        >>> [len(part) for part in parts(f"arn:{n % 120}" for n in range(200))]
        [50, 50, 20]
    """
    once = list(dict.fromkeys(arns))
    return [once[start : start + _A_CALL] for start in range(0, len(once), _A_CALL)]


def in_order(
    arns: Sequence[str], responses: Iterable[BatchGetChannelResponse]
) -> BatchGetChannelResponse:
    """The answers as one: channels in the order of the ARNs, an error for each of the others."""
    channels = {channel.arn: channel for response in responses for channel in response.channels}
    errors = {error.arn: error for response in responses for error in response.errors}
    missing = [arn for arn in dict.fromkeys(arns) if arn not in channels]
    return BatchGetChannelResponse(
        channels=[channels[arn] for arn in arns if arn in channels],
        errors=[errors.get(arn) or _passed_over(arn) for arn in missing],
    )


def _passed_over(arn: str) -> BatchError:
    return BatchError(arn=arn, message="the service answered with neither a channel nor an error")


def batch_failure(error: BatchError) -> VidKitError:
    """What an error of a batch would be as the answer to a call of its own."""
    code, message = error.code, error.message
    if code is None:
        found: VidKitError = NotFoundError(message or "no message given")
    else:
        # The code is a name, or the status that a call of its own would have had.
        status = int(code) if _STATUS.fullmatch(code) else _UNKNOWN_STATUS
        found = service_error(code=code, status=status, message=message)
        found.status = None
    return found.located("ivs", "BatchGetChannel")
