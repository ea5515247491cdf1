"""Parameters of the thumbnails operations, checked before they are sent.

They have the API's own names.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StringConstraints,
    model_validator,
)

from vidkit.models.requests import AwareDatetime, RequestModel
from vidkit.mpc.models import COMPACT_TIME_FORMAT, TaskStatus

__all__ = [
    "MAX_IDS_PER_CALL",
    "MAX_PAGE_NUMBER",
    "CreateThumbnailsTaskRequest",
    "ListThumbnailsTaskRequest",
    "ObsObjInfo",
    "TaskIdRequest",
    "ThumbnailPara",
    "ThumbnailType",
    "compact_time",
]

ThumbnailType = Literal["TIME", "DOTS", "DOTS_MS"]

MAX_IDS_PER_CALL = 10
"""How many ids of tasks one ``ListThumbnailsTask`` takes."""

MAX_PAGE_NUMBER = 50_000
"""The highest number of a page of ``ListThumbnailsTask``."""

_MAX_DOTS = 10
_INT32_MAX = 2**31 - 1
_TO_END = "ToEND"
_SECOND = timedelta(seconds=1)
_MILLISECOND = timedelta(milliseconds=1)


def compact_time(timestamp: datetime) -> str:
    """A timestamp in the API's format for queries: ``yyyymmddhhmmss``, UTC."""
    # Only some systems pad years before 1000.
    return timestamp.astimezone(UTC).strftime(COMPACT_TIME_FORMAT).rjust(14, "0")


def _reject_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be 0 or 1, as the API has it: 0 is not always a no")  # noqa: TRY004
    return value


_Flag = Annotated[Literal[0, 1], BeforeValidator(_reject_bool)]


def _duration(unit: timedelta, least: int, most: int, *, to_end: bool = False) -> Any:
    """A validator that turns a timedelta into a number of units."""
    name = "seconds" if unit == _SECOND else "milliseconds"

    def check(value: object) -> int:
        if to_end and value == _TO_END:
            # The API documents this word, but its type is a number, where 0 means the same.
            return 0
        if isinstance(value, timedelta):
            number, remainder = divmod(value, unit)
            if remainder:
                raise ValueError(f"must be whole {name}")
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        else:
            word = f", or {_TO_END!r}" if to_end else ""
            raise ValueError(f"must be a whole number of {name}, or a timedelta{word}")  # noqa: TRY004
        if not least <= number <= most:
            raise ValueError(f"must be {least} to {most} {name}")
        return number

    return PlainValidator(check)


_Seconds = Annotated[int | timedelta, _duration(_SECOND, 0, _INT32_MAX)]
_SecondsOrToEnd = Annotated[
    int | timedelta | Literal["ToEND"], _duration(_SECOND, 0, _INT32_MAX, to_end=True)
]
_Milliseconds = Annotated[int | timedelta, _duration(_MILLISECOND, 0, _INT32_MAX)]


def _pixels(least: int, most: int) -> Any:
    def check(value: int) -> int:
        if value != 0 and not least <= value <= most:
            raise ValueError(f"must be 0 (keep the aspect ratio) or {least} to {most}")
        return value

    return AfterValidator(check)


class ObsObjInfo(RequestModel):
    """An object or folder in OBS. API shape: ``ObsObjInfo``.

    Attributes:
        bucket: the bucket's name, 1 to 64 characters.
        location: the bucket's region; it must be MPC's region.
        object: the object key of an input, or the folder of an output.
        file_name: not used by snapshot tasks.

    Raises:
        RequestError: a value is out of range.

    Example:
        >>> ObsObjInfo(bucket="b", location="cn-north-4", object="in/a.mp4").bucket
        'b'
    """

    bucket: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    location: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    object: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    file_name: Annotated[str, StringConstraints(max_length=256)] | None = None


