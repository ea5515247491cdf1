"""The results of stored-video jobs: made up once, a thousand of each kind, the same in every run.

Texts and numbers are as long as those of the service's own responses.
"""

import json
import random
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["job_items"]

_DISTINCT = 1000
_CORNERS = 4
# What a face has unless all attributes are requested.
_FEW_LANDMARKS = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose")
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
_MODERATION = (
    ("Weapon Violence", "Violence", 3),
    ("Violence", "", 1),
    ("Smoking", "Drugs & Tobacco Paraphernalia & Use", 2),
    ("Drinking", "Alcohol Use", 3),
)
_TEXTS = ("EXIT", "PLATFORM 4", "No parking at any time", "Gate B12", "OPEN")


@cache
def job_items(noun: str) -> tuple[bytes, ...]:
    """Return a thousand results of a kind, each as JSON.

    Args:
        noun: the kind, one of `benchmarks.kinds.KINDS`.
    """
    make = _MAKERS[noun]
    draw = random.Random(1 + list(_MAKERS).index(noun))  # noqa: S311
    return tuple(
        json.dumps(make(draw, number), separators=(",", ":")).encode()
        for number in range(_DISTINCT)
    )


def _percent(draw: random.Random) -> float:
    return round(draw.uniform(50, 100), 14)


def _id(draw: random.Random) -> str:
    text = f"{draw.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _box(draw: random.Random) -> dict[str, float]:
    return {name: draw.random() for name in ("Width", "Height", "Left", "Top")}


def _landmark(draw: random.Random, name: str) -> dict[str, Any]:
    return {"Type": name, "X": draw.random(), "Y": draw.random()}


def _face(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a face with all attributes."""
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


def _default_face(draw: random.Random) -> dict[str, Any]:
    """Return a face as other kinds than faces have it, with the default attributes."""
    return {
        "BoundingBox": _box(draw),
        "Landmarks": [_landmark(draw, name) for name in _FEW_LANDMARKS],
        "Pose": {name: draw.uniform(-90, 90) for name in ("Roll", "Yaw", "Pitch")},
        "Quality": {"Brightness": _percent(draw), "Sharpness": _percent(draw)},
        "Confidence": _percent(draw),
    }


def _label(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a label with two instances and two parents."""
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


def _celebrity(draw: random.Random, number: int) -> dict[str, Any]:
    celebrity = {
        "Urls": ["www.wikidata.org/wiki/Q0000000", "www.imdb.com/name/nm0000000"],
        "Name": f"Jane Doe {number % 7}",
        "Id": f"3Ab9x{number % 7}",
        "Confidence": _percent(draw),
        "BoundingBox": _box(draw),
        "Face": _default_face(draw),
        "KnownGender": {"Type": draw.choice(("Male", "Female"))},
    }
    return {"Timestamp": number * 40, "Celebrity": celebrity}


def _person(draw: random.Random, number: int) -> dict[str, Any]:
    person = {"Index": number % 12, "BoundingBox": _box(draw), "Face": _default_face(draw)}
    return {"Timestamp": number * 40, "Person": person}


def _face_match(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a person with one matching face of the collection."""
    match = {
        "Similarity": _percent(draw),
        "Face": {
            "FaceId": _id(draw),
            "BoundingBox": _box(draw),
            "ImageId": _id(draw),
            "ExternalImageId": f"badge-{number % 12}",
            "Confidence": _percent(draw),
        },
    }
    return _person(draw, number) | {"FaceMatches": [match]}


def _moderation_label(draw: random.Random, number: int) -> dict[str, Any]:
    name, parent, level = draw.choice(_MODERATION)
    label = {
        "Confidence": _percent(draw),
        "Name": name,
        "ParentName": parent,
        "TaxonomyLevel": level,
    }
    content_type = {"Confidence": _percent(draw), "Name": "Animated Content"}
    return {"Timestamp": number * 500, "ModerationLabel": label, "ContentTypes": [content_type]}


def _segment(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a shot, or each fourth time a technical cue."""
    start, length = number * 2000, 1960
    cue = number % 4 == 0
    detail: dict[str, Any] = {"Confidence": _percent(draw)}
    detail |= {"Type": "BlackFrames"} if cue else {"Index": number}
    return {
        "Type": "TECHNICAL_CUE" if cue else "SHOT",
        "StartTimestampMillis": start,
        "EndTimestampMillis": start + length,
        "DurationMillis": length,
        "StartTimecodeSMPTE": _timecode(start),
        "EndTimecodeSMPTE": _timecode(start + length),
        "DurationSMPTE": _timecode(length),
        "TechnicalCueSegment" if cue else "ShotSegment": detail,
        "StartFrameNumber": start // 40,
        "EndFrameNumber": (start + length) // 40,
        "DurationFrames": length // 40,
    }


def _timecode(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours:02d}:{minutes:02d}:{seconds % 60:02d}:{rest // 40:02d}"


def _text(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a line, or each second time a word."""
    word = number % 2 == 1
    text: dict[str, Any] = {
        "DetectedText": draw.choice(_TEXTS),
        "Type": "WORD" if word else "LINE",
        "Id": number % 20,
        "Confidence": _percent(draw),
        "Geometry": {
            "BoundingBox": _box(draw),
            "Polygon": [{"X": draw.random(), "Y": draw.random()} for _ in range(_CORNERS)],
        },
    }
    if word:
        text["ParentId"] = number % 20 - 1
    return {"Timestamp": number * 40, "TextDetection": text}


_MAKERS: dict[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "faces": _face,
    "labels": _label,
    "celebrities": _celebrity,
    "face matches": _face_match,
    "moderation labels": _moderation_label,
    "persons": _person,
    "segments": _segment,
    "texts": _text,
}
