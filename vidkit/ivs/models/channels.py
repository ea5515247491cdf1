"""Parameters and responses of the operations on channels."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from vidkit.ivs.models.fields import (
    AdConfigurationArnOrNone,
    ChannelArn,
    Flag,
    IvsRequest,
    Name,
    PageSize,
    PageToken,
    PolicyArnOrNone,
    RecordingConfigurationArnOrNone,
    Tags,
)
from vidkit.models.open_enums import Open
from vidkit.models.requests import CamelRequest
from vidkit.models.responses import CamelResponse

__all__ = [
    "BatchError",
    "BatchGetChannelRequest",
    "BatchGetChannelResponse",
    "Channel",
    "ChannelLatencyMode",
    "ChannelResponse",
    "ChannelSummary",
    "ChannelType",
    "ContainerFormat",
    "CreateChannelRequest",
    "CreateChannelResponse",
    "DeleteChannelRequest",
    "DescribedMultitrackInputConfiguration",
    "GetChannelRequest",
    "ListChannelsRequest",
    "ListChannelsResponse",
    "MultitrackInputConfiguration",
    "MultitrackMaximumResolution",
    "MultitrackPolicy",
    "Srt",
    "StreamKey",
    "TranscodePreset",
    "UpdateChannelRequest",
]

ChannelLatencyMode = Literal["NORMAL", "LOW"]
ChannelType = Literal["BASIC", "STANDARD", "ADVANCED_SD", "ADVANCED_HD"]
ContainerFormat = Literal["TS", "FRAGMENTED_MP4"]
MultitrackMaximumResolution = Literal["SD", "HD", "FULL_HD"]
MultitrackPolicy = Literal["ALLOW", "REQUIRE"]
TranscodePreset = Literal["HIGHER_BANDWIDTH_DELIVERY", "CONSTRAINED_BANDWIDTH_DELIVERY"]


class MultitrackInputConfiguration(CamelRequest):
    """Whether a channel accepts several video tracks. API shape of the same name.

    Attributes:
        enabled: whether it does; the service's default is False. True needs the other two
            attributes, a channel of type ``STANDARD`` and the container format ``FRAGMENTED_MP4``.
        policy: whether several tracks are allowed (``"ALLOW"``) or required (``"REQUIRE"``).
        maximum_resolution: ``"SD"``, ``"HD"`` or ``"FULL_HD"``.

    Raises:
        RequestError: it is enabled without the other two attributes.

    Example:
        >>> MultitrackInputConfiguration(
        ...     enabled=True, policy="ALLOW", maximum_resolution="FULL_HD"
        ... ).policy
        'ALLOW'
    """

    enabled: Flag | None = None
    policy: MultitrackPolicy | None = None
    maximum_resolution: MultitrackMaximumResolution | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if self.enabled:
            for name in ("policy", "maximum_resolution"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name}: missing; enabled=True needs it")
        return self


class _ChannelSettings(IvsRequest):
    name: Name | None = None
    latency_mode: ChannelLatencyMode | None = None
    type: ChannelType | None = None
    authorized: Flag | None = None
    recording_configuration_arn: RecordingConfigurationArnOrNone | None = None
    insecure_ingest: Flag | None = None
    preset: TranscodePreset | None = None
    playback_restriction_policy_arn: PolicyArnOrNone | None = None
    multitrack_input_configuration: MultitrackInputConfiguration | None = None
    container_format: ContainerFormat | None = None
    ad_configuration_arn: AdConfigurationArnOrNone | None = None

    @model_validator(mode="after")
    def _check_multitrack(self) -> Self:
        multitrack = self.multitrack_input_configuration
        if multitrack is None or not multitrack.enabled:
            return self
        if self.type not in {None, "STANDARD"}:
            raise ValueError(f"type={self.type!r}: multitrack input needs 'STANDARD'")
        if self.container_format != "FRAGMENTED_MP4":
            raise ValueError(
                f"container_format={self.container_format!r}: multitrack input needs "
                "'FRAGMENTED_MP4'"
            )
        return self


class CreateChannelRequest(_ChannelSettings):
    """The parameters of ``CreateChannel``."""

    tags: Tags | None = None


class UpdateChannelRequest(_ChannelSettings):
    """The parameters of ``UpdateChannel``."""

    arn: ChannelArn


class GetChannelRequest(IvsRequest):
    """The parameters of ``GetChannel``."""

    arn: ChannelArn


class DeleteChannelRequest(IvsRequest):
    """The parameters of ``DeleteChannel``."""

    arn: ChannelArn


class BatchGetChannelRequest(IvsRequest):
    """The parameters of ``BatchGetChannel``, with any number of ARNs, sent in batches."""

    arns: Sequence[ChannelArn]


class ListChannelsRequest(IvsRequest):
    """The parameters of ``ListChannels``."""

    filter_by_name: Name | None = None
    filter_by_recording_configuration_arn: RecordingConfigurationArnOrNone | None = None
    filter_by_playback_restriction_policy_arn: PolicyArnOrNone | None = None
    filter_by_ad_configuration_arn: AdConfigurationArnOrNone | None = None
    max_results: PageSize
    next_token: PageToken | None = None

    @model_validator(mode="after")
    def _check_filters(self) -> Self:
        given = [
            name
            for name in type(self).model_fields
            if name.startswith("filter_by_") and getattr(self, name) is not None
        ]
        if len(given) > 1:
            raise ValueError(f"{', '.join(given)}: give one filter at the most")
        return self


class Srt(CamelResponse):
    """The endpoint for streaming with the SRT protocol. API shape: ``Srt``.

    Attributes:
        endpoint: the endpoint URL.
        passphrase: a secret, redacted with asterisks; ``get_secret_value()`` returns it.

    Example:
        >>> Srt(endpoint="srt://example.com", passphrase="secret").passphrase
        SecretStr('**********')
    """

    endpoint: str | None = None
    passphrase: SecretStr | None = None


class DescribedMultitrackInputConfiguration(CamelResponse):
    """Whether a channel accepts several video tracks.

    API shape: ``MultitrackInputConfiguration``.

    Attributes:
        enabled: whether it does.
        policy: ``ALLOW`` or ``REQUIRE``.
        maximum_resolution: ``SD``, ``HD`` or ``FULL_HD``.
    """

    enabled: bool | None = None
    policy: Open[MultitrackPolicy] | None = None
    maximum_resolution: Open[MultitrackMaximumResolution] | None = None


class ChannelSummary(CamelResponse):
    """A summary of a channel, as in lists. API shape: ``ChannelSummary``.

    Attributes:
        arn: the channel's ARN.
        name: the name, which need not be unique; empty if unset.
        latency_mode: ``NORMAL`` or ``LOW``.
        authorized: whether playback needs a token.
        recording_configuration_arn: empty if streams are not recorded.
        tags: keys and values.
        insecure_ingest: whether it accepts RTMP without TLS.
        type: ``BASIC``, ``STANDARD``, ``ADVANCED_SD`` or ``ADVANCED_HD``.
        preset: ``HIGHER_BANDWIDTH_DELIVERY`` or ``CONSTRAINED_BANDWIDTH_DELIVERY`` for the
            advanced types; empty for the others.
        playback_restriction_policy_arn: empty if it has no policy.
        ad_configuration_arn: empty if no advertisements are inserted.

    Example:
        >>> ChannelSummary(
        ...     arn="arn:aws:ivs:eu-central-1:123456789012:channel/abc", name="main", preset=""
        ... ).name
        'main'
    """

    arn: str
    name: str | None = None
    latency_mode: Open[ChannelLatencyMode] | None = None
    authorized: bool | None = None
    recording_configuration_arn: str | None = None
    tags: dict[str, str] | None = None
    insecure_ingest: bool | None = None
    type: Open[ChannelType] | None = None
    preset: Open[TranscodePreset] | None = None
    playback_restriction_policy_arn: str | None = None
    ad_configuration_arn: str | None = None


class Channel(ChannelSummary):
    """A channel. API shape: ``Channel``.

    Attributes:
        ingest_endpoint: the host to stream to with RTMPS.
        playback_url: the URL of the HLS playlist.
        srt: the endpoint for streaming with SRT.
        multitrack_input_configuration: whether it accepts several video tracks.
        container_format: ``TS`` or ``FRAGMENTED_MP4``.

    The other attributes are those of `ChannelSummary`.

    Example:
        >>> channel = Channel(
        ...     arn="arn:aws:ivs:eu-central-1:123456789012:channel/abc",
        ...     playback_url="https://example.com/api/video/v1/channel.abc.m3u8",
        ...     playback_restriction_policy_arn="",
        ... )
        >>> channel.playback_restriction_policy_arn
        ''
    """

    ingest_endpoint: str | None = None
    playback_url: str | None = None
    srt: Srt | None = None
    multitrack_input_configuration: DescribedMultitrackInputConfiguration | None = None
    container_format: Open[ContainerFormat] | None = None


class StreamKey(CamelResponse):
    """The key with which an encoder may stream to a channel. API shape: ``StreamKey``.

    Attributes:
        arn: the key's ARN.
        value: a secret, redacted with asterisks; ``get_secret_value()`` returns it.
        channel_arn: the channel's ARN.
        tags: keys and values.

    Example:
        >>> key = StreamKey(value="sk_eu-central-1_secret")
        >>> key.value
        SecretStr('**********')
        >>> key.value.get_secret_value()
        'sk_eu-central-1_secret'
    """

    arn: str | None = None
    value: SecretStr | None = None
    channel_arn: str | None = None
    tags: dict[str, str] | None = None


class CreateChannelResponse(CamelResponse):
    """A new channel and its stream key. API shape: ``CreateChannelResponse``.

    Attributes:
        channel: the channel.
        stream_key: its stream key; keep it, since no other operation of vidkit returns it.
    """

    channel: Channel
    stream_key: StreamKey


class ChannelResponse(CamelResponse):
    """The response of ``GetChannel`` and ``UpdateChannel``."""

    channel: Channel


class BatchError(CamelResponse):
    """Why a resource of a batch was not returned. API shape: ``BatchError``.

    Attributes:
        arn: the resource's ARN.
        code: the service's error code; None if the service returned neither the resource nor an
            error.
        message: the service's message.

    Example:
        >>> BatchError(code="404", message="gone").message
        'gone'
    """

    arn: str | None = None
    code: str | None = None
    message: str | None = None


class BatchGetChannelResponse(CamelResponse):
    """Channels by their ARNs, and an error for each channel that was not returned.

    API shape: ``BatchGetChannelResponse``, without the members that are HTTP headers.

    Attributes:
        channels: the channels that exist, in the order of the request.
        errors: an error for each of the other ARNs, in the order of the request.

    Example:
        >>> BatchGetChannelResponse(channels=[], errors=[BatchError(code="404")]).errors[0].code
        '404'
    """

    channels: list[Channel] = Field(default_factory=list[Channel])
    errors: list[BatchError] = Field(default_factory=list[BatchError])


class ListChannelsResponse(CamelResponse):
    """A page of channels. API operation: ``ListChannels``.

    Attributes:
        channels: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last one.
    """

    channels: list[ChannelSummary]
    next_token: str | None = None

    @property
    def items(self) -> list[ChannelSummary]:
        """The channels."""
        return self.channels
