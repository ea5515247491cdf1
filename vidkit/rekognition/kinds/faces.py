"""Face detection, and the face shapes in the results of other kinds."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.leaves import PascalLeaf
from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
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


class AgeRange(PascalLeaf):
    """The estimated age range of a face. API shape: ``AgeRange``.

    Attributes:
        low: the lowest estimated age, in years.
        high: the highest estimated age, in years.
    """

    low: int | None = None
    high: int | None = None


class _BooleanAttribute(PascalLeaf):
    """Whether a face has an attribute, and the confidence in that, 0 to 100."""

    value: bool | None = None
    confidence: float | None = None


class Smile(_BooleanAttribute):
    """Whether the face is smiling. API shape: ``Smile``."""


class Eyeglasses(_BooleanAttribute):
    """Whether the face is wearing eyeglasses. API shape: ``Eyeglasses``."""


class Sunglasses(_BooleanAttribute):
    """Whether the face is wearing sunglasses. API shape: ``Sunglasses``."""


class Beard(_BooleanAttribute):
    """Whether the face has a beard. API shape: ``Beard``."""


class Mustache(_BooleanAttribute):
    """Whether the face has a mustache. API shape: ``Mustache``."""


class EyeOpen(_BooleanAttribute):
    """Whether the eyes are open. API shape: ``EyeOpen``."""


class MouthOpen(_BooleanAttribute):
    """Whether the mouth is open. API shape: ``MouthOpen``."""


class FaceOccluded(_BooleanAttribute):
    """Whether the face is partly hidden. API shape: ``FaceOccluded``."""


class Gender(PascalLeaf):
    """The predicted gender of the face, from its appearance. API shape: ``Gender``."""

    value: Open[GenderType] | None = None
    confidence: float | None = None


class Emotion(PascalLeaf):
    """An emotion that the face appears to express, not what is felt. API shape: ``Emotion``."""

    type: Open[EmotionName] | None = None
    confidence: float | None = None


class Landmark(PascalLeaf):
    """The position of a facial landmark. API shape: ``Landmark``.

    Attributes:
        type: the landmark, such as ``eyeLeft``.
        x: the distance from the left of the frame, as a ratio of its width.
        y: the distance from the top of the frame, as a ratio of its height.
    """

    type: Open[LandmarkType] | None = None
    x: float | None = None
    y: float | None = None


class Pose(PascalLeaf):
    """The rotation of the head, in degrees from -180 to 180. API shape: ``Pose``."""

    roll: float | None = None
    yaw: float | None = None
    pitch: float | None = None


class EyeDirection(PascalLeaf):
    """The direction of the gaze, in degrees from -180 to 180. API shape: ``EyeDirection``."""

    yaw: float | None = None
    pitch: float | None = None
    confidence: float | None = None


class ImageQuality(PascalLeaf):
    """The brightness and sharpness of the face, 0 to 100 each. API shape: ``ImageQuality``."""

    brightness: float | None = None
    sharpness: float | None = None


class FaceDetail(PascalResponse):
    """The attributes of a face. API shape: ``FaceDetail``.

    The service returns ``bounding_box``, ``landmarks``, ``pose``, ``quality`` and ``confidence`` by
    default, and the other attributes only for face detection with ``face_attributes="ALL"``.

    Attributes:
        bounding_box: the bounding box around the face.
        age_range: the estimated age range.
        smile: whether the face is smiling.
        eyeglasses: whether the face is wearing eyeglasses.
        sunglasses: whether the face is wearing sunglasses.
        gender: the predicted gender.
        beard: whether the face has a beard.
        mustache: whether the face has a mustache.
        eyes_open: whether the eyes are open.
        mouth_open: whether the mouth is open.
        emotions: the emotions that the face appears to express.
        landmarks: the positions of eyes, nose, mouth and jaw.
        pose: the rotation of the head.
        quality: the brightness and sharpness of the face.
        confidence: the confidence that it is a face, 0 to 100.
        face_occluded: whether the face is partly hidden.
        eye_direction: the direction of the gaze.

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
    """A face at a time in the video. API shape: ``FaceDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        face: the attributes of the face.

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
        video_metadata: the metadata of the analyzed video.
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
