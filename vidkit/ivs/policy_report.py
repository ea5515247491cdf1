"""A policy on many channels: what is to be done, and what came of it. Pure."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidkit.errors import RequestError, VidKitError
from vidkit.ivs.channel_batches import batch_failure
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
"""ARNs of channels, or channels, or summaries; such as ``kit.ivs.list_channels()``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """What became of each channel that a policy was to be attached to, or detached from.

    Every channel is in exactly one of the five, by its ARN, in the order in which it was given.

    Attributes:
        policy_arn: the policy; empty: none, where it was detached.
        changed: these had another policy or none, and now have this one.
        unchanged: these had it already; nothing was sent for them.
        live: these are live, and a live channel cannot be updated (409).
        failed: these went wrong, such as a `NotFoundError` for one that does not exist.
        planned: with ``plan=True``, in place of ``changed``: these would be updated. Which of them
            are live is only learnt by updating.

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
        """Whether all channels are as wanted: none live, none failed, none only planned."""
        return not (self.live or self.failed or self.planned)


@dataclass(frozen=True, slots=True)
class SortedChannels:
    """Channels by what is to be done with them.

    Attributes:
        differing: these have another policy.
        unchanged: these have it.
        failed: these are not there.
    """

    differing: list[str]
    unchanged: list[str]
    failed: dict[str, VidKitError]

    @classmethod
    def by(cls, policy: str, present: BatchGetChannelResponse) -> "SortedChannels":
        """Sort the channels of an answer by whether they have a policy.

        Args:
            policy: the policy's ARN; empty: none.
            present: the channels as they are.
        """
        has = {
            channel.arn: (channel.playback_restriction_policy_arn or "") == policy
            for channel in present.channels
        }
        return cls(
            differing=[arn for arn, same in has.items() if not same],
            unchanged=[arn for arn, same in has.items() if same],
            failed={error.arn: batch_failure(error) for error in present.errors if error.arn},
        )


def policy_arn(policy: PlaybackRestrictionPolicy | str) -> str:
    """The ARN of a policy.

    Raises:
        RequestError: it is none.
    """
    arn = policy.arn if isinstance(policy, PlaybackRestrictionPolicy) else policy
    try:
        return GetPlaybackRestrictionPolicyRequest(arn=arn).arn
    except RequestError as error:
        raise RequestError(f"policy: {error.message}") from None


def check_channels(channels: object) -> None:
    """Refuse what gives no channels.

    Raises:
        RequestError: one channel instead of several, or no iterable at all.
    """
    kind = type(channels).__name__
    alone = isinstance(channels, str | bytes | Mapping | ChannelSummary)
    if alone or not isinstance(channels, Iterable | AsyncIterable):
        raise RequestError(
            f"channels: give a list of ARNs or channels, or an iterator over them, not a {kind}"
        )


def channel_arn(channel: Any, place: int) -> str:
    """The ARN of a channel.

    Raises:
        RequestError: it is none.
    """
    arn = channel.arn if isinstance(channel, ChannelSummary) else channel
    try:
        return GetChannelRequest(arn=arn).arn
    except RequestError as error:
        raise RequestError(f"channels.{place}: {error.message}") from None
