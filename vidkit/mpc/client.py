"""Huawei Cloud MPC: thumbnails tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.caller import Caller
from vidkit.errors import ConflictError, RequestError, ServiceError
from vidkit.jobs.idempotency import planned_start
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll
from vidkit.jobs.tokens import JobRef
from vidkit.mpc.caller import CREATE, DELETE, LIST, PATH, MpcCaller, place_of
from vidkit.mpc.create_once import CreateOnce
from vidkit.mpc.models import ListThumbnailsTaskResponse, TaskStatus, ThumbTask
from vidkit.mpc.parameters import (
    CreateThumbnailsTaskRequest,
    ListThumbnailsTaskRequest,
    ObsObjInfo,
    TaskIdRequest,
    ThumbnailPara,
)
from vidkit.mpc.shared_polls import TaskWatch, no_such_task
from vidkit.paging.pager import AsyncPager
from vidkit.transports.base import HttpRequest

__all__ = ["MpcClient"]

_KIND = "mpc.thumbnails_task"
_NO_TASK = "NO_TASK"
_CANCELED = "CANCELED"
_HIGHEST_PAGE = 50_000
# What the service calls a cancel that comes too late; the first one is much else, too.
_TOO_LATE = frozenset({"MPC.10212", "MPC.10213"})


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
        self._caller = MpcCaller(caller.runtime, caller.options)

    @checked_arguments
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

        The API knows no client token, so vidkit sees to it that one call makes one task: without
        ``user_data`` the task gets a marker there. When an attempt leaves it open whether the task
        was created, the tasks are listed, and the call's own is adopted; it is created again only
        when it is not there. What cannot be told is an `AmbiguousError` with the ``marker``.

        Args:
            input: the video.
            output: the folder for the pictures.
            thumbnail_para: which snapshots, and how.
            user_data: text that comes back with the task, at most 65535 characters; best one that
                no other task has. None (the default) or an empty one leaves it to vidkit: a
                marker, ``vidkit-`` and 32 characters.
            tar: 0 packs the pictures into one TAR, 1 (the service's default) does not.
            sync: 1 takes one snapshot at once; 0 (the service's default) queues the task.
            original_dir: 1 writes to the output folder itself; 0 (the service's default) to a new
                folder below it.

        Returns:
            The job; awaiting it gives the task.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            InvalidRequestError: the service found it wrong, or a place in OBS is not usable.
            AmbiguousError: the task may or may not have been created; ``marker`` is its
                ``user_data``.
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
        create = CreateOnce(self._caller, request, planned_start())
        # Asked for first: once there is a task, nothing may keep it from its caller.
        place = await self._caller.place(CREATE)
        created = await create.run()
        return self._job(JobRef(_KIND, created.task_id, place), known=created.known)

    @checked_arguments
    def list_thumbnails_task(
        self,
        *,
        task_id: Sequence[str] | None = None,
        status: TaskStatus | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        page: int = 0,
        size: int = 100,
    ) -> AsyncPager[ThumbTask, ListThumbnailsTaskResponse]:
        """Tasks of the project.

        Args:
            task_id: these tasks, however many; ten a call, and a page is what a call brought. Only
                ``status`` counts beside it. An id that the service does not know comes with the
                status ``NO_TASK``.
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

        first = request.page if request.task_id is None else 0
        most = _HIGHEST_PAGE if request.task_id is None else request.batches() - 1

        async def fetch(token: str | None) -> ListThumbnailsTaskResponse:
            number = first if token is None else _page_number(token, most)
            return await self._caller.list_page(request, number)

        return self._caller.pager(fetch)

    @checked_arguments
    async def get_thumbnails_task(self, task_id: str) -> ThumbTask:
        """One task by its id.

        Raises:
            RequestError: the id is no id; nothing was sent.
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.

        Source: ``ListThumbnailsTask`` with one ``task_id``; the API has no get of its own.
        """
        wanted = TaskIdRequest(task_id=task_id).task_id
        response = await self._caller.list_page(ListThumbnailsTaskRequest(task_id=[wanted]), 0)
        for task in response.items:
            if task.task_id == wanted and task.status != _NO_TASK:
                return task
        raise no_such_task(wanted)

    @checked_arguments
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
            await self._caller.call(DELETE, HttpRequest("DELETE", PATH, query=query))
        except ServiceError as error:
            if error.code not in _TOO_LATE:
                raise
            if error.attempts > 1 and await self._is_canceled(wanted):
                # By an attempt whose answer did not come.
                return
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
        config = self._caller.runtime.huawei_config
        region, _, project_id = ref.place.partition("/")
        # A project that is not given is known when the job is first asked for.
        _check_place(ref, place_of(config.region or region, config.project_id or project_id))
        self._caller.claims.claim(ref.id)
        return self._job(ref)

    def _job(self, ref: JobRef, *, known: JobPoll[ThumbTask] | None = None) -> Job[ThumbTask]:
        watch = TaskWatch(self._caller, ref.id)

        async def poll() -> JobPoll[ThumbTask]:
            _check_place(ref, await self._caller.place(LIST))
            return await watch.poll()

        async def cancel() -> None:
            _check_place(ref, await self._caller.place(DELETE))
            await self.delete_thumbnails_task(ref.id)

        watched = JobDriver(ref, poll, lambda task: task, cancel, watch.pause)
        return Job(watched, self._caller.options.poll, known=known)

    async def _is_canceled(self, task_id: str) -> bool:
        try:
            return (await self.get_thumbnails_task(task_id)).status == _CANCELED
        except ServiceError:
            return False


def _check_place(ref: JobRef, place: str) -> None:
    if ref.place != place:
        raise RequestError(f"token: stands for a task in {ref.place!r}; this kit is for {place!r}")


def _page_number(token: str, most: int) -> int:
    if token.isascii() and token.isdecimal() and len(token) <= len(str(_HIGHEST_PAGE)):
        number = int(token)
        if number <= most:
            return number
    raise RequestError(f"token={token[:40]!r}: must be a next_token of list_thumbnails_task")
