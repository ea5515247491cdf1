"""Parameters and responses of GetImages and GetDataEndpoint."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

import pybase64
from pydantic import (
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from vidkit.images.grid import Grid
from vidkit.models.open_enums import Open
from vidkit.models.requests import AwareDatetime, PascalRequest
from vidkit.models.responses import PascalResponse, ResponseModel
from vidkit.models.timestamps import EpochSecondsInMillis, to_millis

__all__ = [
    "EpochSecondsInMillis",
    "GetDataEndpointResponse",
    "GetImagesRequest",
    "GetImagesResponse",
    "Image",
    "ImageError",
    "ImageFormat",
    "ImagePage",
    "ImageSelectorType",
    "StreamRequest",
]

ImageSelectorType = Literal["PRODUCER_TIMESTAMP", "SERVER_TIMESTAMP"]
ImageFormat = Literal["JPEG", "PNG"]
ImageError = Literal["NO_MEDIA", "MEDIA_ERROR"]

_MIN_INTERVAL = timedelta(milliseconds=200)
_MILLISECOND = timedelta(milliseconds=1)
# The end of a window lies a millisecond past its last point.
_MAX_END_TIMESTAMP = datetime.max.replace(tzinfo=UTC) - _MILLISECOND


def _from_base64(value: Any, handler: ValidatorFunctionWrapHandler) -> bytes:
    if isinstance(value, str):
        try:
            return pybase64.b64decode(value, validate=True)
        except ValueError:
            # pydantic is slower, but accepts other alphabets and says what is invalid.
            pass
    decoded: bytes = handler(value)
    return decoded


_Base64 = Annotated[bytes, WrapValidator(_from_base64)]


class Image(PascalResponse):
    """One sampling point of a stream. API shape: ``Image``.

    Attributes:
        timestamp: the timestamp that the service returns, UTC, to the millisecond.
        error: why there is no image: ``NO_MEDIA`` (nothing was recorded then) or ``MEDIA_ERROR``
            (no image can be made of what was recorded); None if there is an image.
        content: the encoded image (JPEG or PNG); None if there is no image.

    Example:
        >>> from datetime import UTC, datetime
        >>> Image(timestamp=datetime(2026, 1, 1, tzinfo=UTC), error="NO_MEDIA").content is None
        True
    """

    timestamp: EpochSecondsInMillis = Field(
        validation_alias="TimeStamp", serialization_alias="TimeStamp"
    )
    error: Open[ImageError] | None = None
    content: _Base64 | None = Field(
        default=None, validation_alias="ImageContent", serialization_alias="ImageContent"
    )

    def __repr__(self) -> str:
        result = self.error or f"{len(self.content or b'')} bytes"
        return f"<Image {self.timestamp.isoformat(timespec='milliseconds')} {result}>"

    # An image is too large to be printed.
    __str__ = __repr__


class GetImagesResponse(PascalResponse):
    """One page of a window. API operation: ``GetImages``."""

    images: list[Image]
    next_token: str | None = None


class GetDataEndpointResponse(PascalResponse):
    """A stream's data endpoint for one API. API operation: ``GetDataEndpoint``."""

    data_endpoint: str = Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")


class ImagePage(ResponseModel):
    """The images of one window of the range.

    Attributes:
        items: the images, in time order.
        next_token: the token of the next window; None at the end of the range.

    Example:
        ```python
        async for page in kit.images.get_images(...).pages():
            print(len(page.items), page.next_token)
        ```
    """

    items: tuple[Image, ...]
    next_token: str | None = None


