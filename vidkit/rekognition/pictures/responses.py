"""The responses of the operations that look at a picture."""

from pydantic import Field

from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.celebrities import KnownGender
from vidkit.rekognition.kinds.faces import (
    Emotion,
    FaceDetail,
    ImageQuality,
    Landmark,
    Pose,
    Smile,
)
from vidkit.rekognition.kinds.labels import DominantColor, Label
from vidkit.rekognition.kinds.moderation import ContentType, ModerationLabel
from vidkit.rekognition.kinds.texts import TextDetection
from vidkit.rekognition.models import BoundingBox
from vidkit.rekognition.pictures.models import OrientationCorrection

__all__ = [
    "Celebrity",
    "CompareFacesMatch",
    "CompareFacesResponse",
    "ComparedFace",
    "ComparedSourceImageFace",
    "DetectFacesResponse",
    "DetectLabelsImageBackground",
    "DetectLabelsImageForeground",
    "DetectLabelsImageProperties",
    "DetectLabelsImageQuality",
    "DetectLabelsResponse",
    "DetectModerationLabelsResponse",
    "DetectTextResponse",
    "HumanLoopActivationOutput",
    "RecognizeCelebritiesResponse",
]


class DetectLabelsImageQuality(PascalResponse):
    """The quality of a picture, 0 to 100 each. API shape: ``DetectLabelsImageQuality``."""

    brightness: float | None = None
    sharpness: float | None = None
    contrast: float | None = None


class _ImagePart(PascalResponse):
    """The quality and colors of a part of a picture."""

    quality: DetectLabelsImageQuality | None = None
    dominant_colors: list[DominantColor] | None = None


class DetectLabelsImageForeground(_ImagePart):
    """The foreground of a picture. API shape: ``DetectLabelsImageForeground``."""


class DetectLabelsImageBackground(_ImagePart):
    """The background of a picture. API shape: ``DetectLabelsImageBackground``."""


class DetectLabelsImageProperties(_ImagePart):
    """The quality and colors of a picture. API shape: ``DetectLabelsImageProperties``.

    Attributes:
        quality: brightness, sharpness and contrast.
        dominant_colors: the dominant colors.
        foreground: those of the foreground.
        background: those of the background.

    Example:
        >>> properties = DetectLabelsImageProperties(
        ...     quality=DetectLabelsImageQuality(sharpness=87.5)
        ... )
        >>> properties.quality.sharpness
        87.5
    """

    foreground: DetectLabelsImageForeground | None = None
    background: DetectLabelsImageBackground | None = None


class DetectLabelsResponse(PascalResponse):
    """The response of ``DetectLabels``.

    Attributes:
        labels: the labels of the picture.
        orientation_correction: how the picture is rotated; mostly None.
        label_model_version: the version of the model that detected the labels.
        image_properties: the quality and colors, with ``features=["IMAGE_PROPERTIES"]``.

    Example:
        >>> DetectLabelsResponse(labels=[Label(name="Dog")]).labels[0].name
        'Dog'
    """

    labels: list[Label] = Field(default_factory=list[Label])
    orientation_correction: Open[OrientationCorrection] | None = None
    label_model_version: str | None = None
    image_properties: DetectLabelsImageProperties | None = None


class DetectFacesResponse(PascalResponse):
    """The response of ``DetectFaces``.

    Attributes:
        face_details: the faces of the picture, at most the 100 largest ones.
        orientation_correction: how the picture is rotated; mostly None.

    Example:
        >>> response = DetectFacesResponse(face_details=[FaceDetail(confidence=99.5)])
        >>> response.face_details[0].confidence
        99.5
    """

    face_details: list[FaceDetail] = Field(default_factory=list[FaceDetail])
    orientation_correction: Open[OrientationCorrection] | None = None


class HumanLoopActivationOutput(PascalResponse):
    """The review of a picture by people. API shape: ``HumanLoopActivationOutput``.

    Attributes:
        human_loop_arn: the ARN of the review; None if none was begun.
        human_loop_activation_reasons: why it was begun.
        human_loop_activation_conditions_evaluation_results: how the conditions were evaluated, as
            JSON.
    """

    human_loop_arn: str | None = None
    human_loop_activation_reasons: list[str] | None = None
    human_loop_activation_conditions_evaluation_results: str | None = None


