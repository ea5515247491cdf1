"""Text detection: ``StartTextDetection`` and ``GetTextDetection``."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.open_enums import Open
from vidkit.models.requests import PascalRequest
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    Geometry,
    GetRequest,
    Percent,
    Ratio,
    RegionsOfInterest,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "TEXT_DETECTION",
    "DetectionFilter",
    "GetTextDetectionRequest",
    "GetTextDetectionResponse",
    "StartTextDetectionFilters",
    "StartTextDetectionRequest",
    "TextDetection",
    "TextDetectionResult",
    "TextTypes",
]

TextTypes = Literal["LINE", "WORD"]


class DetectionFilter(PascalRequest):
    """The filter on words. API shape: ``DetectionFilter``.

    Attributes:
        min_confidence: the minimum confidence, 0 to 100; the service's default is 80.
        min_bounding_box_height: the minimum height of a word's bounding box, as a ratio of the
            frame's height, 0 to 1.
        min_bounding_box_width: the minimum width of a word's bounding box, as a ratio of the
            frame's width, 0 to 1.

    Example:
        >>> DetectionFilter(min_confidence=90, min_bounding_box_height=0.05).min_confidence
        90.0
    """

    min_confidence: Percent | None = None
    min_bounding_box_height: Ratio | None = None
    min_bounding_box_width: Ratio | None = None


class StartTextDetectionFilters(PascalRequest):
    """Filters of text detection. API shape: ``StartTextDetectionFilters``.

    Attributes:
        word_filter: the filter on words.
        regions_of_interest: the regions of the frame to search, at most 10. A word is returned if
            more than half of it is in one of them.

    Example:
        >>> filters = StartTextDetectionFilters(
        ...     word_filter=DetectionFilter(min_confidence=90)
        ... )
    """

    word_filter: DetectionFilter | None = None
    regions_of_interest: RegionsOfInterest | None = None


class StartTextDetectionRequest(StartRequest):
    """The parameters of ``StartTextDetection``."""

    filters: StartTextDetectionFilters | None = None


class GetTextDetectionRequest(GetRequest):
    """The parameters of ``GetTextDetection``."""


class TextDetection(PascalResponse):
    """A line of text or a word. API shape: ``TextDetection``.

    Attributes:
        detected_text: the text.
        type: ``LINE`` or ``WORD``.
        id: the id, unique among the texts at the same time in the video.
        parent_id: the id of the line that a word belongs to; None for lines.
        confidence: 0 to 100.
        geometry: the position in the frame.

    Example:
        >>> TextDetection(detected_text="EXIT", type="WORD", id=1, parent_id=0).detected_text
        'EXIT'
    """

    detected_text: str | None = None
    type: Open[TextTypes] | None = None
    id: int | None = None
    parent_id: int | None = None
    confidence: float | None = None
    geometry: Geometry | None = None


class TextDetectionResult(PascalResponse):
    """A line or word at a time in the video. API shape: ``TextDetectionResult``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        text_detection: the line or word.

    Example:
        >>> item = TextDetectionResult(
        ...     timestamp=480, text_detection=TextDetection(detected_text="EXIT")
        ... )
        >>> item.text_detection.detected_text
        'EXIT'
    """

    timestamp: int | None = None
    text_detection: TextDetection | None = None


class GetTextDetectionResponse(VideoJobPage):
    """A page of lines and words. API operation: ``GetTextDetection``.

    Attributes:
        text_detections: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
        text_model_version: the version of the model that detected the text.
    """

    text_detections: list[TextDetectionResult] = Field(default_factory=list[TextDetectionResult])
    video_metadata: VideoMetadata | None = None
    text_model_version: str | None = None

    @property
    def items(self) -> list[TextDetectionResult]:
        """The lines and words."""
        return self.text_detections


TEXT_DETECTION = JobKind(
    "text_detection",
    Operation("rekognition", "StartTextDetection", StartResponse),
    Operation("rekognition", "GetTextDetection", GetTextDetectionResponse),
    GetTextDetectionRequest,
)
