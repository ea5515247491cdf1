"""Parameters and responses of the operations on streams and stream sessions."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from vidkit.ivs.models.channels import Channel
from vidkit.ivs.models.fields import ChannelArn, IvsRequest, PageSize, PageToken
from vidkit.models.open_enums import Open
from vidkit.models.responses import CamelResponse
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
    """The configuration of an ingested video track. API shape: ``VideoConfiguration``.

    Attributes:
        avc_profile: deprecated by the service; use ``profile``.
        avc_level: deprecated by the service; use ``level``.
        codec: the codec, such as ``Avc``.
        encoder: the software that encoded the stream.
        target_bitrate: in bits per second.
        target_framerate: in frames per second.
        video_height: in pixels.
        video_width: in pixels.
        level: the codec's level.
        track: the track's name; ``Track0`` unless there are several.
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
    """The configuration of an ingested audio track. API shape: ``AudioConfiguration``.

    Attributes:
        codec: the codec, such as ``mp4a.40.2``.
        target_bitrate: in bits per second.
        sample_rate: in samples per second.
        channels: the number of audio channels.
        track: the track's name; ``Track0`` unless there are several.
    """

    codec: str | None = None
    target_bitrate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    track: str | None = None


class IngestConfiguration(CamelResponse):
    """The first ingested tracks. API shape: ``IngestConfiguration``.

    Attributes:
        video: the first video track.
        audio: the first audio track.
    """

    video: VideoConfiguration | None = None
    audio: AudioConfiguration | None = None


class IngestConfigurations(CamelResponse):
    """All ingested tracks. API shape: ``IngestConfigurations``.

    Attributes:
        video_configurations: the video tracks.
        audio_configurations: the audio tracks.
    """

    video_configurations: list[VideoConfiguration]
    audio_configurations: list[AudioConfiguration]


class S3DestinationConfiguration(CamelResponse):
    """The S3 bucket for recordings. API shape: ``S3DestinationConfiguration``."""

    bucket_name: str


class DestinationConfiguration(CamelResponse):
    """The destination of recordings. API shape: ``DestinationConfiguration``."""

    s3: S3DestinationConfiguration | None = None


class ThumbnailConfiguration(CamelResponse):
    """Which thumbnails are recorded. API shape: ``ThumbnailConfiguration``.

    Attributes:
        recording_mode: ``DISABLED`` or ``INTERVAL``.
        target_interval_seconds: the time between two thumbnails, 1 to 60 seconds.
        resolution: ``SD``, ``HD``, ``FULL_HD`` or ``LOWEST_RESOLUTION``.
        storage: ``SEQUENTIAL``, ``LATEST`` or both.
    """

    recording_mode: Open[RecordingMode] | None = None
    target_interval_seconds: int | None = None
    resolution: Open[RenditionResolution] | None = None
    storage: list[Open[ThumbnailStorage]] | None = None


class RenditionConfiguration(CamelResponse):
    """Which renditions are recorded. API shape: ``RenditionConfiguration``.

    Attributes:
        rendition_selection: ``ALL``, ``NONE`` or ``CUSTOM``.
        renditions: with ``CUSTOM``: ``SD``, ``HD``, ``FULL_HD``, ``LOWEST_RESOLUTION``.
    """

    rendition_selection: Open[RenditionSelection] | None = None
    renditions: list[Open[RenditionResolution]] | None = None


class RecordingConfiguration(CamelResponse):
    """How a stream was recorded. API shape: ``RecordingConfiguration``.

    Attributes:
        arn: the configuration's ARN.
        name: the name, which need not be unique; empty if unset.
        destination_configuration: the destination of the recordings.
        state: ``CREATING``, ``CREATE_FAILED`` or ``ACTIVE``.
        tags: keys and values.
        thumbnail_configuration: which thumbnails are recorded.
        recording_reconnect_window_seconds: if a stream is interrupted and reconnects within this
            time, 0 to 300 seconds, both parts become one recording.
        rendition_configuration: which renditions are recorded.
    """

    arn: str
    name: str | None = None
    destination_configuration: DestinationConfiguration
    state: Open[RecordingConfigurationState]
    tags: dict[str, str] | None = None
    thumbnail_configuration: ThumbnailConfiguration | None = None
    recording_reconnect_window_seconds: int | None = None
    rendition_configuration: RenditionConfiguration | None = None


class StreamEvent(CamelResponse):
    """An event of a stream. API shape: ``StreamEvent``.

    Attributes:
        name: the event's name, such as ``Stream Start``.
        type: the event's group, such as ``IVS Stream State Change``.
        event_time: when it occurred, aware.
        code: the event's code, such as ``MultitrackInputNotAllowed``.

    Example:
        >>> StreamEvent(name="Stream Start", event_time="2026-01-01T00:00:00Z").event_time.year
        2026
    """

    name: str | None = None
    type: str | None = None
    event_time: Timestamp | None = None
    code: str | None = None


class StreamSession(CamelResponse):
    """A stream session of a channel. API shape: ``StreamSession``.

    Attributes:
        stream_id: the id, ``st-`` and 23 characters.
        start_time: when the channel went live, aware.
        end_time: when it went offline, aware; None while it is live.
        channel: the channel as it was during the session.
        ingest_configuration: the first tracks; deprecated by the service; use
            ``ingest_configurations``.
        ingest_configurations: all tracks.
        recording_configuration: how it was recorded.
        truncated_events: the events, newest first, 500 at most.

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
    """A summary of a stream session, as in lists. API shape: ``StreamSessionSummary``.

    Attributes:
        stream_id: the id.
        start_time: when the channel went live, aware.
        end_time: when it went offline, aware; None while it is live.
        has_error_event: whether it exceeded a quota or failed.

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
    """The response of ``GetStreamSession``."""

    stream_session: StreamSession


class ListStreamSessionsResponse(CamelResponse):
    """A page of stream sessions. API operation: ``ListStreamSessions``.

    Attributes:
        stream_sessions: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last one.
    """

    stream_sessions: list[StreamSessionSummary]
    next_token: str | None = None

    @property
    def items(self) -> list[StreamSessionSummary]:
        """The stream sessions."""
        return self.stream_sessions
