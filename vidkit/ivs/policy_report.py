"""A policy on many channels: which channels differ, and the report. Pure functions."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidkit.errors import RequestError, VidKitError
from vidkit.ivs.channel_batches import error_from_batch
from vidkit.ivs.models.channels import BatchGetChannelResponse, ChannelSummary, GetChannelRequest
from vidkit.ivs.models.policies import (
    GetPlaybackRestrictionPolicyRequest,
    PlaybackRestrictionPolicy,
)

__all__ = [
    "Channels",
    "PolicyReport",
    "SortedChannels",
    "channel_arn",
    "check_channels",
    "policy_arn",
]

Channels = Iterable[str | ChannelSummary] | AsyncIterable[str | ChannelSummary]
"""ARNs, channels or summaries of channels, such as ``kit.ivs.list_channels()``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """The outcome for each channel to which a policy was attached, or from which it was detached.

    Every channel is in exactly one of the five groups, by its ARN, in the order of the call.

    Attributes:
        policy_arn: the policy's ARN; empty if policies were detached.
        changed: channels that had another policy or none, and have this one now.
        unchanged: channels that had this policy already; they were not updated.
        live: channels that are live; a live channel cannot be updated (409).
        failed: channels that failed, with the error, such as a `NotFoundError` for a channel that
            does not exist.
        planned: channels that would be updated; with ``plan=True``, in place of ``changed``. Only
            an update shows which of them are live.

    Example:
        >>> report = PolicyReport(policy_arn="", unchanged=["arn:aws:ivs:eu-central-1:1:channel/a"])
        >>> report.complete
        True
    """

    policy_arn: str
    changed: list[str] = field(default_factory=list[str])
    unchanged: list[str] = field(default_factory=list[str])
    live: list[str] = field(default_factory=list[str])
    failed: dict[str, VidKitError] = field(default_factory=dict[str, VidKitError])
    planned: list[str] = field(default_factory=list[str])

    @property
    def complete(self) -> bool:
        """Whether all channels have the policy: none is live, none failed, none is only planned."""
        return not (self.live or self.failed or self.planned)


@dataclass(frozen=True, slots=True)
class SortedChannels:
    """Channels sorted by whether they have a policy.

    Attributes:
        differing: channels that have another policy or none.
        unchanged: channels that have this policy.
        failed: channels for which the service returned an error.
    """

    differing: list[str]
    unchanged: list[str]
    failed: dict[str, VidKitError]

    @classmethod
    def from_response(cls, policy: str, response: BatchGetChannelResponse) -> "SortedChannels":
        """Sort the channels of a response by whether they have a policy.

        Args:
            policy: the policy's ARN; empty: no policy.
            response: the channels as they are now.
        """
        has_policy = {
            channel.arn: (channel.playback_restriction_policy_arn or "") == policy
            for channel in response.channels
        }
        return cls(
            differing=[arn for arn, has in has_policy.items() if not has],
            unchanged=[arn for arn, has in has_policy.items() if has],
            failed={error.arn: error_from_batch(error) for error in response.errors if error.arn},
        )


def policy_arn(policy: PlaybackRestrictionPolicy | str) -> str:
    """The ARN of a policy.

    Raises:
        RequestError: it is not the ARN of a policy.
    """
    arn = policy.arn if isinstance(policy, PlaybackRestrictionPolicy) else policy
    try:
        return GetPlaybackRestrictionPolicyRequest(arn=arn).arn
    except RequestError as error:
        raise RequestError(f"policy: {error.message}") from None


def check_channels(channels: object) -> None:
    """Check that channels can be iterated over.

    Raises:
        RequestError: it is a single channel, or not an iterable.
    """
    kind = type(channels).__name__
    is_single = isinstance(channels, str | bytes | Mapping | ChannelSummary)
    if is_single or not isinstance(channels, Iterable | AsyncIterable):
        raise RequestError(
            f"channels: give a list of ARNs or channels, or an iterator over them, not a {kind}"
        )


def channel_arn(channel: Any, position: int) -> str:
    """The ARN of a channel.

    Args:
        channel: a channel, a summary or an ARN.
        position: its position among the channels, for the error message.

    Raises:
        RequestError: it is not the ARN of a channel.
    """
    arn = channel.arn if isinstance(channel, ChannelSummary) else channel
    try:
        return GetChannelRequest(arn=arn).arn
    except RequestError as error:
        raise RequestError(f"channels.{position}: {error.message}") from None
