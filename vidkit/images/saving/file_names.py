"""Names of image files: by their time, sortable, and good on every file system. Pure functions."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from vidkit.images.models import ImageFormat
from vidkit.models.timestamps import from_millis, to_millis
from vidkit.transports.redaction import REDACTED, redacted

__all__ = ["file_name", "is_leftover", "part_name", "shown", "time_reader"]

_ENDINGS: dict[ImageFormat, str] = {"JPEG": ".jpg", "PNG": ".png"}
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9]{3}Z"
_USER = re.compile(r"(?<=://)[^/\s]*@")
_PART = re.compile(rf"\.{_TIME}\.(jpg|png)\.[0-9a-f]{{16}}\.part")


def file_name(millis: int, format: ImageFormat) -> str:
    """The name of an image's file.

    Example:
        >>> file_name(1_777_636_800_000, "JPEG")
        '2026-05-01T12-00-00.000Z.jpg'
    """
    text = from_millis(millis).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text.replace(':', '-')}Z{_ENDINGS[format]}"


def time_reader(format: ImageFormat) -> Callable[[str], int | None]:
    """What tells an image's time in milliseconds by its file's name; None of any other name.

    Example:
        >>> time_reader("PNG")("1970-01-01T00-00-01.500Z.png")
        1500
    """
    pattern = re.compile(_TIME + re.escape(_ENDINGS[format]))

    def read(name: str) -> int | None:
        if not pattern.fullmatch(name):
            return None
        try:
            moment = datetime.fromisoformat(f"{name[:11]}{name[11:23].replace('-', ':')}")
        except ValueError:
            return None
        return to_millis(moment.replace(tzinfo=UTC))

    return read


def part_name(name: str, unique: str) -> str:
    """The name that a file has until it is whole.

    Args:
        name: the file's name.
        unique: 16 hexadecimal digits.
    """
    return f".{name}.{unique}.part"


def is_leftover(name: str) -> bool:
    """Whether a file is one that was not finished."""
    return _PART.fullmatch(name) is not None


def shown(text: str) -> str:
    """A target, or what somebody says of it, as it may stand in a message.

    Example:
        >>> shown("sftp://me:secret@example.org/frames")
        'sftp://***@example.org/frames'
    """
    return redacted(_USER.sub(f"{REDACTED}@", text))
