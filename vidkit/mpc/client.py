"""Huawei Cloud MPC: thumbnails tasks."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from vidkit.calls import Caller, Nothing, Operation
from vidkit.checks import operation
from vidkit.errors import ConflictError, DecodeError, NotFoundError, RequestError, ServiceError
from vidkit.jobs import Job, JobPoll, JobRef, Watched
from vidkit.model import decode, to_wire
from vidkit.mpc.models import (
    CreateThumbnailsTaskAnswer,
    CreateThumbnailsTaskRequest,
    ListThumbnailsTaskAnswer,
    ListThumbnailsTaskRequest,
    ObsObjInfo,
    TaskIdRequest,
    TaskStatus,
    ThumbnailPara,
    ThumbTask,
)
from vidkit.paging import AsyncPager
from vidkit.transports.base import HttpRequest

__all__ = ["MpcClient"]

# Create has no client token, so sending it again could make a second task.
_CREATE = Operation("mpc", "CreateThumbnailsTask", CreateThumbnailsTaskAnswer, idempotent=False)
_LIST = Operation("mpc", "ListThumbnailsTask", ListThumbnailsTaskAnswer)
_DELETE = Operation("mpc", "DeleteThumbnailsTask", Nothing)

_PATH = "/v1/{project_id}/thumbnails"
_KIND = "mpc.thumbnails_task"
_NO_TASK = "NO_TASK"
_HIGHEST_PAGE = 50_000
# What the service calls a cancel that comes too late, and much else.
_OPERATION_FAILED = "MPC.10212"


class MpcClient:
    """Thumbnails tasks of Huawei Cloud MPC; ``kit.mpc``.

    Example:
        ```python
        job = await kit.mpc.create_thumbnails_task(
            input=ObsObjInfo(bucket="b", location="cn-north-4", object="in/a.mp4"),
            output=ObsObjInfo(bucket="b", location="cn-north-4", object="out"),
            thumbnail_para=ThumbnailPara(type="TIME", time=2),
        )
        task = await job
        ```
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @operation
    async def create_thumbnails_task(
        self,
        *,
        input: ObsObjInfo,
        output: ObsObjInfo,
        thumbnail_para: ThumbnailPara,
        user_data: str | None = None,
        tar: Literal[0, 1] | None = None,
        sync: Literal[0, 1] | None = None,
        original_dir: Literal[0, 1] | None = None,
    ) -> Job[ThumbTask]:
        """Take snapshots of a stored video.

        The API knows no client token. When it stays unknown whether the task was created, an
        `AmbiguousError` says so, and nothing is sent a second time.

        Args:
            input: the video.
            output: the folder for the pictures.
            thumbnail_para: which snapshots, and how.
            user_data: text that comes back with the task, at most 65535 characters.
            tar: 0 packs the pictures into one TAR, 1 (the service's default) does not.
            sync: 1 takes one snapshot at once; 0 (the service's default) queues the task.
            original_dir: 1 writes to the output folder itself; 0 (the service's default) to a new
                folder below it.

        Returns:
            The job; awaiting it gives the task.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            InvalidRequestError: the service found it wrong, or a place in OBS is not usable.
            AmbiguousError: the task may or may not have been created.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateThumbnailsTask``.
        """
        request = CreateThumbnailsTaskRequest(
            input=input,
            output=output,
            thumbnail_para=thumbnail_para,
            user_data=user_data,
            tar=tar,
            sync=sync,
            original_dir=original_dir,
        )
        answer = await self._caller.call(_CREATE, HttpRequest("POST", _PATH, body=to_wire(request)))
        known = _finished(answer) if answer.status else None
        return self._job(JobRef(_KIND, answer.task_id, self._place()), known=known)

    @operation
    def list_thumbnails_task(
        self,
        *,
        task_id: Sequence[str] | None = None,
        status: TaskStatus | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        page: int = 0,
        size: int = 100,
    ) -> AsyncPager[ThumbTask, ListThumbnailsTaskAnswer]:
        """Tasks of the project.

        Args:
            task_id: up to 10 tasks; the service then ignores everything else.
            status: only tasks in this status.
            start_time: only tasks created from then on, aware; whole seconds count.
            end_time: only tasks created up to then, aware.
            page: where to begin, 0 to 50000 (0).
            size: tasks a page, 1 to 100 (100; the service's own default is 10).

        Returns:
            A pager over tasks.

        Raises:
            RequestError: at once, when a parameter is wrong.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListThumbnailsTask``.
        """
        request = ListThumbnailsTaskRequest(
            task_id=task_id,
            status=status,
            start_time=start_time,
            end_time=end_time,
            page=page,
            size=size,
        )

        async def fetch(token: str | None) -> ListThumbnailsTaskAnswer:
            number = request.page if token is None else _page_number(token)
            return await self._list(request.model_copy(update={"page": number}))

        return self._caller.pager(fetch)

    @operation
    async def get_thumbnails_task(self, task_id: str) -> ThumbTask:
        """One task by its id.

        Raises:
            RequestError: the id is no id; nothing was sent.
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.

        Source: ``ListThumbnailsTask`` with one ``task_id``; the API has no get of its own.
        """
        wanted = TaskIdRequest(task_id=task_id).task_id
        answer = await self._list(ListThumbnailsTaskRequest(task_id=[wanted]))
        for task in answer.task_array:
            if task.task_id == wanted and task.status != _NO_TASK:
                return task
        raise NotFoundError(
            f"there is no thumbnails task {wanted!r} in this project",
            service=_LIST.service,
            operation=_LIST.name,
        )

    @operation
    async def delete_thumbnails_task(self, task_id: str) -> None:
        """Cancel a task that is still queued.

        Raises:
            RequestError: the id is no id; nothing was sent.
            ConflictError: the task has begun or ended, so it cannot be canceled.
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteThumbnailsTask``.
        """
        wanted = TaskIdRequest(task_id=task_id).task_id
        query = (("task_id", wanted),)
        try:
            await self._caller.call(_DELETE, HttpRequest("DELETE", _PATH, query=query))
        except ServiceError as error:
            if error.code != _OPERATION_FAILED:
                raise
            raise ConflictError(
                f"{error.message} Only a queued task can be canceled.",
                service=error.service,
                operation=error.operation,
                code=error.code,
                status=error.status,
                request_id=error.request_id,
                attempts=error.attempts,
            ) from error

    def resume(self, ref: JobRef) -> Job[ThumbTask]:
        """The job that a token stands for.

        Raises:
            RequestError: a kind that is not known here, or another region or project.
        """
        if ref.kind != _KIND:
            raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")
        if ref.place != self._place():
            raise RequestError(
                f"token: stands for a task in {ref.place!r}; this kit is for {self._place()!r}"
            )
        return self._job(ref)

    def _job(self, ref: JobRef, *, known: JobPoll[ThumbTask] | None = None) -> Job[ThumbTask]:
        async def poll() -> JobPoll[ThumbTask]:
            return (await self.get_thumbnails_task(ref.id)).as_poll()

        async def cancel() -> None:
            await self.delete_thumbnails_task(ref.id)

        watched = Watched(ref, poll, lambda task: task, cancel)
        return Job(watched, self._caller.options.poll, known=known)

    async def _list(self, request: ListThumbnailsTaskRequest) -> ListThumbnailsTaskAnswer:
        answer = await self._caller.call(_LIST, HttpRequest("GET", _PATH, query=request.query()))
        # Asked for by id, tasks do not page, whatever the answer says.
        paging = {"page": request.page} if request.task_id is None else {"is_truncated": 0}
        return answer.model_copy(update=paging)

    def _place(self) -> str:
        config = self._caller.runtime.huawei_config
        return f"{config.region or ''}/{config.project_id or ''}"


def _finished(answer: CreateThumbnailsTaskAnswer) -> JobPoll[ThumbTask] | None:
    """What a synchronous create said of its task; None when asking for the task is safer."""
    members = answer.model_dump(exclude={"thumbnail_time"}, exclude_unset=True, mode="json")
    try:
        return decode(ThumbTask, json.dumps(members).encode()).as_poll()
    except DecodeError:
        return None


def _page_number(token: str) -> int:
    if token.isascii() and token.isdecimal() and len(token) <= len(str(_HIGHEST_PAGE)):
        return int(token)
    raise RequestError(f"token={token[:40]!r}: must be a next_token of list_thumbnails_task")
