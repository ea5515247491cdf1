"""Amazon IVS: playback restriction policies."""

from vidkit.ivs.client import IvsClient
from vidkit.ivs.models import ListPlaybackRestrictionPoliciesAnswer, PlaybackRestrictionPolicy

__all__ = [
    "IvsClient",
    "ListPlaybackRestrictionPoliciesAnswer",
    "PlaybackRestrictionPolicy",
]
