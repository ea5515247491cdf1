"""Kinesis video streams made of video files."""

import re
from datetime import datetime
from pathlib import Path

from vidkit.local.state import Identity, Stream

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,256}")


def make_stream(
    identity: Identity, name: str, path: str | Path, *, start_timestamp: datetime
) -> Stream:
    """A stream whose media is one video file (blocking: looks at the file).

    Args:
        identity: the account and region the stream belongs to.
        name: the stream's name: letters, digits, ``_``, ``.``, ``-``, 256 at the most.
        path: the video file.
        start_timestamp: when the file's first frame was taken, with a time zone.

    Raises:
        ValueError: the name is not allowed, or the timestamp has no time zone.
        FileNotFoundError: there is no such file.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no stream name: letters, digits, '_', '.', '-', at most 256")
    if start_timestamp.utcoffset() is None:
        raise ValueError("start_timestamp must have a time zone")
    file = Path(path).absolute()
    if not file.is_file():
        raise FileNotFoundError(f"there is no video file {file}")
    created = round(start_timestamp.timestamp() * 1000)
    arn = f"arn:aws:kinesisvideo:{identity.region}:{identity.account_id}:stream/{name}/{created}"
    return Stream(name, arn, file, start_timestamp)
