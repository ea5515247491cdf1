"""Face detection, and what a face looks like in the results of every kind."""

from typing import Annotated, Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.responses import OPEN, PascalResponse, pascal_leaf
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    BoundingBox,
    GetRequest,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "FACE_DETECTION",
    "AgeRange",
    "Beard",
    "Emotion",
    "EmotionName",
    "EyeDirection",
    "EyeOpen",
    "Eyeglasses",
    "FaceAttributes",
    "FaceDetail",
    "FaceDetection",
    "FaceOccluded",
    "Gender",
    "GenderType",
    "GetFaceDetectionRequest",
    "GetFaceDetectionResponse",
    "ImageQuality",
    "Landmark",
    "LandmarkType",
    "MouthOpen",
    "Mustache",
    "Pose",
    "Smile",
    "StartFaceDetectionRequest",
    "Sunglasses",
]

FaceAttributes = Literal["DEFAULT", "ALL"]
GenderType = Literal["Male", "Female"]
EmotionName = Literal[
    "HAPPY",
    "SAD",
    "ANGRY",
    "CONFUSED",
    "DISGUSTED",
    "SURPRISED",
    "CALM",
    "UNKNOWN",
    "FEAR",
]
LandmarkType = Literal[
    "eyeLeft",
    "eyeRight",
    "nose",
    "mouthLeft",
    "mouthRight",
    "leftEyeBrowLeft",
    "leftEyeBrowRight",
    "leftEyeBrowUp",
    "rightEyeBrowLeft",
    "rightEyeBrowRight",
    "rightEyeBrowUp",
    "leftEyeLeft",
    "leftEyeRight",
    "leftEyeUp",
    "leftEyeDown",
    "rightEyeLeft",
    "rightEyeRight",
    "rightEyeUp",
    "rightEyeDown",
    "noseLeft",
    "noseRight",
    "mouthUp",
    "mouthDown",
    "leftPupil",
    "rightPupil",
    "upperJawlineLeft",
    "midJawlineLeft",
    "chinBottom",
    "midJawlineRight",
    "upperJawlineRight",
]


class StartFaceDetectionRequest(StartRequest):
    """The parameters of ``StartFaceDetection``."""

    face_attributes: FaceAttributes | None = None


class GetFaceDetectionRequest(GetRequest):
    """The parameters of ``GetFaceDetection``."""


@pascal_leaf
class AgeRange:
    """How old a face looks. API shape: ``AgeRange``.

    Attributes:
        low: the lowest age, in years.
        high: the highest age, in years.
    """

    low: int | None = None
    high: int | None = None


@pascal_leaf
class _Judgement:
    """Yes or no, and how sure the service is, 0 to 100."""

    value: bool | None = None
    confidence: float | None = None


@pascal_leaf
class Smile(_Judgement):
    """Whether the face smiles. API shape: ``Smile``."""


@pascal_leaf
class Eyeglasses(_Judgement):
    """Whether it wears eyeglasses. API shape: ``Eyeglasses``."""


@pascal_leaf
class Sunglasses(_Judgement):
    """Whether it wears sunglasses. API shape: ``Sunglasses``."""


@pascal_leaf
class Beard(_Judgement):
    """Whether it has a beard. API shape: ``Beard``."""


@pascal_leaf
class Mustache(_Judgement):
    """Whether it has a mustache. API shape: ``Mustache``."""


@pascal_leaf
class EyeOpen(_Judgement):
    """Whether its eyes are open. API shape: ``EyeOpen``."""


@pascal_leaf
class MouthOpen(_Judgement):
    """Whether its mouth is open. API shape: ``MouthOpen``."""


@pascal_leaf
class FaceOccluded(_Judgement):
    """Whether something hides a part of the face. API shape: ``FaceOccluded``."""


@pascal_leaf
class Gender:
    """Which gender the face looks like. API shape: ``Gender``."""

    value: Annotated[GenderType | str, OPEN] | None = None
    confidence: float | None = None


