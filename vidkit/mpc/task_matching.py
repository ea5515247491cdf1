"""How a create recognizes its own task among others. Pure functions."""

import os
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from vidkit.mpc.models import TaskObject, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest, ObsObjInfo

__all__ = ["RequestedTask", "TaskMatch", "match_task", "new_marker"]

_MARKER_PREFIX = "vidkit-"


def new_marker(token: str | None = None) -> str:
    """A unique ``user_data``; for a token, always the same one."""
    return _MARKER_PREFIX + (token or os.urandom(16).hex())


@dataclass(frozen=True, slots=True)
class RequestedTask:
    """The properties that the task of a create has, if it was created.

    Attributes:
        user_data: its ``user_data``.
        marked: whether ``user_data`` is a marker of vidkit's own, which no other task has.
        input: the video.
        output: the requested folder; the task's own may be below it.
    """

    user_data: str
    marked: bool
    input: ObsObjInfo
    output: ObsObjInfo

    @classmethod
    def of(cls, request: CreateThumbnailsTaskRequest, *, marked: bool) -> "RequestedTask":
        """The properties of a request's task."""
        return cls(request.user_data or "", marked, request.input, request.output)

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for creates whose tasks cannot be distinguished."""
        return (
            self.user_data,
            *(self.input.bucket, self.input.object),
            *(self.output.bucket, self.output.object),
        )

    def matches(self, task: ThumbTask) -> bool:
        """Whether a task can be this one, apart from its ``create_time``."""
        if not task.task_id or task.user_data != self.user_data:
            return False
        return self.marked or (
            _same_object(self.input, task.input, or_below=False)
            and _same_object(self.output, task.output, or_below=True)
        )


@dataclass(frozen=True, slots=True)
class TaskMatch:
    """Which of the listed tasks a create made.

    Attributes:
        task: the create's task, when it is certain.
        ambiguous_ids: ids of tasks that the create may have made, when it is not certain.
    """

    task: ThumbTask | None = None
    ambiguous_ids: tuple[str, ...] = ()


def match_task(
    requested: RequestedTask,
    tasks: Iterable[ThumbTask],
    *,
    certain_from: datetime,
    possible_from: datetime,
    claimed: Container[str] = (),
) -> TaskMatch:
    """Find the task that a create made.

    A task with the create's own marker is its task, whatever else the task says. With the caller's
    own ``user_data``, a task must also have the same input and output, not be claimed by another
    create, and have been created after the create began.

    Args:
        requested: the properties of the create's task.
        tasks: all tasks since the create began; the same task may occur twice.
        certain_from: a task with this ``create_time`` or a later one was created after the create
            began.
        possible_from: a task with an earlier ``create_time`` was created before the create began.
        claimed: ids of tasks that are known to belong to other creates.
    """
    candidates = {task.task_id or "": task for task in tasks if requested.matches(task)}
    if not requested.marked:
        candidates = {
            task_id: task
            for task_id, task in candidates.items()
            if task_id not in claimed
            and (task.create_time is None or task.create_time >= possible_from)
        }
    if not candidates:
        return TaskMatch()
    if len(candidates) == 1:
        (task,) = candidates.values()
        if requested.marked or (task.create_time is not None and task.create_time >= certain_from):
            return TaskMatch(task)
    return TaskMatch(ambiguous_ids=tuple(sorted(candidates)))


def _same_object(requested: ObsObjInfo, reported: TaskObject | None, *, or_below: bool) -> bool:
    """Whether a task's OBS object can be the requested one.

    Members that the response omits match everything.
    """
    if reported is None:
        return True
    if reported.bucket not in {None, requested.bucket}:
        return False
    if reported.location not in {None, requested.location}:
        return False
    if reported.object is None:
        return True
    wanted, found = requested.object.strip("/"), reported.object.strip("/")
    return found == wanted or (or_below and (not wanted or found.startswith(f"{wanted}/")))
