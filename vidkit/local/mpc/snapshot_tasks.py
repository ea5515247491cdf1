"""Snapshot tasks of MPC: the queue, its workers, and the tasks' results."""

import asyncio
import itertools
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from vidkit.local.mpc.parameters import Location, SnapshotRequest
from vidkit.local.mpc.snapshots import Picture, TooSlowError, pack, take_pictures
from vidkit.local.mpc.state import MpcState
from vidkit.local.objects.files import as_file
from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.local.video import media

WORKERS = 2
"""The number of tasks that are processed at the same time; the others wait."""

_WAITING_SHARE = 0.4
_FIRST_ID = 100211

_logger = logging.getLogger("vidkit.local")


@dataclass(slots=True)
class SnapshotTask:
    """One snapshot task and its result."""

    id: str
    project_id: str
    request: SnapshotRequest
    source: StoredObject
    output: Location
    created: datetime
    status: str = "WAITING"
    ended: datetime | None = None
    description: str | None = None
    file_name: str | None = None
    pictures: tuple[str, ...] = ()

    def item(self) -> dict[str, object]:
        """The task as a ``ThumbTask``: members without a value are left out."""
        members: dict[str, object] = {
            "task_id": self.id,
            "status": self.status,
            "create_time": format_timestamp(self.created),
            "input": location_item(self.request.input),
            "output": location_item(self.output),
        }
        if self.ended is not None:
            members["end_time"] = format_timestamp(self.ended)
        if self.file_name is not None:
            members["output_file_name"] = self.file_name
        if self.request.user_data is not None:
            members["user_data"] = self.request.user_data
        if self.description is not None:
            members["description"] = self.description
        if self.status == "SUCCEEDED":
            members["thumbnail_info"] = [{"pic_name": name} for name in self.pictures]
        return members


