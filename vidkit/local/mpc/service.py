"""Huawei Cloud MPC of the local cloud: snapshot tasks."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from vidkit.local.iam.gateway import JSON, gateway_answer
from vidkit.local.mpc.parameters import SnapshotRequest, invalid, read_request, read_task_ids
from vidkit.local.mpc.tasks import Task, Tasks, location_item, timestamp
from vidkit.local.protocol.wire import Answer, Fault, Request, parse_json
from vidkit.local.runtime.rates import TokenBucket
from vidkit.local.runtime.state import State, StoredObject

MAX_SIZE = 100
MAX_PAGE = 50_000
DEFAULT_SIZE = 10

REQUESTS_A_MINUTE = 100
"""What one tenant may send; all operations count together."""

_MAX_MESSAGE = 256
_MOMENT_LENGTH = 14
_PATH = re.compile(r"/v1/([^/]+)/thumbnails/?")
_OPERATIONS = {
    "POST": "CreateThumbnailsTask",
    "GET": "ListThumbnailsTask",
    "DELETE": "DeleteThumbnailsTask",
}
_STATUSES = ("WAITING", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELED")


class Mpc:
    """The snapshot operations of Huawei Cloud Media Processing Center.

    Where the documents leave a choice: an input object that is not there, or a bucket that MPC
    has no permission for, is refused at once (403 MPC.10209); an object that holds no video makes
    the task fail (a synchronous one is refused, 406 MPC.10067), as does one that gives too much
    work (MPC.10050, synchronously 400 MPC.10212); a task whose points all lie beyond the end
    succeeds without pictures; the ``output`` of a task names the folder with its random part;
    lists are in order of creation. Each project has its own tasks.
    """

    name = "mpc"

    def __init__(self, state: State) -> None:
        self._state = state
        self._tasks = Tasks(state)
        self._rate = TokenBucket(REQUESTS_A_MINUTE / 60, REQUESTS_A_MINUTE, clock=_growing(state))

    def operation(self, request: Request) -> str | None:
        """The operation behind a method and path."""
        return _OPERATIONS.get(request.method) if _PATH.fullmatch(request.path) else None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Create, list or cancel tasks.

        Raises:
            Fault: the service refuses.
        """
        if self._state.throttles("mpc") and not self._rate.take():
            limit = f"limit:{REQUESTS_A_MINUTE},time:1 minute"
            message = (
                f"The throttling threshold has been reached: policy user over ratelimit,{limit}"
            )
            raise Fault("APIGW.0308", message, status=429)
        media_type = request.headers.get("Content-Type", JSON).partition(";")[0].strip().lower()
        if request.body and media_type != JSON:
            raise Fault("MPC.10205", f"Incorrect content type; it is {JSON}.")
        found = _PATH.fullmatch(request.path)
        project_id = found[1] if found else ""
        if operation == "CreateThumbnailsTask":
            content, status = await self._create(project_id, request), 202
        elif operation == "ListThumbnailsTask":
            content, status = self._list(project_id, request), 200
        else:
            return self._delete(project_id, request)
        return Answer.json(content, status=status, media_type=JSON)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as MPC has it, without the request id, or as the gateway has it."""
        if fault.code.startswith("APIGW."):
            return gateway_answer(fault, request_id)
        content = {"error_code": fault.code, "error_msg": fault.message[:_MAX_MESSAGE]}
        return Answer.json(content, status=fault.status, media_type=JSON)

    async def close(self) -> None:
        """End the tasks in progress."""
        await self._tasks.close()

    async def _create(self, project_id: str, request: Request) -> dict[str, object]:
        content = parse_json(request.body, fault=invalid("the body is no JSON object."))
        wanted = read_request(content, region=self._state.identity.huawei_region)
        source = self._source(wanted)
        if not wanted.synchronous:
            return {"task_id": self._tasks.enqueue(project_id, wanted, source).id}
        task = await self._tasks.run(project_id, wanted, source)
        return {
            "task_id": task.id,
            "status": "FINISHED",
            "create_time": timestamp(task.created),
            "output": {**location_item(task.output), "file_name": ""},
            "output_file_name": task.file_name,
            "thumbnail_time": str(next(iter(wanted.points), wanted.start_time)),
            "description": task.description,
        }

    def _source(self, wanted: SnapshotRequest) -> StoredObject:
        for name, bucket in (("input", wanted.input.bucket), ("output", wanted.output.bucket)):
            if bucket in self._state.forbidden_buckets:
                message = f"Invalid {name} OBS path: no permission for the bucket {bucket}."
                raise Fault("MPC.10209", message, status=403)
        source = self._state.objects.get((wanted.input.bucket, wanted.input.object))
        if source is None:
            raise Fault(
                "MPC.10209",
                f"Invalid input OBS path: {wanted.input.bucket}/{wanted.input.object}.",
                status=403,
            )
        return source

    def _list(self, project_id: str, request: Request) -> dict[str, object]:
        # An empty value says nothing, as no value does.
        query = {key: value for key, value in request.query if value}
        status = query.get("status")
        if status is not None and status not in _STATUSES:
            raise invalid(f"status is {status}; it is one of {', '.join(_STATUSES)}.")
        task_ids = [value for key, value in request.query if key == "task_id" and value]
        if task_ids:
            return self._named(project_id, read_task_ids(task_ids), status)
        start = _moment(query, "start_time")
        end = _moment(query, "end_time")
        if start and end and start > end:
            raise invalid("start_time cannot be greater than end_time.")
        page = _number(query, "page", 0, MAX_PAGE, default=0)
        size = _number(query, "size", 1, MAX_SIZE, default=DEFAULT_SIZE)
        found = [
            task
            for task in self._tasks.all(project_id)
            if status in {None, task.status}
            and (start is None or task.created >= start)
            # Whole seconds count.
            and (end is None or task.created.replace(microsecond=0) <= end)
        ]
        first = page * size
        return _listed(
            [task.item() for task in found[first : first + size]],
            total=len(found),
            truncated=first + size < len(found),
        )

    def _named(
        self, project_id: str, task_ids: Sequence[str], status: str | None
    ) -> dict[str, object]:
        items = [
            _item(task_id, self._tasks.find(project_id, task_id))
            for task_id in dict.fromkeys(task_ids)
        ]
        chosen = [item for item in items if status in {None, item["status"]}]
        return _listed(chosen, total=len(chosen), truncated=False)

    def _delete(self, project_id: str, request: Request) -> Answer:
        task_ids = [value for key, value in request.query if key == "task_id" and value]
        if len(task_ids) != 1:
            raise invalid("exactly one task_id is needed.")
        (task_id,) = read_task_ids(task_ids)
        self._tasks.cancel(project_id, task_id)
        return Answer(status=204)


def _growing(state: State) -> Callable[[], float]:
    """The seconds that have passed on the cloud's clock, without those a test turns it back by."""
    passed, last = 0.0, state.now()

    def clock() -> float:
        nonlocal passed, last
        now = state.now()
        passed += max(0.0, (now - last).total_seconds())
        last = now
        return passed

    return clock


def _item(task_id: str, task: Task | None) -> dict[str, object]:
    return {"task_id": task_id, "status": "NO_TASK"} if task is None else task.item()


def _listed(items: list[dict[str, object]], *, total: int, truncated: bool) -> dict[str, object]:
    return {"task_array": items, "is_truncated": int(truncated), "total": total}


def _moment(query: dict[str, str], name: str) -> datetime | None:
    value = query.get(name)
    if value is None:
        return None
    try:
        moment = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        moment = None
    # strptime also takes shorter ones, with one digit for a day.
    if moment is None or not value.isascii() or len(value) != _MOMENT_LENGTH:
        raise invalid(f"{name} is {value}; it is written yyyymmddhhmmss, in UTC.")
    return moment


def _number(query: dict[str, str], name: str, least: int, most: int, *, default: int) -> int:
    value = query.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise invalid(f"{name} is {value}; it is from {least} to {most}.")
    return int(value)
