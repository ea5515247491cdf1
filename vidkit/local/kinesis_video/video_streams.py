"""Creation of Kinesis video streams from video files."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit.local.kinesis_video.state import Span, Stream
from vidkit.local.runtime.state import Identity

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,256}")
_LATEST_TIMESTAMP = datetime.max.replace(tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def make_stream(
    identity: Identity,
    name: str,
    path: str | Path,
    *,
    start_timestamp: datetime,
    duration: timedelta | None = None,
    gaps: Iterable[Span] = (),
    audio_only: Iterable[Span] = (),
    producer_offset: timedelta = timedelta(0),
    fragment_duration: timedelta = timedelta(seconds=2),
) -> Stream:
    """A stream whose media is one video file (blocking: checks that the file exists).

    Times are whole milliseconds, as in the service; finer parts are cut off.

    Args:
        identity: the account and region of the stream.
        name: the stream's name: letters, digits, ``_``, ``.``, ``-``, at most 256.
        path: the video file.
        start_timestamp: when the file's first frame was taken, with a time zone, on the server's
            clock, as the spans are.
        duration: how long the stream is; the file is repeated until then. The file's own length
            by default.
        gaps: spans in which nothing was recorded, each from its start until before its end.
        audio_only: spans that were recorded without video; they have no effect within a gap.
        producer_offset: the producer's clock minus the server's.
        fragment_duration: the length of a fragment, unless a gap or the end cuts it short.

    Raises:
        ValueError: the name is not allowed, a time has no time zone, a span ends before it starts,
            a duration is shorter than a millisecond, or the stream would outlast the year 9999.
        FileNotFoundError: the file does not exist.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no stream name: letters, digits, '_', '.', '-', at most 256")
    _require_time_zone("start_timestamp", start_timestamp)
    _require_millisecond("fragment_duration", fragment_duration)
    if duration is not None:
        _require_millisecond("duration", duration)
        if duration > _LATEST_TIMESTAMP - start_timestamp:
            raise ValueError(f"with a duration of {duration} it would outlast the year 9999")
    file = Path(path).absolute()
    if not file.is_file():
        raise FileNotFoundError(f"there is no video file {file}")
    created = round(start_timestamp.timestamp() * 1000)
    arn = f"arn:aws:kinesisvideo:{identity.region}:{identity.account_id}:stream/{name}/{created}"
    return Stream(
        name,
        arn,
        file,
        start_timestamp,
        duration=duration,
        gaps=_spans("gaps", gaps),
        audio_only=_spans("audio_only", audio_only),
        producer_offset=producer_offset,
        fragment_duration=fragment_duration,
    )


def _spans(name: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    checked: list[Span] = []
    for number, span in enumerate(spans):
        try:
            start, end = span
        except (TypeError, ValueError):
            raise ValueError(f"{name}[{number}] must be a start and an end, not {span!r}") from None
        _require_time_zone(f"the start of {name}[{number}]", start)
        _require_time_zone(f"the end of {name}[{number}]", end)
        if end < start:
            raise ValueError(f"{name}[{number}] ends at {end}, before its start at {start}")
        checked.append((start, end))
    return tuple(checked)


def _require_time_zone(name: str, timestamp: datetime) -> None:
    if timestamp.utcoffset() is None:
        raise ValueError(f"{name} must have a time zone; it is {timestamp}")


def _require_millisecond(name: str, length: timedelta) -> None:
    if length < _MILLISECOND:
        raise ValueError(f"{name} must be a millisecond at the least; it is {length}")
