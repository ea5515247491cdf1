"""Huawei Cloud MPC: snapshot (thumbnail) tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from vidkit._internal.arguments import checked_arguments
from vidkit.calls.caller import Caller
from vidkit.errors import ConflictError, RequestError, ServiceError
from vidkit.jobs.idempotency import take_planned_start
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll
from vidkit.jobs.tokens import JobRef
from vidkit.mpc.caller import CREATE, DELETE, LIST, PATH, MpcCaller, format_place
from vidkit.mpc.create_once import CreateOnce
from vidkit.mpc.models import (
    UNKNOWN_TASK_STATUS,
    ListThumbnailsTaskResponse,
    TaskStatus,
    ThumbTask,
)
from vidkit.mpc.parameters import (
    MAX_PAGE_NUMBER,
    CreateThumbnailsTaskRequest,
    ListThumbnailsTaskRequest,
    ObsObjInfo,
    TaskIdRequest,
    ThumbnailPara,
)
from vidkit.mpc.shared_polls import TaskPoller, no_such_task
from vidkit.mpc.untyped_calls import QueryValue, untyped_call
from vidkit.paging.pager import AsyncPager
from vidkit.transports.base import HttpRequest

__all__ = ["MpcClient"]

_KIND = "mpc.thumbnails_task"
_CANCELED_STATUS = "CANCELED"
# The service rejects the cancellation of a task that is no longer queued with one of these codes;
# it uses the first for other errors, too.
_NOT_QUEUED_CODES = frozenset({"MPC.10212", "MPC.10213"})


class MpcClient:
    """Snapshot (thumbnail) tasks of Huawei Cloud MPC; ``kit.mpc``.

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

        The API has no client token, so vidkit itself ensures that one call creates one task.
        Without ``user_data``, the task gets a unique marker there. If an attempt leaves unknown
        whether the task was created, vidkit lists the tasks and adopts the task of this call; it
        sends the create again only if there is no such task. If that cannot be decided, the call
        raises an `AmbiguousError` with the ``marker``.

        Args:
            input: the video.
            output: the folder for the snapshots.
            thumbnail_para: which snapshots to take, and how.
            user_data: text that is returned with the task, at most 65535 characters; it should be
                unique. None (the default) or an empty text: vidkit sets a marker, ``vidkit-`` and
                32 characters.
            tar: 0 packs the snapshots into one TAR file, 1 (the service's default) does not.
            sync: 1 takes one snapshot at once; 0 (the service's default) queues the task.
            original_dir: 1 writes to the output folder itself; 0 (the service's default) to a new
                folder below it.

        Returns:
            The job; awaiting it returns the task.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the service rejected a parameter, or an OBS path is not usable.
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
        create = CreateOnce(self._caller, request, take_planned_start())
        # Resolved first: once the task exists, no failure may lose it.
        place = await self._caller.job_place(CREATE)
        created = await create.run()
        return self._job(JobRef(_KIND, created.task_id, place), known=created.known_poll)

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
        """List tasks of the project.

        Args:
            task_id: only these tasks, any number of them. One call, and so one page, has ten ids.
                Of the other parameters only ``status`` is used then. The status of an id that the
                service does not know is ``NO_TASK``.
            status: only tasks with this status.
            start_time: only tasks created at this time or later; aware, whole seconds.
            end_time: only tasks created at this time or earlier; aware, whole seconds.
            page: the number of the first page, 0 to 50000 (0).
            size: tasks a page, 1 to 100 (100; the service's default is 10).

        Returns:
            A pager over tasks.

        Raises:
            RequestError: at the call itself: a parameter is invalid.
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
        last = MAX_PAGE_NUMBER if request.task_id is None else request.batches() - 1

        async def fetch(token: str | None) -> ListThumbnailsTaskResponse:
            number = first if token is None else _page_number(token, last)
            return await self._caller.list_page(request, number)

        return self._caller.pager(fetch)

    @checked_arguments
    async def get_thumbnails_task(self, task_id: str) -> ThumbTask:
        """Get one task by its id.

        Raises:
            RequestError: the id is invalid; nothing was sent.
            NotFoundError: there is no such task.
            VidKitError: see `vidkit.errors`.

        Source: ``ListThumbnailsTask`` with one ``task_id``; the API has no operation to get one.
        """
        wanted = TaskIdRequest(task_id=task_id).task_id
        response = await self._caller.list_page(ListThumbnailsTaskRequest(task_id=[wanted]), 0)
        for task in response.items:
            if task.task_id == wanted and task.status != UNKNOWN_TASK_STATUS:
                return task
        raise no_such_task(wanted)

    @checked_arguments
    async def delete_thumbnails_task(self, task_id: str) -> None:
        """Cancel a task that is still queued.

        Raises:
            RequestError: the id is invalid; nothing was sent.
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
            if error.code not in _NOT_QUEUED_CODES:
                raise
            if error.attempts > 1 and await self._is_canceled(wanted):
                # An earlier attempt, whose response was lost, has canceled it.
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

    @checked_arguments
    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        idempotent: bool | None = None,
    ) -> dict[str, Any]:
        """Call any operation of MPC, also one that has no method here.

        Events and errors name it by method and path.

        Args:
            method: the HTTP method, such as ``"POST"``.
            path: the path with its version, such as ``"/v1/{project_id}/transcodings"``;
                ``{project_id}`` stands for the project of the kit. Other characters than letters,
                digits and ``-._~`` are percent-encoded.
            body: the body, sent as JSON; default: none.
            query: the query parameters, not encoded; a list repeats its parameter. Default: none.
            idempotent: whether an attempt that may have been carried out is repeated; default:
                only for ``GET`` and ``HEAD``, since the service has no client token.

        Returns:
            The JSON of the response, as the service sent it; empty without a body.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            AmbiguousError: the operation may or may not have been carried out.
            VidKitError: see `vidkit.errors`.
        """
        operation, request = untyped_call(method, path, body, query, idempotent=idempotent)
        return await self._caller.call(operation, request)

    def resume(self, ref: JobRef) -> Job[ThumbTask]:
        """The job that a token stands for.

        Raises:
            RequestError: the token is of another kind of job, or of another region or project.
        """
        if ref.kind != _KIND:
            raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")
        config = self._caller.runtime.huawei_config
        region, _, project_id = ref.place.partition("/")
        # A project that is not configured is resolved, and checked, before the first poll.
        _check_place(ref, format_place(config.region or region, config.project_id or project_id))
        self._caller.claimed_tasks.claim(ref.id)
        return self._job(ref)

    def _job(self, ref: JobRef, *, known: JobPoll[ThumbTask] | None = None) -> Job[ThumbTask]:
        poller = TaskPoller(self._caller, ref.id)

        async def poll() -> JobPoll[ThumbTask]:
            _check_place(ref, await self._caller.job_place(LIST))
            return await poller.poll()

        async def cancel() -> None:
            _check_place(ref, await self._caller.job_place(DELETE))
            await self.delete_thumbnails_task(ref.id)

        driver = JobDriver(ref, poll, lambda task: task, cancel, poller.pause)
        return Job(driver, self._caller.options.poll, known=known)

    async def _is_canceled(self, task_id: str) -> bool:
        try:
            return (await self.get_thumbnails_task(task_id)).status == _CANCELED_STATUS
        except ServiceError:
            return False


def _check_place(ref: JobRef, place: str) -> None:
    if ref.place != place:
        raise RequestError(f"token: stands for a task in {ref.place!r}; this kit is for {place!r}")


def _page_number(token: str, last: int) -> int:
    if token.isascii() and token.isdecimal() and len(token) <= len(str(MAX_PAGE_NUMBER)):
        number = int(token)
        if number <= last:
            return number
    raise RequestError(f"token={token[:40]!r}: must be a next_token of list_thumbnails_task")
