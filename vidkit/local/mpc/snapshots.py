"""The pictures of a snapshot task, taken from the video itself."""

import io
import math
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path

from PIL import Image

from vidkit.local.mpc.parameters import DEFAULT_INTERVAL, DEFAULT_MAX_LENGTH, SnapshotRequest
from vidkit.local.video import media


@dataclass(frozen=True, slots=True)
class Picture:
    """One snapshot as a JPG file."""

    name: str
    content: bytes


def take_pictures(request: SnapshotRequest, path: Path) -> list[Picture]:
    """The pictures that a request asks for, in the order of its points (blocking).

    TIME takes one every ``time`` seconds from ``start_time`` on, before ``start_time`` +
    ``duration`` where there is a duration, and only the first one when the task is synchronous.
    Points beyond the end of the video give no picture.

    With ``amount``, a frame is black when at least that percentage of its pixels is darker than
    ``threshold``. The point then gets the first frame after it that is not black, and keeps its
    name; it is left out when all frames are black until the next point is due (``time`` seconds
    for TIME, twelve seconds for DOTS and DOTS_MS).

    Raises:
        media.NotAVideoError: the file holds no video.
    """
    info = media.probe(path)
    size = picture_size(request, info.width, info.height)
    points = list(_points(request, info.duration))
    if request.amount is None:
        frames = media.frames_at(path, points)
    else:
        frames = (_first_bright(request, path, point) for point in points)
    return [
        Picture(_name(request, point), media.encode(frame, format="JPEG", size=size))
        for point, frame in zip(points, frames, strict=True)
        if frame is not None
    ]


def picture_size(request: SnapshotRequest, width: int, height: int) -> tuple[int, int]:
    """The size of the pictures of a video of this size.

    Width and height hold when both are given, whatever that does to the aspect ratio. One of
    them alone holds, and the other follows, unless ``max_length`` is given. Otherwise the longer
    side becomes ``max_length``, which is 480 by default; 0 leaves the video's own size.
    """
    if request.width and request.height:
        return request.width, request.height
    if request.max_length is None and request.width:
        return request.width, _even(Fraction(request.width * height, width))
    if request.max_length is None and request.height:
        return _even(Fraction(request.height * width, height)), request.height
    longest = DEFAULT_MAX_LENGTH if request.max_length is None else request.max_length
    return media.fit(width, height, max_length=longest) if longest else (width, height)


def pack(pictures: Sequence[Picture], *, modified: datetime) -> bytes:
    """The pictures as one TAR."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for picture in pictures:
            entry = tarfile.TarInfo(picture.name)
            entry.size = len(picture.content)
            entry.mtime = int(modified.timestamp())
            archive.addfile(entry, io.BytesIO(picture.content))
    return content.getvalue()


def _points(request: SnapshotRequest, duration: float) -> Iterator[int]:
    """The points to take pictures at, in milliseconds."""
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


def _first_bright(request: SnapshotRequest, path: Path, point: int) -> Image.Image | None:
    line = media.timeline(path)
    shown = line.frame_at(point)
    if shown is None:
        return None
    window = request.interval if request.type == "TIME" else DEFAULT_INTERVAL
    offsets = [point]
    for ticks in line.times[shown + 1 :]:
        offset = math.ceil((ticks - line.times[0]) * line.time_base * 1000)
        if offset >= point + window * 1000:
            break
        offsets.append(offset)
    for frame in media.frames_at(path, offsets):
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
