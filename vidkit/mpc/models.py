"""Parameters and answers of the thumbnails operations, under Huawei's own names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from vidkit.jobs import JobPoll, JobState
from vidkit.model import OPEN, AwareDatetime, RequestModel, ResponseModel

__all__ = [
    "CreateThumbnailsTaskAnswer",
    "CreateThumbnailsTaskRequest",
    "ListThumbnailsTaskAnswer",
    "ListThumbnailsTaskRequest",
    "ObsObjInfo",
    "PicInfo",
    "TaskIdRequest",
    "TaskObject",
    "TaskStatus",
    "ThumbTask",
    "ThumbnailPara",
    "ThumbnailType",
    "compact_time",
]

ThumbnailType = Literal["TIME", "DOTS", "DOTS_MS"]
TaskStatus = Literal["WAITING", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELED"]

_COMPACT = "%Y%m%d%H%M%S"
_MOST_DOTS = 10
_STATES = {
    "SUCCEEDED": JobState.SUCCEEDED,
    "FINISHED": JobState.SUCCEEDED,
    "FAILED": JobState.FAILED,
    "CANCELED": JobState.CANCELED,
}


def compact_time(moment: datetime) -> str:
    """A moment as Huawei writes it in queries: ``yyyymmddhhmmss``, UTC."""
    return moment.astimezone(UTC).strftime(_COMPACT)


def _from_compact(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    # Numbers in one of Huawei's examples, text in the next; one odd time must not break a page.
    text = f"{value:.0f}" if isinstance(value, float) else str(value)
    try:
        return datetime.strptime(text, _COMPACT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be 0 or 1, as the API has it: 0 is not always a no")  # noqa: TRY004
    return value


_Time = Annotated[datetime | None, BeforeValidator(_from_compact)]

_Flag = Annotated[Literal[0, 1], BeforeValidator(_no_bool)]
_Seconds = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


def _pixels(least: int, most: int) -> Any:
    def check(value: int) -> int:
        if value != 0 and not least <= value <= most:
            raise ValueError(f"must be 0 (keep the aspect ratio) or {least} to {most}")
        return value

    return AfterValidator(check)


class ObsObjInfo(RequestModel):
    """A place in Object Storage Service. API shape: ``ObsObjInfo``.

    Attributes:
        bucket: the bucket's name, 1 to 64 characters.
        location: the bucket's region, which must be MPC's own.
        object: the input's object key, or the output's folder.
        file_name: not used by snapshots.

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
        start_time: where ``TIME`` begins, in seconds; the service's default is 0.
        duration: how long ``TIME`` goes on, in seconds; 0, the default: to the end.
        dots: seconds from the start, at most 10 of them; one with ``sync=1``.
        dots_ms: one point in milliseconds.
        output_filename: the name of the picture, the stem of several, or the TAR's; at most 256.
        format: 1: JPG, the only one.
        width: pixels, 96 to 3840; 0 keeps the aspect ratio.
        height: pixels, 96 to 2160; 0 keeps the aspect ratio.
        max_length: the longest side in pixels, 240 to 3840; counts unless width and height do.
        amount: the percentage of black pixels, 1 to 100, from which a frame is black.
        threshold: the value, 0 to 255, below which a pixel is black.

    Raises:
        RequestError: a value is out of range, or does not go with the type.

    Example:
        >>> ThumbnailPara(type="DOTS", dots=[1, 5]).dots
        [1, 5]
    """

    type: ThumbnailType | None = None
    time: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    start_time: _Seconds | None = None
    duration: _Seconds | None = None
    dots: Annotated[Sequence[_Seconds], Field(min_length=1, max_length=_MOST_DOTS)] | None = None
    dots_ms: (
        Annotated[
            Sequence[Annotated[int, Field(ge=0, strict=True)]], Field(min_length=1, max_length=1)
        ]
        | None
    ) = None
    output_filename: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    format: Literal[1] | None = None
    width: Annotated[int, Field(strict=True), _pixels(96, 3840)] | None = None
    height: Annotated[int, Field(strict=True), _pixels(96, 2160)] | None = None
    max_length: Annotated[int, Field(ge=240, le=3840, strict=True)] | None = None
    amount: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    threshold: Annotated[int, Field(ge=0, le=255, strict=True)] | None = None

    @model_validator(mode="after")
    def _points_go_with_type(self) -> Self:
        kind = self.type or "TIME"
        if kind == "DOTS" and self.dots is None:
            raise ValueError("dots: missing; type='DOTS' needs the seconds to take")
        if kind == "DOTS_MS" and self.dots_ms is None:
            raise ValueError("dots_ms: missing; type='DOTS_MS' needs the millisecond to take")
        if self.dots is not None and kind != "DOTS":
            raise ValueError(f"dots: goes with type='DOTS', not {kind!r}")
        if self.dots_ms is not None and kind != "DOTS_MS":
            raise ValueError(f"dots_ms: goes with type='DOTS_MS', not {kind!r}")
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
    def _points_go_with_sync(self) -> Self:
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
            Field(min_length=1, max_length=10),
        ]
        | None
    ) = None
    status: TaskStatus | None = None
    start_time: AwareDatetime | None = None
    end_time: AwareDatetime | None = None
    page: Annotated[int, Field(ge=0, le=50000, strict=True)] = 0
    size: Annotated[int, Field(ge=1, le=100, strict=True)] = 100

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if self.start_time and self.end_time and self.end_time < self.start_time:
            raise ValueError(
                f"end_time={self.end_time.isoformat()}: must not be before "
                f"start_time={self.start_time.isoformat()}"
            )
        return self

    def query(self) -> tuple[tuple[str, str], ...]:
        """The query, in the API's words."""
        if self.task_id is not None:
            return tuple(("task_id", task_id) for task_id in self.task_id)
        given: dict[str, str | None] = {
            "status": self.status,
            "start_time": compact_time(self.start_time) if self.start_time else None,
            "end_time": compact_time(self.end_time) if self.end_time else None,
            "page": str(self.page),
            "size": str(self.size),
        }
        return tuple((name, value) for name, value in given.items() if value is not None)


