"""The operations on the streams of a channel: stream sessions, and stopping a stream."""

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.models.fields import API
from vidkit.ivs.models.streams import (
    GetStreamSessionRequest,
    GetStreamSessionResponse,
    ListStreamSessionsRequest,
    ListStreamSessionsResponse,
    StopStreamRequest,
    StreamSession,
    StreamSessionSummary,
)
from vidkit.ivs.operations.base import IvsOperations
from vidkit.paging.pager import AsyncPager

__all__ = ["StreamOperations"]

_GET = Operation(API, "GetStreamSession", GetStreamSessionResponse)
_LIST = Operation(API, "ListStreamSessions", ListStreamSessionsResponse)
# Idempotent: a stream that is stopped cannot be stopped a second time.
_STOP = Operation(API, "StopStream", Nothing)


class StreamOperations(IvsOperations):
    """Operations on stream sessions: the present and past streams of a channel."""

    @checked_arguments
    async def get_stream_session(
        self, channel_arn: str, *, stream_id: str | None = None
    ) -> StreamSession:
        """One stream session of a channel.

        Args:
            channel_arn: the channel's ARN.
            stream_id: ``st-`` and 23 characters; default: the most recent stream session, which
                is the present one if the channel is live.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: there is no such channel or stream session.
            VidKitError: see `vidkit.errors`.

        Source: ``GetStreamSession``.
        """
        request = GetStreamSessionRequest(channel_arn=channel_arn, stream_id=stream_id)
        return (await self._send(_GET, request)).stream_session

    @checked_arguments
    def list_stream_sessions(
        self, channel_arn: str, *, max_results: int = 100, next_token: str | None = None
    ) -> AsyncPager[StreamSessionSummary, ListStreamSessionsResponse]:
        """All stream sessions of a channel that the service keeps, newest first.

        Args:
            channel_arn: the channel's ARN.
            max_results: stream sessions per page, 1 to 100 (100).
            next_token: the page to begin with; default: the first one.

        Returns:
            A pager over summaries of stream sessions.

        Raises:
            RequestError: at once, if a parameter is invalid.
            NotFoundError: while iterating: there is no such channel.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListStreamSessions``.
        """
        request = ListStreamSessionsRequest(
            channel_arn=channel_arn, max_results=max_results, next_token=next_token
        )

        async def page(token: str | None) -> ListStreamSessionsResponse:
            return await self._send(_LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def stop_stream(self, channel_arn: str) -> None:
        """Stop the stream of a channel that is live.

        Many encoders reconnect at once; only deleting their stream key prevents that. If a
        response is lost, the call is sent again and may find the channel offline: then it raises
        `NotFoundError` with the code ``ChannelNotBroadcasting`` although this call stopped the
        stream.

        Raises:
            RequestError: it is not the ARN of a channel; nothing was sent.
            NotFoundError: there is no such channel, or (``ChannelNotBroadcasting``) it is not live.
            UnavailableError: the stream is temporarily unavailable (``StreamUnavailable``).
            VidKitError: see `vidkit.errors`.

        Source: ``StopStream``.
        """
        await self._send(_STOP, StopStreamRequest(channel_arn=channel_arn))
