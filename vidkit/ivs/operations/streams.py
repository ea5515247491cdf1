"""The operations on streams: sessions of a channel, and ending one."""

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.models.streams import (
    GetStreamSessionRequest,
    GetStreamSessionResponse,
    ListStreamSessionsRequest,
    ListStreamSessionsResponse,
    StopStreamRequest,
    StreamSession,
    StreamSessionSummary,
)
from vidkit.ivs.operations.base import API, IvsOperations
from vidkit.paging.pager import AsyncPager

__all__ = ["StreamOperations"]

_GET = Operation(API, "GetStreamSession", GetStreamSessionResponse)
_LIST = Operation(API, "ListStreamSessions", ListStreamSessionsResponse)
# A stream that was stopped is not there to be stopped once more.
_STOP = Operation(API, "StopStream", Nothing)


class StreamOperations(IvsOperations):
    """Sessions: what a channel broadcasts and has broadcast."""

    @checked_arguments
    async def get_stream_session(
        self, channel_arn: str, *, stream_id: str | None = None
    ) -> StreamSession:
        """One broadcast of a channel.

        Args:
            channel_arn: the channel's ARN.
            stream_id: ``st-`` and 23 characters; default: the newest broadcast, which is the
                present one when the channel is live.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: there is no such channel or broadcast.
            VidKitError: see `vidkit.errors`.

        Source: ``GetStreamSession``.
        """
        request = GetStreamSessionRequest(channel_arn=channel_arn, stream_id=stream_id)
        return (await self._send(_GET, request)).stream_session

    @checked_arguments
    def list_stream_sessions(
        self, channel_arn: str, *, max_results: int = 100, next_token: str | None = None
    ) -> AsyncPager[StreamSessionSummary, ListStreamSessionsResponse]:
        """All broadcasts of a channel that the service remembers, newest first.

        Args:
            channel_arn: the channel's ARN.
            max_results: sessions a page, 1 to 100 (100).
            next_token: where to begin; default: the start.

        Returns:
            A pager over sessions.

        Raises:
            RequestError: at once, when a parameter is wrong.
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
        """End the broadcast of a channel that is live.

        Many encoders connect again at once; only taking their stream key away keeps them off. Sent
        again after an answer was lost, it may find the channel offline: then `NotFoundError` with
        the code ``ChannelNotBroadcasting`` comes although this call stopped it.

        Raises:
            RequestError: no ARN of a channel; nothing was sent.
            NotFoundError: there is no such channel, or (``ChannelNotBroadcasting``) it is not live.
            UnavailableError: the stream cannot be reached now (``StreamUnavailable``).
            VidKitError: see `vidkit.errors`.

        Source: ``StopStream``.
        """
        await self._send(_STOP, StopStreamRequest(channel_arn=channel_arn))