class SnapshotTasks:
    """All snapshot tasks, in the order of their creation.

    A task waits for 40 % of ``State.seconds_of`` its input, and then for a worker, which processes
    it for at least the rest of that time. It can be canceled as long as it waits.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._tasks: dict[str, SnapshotTask] = {}
        self._ids = itertools.count(_FIRST_ID)
        self._workers = asyncio.Semaphore(WORKERS)
        self._runs: dict[str, asyncio.Task[None]] = {}

    def enqueue(
        self, project_id: str, request: SnapshotRequest, source: StoredObject
    ) -> SnapshotTask:
        """Add a new task, which waits."""
        task = self._new(project_id, request, source)
        self._tasks[task.id] = task
        run = asyncio.create_task(self._wait_and_process(task), name=f"mpc task {task.id}")
        self._runs[task.id] = run
        run.add_done_callback(lambda _: self._runs.pop(task.id, None))
        return task

    async def run(
        self, project_id: str, request: SnapshotRequest, source: StoredObject
    ) -> SnapshotTask:
        """Run a new task immediately, without the queue.

        Raises:
            ApiError: the input contains no video, has no frame at that point, or is damaged.
        """
        task = self._new(project_id, request, source)
        try:
            pictures = await self._pictures_of(task)
        except media.NotAVideoError as error:
            if _is_gone(error):
                raise ApiError("MPC.10212", "Operation failed. The input cannot be read.") from None
            raise ApiError("MPC.10067", "The input has no video stream.", status=406) from None
        except TooSlowError:
            raise ApiError("MPC.10212", "Operation failed. The input takes too long.") from None
        if not pictures:
            raise ApiError("MPC.10212", "Operation failed. The video has no frame at that point.")
        task.status = "PROCESSING"
        self._tasks[task.id] = task
        await self._store(task, pictures)
        task.description = "Task completed."
        return task

    def all(self, project_id: str) -> list[SnapshotTask]:
        """All tasks of a project, oldest first."""
        return [task for task in self._tasks.values() if task.project_id == project_id]

    def find(self, project_id: str, task_id: str) -> SnapshotTask | None:
        """The project's task with this id, if there is one."""
        task = self._tasks.get(task_id)
        return task if task is not None and task.project_id == project_id else None

    def cancel(self, project_id: str, task_id: str) -> None:
        """Cancel a task that is waiting.

        Raises:
            ApiError: the task does not exist, or it is no longer waiting.
        """
        task = self.find(project_id, task_id)
        if task is None:
            raise ApiError("MPC.10211", "The task does not exist.", status=403)
        if task.status == "PROCESSING":
            raise ApiError("MPC.10213", "Operation failed. The task is being processed.")
        if task.status != "WAITING":
            raise ApiError("MPC.10212", f"Operation failed. The task is {task.status}.")
        task.status, task.ended = "CANCELED", self._state.now()
        self._runs[task_id].cancel()

    async def close(self) -> None:
        """Stop all tasks that have not ended, and wait until they have stopped."""
        runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    def _new(self, project_id: str, request: SnapshotRequest, source: StoredObject) -> SnapshotTask:
        folder = request.output.object.strip("/")
        if not request.original_dir:
            folder = f"{folder}/{uuid.uuid4().hex}".lstrip("/")
        output = Location(request.output.bucket, request.output.location, folder)
        task_id = str(next(self._ids))
        return SnapshotTask(task_id, project_id, request, source, output, self._state.now())

    async def _wait_and_process(self, task: SnapshotTask) -> None:
        seconds = self._state.seconds_of(task.source.bucket, task.source.name)
        await asyncio.sleep(seconds * _WAITING_SHARE)
        async with self._workers:
            await self._process(task, seconds * (1 - _WAITING_SHARE))

    async def _process(self, task: SnapshotTask, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        earliest = loop.time() + seconds
        task.status = "PROCESSING"
        try:
            task.description = self._forbidden(task)
            if task.description is None:
                pictures = await self._pictures_of(task)
                await asyncio.sleep(earliest - loop.time())
                await self._store(task, pictures)
        except media.NotAVideoError as error:
            gone, other = "MPC.10052: the input cannot be read.", "the input has no video stream."
            task.description = gone if _is_gone(error) else f"MPC.10067: {other}"
        except TooSlowError:
            task.description = "MPC.10050: system error: the input takes too long."
        except Exception:
            _logger.exception("Snapshot task %s failed", task.id)
            task.description = "MPC.10050: system error."
        if task.status == "PROCESSING":
            await asyncio.sleep(earliest - loop.time())
            task.status, task.ended = "FAILED", self._state.now()

    async def _pictures_of(self, task: SnapshotTask) -> list[Picture]:
        return await in_worker_thread(_take, task, square_pixels=self._state.square_pixels)

    def _forbidden(self, task: SnapshotTask) -> str | None:
        """Why a task fails whose buckets were forbidden while it was waiting; None otherwise."""
        forbidden = self._state.of(MpcState).forbidden_buckets
        if task.request.input.bucket in forbidden:
            return "MPC.10052: no permission to read the input."
        if task.request.output.bucket in forbidden:
            return "MPC.10209: no permission to write to the output."
        return None

    async def _store(self, task: SnapshotTask, pictures: list[Picture]) -> None:
        request = task.request
        now = self._state.now()
        files, content_type = pictures, "image/jpeg"
        if request.packed and pictures:
            content = await in_worker_thread(pack, pictures, modified=now)
            files, content_type = [Picture(f"{request.stem}.tar", content)], "application/x-tar"
        for file in files:
            name = f"{task.output.object}/{file.name}".lstrip("/")
            stored = StoredObject(
                task.output.bucket, name, file.content, now, content_type=content_type
            )
            self._state.of(ObjectsState).objects[task.output.bucket, name] = stored
        task.file_name = files[0].name if len(files) == 1 else request.stem
        task.pictures = tuple(picture.name for picture in pictures)
        task.status, task.ended = "SUCCEEDED", now


def format_timestamp(timestamp: datetime) -> str:
    """A timestamp as MPC writes it: ``yyyymmddhhmmss`` in UTC."""
    return timestamp.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def location_item(location: Location) -> dict[str, object]:
    """A location as an ``ObsObjInfo``."""
    return {"bucket": location.bucket, "location": location.location, "object": location.object}


def _take(task: SnapshotTask, *, square_pixels: bool) -> list[Picture]:
    with as_file(task.source) as path:
        return take_pictures(task.request, path, square_pixels=square_pixels)


def _is_gone(error: media.NotAVideoError) -> bool:
    """Whether the file could not be read at all, as opposed to one that contains no video."""
    cause = error.__cause__
    return isinstance(cause, OSError) and not isinstance(cause, ValueError)
