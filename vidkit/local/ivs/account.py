"""What the account has in IVS."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from vidkit.local.ivs.sessions import Session
from vidkit.local.ivs.store import Shelf

MOST_SESSIONS: Final = 1000
"""Stream sessions that a channel remembers; the oldest are forgotten first."""

Resource: TypeAlias = dict[str, Any]
"""A resource as the API shows it. What is in it is replaced, never changed."""


def _sessions() -> deque[Session]:
    return deque(maxlen=MOST_SESSIONS)


@dataclass(slots=True)
class Channel:
    """A channel, its stream key, and its stream sessions, oldest first."""

    content: Resource
    stream_key: Resource
    sessions: deque[Session] = field(default_factory=_sessions)

    def live(self, now: datetime) -> Session | None:
        """The session in which the channel is live."""
        newest = self.sessions[-1] if self.sessions else None
        return newest if newest is not None and newest.is_live(now) else None


def _policies() -> Shelf[Resource]:
    return Shelf("playback restriction policy")


def _channels() -> Shelf[Channel]:
    return Shelf("channel")


@dataclass(slots=True)
class Account:
    """Policies and channels, by ARN."""

    policies: Shelf[Resource] = field(default_factory=_policies)
    channels: Shelf[Channel] = field(default_factory=_channels)
    stream_keys: dict[str, Resource] = field(default_factory=dict[str, Resource])
    """The channels' stream keys, by their own ARNs."""

    def tagged(self, arn: str) -> Resource | None:
        """The resource of an ARN that may have tags: a policy, a channel or a stream key."""
        channel = self.channels.get(arn)
        if channel is not None:
            return channel.content
        return self.policies.get(arn) or self.stream_keys.get(arn)

    def add_channel(self, channel: Channel) -> None:
        """Put a new channel and its stream key where they are found."""
        self.channels.put(channel.content["arn"], channel)
        self.stream_keys[channel.stream_key["arn"]] = channel.stream_key

    def remove_channel(self, channel: Channel) -> None:
        """Take away a channel with its stream key and its sessions."""
        self.channels.remove(channel.content["arn"])
        del self.stream_keys[channel.stream_key["arn"]]

    def users_of(self, policy_arn: str) -> list[Mapping[str, Any]]:
        """The channels that a policy is attached to."""
        return [
            channel.content
            for channel in self.channels
            if channel.content["playbackRestrictionPolicyArn"] == policy_arn
        ]
