"""By what a create knows its own task among all others. Pure functions."""

import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from vidkit.mpc.models import TaskObject, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest, ObsObjInfo

__all__ = ["RequestedTask", "TaskMatch", "match_task", "new_marker"]

_PREFIX = "vidkit-"


def new_marker(token: str | None = None) -> str:
    """A ``user_data`` that no other task has, or always the same one for a token."""
    return _PREFIX + (token or uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class RequestedTask:
    """What is known of the task that a create made, if it made one.

    Attributes:
        user_data: its ``user_data``.
        marked: whether that is a marker of vidkit's own, which no other task has.
        input: the video.
        output: the folder that was asked for; the task's own may be below it.
    """

    user_data: str
    marked: bool
    input: ObsObjInfo
    output: ObsObjInfo

    @classmethod
    def of(cls, request: CreateThumbnailsTaskRequest, *, marked: bool) -> "RequestedTask":
        """What a request's task looks like."""
        return cls(request.user_data or "", marked, request.input, request.output)

    @property
    def key(self) -> tuple[str, ...]:
        """What creates have in common whose tasks cannot be told apart."""
        return (
            self.user_data,
            *(self.input.bucket, self.input.object),
            *(self.output.bucket, self.output.object),
        )

    def fits(self, task: ThumbTask) -> bool:
        """Whether a task can be this one, by all but its time."""
        if not task.task_id or task.user_data != self.user_data:
            return False
        return self.marked or (
            _same_place(self.input, task.input, below=False)
            and _same_place(self.output, task.output, below=True)
        )


@dataclass(frozen=True, slots=True)
class TaskMatch:
    """What a list of tasks says about a create.

    Attributes:
        task: the task that it made, when there is no doubt about it.
        unclear: the ids of tasks that it may have made, when that cannot be told.
    """

    task: ThumbTask | None = None
    unclear: tuple[str, ...] = ()


def match_task(
    wanted: RequestedTask,
    tasks: Iterable[ThumbTask],
    *,
    surely_after: datetime,
    perhaps_after: datetime,
    others: Container[str] = (),
) -> TaskMatch:
    """Which of the tasks a create made.

    A task with the create's own marker is its task, whatever else is said of it. With the caller's
    ``user_data`` it must also have the same input and output, belong to nobody else, and have been
    made after the create began.

    Args:
        wanted: what the task looks like.
        tasks: all tasks since the create began; one may be among them twice.
        surely_after: what is dated from then on was made after the create began.
        perhaps_after: what is dated before then was made before the create began.
        others: ids of tasks that are known to be others'.
    """
    found = {task.task_id or "": task for task in tasks if wanted.fits(task)}
    if not wanted.marked:
        found = {
            task_id: task
            for task_id, task in found.items()
            if task_id not in others
            and (task.create_time is None or task.create_time >= perhaps_after)
        }
    if not found:
        return TaskMatch()
    if len(found) == 1:
        (task,) = found.values()
        if wanted.marked or (task.create_time is not None and task.create_time >= surely_after):
            return TaskMatch(task)
    return TaskMatch(unclear=tuple(sorted(found)))


def _same_place(asked: ObsObjInfo, told: TaskObject | None, *, below: bool) -> bool:
    """Whether a task's place can be the one asked for; what is not told is no difference."""
    if told is None:
        return True
    if told.bucket not in {None, asked.bucket} or told.location not in {None, asked.location}:
        return False
    if told.object is None:
        return True
    wanted, found = asked.object.strip("/"), told.object.strip("/")
    return found == wanted or (below and (not wanted or found.startswith(f"{wanted}/")))
