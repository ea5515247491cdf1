"""Content moderation: ``StartContentModeration`` and ``GetContentModeration``."""

from typing import Annotated, Literal

from pydantic import Field

from vidkit.calls.operation import Operation
from vidkit.models.responses import OPEN, PascalResponse
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
    """What kind of content was found. API shape: ``ModerationLabel``.

    Attributes:
        confidence: 0 to 100.
        name: such as ``Weapons``.
        parent_name: the label above it; ``""`` at the top.
        taxonomy_level: how far below the top, from 1 at the top to 3.

    Example:
        >>> ModerationLabel(name="Weapons", parent_name="Violence", taxonomy_level=2).name
        'Weapons'
    """

    confidence: float | None = None
    name: str | None = None
    parent_name: str | None = None
    taxonomy_level: int | None = None


class ContentType(PascalResponse):
    """What the picture comes from, such as animation. API shape: ``ContentType``."""

    confidence: float | None = None
    name: str | None = None


class ContentModerationDetection(PascalResponse):
    """A moderation label and when it was seen. API shape: ``ContentModerationDetection``.

    Attributes:
        timestamp: milliseconds from the start of the video.
        moderation_label: what was found.
        start_timestamp_millis: start in milliseconds, aggregated by ``SEGMENTS``.
        end_timestamp_millis: end in milliseconds, likewise.
        duration_millis: length in milliseconds, likewise.
        content_types: what the picture comes from.

    Example:
        >>> found = ContentModerationDetection(
        ...     timestamp=480, moderation_label=ModerationLabel(name="Weapons")
        ... )
        >>> found.moderation_label.name
        'Weapons'
    """

    timestamp: int | None = None
    moderation_label: ModerationLabel | None = None
    start_timestamp_millis: int | None = None
    end_timestamp_millis: int | None = None
    duration_millis: int | None = None
    content_types: list[ContentType] | None = None


class GetContentModerationRequestMetadata(PascalResponse):
    """How the answer is sorted and aggregated. API shape of the same name."""

    sort_by: Annotated[ContentModerationSortBy | str, OPEN] | None = None
    aggregate_by: Annotated[ContentModerationAggregateBy | str, OPEN] | None = None


class GetContentModerationResponse(VideoJobPage):
    """A page of moderation labels. API operation: ``GetContentModeration``.

    Attributes:
        moderation_labels: the page's items, also as ``items``.
        video_metadata: what the video is.
        moderation_model_version: the version of the model that looked.
        get_request_metadata: how the answer is sorted and aggregated.
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
