"""The streams of channels: the broadcaster's actions, and the API's operations."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from vidkit.local.ivs.account import ChannelRecord, IvsAccount
from vidkit.local.ivs.error_responses import not_broadcasting, not_found
from vidkit.local.ivs.sessions import Session, new_stream_id
from vidkit.local.ivs.store import Pages
from vidkit.local.runtime.state import State

DEFAULT_MAX_RESULTS: Final = 100
"""The default number of stream sessions on a page."""


def go_live(state: State, channel_arn: str) -> str:
    """Start a broadcaster's stream.

    Returns:
        The id of the stream session.

    Raises:
        ValueError: the channel does not exist, or it is live.
    """
    channel, now = _channel(state, channel_arn), state.now()
    if channel.live_session(now) is not None:
        raise ValueError(f"the channel {channel_arn} is live already")
    number = channel.sessions[-1].number + 1 if channel.sessions else 0
    session = Session(new_stream_id(), number, dict(channel.content), now)
    channel.sessions.append(session)
    return session.id


def end_stream(state: State, channel_arn: str, *, failed: bool = False) -> None:
    """End a broadcaster's stream immediately.

    Args:
        state: what the services share.
        channel_arn: the live channel.
        failed: whether a failure ends it; the session then has an event ``Stream Failure``.

    Raises:
        ValueError: the channel does not exist, or it is not live.
    """
    now = state.now()
    session = _channel(state, channel_arn).live_session(now)
    if session is None:
        raise ValueError(f"the channel {channel_arn} is not live")
    session.end(now)
    session.failed = failed


class Streams:
    """Stop a channel's stream; get and list its sessions.

    A stopped stream stays live for ``IvsAccount.stop_seconds``; stopping it again changes nothing.
    A channel keeps a thousand sessions.

    Args:
        state: what the services share.
        pages: issues and reads page tokens.
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self._state = state
        self._account = state.of(IvsAccount)
        self._pages = pages

    def stop(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``StopStream``."""
        arn: str = parameters["channelArn"]
        now = self._state.now()
        session = self._account.channels.find(arn).live_session(now)
        if session is None:
            raise not_broadcasting(arn)
        session.end(now + timedelta(seconds=self._account.stop_seconds))
        return {}

    def get_session(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``GetStreamSession``: the latest one, unless the request names another."""
        arn: str = parameters["channelArn"]
        stream_id: str | None = parameters.get("streamId")
        for session in reversed(self._account.channels.find(arn).sessions):
            if stream_id in {None, session.id}:
                return {"streamSession": session.detail(self._state.now())}
        raise not_found("stream session", f"{stream_id or ''} of {arn}".strip())

    def list_sessions(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``ListStreamSessions``, the latest first."""
        arn: str = parameters["channelArn"]
        channel = self._account.channels.find(arn)

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


def _channel(state: State, arn: str) -> ChannelRecord:
    channel = state.of(IvsAccount).channels.get(arn)
    if channel is None:
        raise ValueError(f"there is no channel {arn!r}")
    return channel
