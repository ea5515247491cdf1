"""What is done to the streams of channels: from outside, and through the API."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from vidkit.local.ivs.account import Channel
from vidkit.local.ivs.error_responses import not_broadcasting, not_found
from vidkit.local.ivs.sessions import Session, new_stream_id
from vidkit.local.ivs.store import Pages
from vidkit.local.runtime.state import State

DEFAULT_MAX_RESULTS: Final = 100
"""Stream sessions on a page where the request names no number."""


def go_live(state: State, channel_arn: str) -> str:
    """Let a broadcaster start a stream.

    Returns:
        The id of the stream session.

    Raises:
        ValueError: there is no such channel, or it is live.
    """
    channel, now = _channel(state, channel_arn), state.now()
    if channel.live(now) is not None:
        raise ValueError(f"the channel {channel_arn} is live already")
    number = channel.sessions[-1].number + 1 if channel.sessions else 0
    session = Session(new_stream_id(), number, dict(channel.content), now)
    channel.sessions.append(session)
    return session.id


def end_stream(state: State, channel_arn: str, *, failed: bool = False) -> None:
    """Let a broadcaster end the stream, at once.

    Args:
        state: what the services share.
        channel_arn: the live channel.
        failed: whether a failure ends it, which the session tells of.

    Raises:
        ValueError: there is no such channel, or it is not live.
    """
    now = state.now()
    session = _channel(state, channel_arn).live(now)
    if session is None:
        raise ValueError(f"the channel {channel_arn} is not live")
    session.end(now)
    session.failed = failed


class Streams:
    """Stop a channel's stream, and tell of its sessions.

    A stopped stream is live for ``State.stop_seconds`` yet; to stop it once more changes nothing.
    A channel remembers a thousand sessions.

    Args:
        state: what the services share.
        pages: where the tokens of pages come from.
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self._state = state
        self._pages = pages

    def stop(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``StopStream``."""
        arn: str = parameters["channelArn"]
        now = self._state.now()
        session = self._find(arn).live(now)
        if session is None:
            raise not_broadcasting(arn)
        session.end(now + timedelta(seconds=self._state.stop_seconds))
        return {}

    def get_session(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``GetStreamSession``: the latest one, unless the request names another."""
        arn: str = parameters["channelArn"]
        wanted: str | None = parameters.get("streamId")
        for session in reversed(self._find(arn).sessions):
            if wanted in {None, session.id}:
                return {"streamSession": session.detail(self._state.now())}
        raise not_found("stream session", f"{wanted or ''} of {arn}".strip())

    def list_sessions(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``ListStreamSessions``, the latest first."""
        arn: str = parameters["channelArn"]
        channel = self._find(arn)

        def until(start: int | None) -> Iterator[tuple[int, Session]]:
            return (
                (session.number, session)
                for session in reversed(channel.sessions)
                if start is None or session.number <= start
            )

        found, more = self._pages.page(
            until,
            parameters,
            default_size=DEFAULT_MAX_RESULTS,
            request=["ListStreamSessions", arn],
        )
        now = self._state.now()
        return {"streamSessions": [session.summary(now) for session in found], **more}

    def _find(self, arn: str) -> Channel:
        return self._state.ivs.channels.find(arn)


def _channel(state: State, arn: str) -> Channel:
    channel = state.ivs.channels.get(arn)
    if channel is None:
        raise ValueError(f"there is no channel {arn!r}")
    return channel
