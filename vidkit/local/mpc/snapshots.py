"""The pictures of a snapshot task, decoded from the video."""

import io
import math
import tarfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path

from PIL import Image

from vidkit.local.mpc.parameters import (
    DEFAULT_INTERVAL_SECONDS,
    DEFAULT_MAX_LENGTH_PIXELS,
    SnapshotRequest,
)
from vidkit.local.runtime.worker_threads import checkpoint
from vidkit.local.video import media

PATIENCE_SECONDS = 10.0
"""The seconds that the pictures of one task may take, before those for each frame."""

PATIENCE_SECONDS_PER_FRAME = 0.02
"""The seconds added to the limit for each frame of the video."""

MAX_POINTS = 100_000
"""The most pictures of a task; a day has 86,400 seconds."""


class TooSlowError(Exception):
    """A file takes much more work than its number of frames explains; it is probably damaged."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One snapshot as a JPG file."""

    name: str
    content: bytes


def take_pictures(
    request: SnapshotRequest, path: Path, *, square_pixels: bool = True
) -> list[Picture]:
    """The pictures of a request, in the order of its points (blocking).

    The pictures have the size of ``picture_size``, of the video in square pixels or as stored.
    TIME takes one every ``time`` seconds from ``start_time`` on, before ``start_time`` +
    ``duration`` if there is a duration, and only the first one when the task is synchronous.
    Points beyond the end of the video give no picture.

    With ``amount``, a frame is black when at least that percentage of its pixels is darker than
    ``threshold``. The point then gets the first later frame that is not black, and keeps its
    name. It gets no picture when all frames are black up to the next point (``time`` seconds for
    TIME, twelve seconds for DOTS and DOTS_MS).

    A damaged file can claim hours between two frames, and so cause an endless number of pictures.
    The work therefore stops after :data:`PATIENCE_SECONDS` and :data:`PATIENCE_SECONDS_PER_FRAME`
    for each frame, and does not start when there are more than :data:`MAX_POINTS` points.

    Raises:
        media.NotAVideoError: the file contains no video.
        TooSlowError: the work took too long, or would take too long.
    """
    info = media.probe(path, square_pixels=square_pixels)
    patience = _Patience(PATIENCE_SECONDS + PATIENCE_SECONDS_PER_FRAME * info.frame_count)
    size = picture_size(request, info.width, info.height)
    points = list(islice(_points(request, info.duration), MAX_POINTS + 1))
    if len(points) > MAX_POINTS:
        raise TooSlowError
    if request.amount is None:
        frames = media.frames_at(path, points, square_pixels=False)
    else:
        frames = (_first_bright(request, path, point, patience) for point in points)
    pictures: list[Picture] = []
    for point, frame in zip(points, frames, strict=True):
        patience.check()
        if frame is not None:
            # This stretches stored pixels straight to the size of the picture.
            content = media.encode(frame, format="JPEG", size=size)
            pictures.append(Picture(_name(request, point), content))
    return pictures


class _Patience:
    """A limit for the time that a thread works on a file.

    Args:
        seconds: the limit.
    """

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        """Stop the work when it has taken too long, or when its caller was cancelled.

        Raises:
            TooSlowError: it has taken too long.
            AbandonedError: the caller was cancelled.
        """
        checkpoint()
        if time.monotonic() > self._until:
            raise TooSlowError


def picture_size(request: SnapshotRequest, width: int, height: int) -> tuple[int, int]:
    """The size of the pictures of a video of this size.

    When the request has a width and a height, they are the size, whatever the aspect ratio. When
    it has only one of them and no ``max_length``, the other keeps the aspect ratio. Otherwise the
    longer side becomes ``max_length``, which is 480 by default; 0 keeps the video's own size.
    """
    if request.width and request.height:
        return request.width, request.height
    if request.max_length is None and request.width:
        return request.width, _even(Fraction(request.width * height, width))
    if request.max_length is None and request.height:
        return _even(Fraction(request.height * width, height)), request.height
    longest = DEFAULT_MAX_LENGTH_PIXELS if request.max_length is None else request.max_length
    return media.fit(width, height, max_length=longest) if longest else (width, height)


def pack(pictures: Sequence[Picture], *, modified: datetime) -> bytes:
    """The pictures in one TAR file."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for picture in pictures:
            entry = tarfile.TarInfo(picture.name)
            entry.size = len(picture.content)
            entry.mtime = int(modified.timestamp())
            archive.addfile(entry, io.BytesIO(picture.content))
    return content.getvalue()


def _points(request: SnapshotRequest, duration: float) -> Iterator[int]:
    """The points in time of the pictures, in milliseconds."""
    if request.type == "DOTS_MS":
        yield from request.points
        return
    if request.type == "DOTS":
        yield from (point * 1000 for point in request.points)
        return
    end = math.ceil(duration)
    if request.duration:
        end = min(end, request.start_time + request.duration)
    seconds = range(request.start_time, end, request.interval)
    yield from (second * 1000 for second in islice(seconds, 1 if request.synchronous else None))


def _first_bright(
    request: SnapshotRequest, path: Path, point: int, patience: _Patience
) -> Image.Image | None:
    line = media.timeline(path)
    frame_number = line.frame_at(point)
    if frame_number is None:
        return None
    window = request.interval if request.type == "TIME" else DEFAULT_INTERVAL_SECONDS
    offsets = [point]
    for ticks in line.times[frame_number + 1 :]:
        offset = math.ceil((ticks - line.times[0]) * line.time_base * 1000)
        if offset >= point + window * 1000:
            break
        offsets.append(offset)
    for frame in media.frames_at(path, offsets, square_pixels=False):
        patience.check()
        if frame is not None and not is_black(frame, request.amount or 0, request.threshold):
            return frame
    return None


def is_black(image: Image.Image, amount: int, threshold: int) -> bool:
    """Whether ``amount`` percent of the pixels or more are darker than ``threshold``."""
    histogram = image.convert("L").histogram()
    return 100 * sum(histogram[:threshold]) >= amount * sum(histogram)


def _name(request: SnapshotRequest, point: int) -> str:
    return f"{request.stem}.jpg" if request.single else f"{request.stem}_{point // 1000}.jpg"


def _even(side: Fraction) -> int:
    return max(2, 2 * round(side / 2))
