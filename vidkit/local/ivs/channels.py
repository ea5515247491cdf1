"""The operations on channels."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from vidkit.local.ivs.account import ChannelRecord, IvsAccount
from vidkit.local.ivs.arns import addresses_of, new_arn, stream_key_of
from vidkit.local.ivs.channel_rules import changed_settings, new_settings
from vidkit.local.ivs.error_responses import check_served, conflict, over_quota
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.tags import check_tags
from vidkit.local.runtime.state import State

DEFAULT_MAX_RESULTS: Final = 100
"""The default number of channels on a page."""

_SUMMARY: Final = (
    "arn",
    "name",
    "latencyMode",
    "authorized",
    "recordingConfigurationArn",
    "tags",
    "insecureIngest",
    "type",
    "preset",
    "playbackRestrictionPolicyArn",
    "adConfigurationArn",
)
_FILTERS: Final = {
    "filterByName": "name",
    "filterByRecordingConfigurationArn": "recordingConfigurationArn",
    "filterByPlaybackRestrictionPolicyArn": "playbackRestrictionPolicyArn",
    "filterByAdConfigurationArn": "adConfigurationArn",
}


class Channels:
    """Create, get, list, update and delete channels.

    A playback restriction policy must exist to be attached. Recording and ad configurations are
    stored unchecked, because the local cloud has none. A batch contains each channel once, in the
    order of the request.

    Args:
        state: what the services share.
        pages: issues and reads page tokens.
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self._state = state
        self._account = state.of(IvsAccount)
        self._pages = pages

    def create(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``CreateChannel``."""
        account, identity = self._account, self._state.identity
        tags: dict[str, str] = parameters.get("tags", {})
        check_tags(tags)
        settings = new_settings(parameters)
        self._check_policy(parameters)
        if len(account.channels) >= account.max_channels:
            raise over_quota("channels", account.max_channels)
        arn = new_arn(identity, "channel")
        content = {"arn": arn, **settings, **addresses_of(identity, arn), "tags": tags}
        channel = ChannelRecord(content, stream_key_of(identity, arn))
        account.add_channel(channel)
        return {"channel": channel.content, "streamKey": channel.stream_key}

    def get(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``GetChannel``."""
        return {"channel": self._account.channels.find(parameters["arn"]).content}

    def batch_get(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``BatchGetChannel``."""
        channels: list[Mapping[str, Any]] = []
        errors: list[dict[str, str]] = []
        for arn in dict.fromkeys(parameters["arns"]):
            channel = self._account.channels.get(arn)
            if channel is not None:
                channels.append(channel.content)
            else:
                message = f"There is no channel {arn}."
                errors.append({"arn": arn, "code": "ResourceNotFoundException", "message": message})
        return {"channels": channels, "errors": errors}

    def list_channels(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``ListChannels``, in the order of creation."""
        check_served(parameters, {*_FILTERS, "maxResults", "nextToken"})
        filters = {name: parameters[name] for name in _FILTERS if name in parameters}
        if len(filters) > 1:
            raise conflict(f"These filters exclude each other: {', '.join(filters)}.")

        def matching(start: int | None) -> Iterator[tuple[int, ChannelRecord]]:
            return (
                (place, channel)
                for place, channel in self._account.channels.since(start or 0)
                if all(channel.content[_FILTERS[name]] == value for name, value in filters.items())
            )

        found, more = self._pages.page(
            matching,
            parameters,
            default_size=DEFAULT_MAX_RESULTS,
            request=["ListChannels", filters],
        )
        shown = [{name: channel.content[name] for name in _SUMMARY} for channel in found]
        return {"channels": shown, **more}

    def update(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``UpdateChannel``; a live channel cannot be updated."""
        channel = self._find_offline(parameters["arn"])
        settings = changed_settings(channel.content, parameters)
        self._check_policy(parameters)
        channel.content.update(settings)
        return {"channel": channel.content}

    def delete(self, parameters: Mapping[str, Any]) -> None:
        """``DeleteChannel``, with its stream key and sessions; a live one cannot be deleted."""
        self._account.remove_channel(self._find_offline(parameters["arn"]))

    def _find_offline(self, arn: str) -> ChannelRecord:
        channel = self._account.channels.find(arn)
        if channel.live_session(self._state.now()) is not None:
            raise conflict(f"The channel {arn} is live: stop the stream first.")
        return channel

    def _check_policy(self, parameters: Mapping[str, Any]) -> None:
        if policy := parameters.get("playbackRestrictionPolicyArn"):
            self._account.policies.find(policy)
