"""Huawei Cloud MPC of the local cloud: snapshot tasks."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from vidkit.local.iam.gateway import JSON, gateway_error_response
from vidkit.local.mpc.parameters import (
    SnapshotRequest,
    check_known,
    invalid,
    read_request,
    read_task_ids,
)
from vidkit.local.mpc.snapshot_tasks import (
    SnapshotTask,
    SnapshotTasks,
    format_timestamp,
    location_item,
)
from vidkit.local.mpc.state import MpcState
from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.runtime.rates import TokenBucket
from vidkit.local.runtime.state import State

MAX_SIZE = 100
MAX_PAGE = 50_000
DEFAULT_SIZE = 10

REQUESTS_PER_MINUTE = 100
"""The rate of one tenant, for all operations together."""

_MAX_MESSAGE_LENGTH = 256
_TIMESTAMP_LENGTH = 14
_PATH = re.compile(r"/v1/([^/]+)/thumbnails/?")
_OPERATIONS = {
    "POST": "CreateThumbnailsTask",
    "GET": "ListThumbnailsTask",
    "DELETE": "DeleteThumbnailsTask",
}
_LIST_PARAMETERS = frozenset({"task_id", "status", "start_time", "end_time", "page", "size"})
_STATUSES = ("WAITING", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELED")


class MpcService:
    """The snapshot operations of Huawei Cloud Media Processing Center.

    Where the documents leave a choice:

    * An input object that does not exist, or a bucket that MPC has no permission for, is an
      immediate error (403 MPC.10209).
    * An object that contains no video makes the task fail (a synchronous one: 406 MPC.10067), and
      so does one that takes too much work (MPC.10050; a synchronous one: 400 MPC.10212).
    * A task whose points are all beyond the end of the video succeeds without pictures.
    * The ``output`` of a task contains the folder with its random part.
    * Lists are in order of creation. Each project has its own tasks.
    """

    name = "mpc"

    def __init__(self, state: State) -> None:
        self._state = state
        self._objects = state.of(ObjectsState)
        self._forbidden = state.of(MpcState).forbidden_buckets
        self._tasks = SnapshotTasks(state)
        clock = _monotonic_clock(state)
        self._rate = TokenBucket(REQUESTS_PER_MINUTE / 60, REQUESTS_PER_MINUTE, clock=clock)

    def operation(self, request: Request) -> str | None:
        """The operation of a method and path."""
        return _OPERATIONS.get(request.method) if _PATH.fullmatch(request.path) else None

    async def handle(self, operation: str, request: Request) -> Response:
        """Create, list or cancel tasks.

        Raises:
            ApiError: the service rejects the request.
        """
        if self._state.throttles("mpc") and not self._rate.take():
            limit = f"limit:{REQUESTS_PER_MINUTE},time:1 minute"
            message = (
                f"The throttling threshold has been reached: policy user over ratelimit,{limit}"
            )
            raise ApiError("APIGW.0308", message, status=429)
        media_type = request.headers.get("Content-Type", JSON).partition(";")[0].strip().lower()
        if request.body and media_type != JSON:
            raise ApiError("MPC.10205", f"Incorrect content type; it is {JSON}.")
        found = _PATH.fullmatch(request.path)
        project_id = found[1] if found else ""
        if operation == "CreateThumbnailsTask":
            content, status = await self._create(project_id, request), 202
        elif operation == "ListThumbnailsTask":
            content, status = self._list(project_id, request), 200
        else:
            return self._delete(project_id, request)
        return Response.json(content, status=status, media_type=JSON)

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error, in MPC's format (without a request id) or the gateway's."""
        if error.code.startswith("APIGW."):
            return gateway_error_response(error, request_id)
        content = {"error_code": error.code, "error_msg": error.message[:_MAX_MESSAGE_LENGTH]}
        return Response.json(content, status=error.status, media_type=JSON)

    async def close(self) -> None:
        """Cancel the tasks in progress."""
        await self._tasks.close()

    async def _create(self, project_id: str, request: Request) -> dict[str, object]:
        check_known(dict(request.query), ())
        content = parse_json(request.body, error=invalid("the body is no JSON object."))
        snapshots = read_request(content, region=self._state.identity.huawei_region)
        source = self._source(snapshots)
        if not snapshots.synchronous:
            return {"task_id": self._tasks.enqueue(project_id, snapshots, source).id}
        task = await self._tasks.run(project_id, snapshots, source)
        return {
            "task_id": task.id,
            "status": "FINISHED",
            "create_time": format_timestamp(task.created),
            "output": {**location_item(task.output), "file_name": ""},
            "output_file_name": task.file_name,
            "thumbnail_time": str(next(iter(snapshots.points), snapshots.start_time)),
            "description": task.description,
        }

    def _source(self, snapshots: SnapshotRequest) -> StoredObject:
        input_ = snapshots.input
        for name, bucket in (("input", input_.bucket), ("output", snapshots.output.bucket)):
            if bucket in self._forbidden:
                message = f"Invalid {name} OBS path: no permission for the bucket {bucket}."
                raise ApiError("MPC.10209", message, status=403)
        source = self._objects.objects.get((input_.bucket, input_.object))
        if source is None:
            raise ApiError(
                "MPC.10209",
                f"Invalid input OBS path: {input_.bucket}/{input_.object}.",
                status=403,
            )
        return source

    def _list(self, project_id: str, request: Request) -> dict[str, object]:
        # A parameter with an empty value is the same as none.
        query = {key: value for key, value in request.query if value}
        check_known(query, _LIST_PARAMETERS)
        status = query.get("status")
        if status is not None and status not in _STATUSES:
            raise invalid(f"status is {status}; it is one of {', '.join(_STATUSES)}.")
        task_ids = [value for key, value in request.query if key == "task_id" and value]
        if task_ids:
            return self._list_by_id(project_id, read_task_ids(task_ids), status)
        start = _timestamp(query, "start_time")
        end = _timestamp(query, "end_time")
        if start and end and start > end:
            raise invalid("start_time cannot be greater than end_time.")
        page = _number(query, "page", 0, MAX_PAGE, default=0)
        size = _number(query, "size", 1, MAX_SIZE, default=DEFAULT_SIZE)
        found = [
            task
            for task in self._tasks.all(project_id)
            if status in {None, task.status}
            and (start is None or task.created >= start)
            # The filter has whole seconds.
            and (end is None or task.created.replace(microsecond=0) <= end)
        ]
        first = page * size
        return _list_content(
            [task.item() for task in found[first : first + size]],
            total=len(found),
            truncated=first + size < len(found),
        )

    def _list_by_id(
        self, project_id: str, task_ids: Sequence[str], status: str | None
    ) -> dict[str, object]:
        items = [
            _item(task_id, self._tasks.find(project_id, task_id))
            for task_id in dict.fromkeys(task_ids)
        ]
        chosen = [item for item in items if status in {None, item["status"]}]
        return _list_content(chosen, total=len(chosen), truncated=False)

    def _delete(self, project_id: str, request: Request) -> Response:
        check_known(dict(request.query), {"task_id"})
        task_ids = [value for key, value in request.query if key == "task_id" and value]
        if len(task_ids) != 1:
            raise invalid("exactly one task_id is needed.")
        (task_id,) = read_task_ids(task_ids)
        self._tasks.cancel(project_id, task_id)
        return Response(status=204)


