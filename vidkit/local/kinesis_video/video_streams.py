"""Kinesis video streams made of video files."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit.local.runtime.state import Identity, Span, Stream

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,256}")
_LAST = datetime.max.replace(tzinfo=UTC)
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
    """A stream whose media is one video file (blocking: looks at the file).

    Times count in whole milliseconds, as they do in the service; what is finer is cut off.

    Args:
        identity: the account and region the stream belongs to.
        name: the stream's name: letters, digits, ``_``, ``.``, ``-``, 256 at the most.
        path: the video file.
        start_timestamp: when the file's first frame was taken, with a time zone, on the server's
            clock, as the spans are.
        duration: how long the stream lasts; the file comes again and again until then. Its own
            length by default.
        gaps: the spans in which nothing was recorded, each from its first moment until before its
            second.
        audio_only: the spans that were recorded without pictures; within a gap they are nothing.
        producer_offset: the producer's clock minus the server's.
        fragment_duration: how long a fragment is, unless a gap or the end cuts it short.

    Raises:
        ValueError: the name is not allowed, a time has no time zone, a span ends before it starts,
            a duration is shorter than a millisecond, or the stream would outlast the year 9999.
        FileNotFoundError: there is no such file.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no stream name: letters, digits, '_', '.', '-', at most 256")
    _require_zone("start_timestamp", start_timestamp)
    _require_length("fragment_duration", fragment_duration)
    if duration is not None:
        _require_length("duration", duration)
        if duration > _LAST - start_timestamp:
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
        _require_zone(f"the start of {name}[{number}]", start)
        _require_zone(f"the end of {name}[{number}]", end)
        if end < start:
            raise ValueError(f"{name}[{number}] ends at {end}, before its start at {start}")
        checked.append((start, end))
    return tuple(checked)


def _require_zone(name: str, moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError(f"{name} must have a time zone; it is {moment}")


def _require_length(name: str, length: timedelta) -> None:
    if length < _MILLISECOND:
        raise ValueError(f"{name} must be a millisecond at the least; it is {length}")
