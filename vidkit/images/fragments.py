"""Parameters and responses of ListFragments."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from vidkit.images.models import ImageSelectorType, StreamRequest
from vidkit.models.requests import AwareDatetime
from vidkit.models.responses import PascalResponse
from vidkit.models.timestamps import EpochSecondsInMillis

__all__ = ["Fragment", "ListFragmentsRequest", "ListFragmentsResponse"]


class Fragment(PascalResponse):
    """A fragment: a few seconds of a stream as recorded. API shape: ``Fragment``.

    Attributes:
        fragment_number: its id, a long number that grows with each fragment ingested.
        fragment_size_in_bytes: the size of its media and its metadata, in bytes.
        producer_timestamp: when it begins by the producer's clock, UTC, to the millisecond.
        server_timestamp: when it begins by the server's clock, UTC, to the millisecond.
        fragment_length_in_milliseconds: its playback duration, in milliseconds. The service leaves
            out the time of the last frame, and may return 0 for a fragment with media.

    Example:
        >>> from datetime import UTC, datetime
        >>> fragment = Fragment(
        ...     server_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        ...     fragment_length_in_milliseconds=2000,
        ... )
        >>> fragment.producer_timestamp is None
        True
    """

    fragment_number: str | None = None
    fragment_size_in_bytes: int | None = None
    producer_timestamp: EpochSecondsInMillis | None = None
    server_timestamp: EpochSecondsInMillis | None = None
    fragment_length_in_milliseconds: int | None = None


class ListFragmentsResponse(PascalResponse):
    """A page of fragments, in no order. API operation: ``ListFragments``.

    Attributes:
        fragments: the page's items, also as ``items``.
        next_token: the token of the next page; None on the last one.

    Example:
        >>> page = ListFragmentsResponse(fragments=[Fragment(fragment_number="1")])
        >>> page.items[0].fragment_number
        '1'
    """

    fragments: list[Fragment]
    next_token: str | None = None

    @property
    def items(self) -> list[Fragment]:
        """The fragments."""
        return self.fragments


class ListFragmentsRequest(StreamRequest):
    """The parameters of ``ImagesClient.list_fragments``."""

    service: ClassVar[str | None] = "images"

    fragment_selector_type: ImageSelectorType
    start_timestamp: AwareDatetime
    end_timestamp: AwareDatetime
    max_results: Annotated[int, Field(ge=1, le=1000, strict=True)]

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if self.end_timestamp < self.start_timestamp:
            raise ValueError(
                f"end_timestamp={self.end_timestamp.isoformat()}: must not be before "
                f"start_timestamp={self.start_timestamp.isoformat()}"
            )
        return self

    def wire_params(self, token: str | None = None) -> dict[str, Any]:
        """The members of the request for one page, under their wire names."""
        params: dict[str, Any] = {
            "MaxResults": self.max_results,
            "FragmentSelector": {
                "FragmentSelectorType": self.fragment_selector_type,
                "TimestampRange": {
                    "StartTimestamp": self.start_timestamp,
                    "EndTimestamp": self.end_timestamp,
                },
            },
        }
        return params | self.stream_params() | ({} if token is None else {"NextToken": token})
