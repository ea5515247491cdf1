"""The kinds of stored-video jobs other than labels and segments, for their tests."""

import contextlib
from dataclasses import dataclass, field

import pytest

from vidkit import S3Video
from vidkit.rekognition import (
    BoundingBox,
    CelebrityRecognition,
    ContentModerationDetection,
    DetectionFilter,
    FaceDetection,
    NotificationChannel,
    PersonDetection,
    PersonMatch,
    Point,
    RegionOfInterest,
    StartTextDetectionFilters,
    TextDetectionResult,
)

VIDEO = S3Video("bucket", "clip.mp4")
TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x"
ROLE = "arn:aws:iam::123456789012:role/rekognition"
CHANNEL = NotificationChannel(sns_topic_arn=TOPIC, role_arn=ROLE)

BOX = {"Width": 0.25, "Height": 0.5, "Left": 0.125, "Top": 0.25}
FACE = {
    "BoundingBox": BOX,
    "Confidence": 99.5,
    "Landmarks": [{"Type": "nose", "X": 0.25, "Y": 0.5}],
    "Pose": {"Roll": -1.5, "Yaw": 12.25, "Pitch": 3.0},
    "Quality": {"Brightness": 62.5, "Sharpness": 46.0},
}
MATCHES = [{"Similarity": 98.5, "Face": {"FaceId": "f1", "ExternalImageId": "badge-17"}}]

REGIONS = [
    RegionOfInterest(bounding_box=BoundingBox(width=0.25, height=0.5, left=0.125, top=0.25)),
    RegionOfInterest(polygon=[Point(x=0, y=1), Point(x=0.5, y=0), Point(x=1, y=1)]),
]
WIRE_REGIONS = [
    {"BoundingBox": BOX},
    {"Polygon": [{"X": 0.0, "Y": 1.0}, {"X": 0.5, "Y": 0.0}, {"X": 1.0, "Y": 1.0}]},
]


@dataclass(frozen=True)
class Kind:
    """A kind: the parameters that only its operations have, and their responses."""

    name: str
    api: str
    member: str
    model: type
    items: list
    needed: dict = field(default_factory=dict)
    start: dict = field(default_factory=dict)
    get: dict = field(default_factory=dict)
    deprecated: bool = False

    def warning(self):
        if self.deprecated:
            return pytest.warns(DeprecationWarning, match="2025-10-31")
        return contextlib.nullcontext()

    def starting(self, kit, **parameters):
        with self.warning():
            return getattr(kit.rekognition, f"start_{self.name}")(
                **({"video": VIDEO} | self.needed | parameters)
            )

    def pager(self, kit, job_id, **parameters):
        with self.warning():
            return getattr(kit.rekognition, f"get_{self.name}")(job_id, **parameters)


def pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


FACES = Kind(
    "face_detection",
    "FaceDetection",
    "Faces",
    FaceDetection,
    [{"Timestamp": 40 * n, "Face": FACE} for n in range(3)],
    start={"face_attributes": "ALL"},
)
SEARCH = Kind(
    "face_search",
    "FaceSearch",
    "Persons",
    PersonMatch,
    [
        {"Timestamp": 0, "Person": {"Index": 0, "BoundingBox": BOX, "Face": FACE}},
        {"Timestamp": 40, "Person": {"Index": 1, "Face": FACE}, "FaceMatches": MATCHES},
        {"Timestamp": 80, "Person": {"Index": 0, "BoundingBox": BOX}},
    ],
    needed={"collection_id": "staff.2026"},
    start={"face_match_threshold": 92.5},
    get={"sort_by": "INDEX"},
)
PERSONS = Kind(
    "person_tracking",
    "PersonTracking",
    "Persons",
    PersonDetection,
    [
        {"Timestamp": 0, "Person": {"Index": 0, "BoundingBox": BOX}},
        {"Timestamp": 40, "Person": {"Index": 1, "BoundingBox": BOX, "Face": FACE}},
        {"Timestamp": 80, "Person": {"Index": 0, "BoundingBox": BOX}},
    ],
    get={"sort_by": "INDEX"},
    deprecated=True,
)
CELEBRITIES = Kind(
    "celebrity_recognition",
    "CelebrityRecognition",
    "Celebrities",
    CelebrityRecognition,
    [
        {
            "Timestamp": 40 * n,
            "Celebrity": {
                "Urls": ["www.example.org/jane-doe"],
                "Name": "Jane Doe",
                "Id": f"3Ab{n}",
                "Confidence": 98.0,
                "BoundingBox": BOX,
                "Face": FACE,
                "KnownGender": {"Type": "Female"},
            },
        }
        for n in range(3)
    ],
    get={"sort_by": "ID"},
)
MODERATION = Kind(
    "content_moderation",
    "ContentModeration",
    "ModerationLabels",
    ContentModerationDetection,
    [
        {
            "Timestamp": 40 * n,
            "ModerationLabel": {
                "Confidence": 88.5,
                "Name": name,
                "ParentName": "Violence",
                "TaxonomyLevel": 2,
            },
            "ContentTypes": [{"Confidence": 77.5, "Name": "Animated Content"}],
        }
        for n, name in enumerate(["Weapons", "Explosions", "Weapons"])
    ],
    start={"min_confidence": 60.5},
    get={"sort_by": "NAME", "aggregate_by": "SEGMENTS"},
)
TEXTS = Kind(
    "text_detection",
    "TextDetection",
    "TextDetections",
    TextDetectionResult,
    [
        {
            "Timestamp": 40,
            "TextDetection": {
                "DetectedText": text,
                "Type": "WORD" if n else "LINE",
                "Id": n,
                "Confidence": 97.5,
                "Geometry": {"BoundingBox": BOX, "Polygon": [{"X": 0.5, "Y": 0.25}]},
            }
            | ({"ParentId": 0} if n else {}),
        }
        for n, text in enumerate(["NO EXIT", "NO", "EXIT"])
    ],
    start={
        "filters": StartTextDetectionFilters(
            word_filter=DetectionFilter(
                min_confidence=85.5, min_bounding_box_height=0.05, min_bounding_box_width=0.02
            ),
            regions_of_interest=REGIONS,
        )
    },
)
WIRE_FILTERS = {
    "WordFilter": {
        "MinConfidence": 85.5,
        "MinBoundingBoxHeight": 0.05,
        "MinBoundingBoxWidth": 0.02,
    },
    "RegionsOfInterest": WIRE_REGIONS,
}
KINDS = [FACES, SEARCH, PERSONS, CELEBRITIES, MODERATION, TEXTS]
