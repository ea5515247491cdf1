"""Amazon IVS: channels, their streams, playback restriction policies, tags."""

from vidkit.ivs.client import IvsClient
from vidkit.ivs.models.channels import (
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
from vidkit.ivs.models.policies import (
    ListPlaybackRestrictionPoliciesAnswer,
    PlaybackRestrictionPolicy,
)
from vidkit.ivs.models.streams import (
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
from vidkit.ivs.policy_report import PolicyReport

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
