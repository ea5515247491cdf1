"""Answers of the thumbnails operations, under Huawei's own names; lenient where they vary."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from vidkit.jobs.polling import JobPoll, JobState
from vidkit.models.responses import OPEN, ResponseModel
from vidkit.mpc.error_codes import code_in, explained

__all__ = [
    "COMPACT",
    "CreateThumbnailsTaskResponse",
    "ListThumbnailsTaskResponse",
    "PicInfo",
    "TaskObject",
    "TaskStatus",
    "ThumbTask",
]

TaskStatus = Literal["WAITING", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELED"]

COMPACT = "%Y%m%d%H%M%S"
"""How Huawei writes a moment: ``yyyymmddhhmmss``, UTC."""

_COMPACT_LENGTH = 14
_STATES = {
    "SUCCEEDED": JobState.SUCCEEDED,
    "FINISHED": JobState.SUCCEEDED,
    "FAILED": JobState.FAILED,
    "CANCELED": JobState.CANCELED,
}


def _from_compact(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    # Numbers in one of Huawei's examples, text in the next; one odd time must not break a page.
    text = f"{value:.0f}" if isinstance(value, float) else str(value)
    if len(text) != _COMPACT_LENGTH or not (text.isascii() and text.isdecimal()):
        return None
    # The form is ISO's basic one but for a letter; strptime takes twenty times as long.
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:]}+00:00").astimezone(UTC)
    except ValueError:
        return None


def _or_none_at_all(value: Any) -> Any:
    return [] if value is None else value


_Time = Annotated[datetime | None, BeforeValidator(_from_compact)]


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
        user_data: what the create was given; where that was nothing, the marker that vidkit gave
            the task, ``vidkit-`` and 32 characters.
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
        code = code_in(self.description)
        return JobPoll(
            status=status,
            state=_STATES.get(status, JobState.RUNNING),
            response=self,
            message=explained(code, self.description),
            code=code,
        )


class CreateThumbnailsTaskResponse(_MpcResponse):
    """What a create answers; all but the id only with ``sync=1``."""

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
        total: how many tasks the service counted.
        page: the page's number, from 0; of tasks asked for by id, the batch's.
        batches: how many batches the ids make; None when the tasks were not asked for by id.
    """

    task_array: Annotated[list[ThumbTask], BeforeValidator(_or_none_at_all)] = Field(
        default_factory=list[ThumbTask]
    )
    is_truncated: int | None = None
    total: int | None = None
    page: int = 0
    batches: int | None = None

    @model_validator(mode="after")
    def _says_how_many(self) -> Self:
        # No tasks is an answer that something is built on: it must have been meant.
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
