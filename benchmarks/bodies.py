"""The items of the benchmark server's responses: made up once, the same in every run.

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
    "FIRST_MOMENT",
    "POLICY_ARN",
    "VIDEO_METADATA",
    "face_items",
    "image_content",
    "joined",
    "label_items",
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

_DISTINCT = 1000
_LANDMARKS = (
    *("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"),
    *("leftEyeBrowLeft", "leftEyeBrowRight", "leftEyeBrowUp"),
    *("rightEyeBrowLeft", "rightEyeBrowRight", "rightEyeBrowUp"),
    *("leftEyeLeft", "leftEyeRight", "leftEyeUp", "leftEyeDown"),
    *("rightEyeLeft", "rightEyeRight", "rightEyeUp", "rightEyeDown"),
    *("noseLeft", "noseRight", "mouthUp", "mouthDown", "leftPupil", "rightPupil"),
    *("upperJawlineLeft", "midJawlineLeft", "chinBottom"),
    *("midJawlineRight", "upperJawlineRight"),
)
_EMOTIONS = ("HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "FEAR")
_YES_OR_NO = (
    *("Smile", "Eyeglasses", "Sunglasses", "Beard"),
    *("Mustache", "EyesOpen", "MouthOpen", "FaceOccluded"),
)
_LABELS = (
    ("Dog", "Pet", "Animal"),
    ("Car", "Vehicle", "Transportation"),
    ("Bicycle", "Vehicle", "Transportation"),
    ("Man", "Adult", "Person"),
    ("Oak", "Tree", "Plant"),
)


def joined(items: Sequence[bytes]) -> bytes:
    """Join items as the inside of a JSON array."""
    return b",".join(items)


@cache
def face_items() -> tuple[bytes, ...]:
    """Return a thousand faces with all attributes."""
    draw = random.Random(1)  # noqa: S311
    return tuple(_json(_face(draw, number)) for number in range(_DISTINCT))


@cache
def label_items() -> tuple[bytes, ...]:
    """Return a thousand labels with two instances and two parents each."""
    draw = random.Random(2)  # noqa: S311
    return tuple(_json(_label(draw, number)) for number in range(_DISTINCT))


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


def _percent(draw: random.Random) -> float:
    return round(draw.uniform(50, 100), 14)


def _box(draw: random.Random) -> dict[str, float]:
    return {name: draw.random() for name in ("Width", "Height", "Left", "Top")}


def _landmark(draw: random.Random, name: str) -> dict[str, Any]:
    return {"Type": name, "X": draw.random(), "Y": draw.random()}


def _face(draw: random.Random, number: int) -> dict[str, Any]:
    face: dict[str, Any] = {
        "BoundingBox": _box(draw),
        "AgeRange": {"Low": 21, "High": 33},
        "Gender": {"Value": draw.choice(("Male", "Female")), "Confidence": _percent(draw)},
        "Emotions": [{"Type": name, "Confidence": _percent(draw)} for name in _EMOTIONS],
        "Landmarks": [_landmark(draw, name) for name in _LANDMARKS],
        "Pose": {name: draw.uniform(-90, 90) for name in ("Roll", "Yaw", "Pitch")},
        "Quality": {"Brightness": _percent(draw), "Sharpness": _percent(draw)},
        "Confidence": _percent(draw),
        "EyeDirection": {
            "Yaw": draw.uniform(-90, 90),
            "Pitch": draw.uniform(-90, 90),
            "Confidence": _percent(draw),
        },
    }
    for name in _YES_OR_NO:
        face[name] = {"Value": draw.random() < 0.5, "Confidence": _percent(draw)}  # noqa: PLR2004
    return {"Timestamp": number * 40, "Face": face}


def _label(draw: random.Random, number: int) -> dict[str, Any]:
    name, *above = draw.choice(_LABELS)
    label = {
        "Name": name,
        "Confidence": _percent(draw),
        "Instances": [{"BoundingBox": _box(draw), "Confidence": _percent(draw)} for _ in range(2)],
        "Parents": [{"Name": parent} for parent in above],
        "Aliases": [{"Name": f"{name}s"}],
        "Categories": [{"Name": "Animals and Pets"}],
    }
    return {"Timestamp": number * 40, "Label": label}