@pascal_leaf
class Emotion:
    """What the face expresses, not what the person feels. API shape: ``Emotion``."""

    type: Annotated[EmotionName | str, OPEN] | None = None
    confidence: float | None = None


@pascal_leaf
class Landmark:
    """A point of the face, as ratios of the frame's size. API shape: ``Landmark``.

    Attributes:
        type: which point, such as ``eyeLeft``.
        x: from the frame's left, of its width.
        y: from the frame's top, of its height.
    """

    type: Annotated[LandmarkType | str, OPEN] | None = None
    x: float | None = None
    y: float | None = None


@pascal_leaf
class Pose:
    """How the head is turned, in degrees from -180 to 180. API shape: ``Pose``."""

    roll: float | None = None
    yaw: float | None = None
    pitch: float | None = None


@pascal_leaf
class EyeDirection:
    """Where the eyes look, in degrees from -180 to 180. API shape: ``EyeDirection``."""

    yaw: float | None = None
    pitch: float | None = None
    confidence: float | None = None


@pascal_leaf
class ImageQuality:
    """How bright and sharp the face is, 0 to 100 each. API shape: ``ImageQuality``."""

    brightness: float | None = None
    sharpness: float | None = None


class FaceDetail(PascalResponse):
    """What a face looks like. API shape: ``FaceDetail``.

    ``bounding_box``, ``landmarks``, ``pose``, ``quality`` and ``confidence`` are the service's
    default; the rest comes with ``face_attributes="ALL"`` of face detection only.

    Attributes:
        bounding_box: where the face is.
        age_range: how old it looks.
        smile: whether it smiles.
        eyeglasses: whether it wears eyeglasses.
        sunglasses: whether it wears sunglasses.
        gender: which gender it looks like.
        beard: whether it has a beard.
        mustache: whether it has a mustache.
        eyes_open: whether its eyes are open.
        mouth_open: whether its mouth is open.
        emotions: what it expresses.
        landmarks: where its eyes, nose, mouth and jaw are.
        pose: how the head is turned.
        quality: how bright and sharp it is.
        confidence: that it is a face, 0 to 100.
        face_occluded: whether something hides a part of it.
        eye_direction: where the eyes look.

    Example:
        >>> face = FaceDetail(confidence=99.5, smile=Smile(value=True, confidence=87.5))
        >>> face.smile.value
        True
    """

    bounding_box: BoundingBox | None = None
    age_range: AgeRange | None = None
    smile: Smile | None = None
    eyeglasses: Eyeglasses | None = None
    sunglasses: Sunglasses | None = None
    gender: Gender | None = None
    beard: Beard | None = None
    mustache: Mustache | None = None
    eyes_open: EyeOpen | None = None
    mouth_open: MouthOpen | None = None
    emotions: list[Emotion] | None = None
    landmarks: list[Landmark] | None = None
    pose: Pose | None = None
    quality: ImageQuality | None = None
    confidence: float | None = None
    face_occluded: FaceOccluded | None = None
    eye_direction: EyeDirection | None = None


class FaceDetection(PascalResponse):
    """A face and when it was seen. API shape: ``FaceDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        face: what it looks like.

    Example:
        >>> FaceDetection(timestamp=480, face=FaceDetail(confidence=99.5)).timestamp
        480
    """

    timestamp: int | None = None
    face: FaceDetail | None = None


class GetFaceDetectionResponse(VideoJobPage):
    """A page of faces. API operation: ``GetFaceDetection``.

    Attributes:
        faces: the page's items, also as ``items``.
        video_metadata: what the video is.
    """

    faces: list[FaceDetection] = Field(default_factory=list[FaceDetection])
    video_metadata: VideoMetadata | None = None

    @property
    def items(self) -> list[FaceDetection]:
        """The faces."""
        return self.faces


FACE_DETECTION = JobKind(
    "face_detection",
    Operation("rekognition", "StartFaceDetection", StartResponse),
    Operation("rekognition", "GetFaceDetection", GetFaceDetectionResponse),
    GetFaceDetectionRequest,
)
