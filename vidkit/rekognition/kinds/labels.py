"""Label detection: ``StartLabelDetection`` and ``GetLabelDetection``."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from pydantic import Field, StringConstraints

from vidkit.calls.operation import Operation
from vidkit.models.leaves import PascalLeaf
from vidkit.models.open_enums import Open
from vidkit.models.requests import PascalRequest
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    BoundingBox,
    GetRequest,
    Percent,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "LABEL_DETECTION",
    "DominantColor",
    "GeneralLabelsSettings",
    "GetLabelDetectionRequest",
    "GetLabelDetectionRequestMetadata",
    "GetLabelDetectionResponse",
    "Instance",
    "Label",
    "LabelAlias",
    "LabelCategory",
    "LabelDetection",
    "LabelDetectionAggregateBy",
    "LabelDetectionFeatureName",
    "LabelDetectionSettings",
    "LabelDetectionSortBy",
    "Parent",
    "StartLabelDetectionRequest",
]

LabelDetectionSortBy = Literal["NAME", "TIMESTAMP"]
LabelDetectionAggregateBy = Literal["TIMESTAMPS", "SEGMENTS"]
LabelDetectionFeatureName = Literal["GENERAL_LABELS"]

_LabelFilters = Annotated[
    Sequence[Annotated[str, StringConstraints(min_length=1, max_length=50)]],
    Field(max_length=100),
]


class GeneralLabelsSettings(PascalRequest):
    """Filters on labels and their categories. API shape: ``GeneralLabelsSettings``.

    Attributes:
        label_inclusion_filters: return only these labels; at most 100 of at most 50 characters.
        label_exclusion_filters: do not return these labels.
        label_category_inclusion_filters: return only labels of these categories.
        label_category_exclusion_filters: do not return labels of these categories.

    Example:
        >>> settings = GeneralLabelsSettings(label_inclusion_filters=("Cat", "Dog"))
    """

    label_inclusion_filters: _LabelFilters | None = None
    label_exclusion_filters: _LabelFilters | None = None
    label_category_inclusion_filters: _LabelFilters | None = None
    label_category_exclusion_filters: _LabelFilters | None = None


class LabelDetectionSettings(PascalRequest):
    """Settings of label detection. API shape: ``LabelDetectionSettings``.

    Example:
        >>> settings = LabelDetectionSettings(
        ...     general_labels=GeneralLabelsSettings(label_exclusion_filters=("Person",))
        ... )
    """

    general_labels: GeneralLabelsSettings | None = None


class StartLabelDetectionRequest(StartRequest):
    """The parameters of ``StartLabelDetection``."""

    min_confidence: Percent | None = None
    features: Annotated[Sequence[LabelDetectionFeatureName], Field(max_length=1)] | None = None
    settings: LabelDetectionSettings | None = None


class GetLabelDetectionRequest(GetRequest):
    """The parameters of ``GetLabelDetection``."""

    sort_by: LabelDetectionSortBy | None = None
    aggregate_by: LabelDetectionAggregateBy | None = None


class DominantColor(PascalLeaf):
    """A dominant color. API shape: ``DominantColor``."""

    red: int | None = None
    blue: int | None = None
    green: int | None = None
    hex_code: str | None = None
    css_color: str | None = msgspec.field(default=None, name="CSSColor")
    simplified_color: str | None = None
    pixel_percent: float | None = None


class Instance(PascalLeaf):
    """An instance of a detected label. API shape: ``Instance``."""

    bounding_box: BoundingBox | None = None
    confidence: float | None = None
    dominant_colors: list[DominantColor] | None = None


class Parent(PascalLeaf):
    """A parent label of a label. API shape: ``Parent``."""

    name: str | None = None


class LabelAlias(PascalLeaf):
    """An alias of a label. API shape: ``LabelAlias``."""

    name: str | None = None


class LabelCategory(PascalLeaf):
    """A category of a label. API shape: ``LabelCategory``."""

    name: str | None = None


class Label(PascalResponse):
    """A detected object, scene, action or concept. API shape: ``Label``.

    Attributes:
        name: the name, such as ``Dog``.
        confidence: 0 to 100.
        instances: the instances of the label with their positions, for common objects.
        parents: the parent labels.
        aliases: the aliases.
        categories: the categories.

    Example:
        >>> Label(name="Dog", confidence=98.5).name
        'Dog'
    """

    name: str | None = None
    confidence: float | None = None
    instances: list[Instance] | None = None
    parents: list[Parent] | None = None
    aliases: list[LabelAlias] | None = None
    categories: list[LabelCategory] | None = None


class LabelDetection(PascalResponse):
    """A label at a time in the video. API shape: ``LabelDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video, if aggregated by ``TIMESTAMPS``.
        label: the detected label.
        start_timestamp_millis: start in milliseconds, if aggregated by ``SEGMENTS``.
        end_timestamp_millis: end in milliseconds, if aggregated by ``SEGMENTS``.
        duration_millis: length in milliseconds, if aggregated by ``SEGMENTS``.

    Example:
        >>> LabelDetection(timestamp=1200, label=Label(name="Dog")).timestamp
        1200
    """

    timestamp: int | None = None
    label: Label | None = None
    start_timestamp_millis: int | None = None
    end_timestamp_millis: int | None = None
    duration_millis: int | None = None


class GetLabelDetectionRequestMetadata(PascalResponse):
    """How the results are sorted and aggregated. API shape of the same name."""

    sort_by: Open[LabelDetectionSortBy] | None = None
    aggregate_by: Open[LabelDetectionAggregateBy] | None = None


class GetLabelDetectionResponse(VideoJobPage):
    """A page of labels. API operation: ``GetLabelDetection``.

    Attributes:
        labels: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
        label_model_version: the version of the model that detected the labels.
        get_request_metadata: how the results are sorted and aggregated.
    """

    labels: list[LabelDetection] = Field(default_factory=list[LabelDetection])
    video_metadata: VideoMetadata | None = None
    label_model_version: str | None = None
    get_request_metadata: GetLabelDetectionRequestMetadata | None = None

    @property
    def items(self) -> list[LabelDetection]:
        """The labels."""
        return self.labels


LABEL_DETECTION = JobKind(
    "label_detection",
    Operation("rekognition", "StartLabelDetection", StartResponse),
    Operation("rekognition", "GetLabelDetection", GetLabelDetectionResponse),
    GetLabelDetectionRequest,
)
