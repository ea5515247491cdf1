"""Responses of the thumbnails operations, lenient where they vary.

They have the API's own names.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from vidkit.jobs.polling import JobPoll, JobState
from vidkit.models.open_enums import Open
from vidkit.models.responses import ResponseModel
from vidkit.mpc.error_codes import code_in, explained

__all__ = [
    "COMPACT_TIME_FORMAT",
    "UNKNOWN_TASK_STATUS",
    "CreateThumbnailsTaskResponse",
    "ListThumbnailsTaskResponse",
    "PicInfo",
    "TaskObject",
    "TaskStatus",
    "ThumbTask",
]

TaskStatus = Literal["WAITING", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELED"]

UNKNOWN_TASK_STATUS = "NO_TASK"
"""The status of an id that the service does not know."""

COMPACT_TIME_FORMAT = "%Y%m%d%H%M%S"
"""The API's format of timestamps: ``yyyymmddhhmmss``, UTC."""

_COMPACT_TIME_LENGTH = 14
_JOB_STATES = {
    "SUCCEEDED": JobState.SUCCEEDED,
    "FINISHED": JobState.SUCCEEDED,
    "FAILED": JobState.FAILED,
    "CANCELED": JobState.CANCELED,
}


def _parse_compact_time(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    # Huawei's examples have numbers as well as text. One odd value must not fail a whole page.
    text = f"{value:.0f}" if isinstance(value, float) else str(value)
    if len(text) != _COMPACT_TIME_LENGTH or not (text.isascii() and text.isdecimal()):
        return None
    # But for the "T" it is ISO 8601's basic format; strptime takes twenty times as long.
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:]}+00:00").astimezone(UTC)
    except ValueError:
        return None


def _null_as_empty(value: Any) -> Any:
    return [] if value is None else value


_Time = Annotated[datetime | None, BeforeValidator(_parse_compact_time)]


class _MpcResponse(ResponseModel):
    # Huawei's examples have ids as text as well as numbers.
    model_config: ClassVar[ConfigDict] = ConfigDict(coerce_numbers_to_str=True)


class TaskObject(_MpcResponse):
    """An object or folder in OBS, in a response. API shape: ``ObsObjInfo``."""

    bucket: str | None = None
    location: str | None = None
    object: str | None = None
    file_name: str | None = None


class PicInfo(_MpcResponse):
    """A snapshot that was taken. API shape: ``PicInfo``."""

    pic_name: str | None = None


class ThumbTask(_MpcResponse):
    """A thumbnails task. API shape: ``ThumbTask``.

    Attributes:
        task_id: the task's id.
        status: ``WAITING``, ``PROCESSING``, ``SUCCEEDED``, ``FAILED``, ``CANCELED``; ``NO_TASK``
            for an id that the service does not know; ``FINISHED`` right after a synchronous create.
        create_time: when it was created, UTC, whole seconds.
        end_time: when it ended, UTC, whole seconds.
        input: the video.
        output: the folder of the snapshots.
        output_file_name: the snapshot's file, or the TAR file of all snapshots.
        user_data: the ``user_data`` of the create; without one, the marker that vidkit set,
            ``vidkit-`` and 32 characters.
        description: why it failed.
        thumbnail_info: the snapshots.

    Example:
        >>> ThumbTask(task_id="100211", status="WAITING").status
        'WAITING'
    """

    task_id: str | None = None
    status: Open[TaskStatus] | None = None
    create_time: _Time = None
    end_time: _Time = None
    input: TaskObject | None = None
    output: TaskObject | None = None
    output_file_name: str | None = None
    user_data: str | None = None
    description: str | None = None
    thumbnail_info: list[PicInfo] | None = None

    def as_poll(self) -> JobPoll["ThumbTask"]:
        """This task as one poll of its job."""
        status = self.status or ""
        code = code_in(self.description)
        return JobPoll(
            status=status,
            state=_JOB_STATES.get(status, JobState.RUNNING),
            response=self,
            message=explained(code, self.description),
            code=code,
        )


class CreateThumbnailsTaskResponse(_MpcResponse):
    """The response of a create; only ``sync=1`` brings more than the id."""

    task_id: Annotated[str, Field(min_length=1)]
    status: str | None = None
    create_time: _Time = None
    output: TaskObject | None = None
    output_file_name: str | None = None
    thumbnail_time: str | None = None
    description: str | None = None


class ListThumbnailsTaskResponse(_MpcResponse):
    """A page of tasks. API operation: ``ListThumbnailsTask``.

    Attributes:
        task_array: the page's items, also as ``items``.
        is_truncated: 1 when there are more pages.
        total: the number of tasks, as the service counts them.
        page: the page's number, from 0; for tasks listed by id, the batch's number.
        batches: the number of batches of ids; None when the tasks were not listed by id.
    """

    task_array: Annotated[list[ThumbTask], BeforeValidator(_null_as_empty)] = Field(
        default_factory=list[ThumbTask]
    )
    is_truncated: int | None = None
    total: int | None = None
    page: int = 0
    batches: int | None = None

    @model_validator(mode="after")
    def _require_task_array(self) -> Self:
        # Code relies on an empty list: the response must say that there are no tasks.
        if "task_array" not in self.model_fields_set and self.total != 0:
            raise ValueError("task_array is missing")
        return self

    @property
    def items(self) -> list[ThumbTask]:
        """The tasks."""
        return self.task_array

    @property
    def next_token(self) -> str | None:
        """The next page's number as text; None on the last page."""
        if self.batches is None:
            more = bool(self.is_truncated and self.task_array)
        else:
            more = self.page + 1 < self.batches
        return str(self.page + 1) if more else None
