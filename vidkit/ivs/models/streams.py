"""Streams: what a channel has broadcast, as the operations of sessions answer it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from vidkit.ivs.models.channels import Channel
from vidkit.ivs.models.fields import ChannelArn, IvsRequest, PageSize, PageToken
from vidkit.models.responses import OPEN, CamelResponse
from vidkit.models.timestamps import Timestamp

__all__ = [
    "AudioConfiguration",
    "DestinationConfiguration",
    "GetStreamSessionRequest",
    "GetStreamSessionResponse",
    "IngestConfiguration",
    "IngestConfigurations",
    "ListStreamSessionsRequest",
    "ListStreamSessionsResponse",
    "RecordingConfiguration",
    "RenditionConfiguration",
    "S3DestinationConfiguration",
    "StopStreamRequest",
    "StreamEvent",
    "StreamSession",
    "StreamSessionSummary",
    "ThumbnailConfiguration",
    "VideoConfiguration",
]

RecordingConfigurationState = Literal["CREATING", "CREATE_FAILED", "ACTIVE"]
RecordingMode = Literal["DISABLED", "INTERVAL"]
RenditionSelection = Literal["ALL", "NONE", "CUSTOM"]
RenditionResolution = Literal["SD", "HD", "FULL_HD", "LOWEST_RESOLUTION"]
ThumbnailStorage = Literal["SEQUENTIAL", "LATEST"]

_StreamId = Annotated[
    str, StringConstraints(min_length=26, max_length=26, pattern=r"^st-[a-zA-Z0-9]+$")
]


class GetStreamSessionRequest(IvsRequest):
    """The parameters of ``GetStreamSession``."""

    channel_arn: ChannelArn
    stream_id: _StreamId | None = None


class ListStreamSessionsRequest(IvsRequest):
    """The parameters of ``ListStreamSessions``."""

    channel_arn: ChannelArn
    max_results: PageSize
    next_token: PageToken | None = None


class StopStreamRequest(IvsRequest):
    """The parameters of ``StopStream``."""

    channel_arn: ChannelArn


class VideoConfiguration(CamelResponse):
    """A video track as it came in. API shape: ``VideoConfiguration``.

    Attributes:
        avc_profile: deprecated by the service; ``profile`` says it.
        avc_level: deprecated by the service; ``level`` says it.
        codec: such as ``Avc``.
        encoder: the program that streamed.
        target_bitrate: bits a second.
        target_framerate: frames a second.
        video_height: pixels.
        video_width: pixels.
        level: the codec's level.
        track: ``Track0`` unless there are several.
        profile: the codec's profile.
    """

    avc_profile: str | None = None
    avc_level: str | None = None
    codec: str | None = None
    encoder: str | None = None
    target_bitrate: int | None = None
    target_framerate: int | None = None
    video_height: int | None = None
    video_width: int | None = None
    level: str | None = None
    track: str | None = None
    profile: str | None = None


class AudioConfiguration(CamelResponse):
    """An audio track as it came in. API shape: ``AudioConfiguration``.

    Attributes:
        codec: such as ``mp4a.40.2``.
        target_bitrate: bits a second.
        sample_rate: samples a second.
        channels: how many.
        track: ``Track0`` unless there are several.
    """

    codec: str | None = None
    target_bitrate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    track: str | None = None


class IngestConfiguration(CamelResponse):
    """The first tracks that came in. API shape: ``IngestConfiguration``.

    Attributes:
        video: the first video track.
        audio: the first audio track.
    """

    video: VideoConfiguration | None = None
    audio: AudioConfiguration | None = None


class IngestConfigurations(CamelResponse):
    """All tracks that came in. API shape: ``IngestConfigurations``.

    Attributes:
        video_configurations: the video tracks.
        audio_configurations: the audio tracks.
    """

    video_configurations: list[VideoConfiguration]
    audio_configurations: list[AudioConfiguration]


class S3DestinationConfiguration(CamelResponse):
    """A bucket that recordings go to. API shape: ``S3DestinationConfiguration``."""

    bucket_name: str


class DestinationConfiguration(CamelResponse):
    """Where recordings go. API shape: ``DestinationConfiguration``."""

    s3: S3DestinationConfiguration | None = None


class ThumbnailConfiguration(CamelResponse):
    """Which thumbnails are recorded. API shape: ``ThumbnailConfiguration``.

    Attributes:
        recording_mode: ``DISABLED`` or ``INTERVAL``.
        target_interval_seconds: 1 to 60.
        resolution: ``SD``, ``HD``, ``FULL_HD`` or ``LOWEST_RESOLUTION``.
        storage: ``SEQUENTIAL``, ``LATEST`` or both.
    """

    recording_mode: Annotated[RecordingMode | str, OPEN] | None = None
    target_interval_seconds: int | None = None
    resolution: Annotated[RenditionResolution | str, OPEN] | None = None
    storage: list[Annotated[ThumbnailStorage | str, OPEN]] | None = None


class RenditionConfiguration(CamelResponse):
    """Which renditions are recorded. API shape: ``RenditionConfiguration``.

    Attributes:
        rendition_selection: ``ALL``, ``NONE`` or ``CUSTOM``.
        renditions: with ``CUSTOM``: ``SD``, ``HD``, ``FULL_HD``, ``LOWEST_RESOLUTION``.
    """

    rendition_selection: Annotated[RenditionSelection | str, OPEN] | None = None
    renditions: list[Annotated[RenditionResolution | str, OPEN]] | None = None


class RecordingConfiguration(CamelResponse):
    """How a stream was recorded. API shape: ``RecordingConfiguration``.

    Attributes:
        arn: the configuration's ARN.
        name: need not be unique; empty when unset.
        destination_configuration: where the recordings go.
        state: ``CREATING``, ``CREATE_FAILED`` or ``ACTIVE``.
        tags: keys and values.
        thumbnail_configuration: which thumbnails are recorded.
        recording_reconnect_window_seconds: broken streams that come back within so many seconds, 0
            to 300, become one recording.
        rendition_configuration: which renditions are recorded.
    """

    arn: str
    name: str | None = None
    destination_configuration: DestinationConfiguration
    state: Annotated[RecordingConfigurationState | str, OPEN]
    tags: dict[str, str] | None = None
    thumbnail_configuration: ThumbnailConfiguration | None = None
    recording_reconnect_window_seconds: int | None = None
    rendition_configuration: RenditionConfiguration | None = None


class StreamEvent(CamelResponse):
    """Something that befell a stream. API shape: ``StreamEvent``.

    Attributes:
        name: what, such as ``Stream Start``.
        type: its group, such as ``IVS Stream State Change``.
        event_time: when, aware.
        code: more on it, such as ``MultitrackInputNotAllowed``.

    Example:
        >>> StreamEvent(name="Stream Start", event_time="2026-01-01T00:00:00Z").event_time.year
        2026
    """

    name: str | None = None
    type: str | None = None
    event_time: Timestamp | None = None
    code: str | None = None


class StreamSession(CamelResponse):
    """One broadcast of a channel. API shape: ``StreamSession``.

    Attributes:
        stream_id: its id, ``st-`` and 23 characters.
        start_time: when the channel went live, aware.
        end_time: when it went offline, aware; None while it is live.
        channel: the channel as it was then.
        ingest_configuration: the first tracks; deprecated by the service, which names all tracks in
            ``ingest_configurations``.
        ingest_configurations: all tracks.
        recording_configuration: how it was recorded.
        truncated_events: what happened, newest first, 500 events at the most.

    Example:
        >>> StreamSession(stream_id="st-1ABCDEFGHIJKLMNOPQRSTUV", end_time=None).end_time is None
        True
    """

    stream_id: str
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    channel: Channel | None = None
    ingest_configuration: IngestConfiguration | None = None
    ingest_configurations: IngestConfigurations | None = None
    recording_configuration: RecordingConfiguration | None = None
    truncated_events: list[StreamEvent] | None = None


class StreamSessionSummary(CamelResponse):
    """A broadcast in a list. API shape: ``StreamSessionSummary``.

    Attributes:
        stream_id: its id.
        start_time: when the channel went live, aware.
        end_time: when it went offline, aware; None while it is live.
        has_error_event: whether it broke a quota or failed.

    Example:
        >>> summary = StreamSessionSummary(
        ...     stream_id="st-1ABCDEFGHIJKLMNOPQRSTUV", start_time=1767225600
        ... )
        >>> summary.start_time.isoformat()
        '2026-01-01T00:00:00+00:00'
    """

    stream_id: str
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    has_error_event: bool | None = None


class GetStreamSessionResponse(CamelResponse):
    """The answer of ``GetStreamSession``."""

    stream_session: StreamSession


class ListStreamSessionsResponse(CamelResponse):
    """A page of sessions. API operation: ``ListStreamSessions``.

    Attributes:
        stream_sessions: the page's items, also as ``items``.
        next_token: where the next page begins; None on the last one.
    """

    stream_sessions: list[StreamSessionSummary]
    next_token: str | None = None

    @property
    def items(self) -> list[StreamSessionSummary]:
        """The sessions."""
        return self.stream_sessions
