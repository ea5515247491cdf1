"""Amazon IVS: channels, their stream sessions, playback restriction policies, tags."""

from vidkit.ivs.client import IvsClient
from vidkit.ivs.models.channels import (
    BatchError,
    BatchGetChannelResponse,
    Channel,
    ChannelSummary,
    CreateChannelResponse,
    DescribedMultitrackInputConfiguration,
    ListChannelsResponse,
    MultitrackInputConfiguration,
    Srt,
    StreamKey,
)
from vidkit.ivs.models.policies import (
    ListPlaybackRestrictionPoliciesResponse,
    PlaybackRestrictionPolicy,
)
from vidkit.ivs.models.streams import (
    AudioConfiguration,
    DestinationConfiguration,
    IngestConfiguration,
    IngestConfigurations,
    ListStreamSessionsResponse,
    RecordingConfiguration,
    RenditionConfiguration,
    S3DestinationConfiguration,
    StreamEvent,
    StreamSession,
    StreamSessionSummary,
    ThumbnailConfiguration,
    VideoConfiguration,
)
from vidkit.ivs.policy_report import PolicyReport

__all__ = [
    "AudioConfiguration",
    "BatchError",
    "BatchGetChannelResponse",
    "Channel",
    "ChannelSummary",
    "CreateChannelResponse",
    "DescribedMultitrackInputConfiguration",
    "DestinationConfiguration",
    "IngestConfiguration",
    "IngestConfigurations",
    "IvsClient",
    "ListChannelsResponse",
    "ListPlaybackRestrictionPoliciesResponse",
    "ListStreamSessionsResponse",
    "MultitrackInputConfiguration",
    "PlaybackRestrictionPolicy",
    "PolicyReport",
    "RecordingConfiguration",
    "RenditionConfiguration",
    "S3DestinationConfiguration",
    "Srt",
    "StreamEvent",
    "StreamKey",
    "StreamSession",
    "StreamSessionSummary",
    "ThumbnailConfiguration",
    "VideoConfiguration",
]
