"""Content moderation: ``StartContentModeration`` and ``GetContentModeration``."""

from typing import Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.open_enums import Open
from vidkit.models.responses import PascalResponse
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.models import (
    GetRequest,
    Percent,
    StartRequest,
    StartResponse,
    VideoJobPage,
    VideoMetadata,
)

__all__ = [
    "CONTENT_MODERATION",
    "ContentModerationAggregateBy",
    "ContentModerationDetection",
    "ContentModerationSortBy",
    "ContentType",
    "GetContentModerationRequest",
    "GetContentModerationRequestMetadata",
    "GetContentModerationResponse",
    "ModerationLabel",
    "StartContentModerationRequest",
]

ContentModerationSortBy = Literal["NAME", "TIMESTAMP"]
ContentModerationAggregateBy = Literal["TIMESTAMPS", "SEGMENTS"]


class StartContentModerationRequest(StartRequest):
    """The parameters of ``StartContentModeration``."""

    min_confidence: Percent | None = None


class GetContentModerationRequest(GetRequest):
    """The parameters of ``GetContentModeration``."""

    sort_by: ContentModerationSortBy | None = None
    aggregate_by: ContentModerationAggregateBy | None = None


class ModerationLabel(PascalResponse):
    """A type of inappropriate content. API shape: ``ModerationLabel``.

    Attributes:
        confidence: 0 to 100.
        name: the name, such as ``Weapons``.
        parent_name: the parent label; ``""`` for a label of the top level.
        taxonomy_level: the level in the taxonomy, from 1 for the top level to 3.

    Example:
        >>> ModerationLabel(name="Weapons", parent_name="Violence", taxonomy_level=2).name
        'Weapons'
    """

    confidence: float | None = None
    name: str | None = None
    parent_name: str | None = None
    taxonomy_level: int | None = None


class ContentType(PascalResponse):
    """A content type, such as animation. API shape: ``ContentType``."""

    confidence: float | None = None
    name: str | None = None


class ContentModerationDetection(PascalResponse):
    """A moderation label at a time in the video. API shape: ``ContentModerationDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        moderation_label: the detected moderation label.
        start_timestamp_millis: start in milliseconds, if aggregated by ``SEGMENTS``.
        end_timestamp_millis: end in milliseconds, if aggregated by ``SEGMENTS``.
        duration_millis: length in milliseconds, if aggregated by ``SEGMENTS``.
        content_types: the content types.

    Example:
        >>> item = ContentModerationDetection(
        ...     timestamp=480, moderation_label=ModerationLabel(name="Weapons")
        ... )
        >>> item.moderation_label.name
        'Weapons'
    """

    timestamp: int | None = None
    moderation_label: ModerationLabel | None = None
    start_timestamp_millis: int | None = None
    end_timestamp_millis: int | None = None
    duration_millis: int | None = None
    content_types: list[ContentType] | None = None


class GetContentModerationRequestMetadata(PascalResponse):
    """How the results are sorted and aggregated. API shape of the same name."""

    sort_by: Open[ContentModerationSortBy] | None = None
    aggregate_by: Open[ContentModerationAggregateBy] | None = None


class GetContentModerationResponse(VideoJobPage):
    """A page of moderation labels. API operation: ``GetContentModeration``.

    Attributes:
        moderation_labels: the page's items, also as ``items``.
        video_metadata: the metadata of the analyzed video.
        moderation_model_version: the version of the model that detected the labels.
        get_request_metadata: how the results are sorted and aggregated.
    """

    moderation_labels: list[ContentModerationDetection] = Field(
        default_factory=list[ContentModerationDetection]
    )
    video_metadata: VideoMetadata | None = None
    moderation_model_version: str | None = None
    get_request_metadata: GetContentModerationRequestMetadata | None = None

    @property
    def items(self) -> list[ContentModerationDetection]:
        """The moderation labels."""
        return self.moderation_labels


CONTENT_MODERATION = JobKind(
    "content_moderation",
    Operation("rekognition", "StartContentModeration", StartResponse),
    Operation("rekognition", "GetContentModeration", GetContentModerationResponse),
    GetContentModerationRequest,
)
