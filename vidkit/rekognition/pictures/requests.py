"""The operations that look at a picture, and their parameters."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from vidkit.calls.operation import Operation
from vidkit.models.requests import PascalRequest
from vidkit.rekognition.kinds.labels import GeneralLabelsSettings
from vidkit.rekognition.kinds.texts import DetectionFilter
from vidkit.rekognition.models import Percent, RegionsOfInterest
from vidkit.rekognition.pictures.models import FaceAttribute, PictureSource, QualityFilter
from vidkit.rekognition.pictures.responses import (
    CompareFacesResponse,
    DetectFacesResponse,
    DetectLabelsResponse,
    DetectModerationLabelsResponse,
    DetectTextResponse,
    RecognizeCelebritiesResponse,
)

__all__ = [
    "CELEBRITIES",
    "COMPARE_FACES",
    "FACES",
    "LABELS",
    "MODERATION_LABELS",
    "MODERATION_WITH_REVIEW",
    "TEXT",
    "CompareFacesRequest",
    "ContentClassifier",
    "DetectFacesRequest",
    "DetectLabelsFeature",
    "DetectLabelsImagePropertiesSettings",
    "DetectLabelsRequest",
    "DetectLabelsSettings",
    "DetectModerationLabelsRequest",
    "DetectTextFilters",
    "DetectTextRequest",
    "HumanLoopConfig",
    "HumanLoopDataAttributes",
    "RecognizeCelebritiesRequest",
]

_API = "rekognition"

LABELS = Operation(_API, "DetectLabels", DetectLabelsResponse)
FACES = Operation(_API, "DetectFaces", DetectFacesResponse)
MODERATION_LABELS = Operation(_API, "DetectModerationLabels", DetectModerationLabelsResponse)
# Not idempotent: a retry could begin a second review by people.
MODERATION_WITH_REVIEW = Operation(
    _API, "DetectModerationLabels", DetectModerationLabelsResponse, idempotent=False
)
TEXT = Operation(_API, "DetectText", DetectTextResponse)
CELEBRITIES = Operation(_API, "RecognizeCelebrities", RecognizeCelebritiesResponse)
COMPARE_FACES = Operation(_API, "CompareFaces", CompareFacesResponse)

DetectLabelsFeature = Literal["GENERAL_LABELS", "IMAGE_PROPERTIES"]
ContentClassifier = Literal["FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent"]


class _PictureRequest(PascalRequest):
    service: ClassVar[str | None] = _API

    image: PictureSource


class DetectLabelsImagePropertiesSettings(PascalRequest):
    """Settings of image properties. API shape of the same name.

    Attributes:
        max_dominant_colors: the maximum number of dominant colors, 0 to 20.

    Example:
        >>> settings = DetectLabelsImagePropertiesSettings(max_dominant_colors=5)
    """

    max_dominant_colors: Annotated[int, Field(ge=0, le=20, strict=True)] | None = None


class DetectLabelsSettings(PascalRequest):
    """Settings of ``DetectLabels``. API shape: ``DetectLabelsSettings``.

    Attributes:
        general_labels: filters on labels and their categories.
        image_properties: settings of image properties.

    Example:
        >>> settings = DetectLabelsSettings(
        ...     general_labels=GeneralLabelsSettings(label_inclusion_filters=("Cat", "Dog"))
        ... )
    """

    general_labels: GeneralLabelsSettings | None = None
    image_properties: DetectLabelsImagePropertiesSettings | None = None


class DetectLabelsRequest(_PictureRequest):
    """The parameters of ``DetectLabels``."""

    max_labels: Annotated[int, Field(ge=0, strict=True)] | None = None
    min_confidence: Percent | None = None
    features: Annotated[Sequence[DetectLabelsFeature], Field(max_length=2)] | None = None
    settings: DetectLabelsSettings | None = None


class DetectFacesRequest(_PictureRequest):
    """The parameters of ``DetectFaces``."""

    attributes: Sequence[FaceAttribute] | None = None


class HumanLoopDataAttributes(PascalRequest):
    """What a picture is free of. API shape: ``HumanLoopDataAttributes``.

    Attributes:
        content_classifiers: ``FreeOfPersonallyIdentifiableInformation``, ``FreeOfAdultContent``.
    """

    content_classifiers: Annotated[Sequence[ContentClassifier], Field(max_length=256)] | None = None


class HumanLoopConfig(PascalRequest):
    """The review of a picture by people. API shape: ``HumanLoopConfig``.

    Attributes:
        human_loop_name: the name of the review, unique in the region; 1 to 63 of ``a-z0-9-``, the
            first and last of which are no hyphens.
        flow_definition_arn: the ARN of the flow definition, at most 256 characters.
        data_attributes: what the picture is free of.

    Raises:
        RequestError: a parameter is invalid.

    Example:
        >>> review = HumanLoopConfig(
        ...     human_loop_name="picture-17",
        ...     flow_definition_arn="arn:aws:sagemaker:eu-central-1:123456789012:flow-definition/f",
        ... )
    """

    human_loop_name: Annotated[
        str, StringConstraints(max_length=63, pattern=r"^[a-z0-9](-*[a-z0-9])*$")
    ]
    flow_definition_arn: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    data_attributes: HumanLoopDataAttributes | None = None


class DetectModerationLabelsRequest(_PictureRequest):
    """The parameters of ``DetectModerationLabels``."""

    min_confidence: Percent | None = None
    human_loop_config: HumanLoopConfig | None = None
    project_version: (
        Annotated[
            str,
            StringConstraints(
                min_length=20,
                max_length=2048,
                pattern=r"^arn:[a-z0-9-]+:rekognition:[a-z0-9-]+:[0-9]{12}:project/"
                r"[a-zA-Z0-9_.\-]{1,255}/version/[a-zA-Z0-9_.\-]{1,255}/[0-9]+$",
            ),
        ]
        | None
    ) = None


class DetectTextFilters(PascalRequest):
    """Filters of ``DetectText``. API shape: ``DetectTextFilters``.

    Attributes:
        word_filter: the filter on words.
        regions_of_interest: the regions of the picture to search, at most 10.

    Example:
        >>> filters = DetectTextFilters(word_filter=DetectionFilter(min_confidence=90))
    """

    word_filter: DetectionFilter | None = None
    regions_of_interest: RegionsOfInterest | None = None


class DetectTextRequest(_PictureRequest):
    """The parameters of ``DetectText``."""

    filters: DetectTextFilters | None = None


class RecognizeCelebritiesRequest(_PictureRequest):
    """The parameters of ``RecognizeCelebrities``."""


class CompareFacesRequest(PascalRequest):
    """The parameters of ``CompareFaces``."""

    service: ClassVar[str | None] = _API

    source_image: PictureSource
    target_image: PictureSource
    similarity_threshold: Percent | None = None
    quality_filter: QualityFilter | None = None