class StreamRequest(PascalRequest):
    """The parameters that identify a stream: its name or its ARN."""

    stream_name: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=256, pattern=r"^[a-zA-Z0-9_.-]+$")
        ]
        | None
    ) = None
    stream_arn: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = Field(
        default=None, serialization_alias="StreamARN"
    )

    @field_validator("stream_arn")
    @classmethod
    def _is_stream_arn(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(
            r"arn:[a-z\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+", value
        ):
            raise ValueError(
                "must be arn:<partition>:kinesisvideo:<region>:<account>:stream/<name>/<number>"
            )
        return value

    @model_validator(mode="after")
    def _one_of_name_and_arn(self) -> Self:
        if (self.stream_name is None) == (self.stream_arn is None):
            given = "neither" if self.stream_name is None else "both"
            raise ValueError(f"stream_name, stream_arn: give exactly one of them; {given} given")
        return self

    @property
    def stream(self) -> str:
        """The stream's name or ARN, the one that was given."""
        return self.stream_name or self.stream_arn or ""

    def stream_params(self) -> dict[str, Any]:
        """The member that identifies the stream, under its wire name."""
        if self.stream_name is not None:
            return {"StreamName": self.stream_name}
        return {"StreamARN": self.stream_arn}


class GetImagesRequest(StreamRequest):
    """The parameters of ``get_images`` and ``save_images``, which make many API calls."""

    service: ClassVar[str | None] = "images"

    start_timestamp: AwareDatetime
    end_timestamp: AwareDatetime
    sampling_interval: timedelta
    image_selector_type: ImageSelectorType
    format: ImageFormat
    jpeg_quality: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    width_pixels: Annotated[int, Field(ge=1, le=3840, strict=True)] | None = None
    height_pixels: Annotated[int, Field(ge=1, le=2160, strict=True)] | None = None
    max_results: Annotated[int, Field(ge=1, le=25, strict=True)]
    concurrency: Annotated[int, Field(ge=1, le=64, strict=True)]
    skip_gaps: Annotated[bool, Field(strict=True)] = False

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> Self:
        """The request of a method whose arguments include all fields, under the same names.

        Args:
            arguments: the method's arguments by name; those that are no fields are ignored.
        """
        return cls(**{name: arguments[name] for name in cls.model_fields})

    @field_validator("sampling_interval", mode="before")
    @classmethod
    def _is_timedelta(cls, value: object) -> object:
        # A plain number is ambiguous: the service counts milliseconds, Python counts seconds.
        if not isinstance(value, timedelta):
            raise ValueError("must be a timedelta, such as timedelta(seconds=1)")  # noqa: TRY004
        if value < _MIN_INTERVAL:
            raise ValueError("must be 200 milliseconds or more")
        if value % _MILLISECOND:
            raise ValueError("must be a whole number of milliseconds")
        return value

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        if self.end_timestamp < self.start_timestamp:
            raise ValueError(
                f"end_timestamp={self.end_timestamp.isoformat()}: must not be before "
                f"start_timestamp={self.start_timestamp.isoformat()}"
            )
        if self.end_timestamp > _MAX_END_TIMESTAMP:
            raise ValueError(f"end_timestamp={self.end_timestamp.isoformat()}: too late")
        if (self.width_pixels is None) != (self.height_pixels is None):
            raise ValueError(
                f"width_pixels={self.width_pixels}, height_pixels={self.height_pixels}: "
                "give both or neither"
            )
        if self.jpeg_quality is not None and self.format != "JPEG":
            raise ValueError(
                f"jpeg_quality={self.jpeg_quality}: goes with format='JPEG', not {self.format!r}"
            )
        return self

    @property
    def grid(self) -> Grid:
        """The sampling points."""
        return Grid(
            to_millis(self.start_timestamp),
            to_millis(self.end_timestamp),
            self.sampling_interval // _MILLISECOND,
        )

    def wire_params(self) -> dict[str, Any]:
        """The members that all requests of the range have in common, under their wire names."""
        params: dict[str, Any] = {
            "ImageSelectorType": self.image_selector_type,
            "Format": self.format,
            "SamplingInterval": self.sampling_interval // _MILLISECOND,
            "MaxResults": self.max_results,
        }
        params |= self.stream_params()
        if self.jpeg_quality is not None:
            params["FormatConfig"] = {"JPEGQuality": str(self.jpeg_quality)}
        if self.width_pixels is not None:
            params |= {"WidthPixels": self.width_pixels, "HeightPixels": self.height_pixels}
        return params
