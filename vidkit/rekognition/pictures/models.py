"""A picture in a request: bytes, an image of a stream, or an object in S3."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeAlias, runtime_checkable

from pydantic import BeforeValidator, Field

from vidkit.models.requests import PascalRequest
from vidkit.rekognition.models import S3ObjectRequest

__all__ = [
    "MAX_PICTURE_BYTES",
    "FaceAttribute",
    "OrientationCorrection",
    "Picture",
    "PictureContent",
    "PictureSource",
    "QualityFilter",
    "RequestImage",
    "S3Image",
]

MAX_PICTURE_BYTES = 5 * 1024**2
"""The largest picture that can be sent as bytes."""

QualityFilter = Literal["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"]
OrientationCorrection = Literal["ROTATE_0", "ROTATE_90", "ROTATE_180", "ROTATE_270"]
FaceAttribute = Literal[
    "DEFAULT",
    "ALL",
    "AGE_RANGE",
    "BEARD",
    "EMOTIONS",
    "EYE_DIRECTION",
    "EYEGLASSES",
    "EYES_OPEN",
    "GENDER",
    "MOUTH_OPEN",
    "MUSTACHE",
    "FACE_OCCLUDED",
    "SMILE",
    "SUNGLASSES",
]


class S3Image(S3ObjectRequest):
    """A picture that is an object in an S3 bucket, JPEG or PNG. API shape: ``S3Object``.

    Args:
        bucket: the bucket's name, 3 to 255 characters; in the region of the client.
        name: the object's key, 1 to 1024 characters; the object has at most 15 MB.
        version: the object's version; default: the current version.

    Raises:
        RequestError: a parameter is invalid.

    Example:
        >>> S3Image("my-bucket", "faces/anna.jpg")
        S3Image(bucket='my-bucket', name='faces/anna.jpg', version=None)
    """

    # Type checkers make a constructor for each model.
    if TYPE_CHECKING:

        def __init__(self, bucket: str, name: str, *, version: str | None = None) -> None: ...


@runtime_checkable
class PictureContent(Protocol):
    """What has an encoded picture (JPEG or PNG), such as an image of `kit.images`."""

    @property
    def content(self) -> bytes | None:
        """The encoded picture; None if there is none."""
        ...


Picture: TypeAlias = bytes | PictureContent | S3Image
"""A picture to analyze: its bytes, JPEG or PNG, at most 5 MB; an image of ``kit.images``; or an
object in S3 of at most 15 MB."""


class RequestImage(PascalRequest):
    """The picture of a request. API shape: ``Image``."""

    content: bytes | None = Field(default=None, serialization_alias="Bytes")
    s3_object: S3Image | None = None


def _to_request_image(picture: object) -> Any:
    if isinstance(picture, RequestImage):
        return picture
    if isinstance(picture, S3Image):
        return RequestImage(s3_object=picture)
    content: object = picture
    if not isinstance(picture, bytes):
        if not isinstance(picture, PictureContent):
            raise ValueError("must be bytes, an image of kit.images, or S3Image")  # noqa: TRY004
        content = picture.content
        if content is None:
            raise ValueError("has no content, so there is no picture to send")
    if not isinstance(content, bytes):
        raise ValueError("its content must be bytes")  # noqa: TRY004
    if not 1 <= len(content) <= MAX_PICTURE_BYTES:
        raise ValueError(
            f"has {len(content)} bytes; 1 to {MAX_PICTURE_BYTES} (5 MB) are allowed, "
            "and as an S3Image up to 15 MB"
        )
    return RequestImage(content=content)


if TYPE_CHECKING:
    PictureSource: TypeAlias = RequestImage | Picture
else:
    PictureSource = Annotated[RequestImage, BeforeValidator(_to_request_image)]
"""The field of a request that takes a picture."""