def _monotonic_clock(state: State) -> Callable[[], float]:
    """A clock in seconds that follows the cloud's clock, but stands still when it is set back."""
    passed, last = 0.0, state.now()

    def clock() -> float:
        nonlocal passed, last
        now = state.now()
        passed += max(0.0, (now - last).total_seconds())
        last = now
        return passed

    return clock


def _item(task_id: str, task: SnapshotTask | None) -> dict[str, object]:
    return {"task_id": task_id, "status": "NO_TASK"} if task is None else task.item()


def _list_content(
    items: list[dict[str, object]], *, total: int, truncated: bool
) -> dict[str, object]:
    return {"task_array": items, "is_truncated": int(truncated), "total": total}


def _timestamp(query: dict[str, str], name: str) -> datetime | None:
    value = query.get(name)
    if value is None:
        return None
    try:
        timestamp = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        timestamp = None
    # strptime also accepts shorter texts, such as one digit for a day.
    if timestamp is None or not value.isascii() or len(value) != _TIMESTAMP_LENGTH:
        raise invalid(f"{name} is {value}; it is written yyyymmddhhmmss, in UTC.")
    return timestamp


def _number(query: dict[str, str], name: str, least: int, most: int, *, default: int) -> int:
    value = query.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise invalid(f"{name} is {value}; it is from {least} to {most}.")
    return int(value)
