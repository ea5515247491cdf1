"""Amazon IVS: channels, their streams, playback restriction policies, tags."""

from vidkit.ivs.attaching import PolicyReport
from vidkit.ivs.channels import (
    BatchError,
    BatchGetChannelAnswer,
    Channel,
    ChannelSummary,
    CreateChannelAnswer,
    DescribedMultitrackInputConfiguration,
    ListChannelsAnswer,
    MultitrackInputConfiguration,
    Srt,
    StreamKey,
)
from vidkit.ivs.client import IvsClient
from vidkit.ivs.policies import ListPlaybackRestrictionPoliciesAnswer, PlaybackRestrictionPolicy
from vidkit.ivs.streams import (
    AudioConfiguration,
    DestinationConfiguration,
    IngestConfiguration,
    IngestConfigurations,
    ListStreamSessionsAnswer,
    RecordingConfiguration,
    RenditionConfiguration,
    S3DestinationConfiguration,
    StreamEvent,
    StreamSession,
    StreamSessionSummary,
    ThumbnailConfiguration,
    VideoConfiguration,
)

__all__ = [
    "AudioConfiguration",
    "BatchError",
    "BatchGetChannelAnswer",
    "Channel",
    "ChannelSummary",
    "CreateChannelAnswer",
    "DescribedMultitrackInputConfiguration",
    "DestinationConfiguration",
    "IngestConfiguration",
    "IngestConfigurations",
    "IvsClient",
    "ListChannelsAnswer",
    "ListPlaybackRestrictionPoliciesAnswer",
    "ListStreamSessionsAnswer",
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
