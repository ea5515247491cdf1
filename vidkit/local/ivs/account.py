"""The channels, policies and quotas of the IVS account."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from vidkit.local.ivs.sessions import Session
from vidkit.local.ivs.store import Store

MAX_SESSIONS: Final = 1000
"""Stream sessions that a channel keeps; the oldest are dropped first."""

Resource: TypeAlias = dict[str, Any]
"""A resource as the API shows it. Values in it are replaced, never changed."""


def _sessions() -> deque[Session]:
    return deque(maxlen=MAX_SESSIONS)


@dataclass(slots=True)
class ChannelRecord:
    """A channel, its stream key, and its stream sessions, oldest first."""

    content: Resource
    stream_key: Resource
    sessions: deque[Session] = field(default_factory=_sessions)

    def live_session(self, now: datetime) -> Session | None:
        """The session in which the channel is live; None when it is not live."""
        newest = self.sessions[-1] if self.sessions else None
        return newest if newest is not None and newest.is_live(now) else None


def _policies() -> Store[Resource]:
    return Store("playback restriction policy")


def _channels() -> Store[ChannelRecord]:
    return Store("channel")


@dataclass(slots=True)
class IvsAccount:
    """Policies and channels by ARN, and the account's settings."""

    policies: Store[Resource] = field(default_factory=_policies)
    channels: Store[ChannelRecord] = field(default_factory=_channels)
    stream_keys: dict[str, Resource] = field(default_factory=dict[str, Resource])
    """The channels' stream keys, by their own ARNs."""
    stop_seconds: float = 0.0
    """How long a stream stays live after ``StopStream``."""
    max_channels: int = 5000
    """The quota of channels; the service's own default."""
    max_policies: int = 5000
    """The quota of playback restriction policies; the service's own is not published."""

    def clear(self) -> None:
        """Delete all resources; the settings stay."""
        self.policies = _policies()
        self.channels = _channels()
        self.stream_keys = {}

    def tagged(self, arn: str) -> Resource | None:
        """The resource of an ARN that may have tags: a policy, a channel or a stream key."""
        channel = self.channels.get(arn)
        if channel is not None:
            return channel.content
        return self.policies.get(arn) or self.stream_keys.get(arn)

    def add_channel(self, channel: ChannelRecord) -> None:
        """Store a new channel and its stream key."""
        self.channels.put(channel.content["arn"], channel)
        self.stream_keys[channel.stream_key["arn"]] = channel.stream_key

    def remove_channel(self, channel: ChannelRecord) -> None:
        """Remove a channel with its stream key and its sessions."""
        self.channels.remove(channel.content["arn"])
        del self.stream_keys[channel.stream_key["arn"]]

    def users_of(self, policy_arn: str) -> list[Mapping[str, Any]]:
        """The channels that a policy is attached to."""
        return [
            channel.content
            for channel in self.channels
            if channel.content["playbackRestrictionPolicyArn"] == policy_arn
        ]