class TaskIdRequest(_MpcRequest):
    """Which task."""

    task_id: Annotated[str, StringConstraints(pattern=r"^[^\s&]{1,16}$")]


class _MpcResponse(ResponseModel):
    # Huawei's own examples give ids as text in one place and as numbers in the next.
    model_config: ClassVar[ConfigDict] = ConfigDict(coerce_numbers_to_str=True)


class TaskObject(_MpcResponse):
    """A place in Object Storage Service, in an answer. API shape: ``ObsObjInfo``."""

    bucket: str | None = None
    location: str | None = None
    object: str | None = None
    file_name: str | None = None


class PicInfo(_MpcResponse):
    """A picture that was taken. API shape: ``PicInfo``."""

    pic_name: str | None = None


class ThumbTask(_MpcResponse):
    """A thumbnails task. API shape: ``ThumbTask``.

    Attributes:
        task_id: the task.
        status: ``WAITING``, ``PROCESSING``, ``SUCCEEDED``, ``FAILED``, ``CANCELED``; ``NO_TASK``
            for an id that the service does not know; ``FINISHED`` right after a synchronous create.
        create_time: when it was created, UTC, whole seconds.
        end_time: when it ended, UTC, whole seconds.
        input: the video.
        output: the folder of the pictures.
        output_file_name: the picture, or the TAR of all.
        user_data: what the create was given.
        description: why it failed.
        thumbnail_info: the pictures.

    Example:
        >>> ThumbTask(task_id="100211", status="WAITING").status
        'WAITING'
    """

    task_id: str | None = None
    status: Annotated[TaskStatus | str, OPEN] | None = None
    create_time: _Time = None
    end_time: _Time = None
    input: TaskObject | None = None
    output: TaskObject | None = None
    output_file_name: str | None = None
    user_data: str | None = None
    description: str | None = None
    thumbnail_info: list[PicInfo] | None = None

    def as_poll(self) -> JobPoll["ThumbTask"]:
        """This task as one look at its job."""
        status = self.status or ""
        return JobPoll(
            status=status,
            state=_STATES.get(status, JobState.RUNNING),
            answer=self,
            message=self.description,
        )


class CreateThumbnailsTaskAnswer(_MpcResponse):
    """What a create answers; all but the id only with ``sync=1``."""

    task_id: Annotated[str, Field(min_length=1)]
    status: str | None = None
    create_time: _Time = None
    output: TaskObject | None = None
    output_file_name: str | None = None
    thumbnail_time: str | None = None
    description: str | None = None


class ListThumbnailsTaskAnswer(_MpcResponse):
    """A page of tasks. API operation: ``ListThumbnailsTask``.

    Attributes:
        task_array: the page's items, also as ``items``.
        is_truncated: 1 when there are more pages.
        total: how many tasks the service counted.
        page: the page's number, from 0.
    """

    task_array: list[ThumbTask] = Field(default_factory=list[ThumbTask])
    is_truncated: int | None = None
    total: int | None = None
    page: int = 0

    @property
    def items(self) -> list[ThumbTask]:
        """The tasks."""
        return self.task_array

    @property
    def next_token(self) -> str | None:
        """The next page's number as text; None on the last page."""
        return str(self.page + 1) if self.is_truncated and self.task_array else None
