"""Images and policies of the benchmark server's responses: made up once, the same in every run.

Texts and numbers are as long as those of the services' own responses.
"""

import base64
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

__all__ = [
    "AUDIO_METADATA",
    "FIRST_MOMENT",
    "POLICY_ARN",
    "VIDEO_METADATA",
    "image_content",
    "joined",
    "policy",
]

FIRST_MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
POLICY_ARN = "arn:aws:ivs:eu-central-1:123456789012:playback-restriction-policy/aBcDeFgHiJ00000"
VIDEO_METADATA = {
    "Codec": "h264",
    "DurationMillis": 600_000,
    "Format": "QuickTime / MOV",
    "FrameRate": 25.0,
    "FrameHeight": 1080,
    "FrameWidth": 1920,
    "ColorRange": "LIMITED",
}
AUDIO_METADATA = {
    "Codec": "aac",
    "DurationMillis": 600_000,
    "SampleRate": 48_000,
    "NumberOfChannels": 2,
}


def joined(items: Sequence[bytes]) -> bytes:
    """Join items as the inside of a JSON array."""
    return b",".join(items)


@cache
def image_content(size: int) -> bytes:
    """Return this many random bytes as base64, which do not compress."""
    return base64.b64encode(random.Random(size).randbytes(size))  # noqa: S311


@cache
def policy(number: int) -> bytes:
    """Return the playback restriction policy with a number."""
    return _json(
        {
            "allowedCountries": ["DE", "AT", "CH"],
            "allowedOrigins": ["https://example.com", f"https://shop-{number}.example.com"],
            "arn": f"{POLICY_ARN[:-5]}{number:05d}",
            "enableStrictOriginEnforcement": number % 2 == 0,
            "name": f"policy-{number}",
            "tags": {"team": "video", "stage": "production"},
        }
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