class ThumbnailPara(RequestModel):
    """Which snapshots to take, and how. API shape: ``ThumbnailPara``.

    Attributes:
        type: ``"TIME"``: at regular intervals; ``"DOTS"``: at the seconds of ``dots``;
            ``"DOTS_MS"``: at the millisecond of ``dots_ms``, with ``sync=1`` only. The service's
            default is ``"TIME"``.
        time: the interval in seconds, 1 to 100; the service's default is 12.
        start_time: where ``TIME`` begins, in seconds; the service's default is 0. There are no
            snapshots beyond the video's end.
        duration: for how long ``TIME`` takes snapshots, in seconds. 0 and ``"ToEND"``, which is
            sent as 0, mean up to the video's end; so does the service's default.
        dots: seconds from the video's start, at most 10 of them; only one with ``sync=1``.
        dots_ms: one time in milliseconds from the video's start.
        output_filename: the snapshot's file name, the stem of several, or the TAR file's name; at
            most 256 characters.
        format: 1: JPG, the only format.
        width: pixels, 96 to 3840; 0 keeps the aspect ratio.
        height: pixels, 96 to 2160; 0 keeps the aspect ratio.
        max_length: the longest side in pixels, 240 to 3840; used if width and height are not.
        amount: the percentage of black pixels, 1 to 100, from which a frame counts as black.
        threshold: the value, 0 to 255, below which a pixel counts as black; the service's default
            is 32.

    Times can also be a ``timedelta``: of whole seconds; in ``dots_ms``, of whole milliseconds. The
    model keeps and sends the number.

    Raises:
        RequestError: a value is out of range, or not allowed with this ``type``.

    Example:
        >>> ThumbnailPara(type="DOTS", dots=[1, 5]).dots
        [1, 5]
        >>> ThumbnailPara(time=timedelta(minutes=1), duration="ToEND").time
        60
    """

    type: ThumbnailType | None = None
    time: Annotated[int | timedelta, _duration(_SECOND, 1, 100)] | None = None
    start_time: _Seconds | None = None
    duration: _SecondsOrToEnd | None = None
    dots: Annotated[Sequence[_Seconds], Field(min_length=1, max_length=_MAX_DOTS)] | None = None
    dots_ms: Annotated[Sequence[_Milliseconds], Field(min_length=1, max_length=1)] | None = None
    output_filename: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    format: Literal[1] | None = None
    width: Annotated[int, Field(strict=True), _pixels(96, 3840)] | None = None
    height: Annotated[int, Field(strict=True), _pixels(96, 2160)] | None = None
    max_length: Annotated[int, Field(ge=240, le=3840, strict=True)] | None = None
    amount: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    threshold: Annotated[int, Field(ge=0, le=255, strict=True)] | None = None

    @model_validator(mode="after")
    def _check_dots_with_type(self) -> Self:
        snapshot_type = self.type or "TIME"
        if snapshot_type == "DOTS" and self.dots is None:
            raise ValueError("dots: missing; type='DOTS' needs the seconds to take")
        if snapshot_type == "DOTS_MS" and self.dots_ms is None:
            raise ValueError("dots_ms: missing; type='DOTS_MS' needs the millisecond to take")
        if self.dots is not None and snapshot_type != "DOTS":
            raise ValueError(f"dots: goes with type='DOTS', not {snapshot_type!r}")
        if self.dots_ms is not None and snapshot_type != "DOTS_MS":
            raise ValueError(f"dots_ms: goes with type='DOTS_MS', not {snapshot_type!r}")
        return self


class _MpcRequest(RequestModel):
    service: ClassVar[str | None] = "mpc"


class CreateThumbnailsTaskRequest(_MpcRequest):
    """The parameters of ``CreateThumbnailsTask``."""

    input: ObsObjInfo
    output: ObsObjInfo
    thumbnail_para: ThumbnailPara
    user_data: Annotated[str, StringConstraints(max_length=65535)] | None = None
    tar: _Flag | None = None
    sync: _Flag | None = None
    original_dir: _Flag | None = None

    @model_validator(mode="after")
    def _check_dots_with_sync(self) -> Self:
        para = self.thumbnail_para
        if self.sync != 1 and para.dots_ms is not None:
            raise ValueError("thumbnail_para.dots_ms: needs sync=1")
        if self.sync == 1 and para.dots is not None and len(para.dots) > 1:
            raise ValueError(
                f"thumbnail_para.dots={list(para.dots)!r}: with sync=1 exactly one point"
            )
        return self


class ListThumbnailsTaskRequest(_MpcRequest):
    """The parameters of ``ListThumbnailsTask``."""

    task_id: (
        Annotated[
            Sequence[Annotated[str, StringConstraints(pattern=r"^[^\s&]{1,16}$")]],
            Field(min_length=1),
        ]
        | None
    ) = None
    status: TaskStatus | None = None
    start_time: AwareDatetime | None = None
    end_time: AwareDatetime | None = None
    page: Annotated[int, Field(ge=0, le=MAX_PAGE_NUMBER, strict=True)] = 0
    size: Annotated[int, Field(ge=1, le=100, strict=True)] = 100

    @model_validator(mode="after")
    def _check_time_range(self) -> Self:
        if self.start_time and self.end_time and self.end_time < self.start_time:
            raise ValueError(
                f"end_time={self.end_time.isoformat()}: must not be before "
                f"start_time={self.start_time.isoformat()}"
            )
        return self

    def batches(self) -> int:
        """The number of calls for the ids, ten ids a call; 0 without ids."""
        return -(-len(dict.fromkeys(self.task_id or ())) // MAX_IDS_PER_CALL)

    def query(self, number: int) -> tuple[tuple[str, str], ...]:
        """The query for a page or, if the request has ids, for a batch of them."""
        parameters: dict[str, str | None] = {"status": self.status}
        if self.task_id is not None:
            # With ids, the service ignores everything but the status.
            first = number * MAX_IDS_PER_CALL
            ids = list(dict.fromkeys(self.task_id))[first : first + MAX_IDS_PER_CALL]
        else:
            ids = []
            parameters["start_time"] = compact_time(self.start_time) if self.start_time else None
            parameters["end_time"] = compact_time(self.end_time) if self.end_time else None
            parameters["page"], parameters["size"] = str(number), str(self.size)
        present = tuple((name, value) for name, value in parameters.items() if value is not None)
        return (*(("task_id", task_id) for task_id in ids), *present)


class TaskIdRequest(_MpcRequest):
    """The id of one task."""

    task_id: Annotated[str, StringConstraints(pattern=r"^[^\s&]{1,16}$")]
