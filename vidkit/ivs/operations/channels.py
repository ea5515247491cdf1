"""The operations on channels."""

from collections.abc import Mapping, Sequence

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.operation import Nothing, Operation
from vidkit.ivs.channel_batches import batches, merge_responses
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
from vidkit.ivs.models.fields import API
from vidkit.ivs.operations.base import IvsOperations
from vidkit.ivs.rate_limits import (
    CALLS_PER_SECOND,
    ThrottlingPatience,
    call_at_rate,
    run_for_each,
)
from vidkit.paging.pager import AsyncPager

__all__ = ["UPDATE", "ChannelOperations"]

# Create has no client token, so sending it again could create a second channel.
_CREATE = Operation(API, "CreateChannel", CreateChannelResponse, idempotent=False)
_GET = Operation(API, "GetChannel", ChannelResponse)
_BATCH_GET = Operation(API, "BatchGetChannel", BatchGetChannelResponse)
_LIST = Operation(API, "ListChannels", ListChannelsResponse)
UPDATE = Operation(API, "UpdateChannel", ChannelResponse)
_DELETE = Operation(API, "DeleteChannel", Nothing)


class ChannelOperations(IvsOperations):
    """Operations on channels, to which video is streamed and from which it is played."""

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

        The API has no client token. If it is ambiguous whether the channel was created, an
        `AmbiguousError` is raised, and nothing is sent a second time.

        Args:
            name: at most 128 characters of ``a-zA-Z0-9_-``; need not be unique.
            latency_mode: the service's default is ``"LOW"``.
            type: which resolutions and bitrates it accepts; the service's default is
                ``"STANDARD"``.
            authorized: whether playback needs a token; the service's default is False.
            recording_configuration_arn: how streams are recorded; default: they are not recorded.
            tags: at most 50 keys and values.
            insecure_ingest: whether it accepts RTMP without TLS; the service's default is False.
            preset: for the advanced types; the service's default is
                ``"HIGHER_BANDWIDTH_DELIVERY"``.
            playback_restriction_policy_arn: the policy that restricts playback; default: none.
            multitrack_input_configuration: whether it accepts several video tracks; if enabled, it
                needs the type ``"STANDARD"`` and the container format ``"FRAGMENTED_MP4"``.
            container_format: the service's default is ``"TS"``.
            ad_configuration_arn: which advertisements are inserted; default: none.

        Returns:
            The channel, and the stream key with its secret value.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: a configuration or policy that it refers to does not exist.
            QuotaError: the account has reached its quota of channels.
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
            RequestError: it is not the ARN of a channel; nothing was sent.
            NotFoundError: there is no such channel.
            VidKitError: see `vidkit.errors`.

        Source: ``GetChannel``.
        """
        return (await self._send(_GET, GetChannelRequest(arn=arn))).channel

    @checked_arguments
    async def batch_get_channel(self, arns: Sequence[str]) -> BatchGetChannelResponse:
        """Channels by their ARNs, any number of them.

        The service accepts 50 ARNs per call and 5 calls per second. This method makes as many
        calls as necessary, at that rate, which all calls of this operation in a kit share. Each
        call has its own deadline.

        Args:
            arns: the channels' ARNs; an ARN that is given twice is requested once.

        Returns:
            ``channels`` in the order of the ARNs, each as often as it is given; ``errors`` has one
            error for each ARN for which no channel was returned.

        Raises:
            RequestError: an ARN is not the ARN of a channel; nothing was sent.
            VidKitError: a call failed; see `vidkit.errors`.

        Source: ``BatchGetChannel``.
        """
        request = BatchGetChannelRequest(arns=arns)
        responses = await run_for_each(self._get_batch, batches(request.arns))
        return merge_responses(request.arns, responses)

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
        """All channels of the account in this region, or those that match a filter.

        Args:
            filter_by_name: only channels with exactly this name.
            filter_by_recording_configuration_arn: only channels with this recording
                configuration.
            filter_by_playback_restriction_policy_arn: only channels with this policy.
            filter_by_ad_configuration_arn: only channels with this ad configuration.
            max_results: channels per page, 1 to 100 (100).
            next_token: the page to begin with; default: the first one.

        Returns:
            A pager over summaries of channels.

        Raises:
            RequestError: at once, if a parameter is invalid or two filters are given.
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
        """Update a channel that is not live; parameters that are not given stay unchanged.

        Args:
            arn: the channel's ARN.
            name: at most 128 characters of ``a-zA-Z0-9_-``.
            latency_mode: ``"NORMAL"`` or ``"LOW"``.
            type: which resolutions and bitrates it accepts.
            authorized: whether playback needs a token.
            recording_configuration_arn: how streams are recorded; ``""``: they are not recorded.
            insecure_ingest: whether it accepts RTMP without TLS.
            preset: for the advanced types.
            playback_restriction_policy_arn: the policy that restricts playback; ``""``: none.
            multitrack_input_configuration: whether it accepts several video tracks; if enabled, it
                needs the type ``"STANDARD"`` and the container format ``"FRAGMENTED_MP4"``.
            container_format: ``"TS"`` or ``"FRAGMENTED_MP4"``.
            ad_configuration_arn: which advertisements are inserted; ``""``: none.

        Returns:
            The channel as it is now.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: there is no such channel, or a configuration or policy that it refers to
                does not exist.
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

        If a response is lost, the call is sent again and may find the channel deleted: then it
        raises `NotFoundError` although this call deleted the channel.

        Raises:
            RequestError: it is not the ARN of a channel; nothing was sent.
            NotFoundError: there is no such channel.
            ConflictError: the channel is live; `stop_stream` stops its stream.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteChannel``.
        """
        await self._send(_DELETE, DeleteChannelRequest(arn=arn))

    async def _get_batch(
        self,
        arns: Sequence[str],
        *,
        rate: float = CALLS_PER_SECOND,
        patience: ThrottlingPatience | None = None,
    ) -> BatchGetChannelResponse:
        """One call of ``BatchGetChannel``, for at most as many ARNs as it accepts."""
        request = BatchGetChannelRequest(arns=arns)
        return await call_at_rate(self._caller, _BATCH_GET, request, rate=rate, patience=patience)
