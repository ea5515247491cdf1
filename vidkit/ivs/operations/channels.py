"""The operations of channels."""

from collections.abc import Mapping, Sequence

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.channel_batches import in_order, parts
from vidkit.ivs.models.channels import (
    BatchGetChannelRequest,
    BatchGetChannelResponse,
    Channel,
    ChannelLatencyMode,
    ChannelResponse,
    ChannelSummary,
    ChannelType,
    ContainerFormat,
    CreateChannelRequest,
    CreateChannelResponse,
    DeleteChannelRequest,
    GetChannelRequest,
    ListChannelsRequest,
    ListChannelsResponse,
    MultitrackInputConfiguration,
    TranscodePreset,
    UpdateChannelRequest,
)
from vidkit.ivs.operations.base import API, IvsOperations
from vidkit.ivs.rate_limits import RATE, each, paced
from vidkit.paging.pager import AsyncPager

__all__ = ["UPDATE", "ChannelOperations"]

# Create has no client token, so sending it again could make a second channel.
_CREATE = Operation(API, "CreateChannel", CreateChannelResponse, idempotent=False)
_GET = Operation(API, "GetChannel", ChannelResponse)
_BATCH_GET = Operation(API, "BatchGetChannel", BatchGetChannelResponse)
_LIST = Operation(API, "ListChannels", ListChannelsResponse)
UPDATE = Operation(API, "UpdateChannel", ChannelResponse)
_DELETE = Operation(API, "DeleteChannel", Nothing)