class DetectModerationLabelsResponse(PascalResponse):
    """The response of ``DetectModerationLabels``.

    Attributes:
        moderation_labels: the types of inappropriate content; empty if none was detected.
        moderation_model_version: the version of the model that detected them.
        human_loop_activation_output: the review by people.
        project_version: the ARN of the custom adapter that was used.
        content_types: the content types, such as animation.

    Example:
        >>> DetectModerationLabelsResponse().moderation_labels
        []
    """

    moderation_labels: list[ModerationLabel] = Field(default_factory=list[ModerationLabel])
    moderation_model_version: str | None = None
    human_loop_activation_output: HumanLoopActivationOutput | None = None
    project_version: str | None = None
    content_types: list[ContentType] | None = None


class DetectTextResponse(PascalResponse):
    """The response of ``DetectText``.

    Attributes:
        text_detections: the lines and words of the picture.
        text_model_version: the version of the model that detected the text.

    Example:
        >>> response = DetectTextResponse(text_detections=[TextDetection(detected_text="EXIT")])
        >>> response.text_detections[0].detected_text
        'EXIT'
    """

    text_detections: list[TextDetection] = Field(default_factory=list[TextDetection])
    text_model_version: str | None = None


class ComparedFace(PascalResponse):
    """A face of a picture. API shape: ``ComparedFace``.

    Attributes:
        bounding_box: the bounding box around the face.
        confidence: the confidence that it is a face, 0 to 100.
        landmarks: the positions of eyes, nose and mouth.
        pose: the rotation of the head.
        quality: the brightness and sharpness of the face.
        emotions: the emotions that the face appears to express.
        smile: whether the face is smiling.

    Example:
        >>> ComparedFace(confidence=99.5).confidence
        99.5
    """

    bounding_box: BoundingBox | None = None
    confidence: float | None = None
    landmarks: list[Landmark] | None = None
    pose: Pose | None = None
    quality: ImageQuality | None = None
    emotions: list[Emotion] | None = None
    smile: Smile | None = None


class Celebrity(PascalResponse):
    """A celebrity in a picture. API shape: ``Celebrity``.

    Attributes:
        urls: URLs of pages about the celebrity; may be empty.
        name: the celebrity's name.
        id: the celebrity's id in the service.
        face: the face of the celebrity.
        match_confidence: the confidence in the recognition, 0 to 100.
        known_gender: the known gender identity.

    Example:
        >>> Celebrity(name="Jane Doe", match_confidence=98).name
        'Jane Doe'
    """

    urls: list[str] | None = None
    name: str | None = None
    id: str | None = None
    face: ComparedFace | None = None
    match_confidence: float | None = None
    known_gender: KnownGender | None = None


class RecognizeCelebritiesResponse(PascalResponse):
    """The response of ``RecognizeCelebrities``.

    Attributes:
        celebrity_faces: the celebrities in the picture.
        unrecognized_faces: the other faces; with the celebrities at most the 64 largest ones.
        orientation_correction: how the picture is rotated; mostly None.

    Example:
        >>> RecognizeCelebritiesResponse().celebrity_faces
        []
    """

    celebrity_faces: list[Celebrity] = Field(default_factory=list[Celebrity])
    unrecognized_faces: list[ComparedFace] | None = None
    orientation_correction: Open[OrientationCorrection] | None = None


class ComparedSourceImageFace(PascalResponse):
    """The face of the source picture. API shape: ``ComparedSourceImageFace``."""

    bounding_box: BoundingBox | None = None
    confidence: float | None = None


class CompareFacesMatch(PascalResponse):
    """A face of the target picture that matches. API shape: ``CompareFacesMatch``.

    Attributes:
        similarity: the similarity of the two faces, 0 to 100.
        face: the face of the target picture.

    Example:
        >>> CompareFacesMatch(similarity=97.5, face=ComparedFace()).similarity
        97.5
    """

    similarity: float | None = None
    face: ComparedFace | None = None


class CompareFacesResponse(PascalResponse):
    """The response of ``CompareFaces``.

    Attributes:
        source_image_face: the largest face of the source picture, which was compared.
        face_matches: the faces of the target picture that match it, the most similar one first.
        unmatched_faces: the other faces of the target picture.
        source_image_orientation_correction: how the source picture is rotated; mostly None.
        target_image_orientation_correction: how the target picture is rotated; mostly None.

    Example:
        >>> CompareFacesResponse(face_matches=[CompareFacesMatch(similarity=97.5)]).unmatched_faces
        []
    """

    source_image_face: ComparedSourceImageFace | None = None
    face_matches: list[CompareFacesMatch] = Field(default_factory=list[CompareFacesMatch])
    unmatched_faces: list[ComparedFace] = Field(default_factory=list[ComparedFace])
    source_image_orientation_correction: Open[OrientationCorrection] | None = None
    target_image_orientation_correction: Open[OrientationCorrection] | None = None
