"""Names of image files: timestamps that sort and suit every file system. Pure functions."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from vidkit.images.models import ImageFormat
from vidkit.models.timestamps import from_millis, to_millis
from vidkit.transports.redaction import REDACTED, redacted

__all__ = ["file_name", "is_part_name", "redacted_target", "timestamp_parser"]

_SUFFIXES: dict[ImageFormat, str] = {"JPEG": ".jpg", "PNG": ".png"}
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9]{3}Z"
_USER_INFO = re.compile(r"(?<=://)[^/\s]*@")
_PART_NAME = re.compile(rf"\.{_TIMESTAMP}\.(jpg|png)\.[0-9a-f]{{16}}\.part")


def file_name(millis: int, format: ImageFormat) -> str:
    """The name of an image's file.

    Example:
        >>> file_name(1_777_636_800_000, "JPEG")
        '2026-05-01T12-00-00.000Z.jpg'
    """
    text = from_millis(millis).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text.replace(':', '-')}Z{_SUFFIXES[format]}"


def timestamp_parser(format: ImageFormat) -> Callable[[str], int | None]:
    """A function that returns the timestamp in a file's name, in milliseconds.

    It returns None for a name that is not an image's.

    Example:
        >>> timestamp_parser("PNG")("1970-01-01T00-00-01.500Z.png")
        1500
    """
    pattern = re.compile(_TIMESTAMP + re.escape(_SUFFIXES[format]))

    def parse(name: str) -> int | None:
        if not pattern.fullmatch(name):
            return None
        try:
            timestamp = datetime.fromisoformat(f"{name[:11]}{name[11:23].replace('-', ':')}")
        except ValueError:
            return None
        return to_millis(timestamp.replace(tzinfo=UTC))

    return parse


def is_part_name(name: str) -> bool:
    """Whether a name is that of an incomplete file."""
    return _PART_NAME.fullmatch(name) is not None


def redacted_target(text: str) -> str:
    """A target, or an error message about it, without secrets.

    Example:
        >>> redacted_target("sftp://me:secret@example.org/frames")
        'sftp://***@example.org/frames'
    """
    return redacted(_USER_INFO.sub(f"{REDACTED}@", text))
