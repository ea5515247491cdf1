"""Calls of the thumbnails API, and the state that a kit's clients share."""

import dataclasses
import time
from typing import Any, TypeVar

from vidkit.calls.caller import Caller
from vidkit.calls.operation import CallableOperation, Nothing, Operation
from vidkit.errors import ServiceError, VidKitError
from vidkit.mpc.clock_bounds import ClockBounds
from vidkit.mpc.error_codes import explained
from vidkit.mpc.models import CreateThumbnailsTaskResponse, ListThumbnailsTaskResponse
from vidkit.mpc.parameters import ListThumbnailsTaskRequest
from vidkit.paging.prefetch import Decoding
from vidkit.transports.base import AwsRequest, HttpRequest, HttpResponse

__all__ = ["CREATE", "DELETE", "LIST", "PATH", "ClaimedTasks", "MpcCaller", "format_place"]

T = TypeVar("T")

# The API has no client token: a create that is sent twice could create two tasks.
CREATE = Operation("mpc", "CreateThumbnailsTask", CreateThumbnailsTaskResponse, idempotent=False)
LIST = Operation("mpc", "ListThumbnailsTask", ListThumbnailsTaskResponse)
DELETE = Operation("mpc", "DeleteThumbnailsTask", Nothing)

PATH = "/v1/{project_id}/thumbnails"

_RETENTION_SECONDS = 24 * 3600.0


class ClaimedTasks:
    """Tasks that are known to belong to a create or a resumed job of this kit.

    Only creates with the caller's own ``user_data`` need this. Entries are kept for a day.
    """

    def __init__(self) -> None:
        self._ids: dict[str, float] = {}
        self._ambiguous_keys: dict[tuple[str, ...], float] = {}

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._ids

    def claim(self, task_id: str) -> None:
        """Record that a task belongs to a create or a job that knows it."""
        _remember(self._ids, task_id)

    def mark_ambiguous(self, key: tuple[str, ...]) -> None:
        """Record that a create with this key ended with an unknown outcome.

        Args:
            key: see `RequestedTask.key`.
        """
        _remember(self._ambiguous_keys, key)

    def is_ambiguous(self, key: tuple[str, ...]) -> bool:
        """Whether a create with this key ended with an unknown outcome."""
        return key in self._ambiguous_keys


K = TypeVar("K")


def _remember(entries: dict[K, float], key: K) -> None:
    now = time.monotonic()
    entries.pop(key, None)
    entries[key] = now
    # The oldest entries come first.
    while (oldest := next(iter(entries.items())))[1] < now - _RETENTION_SECONDS:
        del entries[oldest[0]]


class _CachedPlace:
    """Region and project of a kit, once they are known; they do not change."""

    name: str | None = None


class MpcCaller(Caller):
    """Makes MPC's calls; learns the service's time, explains its error codes."""

    @property
    def clock(self) -> ClockBounds:
        """The service's time, as this kit knows it."""
        return self.runtime.shared(ClockBounds)

    @property
    def claimed_tasks(self) -> ClaimedTasks:
        """Tasks that are known to belong to a create or a resumed job of this kit."""
        return self.runtime.shared(ClaimedTasks)

    async def job_place(self, operation: Operation[Any]) -> str:
        """Region and project of the tasks.

        The project may have to be requested from IAM, once.

        Args:
            operation: the operation that needs it; an error names it.

        Raises:
            VidKitError: no project is configured, or it could not be resolved.
        """
        cached = self.runtime.shared(_CachedPlace)
        if cached.name is None:

            async def look_up(_: int) -> str:
                return await (await self.runtime.huawei()).project_id()

            # The lookup can be repeated, even where the operation cannot.
            lookup = dataclasses.replace(operation, idempotent=True)
            try:
                project_id = await self.retrying(lookup, look_up)
            except VidKitError as error:
                # The operation itself was not sent.
                error.ambiguous = False
                raise
            cached.name = format_place(self.runtime.huawei_config.region, project_id)
        return cached.name

    async def once(
        self,
        operation: CallableOperation[T],
        request: AwsRequest | HttpRequest,
        *,
        attempt: int = 1,
        decoding: Decoding | None = None,
    ) -> T:
        """Send once and decode the response; see `Caller.once`."""
        try:
            return await super().once(operation, request, attempt=attempt, decoding=decoding)
        except ServiceError as error:
            error.message = explained(error.code, error.message) or error.message
            raise

    async def list_page(
        self, request: ListThumbnailsTaskRequest, number: int
    ) -> ListThumbnailsTaskResponse:
        """A page of tasks or, if the request has ids, a batch of them.

        Raises:
            VidKitError: see `vidkit.errors`.
        """
        response = await self.call(LIST, HttpRequest("GET", PATH, query=request.query(number)))
        # Tasks listed by id have no further pages, whatever ``is_truncated`` says.
        batches = request.batches() if request.task_id is not None else None
        return response.model_copy(update={"page": number, "batches": batches})

    async def _send(self, request: AwsRequest | HttpRequest) -> HttpResponse:
        response = await super()._send(request)
        self.clock.observe_date(response.headers.get("date"))
        return response


def format_place(region: str | None, project_id: str) -> str:
    """Region and project, as job tokens name them."""
    return f"{region or ''}/{project_id}"