class ChannelOperations(IvsOperations):
    """Channels: where video is streamed to and played from."""

    @checked_arguments
    async def create_channel(
        self,
        *,
        name: str | None = None,
        latency_mode: ChannelLatencyMode | None = None,
        type: ChannelType | None = None,
        authorized: bool | None = None,
        recording_configuration_arn: str | None = None,
        tags: Mapping[str, str] | None = None,
        insecure_ingest: bool | None = None,
        preset: TranscodePreset | None = None,
        playback_restriction_policy_arn: str | None = None,
        multitrack_input_configuration: MultitrackInputConfiguration | None = None,
        container_format: ContainerFormat | None = None,
        ad_configuration_arn: str | None = None,
    ) -> CreateChannelResponse:
        """Create a channel and its stream key.

        The API knows no client token. When it stays unknown whether the channel was created, an
        `AmbiguousError` says so, and nothing is sent a second time.

        Args:
            name: at most 128 of ``a-zA-Z0-9_-``; need not be unique.
            latency_mode: the service's default is ``"LOW"``.
            type: which resolutions and bitrates it takes; the service's default is ``"STANDARD"``.
            authorized: whether playback needs a token; the service's default is False.
            recording_configuration_arn: how broadcasts are recorded; default: they are not.
            tags: at most 50.
            insecure_ingest: whether RTMP without TLS is taken; the service's default is False.
            preset: of the advanced types; the service's default is
                ``"HIGHER_BANDWIDTH_DELIVERY"``.
            playback_restriction_policy_arn: who may play it; default: everybody.
            multitrack_input_configuration: whether it takes several video tracks; enabled, it needs
                the type ``"STANDARD"`` and the container format ``"FRAGMENTED_MP4"``.
            container_format: the service's default is ``"TS"``.
            ad_configuration_arn: which advertisements are inserted; default: none.

        Returns:
            The channel, and the stream key with its secret value.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: a configuration or policy that it names is not there.
            QuotaError: the account has as many channels as it may.
            AmbiguousError: the channel may or may not have been created.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateChannel``.
        """
        request = CreateChannelRequest(
            name=name,
            latency_mode=latency_mode,
            type=type,
            authorized=authorized,
            recording_configuration_arn=recording_configuration_arn,
            tags=tags,
            insecure_ingest=insecure_ingest,
            preset=preset,
            playback_restriction_policy_arn=playback_restriction_policy_arn,
            multitrack_input_configuration=multitrack_input_configuration,
            container_format=container_format,
            ad_configuration_arn=ad_configuration_arn,
        )
        return await self._send(_CREATE, request)

    @checked_arguments
    async def get_channel(self, arn: str) -> Channel:
        """A channel by its ARN.

        Raises:
            RequestError: the ARN is no channel's; nothing was sent.
            NotFoundError: there is no such channel.
            VidKitError: see `vidkit.errors`.

        Source: ``GetChannel``.
        """
        return (await self._send(_GET, GetChannelRequest(arn=arn))).channel

    @checked_arguments
    async def batch_get_channel(self, arns: Sequence[str]) -> BatchGetChannelResponse:
        """Channels by their ARNs, any number of them.

        The service takes 50 ARNs a call and 5 calls a second; vidkit makes as many calls as it
        takes, at that pace, which all of a kit's calls of this operation share. Each of them has
        the kit's deadline for itself.

        Args:
            arns: the channels' ARNs; one that stands there twice is asked for once.

        Returns:
            ``channels`` in the order of the ARNs, as often as they stand there; ``errors`` has one
            for each ARN that no channel came for.

        Raises:
            RequestError: an ARN is no channel's; nothing was sent.
            VidKitError: a call failed; see `vidkit.errors`.

        Source: ``BatchGetChannel``.
        """
        request = BatchGetChannelRequest(arns=arns)
        responses = await each(self._batch, parts(request.arns))
        return in_order(request.arns, responses)

    @checked_arguments
    def list_channels(
        self,
        *,
        filter_by_name: str | None = None,
        filter_by_recording_configuration_arn: str | None = None,
        filter_by_playback_restriction_policy_arn: str | None = None,
        filter_by_ad_configuration_arn: str | None = None,
        max_results: int = 100,
        next_token: str | None = None,
    ) -> AsyncPager[ChannelSummary, ListChannelsResponse]:
        """All channels of the account in this region, or those that a filter lets pass.

        Args:
            filter_by_name: only channels of this very name.
            filter_by_recording_configuration_arn: only channels that are recorded so.
            filter_by_playback_restriction_policy_arn: only channels with this policy.
            filter_by_ad_configuration_arn: only channels with these advertisements.
            max_results: channels a page, 1 to 100 (100).
            next_token: where to begin; default: the start.

        Returns:
            A pager over summaries of channels.

        Raises:
            RequestError: at once, when a parameter is wrong or two filters are given.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListChannels``.
        """
        request = ListChannelsRequest(
            filter_by_name=filter_by_name,
            filter_by_recording_configuration_arn=filter_by_recording_configuration_arn,
            filter_by_playback_restriction_policy_arn=filter_by_playback_restriction_policy_arn,
            filter_by_ad_configuration_arn=filter_by_ad_configuration_arn,
            max_results=max_results,
            next_token=next_token,
        )

        async def page(token: str | None) -> ListChannelsResponse:
            return await self._send(_LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def update_channel(
        self,
        arn: str,
        *,
        name: str | None = None,
        latency_mode: ChannelLatencyMode | None = None,
        type: ChannelType | None = None,
        authorized: bool | None = None,
        recording_configuration_arn: str | None = None,
        insecure_ingest: bool | None = None,
        preset: TranscodePreset | None = None,
        playback_restriction_policy_arn: str | None = None,
        multitrack_input_configuration: MultitrackInputConfiguration | None = None,
        container_format: ContainerFormat | None = None,
        ad_configuration_arn: str | None = None,
    ) -> Channel:
        """Change a channel that is not live; what is not given stays as it is.

        Args:
            arn: the channel's ARN.
            name: at most 128 of ``a-zA-Z0-9_-``.
            latency_mode: ``"NORMAL"`` or ``"LOW"``.
            type: which resolutions and bitrates it takes.
            authorized: whether playback needs a token.
            recording_configuration_arn: how broadcasts are recorded; ``""``: no longer.
            insecure_ingest: whether RTMP without TLS is taken.
            preset: of the advanced types.
            playback_restriction_policy_arn: who may play it; ``""``: everybody.
            multitrack_input_configuration: whether it takes several video tracks; enabled, it needs
                the type ``"STANDARD"`` and the container format ``"FRAGMENTED_MP4"``.
            container_format: ``"TS"`` or ``"FRAGMENTED_MP4"``.
            ad_configuration_arn: which advertisements are inserted; ``""``: none.

        Returns:
            The channel as it is now.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            NotFoundError: there is no such channel, or what it names is not there.
            ConflictError: the channel is live.
            VidKitError: see `vidkit.errors`.

        Source: ``UpdateChannel``.
        """
        request = UpdateChannelRequest(
            arn=arn,
            name=name,
            latency_mode=latency_mode,
            type=type,
            authorized=authorized,
            recording_configuration_arn=recording_configuration_arn,
            insecure_ingest=insecure_ingest,
            preset=preset,
            playback_restriction_policy_arn=playback_restriction_policy_arn,
            multitrack_input_configuration=multitrack_input_configuration,
            container_format=container_format,
            ad_configuration_arn=ad_configuration_arn,
        )
        return (await self._send(UPDATE, request)).channel

    @checked_arguments
    async def delete_channel(self, arn: str) -> None:
        """Delete a channel that is not live, and its stream key.

        Sent again after an answer was lost, it may find the channel gone: then `NotFoundError`
        comes although this call deleted it.

        Raises:
            RequestError: the ARN is no channel's; nothing was sent.
            NotFoundError: there is no such channel.
            ConflictError: the channel is live; `stop_stream` ends that.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteChannel``.
        """
        await self._send(_DELETE, DeleteChannelRequest(arn=arn))

    async def _batch(self, arns: Sequence[str], *, rate: float = RATE) -> BatchGetChannelResponse:
        """One call of ``BatchGetChannel``, for as many ARNs as it takes."""
        return await paced(self._caller, _BATCH_GET, BatchGetChannelRequest(arns=arns), rate=rate)
