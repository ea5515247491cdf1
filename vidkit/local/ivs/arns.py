"""ARNs, stream keys and addresses of channels."""

import hashlib
import secrets
import string
from typing import Any, Final

from vidkit.local.runtime.state import Identity

_CHARACTERS: Final = string.ascii_letters + string.digits
_ID_LENGTH: Final = 12
_KEY_LENGTH: Final = 30
_PASSPHRASE_LENGTH: Final = 64
_LABEL_LENGTH: Final = 12


def new_arn(identity: Identity, kind: str) -> str:
    """A new ARN, such as ``arn:aws:ivs:us-east-1:123456789012:channel/a...``."""
    suffix = _random(_ID_LENGTH)
    return f"arn:aws:ivs:{identity.region}:{identity.account_id}:{kind}/{suffix}"


def stream_key_of(identity: Identity, channel_arn: str) -> dict[str, Any]:
    """A new stream key for a channel."""
    arn = new_arn(identity, "stream-key")
    suffix = arn.rpartition("/")[2]
    return {
        "arn": arn,
        "value": f"sk_{identity.region}_{suffix}_{_random(_KEY_LENGTH)}",
        "channelArn": channel_arn,
        "tags": {},
    }


def addresses_of(identity: Identity, channel_arn: str) -> dict[str, Any]:
    """A channel's ingest endpoint and playback URL; nothing is served there."""
    region, account = identity.region, identity.account_id
    label = hashlib.sha256(f"{account}/{region}".encode()).hexdigest()[:_LABEL_LENGTH]
    suffix = channel_arn.rpartition("/")[2]
    return {
        "ingestEndpoint": f"{label}.global-contribute.live-video.net",
        "playbackUrl": (
            f"https://{label}.{region}.playback.live-video.net"
            f"/api/video/v1/{region}.{account}.channel.{suffix}.m3u8"
        ),
        "srt": {
            "endpoint": f"{label}.srt.live-video.net",
            "passphrase": _random(_PASSPHRASE_LENGTH),
        },
    }


def _random(length: int) -> str:
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))
