"""What Rekognition finds in a picture: what was scripted for it, filtered as the request says."""

from collections.abc import Callable
from typing import Any

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.face_collections import DEFAULT_THRESHOLD
from vidkit.local.rekognition.kinds import Item
from vidkit.local.rekognition.labels import passes_filters, with_instances
from vidkit.local.rekognition.pictures import RequestPicture, invalid, with_attributes
from vidkit.local.rekognition.regions import check_regions
from vidkit.local.rekognition.scripted_pictures import FaceInPicture, similarity
from vidkit.local.rekognition.texts import filtered_texts

MAX_FACES = 100
"""The faces of a picture that are detected."""
MAX_CELEBRITIES = 64
"""The faces of a picture among which celebrities are recognized."""

_LABEL_CONFIDENCE = 55.0
_MODERATION_CONFIDENCE = 50.0
_COMPARED = ("BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Emotions", "Smile")
_DEFAULT_FEATURES = ("GENERAL_LABELS",)


def _detect_labels(parameters: Item, picture: RequestPicture) -> Item:
    features = parameters.get("Features") or _DEFAULT_FEATURES
    settings = parameters.get("Settings", {})
    content: Item = {}
    if "GENERAL_LABELS" in features:
        least = parameters.get("MinConfidence", _LABEL_CONFIDENCE)
        labels = [
            with_instances(label, least)
            for label in picture.shows("labels")
            if label["Confidence"] >= least
            and passes_filters(label, settings.get("GeneralLabels", {}))
        ]
        labels.sort(key=lambda label: -label["Confidence"])
        content = {"Labels": labels[: parameters.get("MaxLabels")], "LabelModelVersion": "3.0"}
    else:
        for name in ("MaxLabels", "MinConfidence"):
            if name in parameters:
                raise invalid(f"{name} is for the feature GENERAL_LABELS only.")
    if "IMAGE_PROPERTIES" in features:
        (found,) = picture.shows("image_properties")[:1] or [Item()]
        most = settings.get("ImageProperties", {}).get("MaxDominantColors")
        content["ImageProperties"] = _with_colors(found, most)
    return content


def _with_colors(part: Item, most: int | None) -> Item:
    """A part of a picture with at most this many dominant colors."""
    kept: Item = {
        name: _with_colors(value, most) if name in {"Foreground", "Background"} else value
        for name, value in part.items()
    }
    if "DominantColors" in kept:
        kept["DominantColors"] = kept["DominantColors"][:most]
    return kept


def _detect_faces(parameters: Item, picture: RequestPicture) -> Item:
    attributes = parameters.get("Attributes", [])
    faces = picture.faces()[:MAX_FACES]
    return {"FaceDetails": [with_attributes(face.detail, attributes) for face in faces]}


def _detect_moderation_labels(parameters: Item, picture: RequestPicture) -> Item:
    if "HumanLoopConfig" in parameters:
        raise ApiError("ResourceNotFoundException", "Flow definitions are not served here.")
    if "ProjectVersion" in parameters:
        raise ApiError("ResourceNotFoundException", "Custom adapters are not served here.")
    least = parameters.get("MinConfidence", _MODERATION_CONFIDENCE)
    labels = [label for label in picture.shows("moderation_labels") if label["Confidence"] >= least]
    return {"ModerationLabels": labels, "ModerationModelVersion": "7.0", "ContentTypes": []}


def _detect_text(parameters: Item, picture: RequestPicture) -> Item:
    filters = parameters.get("Filters", {})
    check_regions(filters.get("RegionsOfInterest", ()), "Filters.")
    items: list[Item] = [{"TextDetection": text} for text in picture.shows("texts")]
    found = [item["TextDetection"] for item in filtered_texts(items, filters)]
    return {"TextDetections": found, "TextModelVersion": "3.0"}


def _recognize_celebrities(parameters: Item, picture: RequestPicture) -> Item:
    del parameters
    celebrities = picture.shows("celebrities")[:MAX_CELEBRITIES]
    others = picture.faces()[: MAX_CELEBRITIES - len(celebrities)]
    return {
        "CelebrityFaces": celebrities,
        "UnrecognizedFaces": [_compared(face) for face in others],
    }


def _compare_faces(parameters: Item, source: RequestPicture, target: RequestPicture) -> Item:
    keeps_all = parameters.get("QualityFilter", "NONE") == "NONE"
    least = parameters.get("SimilarityThreshold", DEFAULT_THRESHOLD)

    def valid(picture: RequestPicture) -> list[FaceInPicture]:
        return [face for face in picture.faces() if keeps_all or not face.reasons]

    searched = next(iter(valid(source)), None)
    if searched is None:
        raise invalid("SourceImage has no face.")
    matches: list[Item] = []
    others: list[Item] = []
    for face in valid(target)[:MAX_FACES]:
        same = face.identity == searched.identity
        alike = similarity(face.likeness, searched.likeness) if same else 0.0
        if same and alike >= least:
            matches.append({"Similarity": alike, "Face": _compared(face)})
        else:
            others.append(_compared(face))
    return {
        "SourceImageFace": {name: searched.detail[name] for name in ("BoundingBox", "Confidence")},
        "FaceMatches": sorted(matches, key=lambda match: -match["Similarity"]),
        "UnmatchedFaces": others,
    }


def _compared(face: FaceInPicture) -> Item:
    """A face as ``ComparedFace``."""
    return {name: face.detail[name] for name in _COMPARED if name in face.detail}


PICTURE_OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "DetectLabels": _detect_labels,
    "DetectFaces": _detect_faces,
    "DetectModerationLabels": _detect_moderation_labels,
    "DetectText": _detect_text,
    "RecognizeCelebrities": _recognize_celebrities,
    "CompareFaces": _compare_faces,
}
"""By operation: from the parameters and the pictures to the response."""
