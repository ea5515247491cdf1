"""The calls of the thumbnails API, and what all clients of a kit share about them."""

import dataclasses
import json
import time
from typing import Any, TypeVar

from pydantic import BaseModel

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Nothing, Operation
from vidkit.errors import ServiceError, VidKitError
from vidkit.mpc.clock_bounds import ClockBounds
from vidkit.mpc.error_codes import explained
from vidkit.mpc.models import CreateThumbnailsTaskResponse, ListThumbnailsTaskResponse
from vidkit.mpc.parameters import ListThumbnailsTaskRequest
from vidkit.paging.prefetch import Decoding
from vidkit.transports.base import AwsRequest, HttpRequest, HttpResponse

__all__ = ["CREATE", "DELETE", "LIST", "PATH", "Claims", "MpcCaller", "place_of"]

M = TypeVar("M", bound=BaseModel)

# Create has no client token, so sending it again could make a second task.
CREATE = Operation("mpc", "CreateThumbnailsTask", CreateThumbnailsTaskResponse, idempotent=False)
LIST = Operation("mpc", "ListThumbnailsTask", ListThumbnailsTaskResponse)
DELETE = Operation("mpc", "DeleteThumbnailsTask", Nothing)

PATH = "/v1/{project_id}/thumbnails"

# A success is read twice only where that costs nothing.
_SMALL = 1000
_KEPT = 24 * 3600.0


class Claims:
    """The tasks that creates of this kit are known to have made.

    Only tasks that carry a caller's own ``user_data`` need this; a day's worth of them is kept.
    """

    def __init__(self) -> None:
        self._ids: dict[str, float] = {}
        self._open: dict[tuple[str, ...], float] = {}

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._ids

    def claim(self, task_id: str) -> None:
        """Say whose task it is: somebody's who knows it."""
        _keep(self._ids, task_id)

    def leave_open(self, key: tuple[str, ...]) -> None:
        """Say that a create like this ended without knowing whether it made a task."""
        _keep(self._open, key)

    def is_open(self, key: tuple[str, ...]) -> bool:
        """Whether a task that looks like this may be that of such a create."""
        return key in self._open


K = TypeVar("K")


def _keep(kept: dict[K, float], key: K) -> None:
    now = time.monotonic()
    kept.pop(key, None)
    kept[key] = now
    # In order of time: the oldest stand first.
    while (oldest := next(iter(kept.items())))[1] < now - _KEPT:
        del kept[oldest[0]]


class _Place:
    """Region and project of a kit, once they are known; they do not change."""

    name: str | None = None


class MpcCaller(Caller):
    """Makes MPC's calls; learns the service's time and explains its codes on the way."""

    @property
    def clock(self) -> ClockBounds:
        """The service's time, as far as this kit knows."""
        return self.runtime.shared(ClockBounds)

    @property
    def claims(self) -> Claims:
        """The tasks that creates of this kit are known to have made."""
        return self.runtime.shared(Claims)

    async def place(self, operation: Operation[Any]) -> str:
        """Region and project: where tasks live. IAM may have to be asked for the project.

        Args:
            operation: what it is needed for, which a failure names.

        Raises:
            VidKitError: there is no project, or it could not be asked for.
        """
        known = self.runtime.shared(_Place)
        if known.name is None:

            async def look_up(_: int) -> str:
                return await (await self.runtime.huawei()).project_id()

            # Asking twice is asking once, whatever it is asked for.
            asking = dataclasses.replace(operation, idempotent=True)
            try:
                project_id = await self.retrying(asking, look_up)
            except VidKitError as error:
                # Nothing of the caller's own was sent.
                error.ambiguous = False
                raise
            known.name = place_of(self.runtime.huawei_config.region, project_id)
        return known.name

    async def once(
        self,
        operation: Operation[M],
        request: AwsRequest | HttpRequest,
        *,
        attempt: int = 1,
        decoding: Decoding | None = None,
    ) -> M:
        """Send once and decode the answer; see `Caller.once`."""
        try:
            return await super().once(operation, request, attempt=attempt, decoding=decoding)
        except ServiceError as error:
            error.message = explained(error.code, error.message) or error.message
            raise

    async def list_page(
        self, request: ListThumbnailsTaskRequest, number: int
    ) -> ListThumbnailsTaskResponse:
        """A page of tasks, or of tasks named by id a batch.

        Raises:
            VidKitError: see `vidkit.errors`.
        """
        response = await self.call(LIST, HttpRequest("GET", PATH, query=request.query(number)))
        # Asked for by id, tasks do not page, whatever the answer says.
        batches = request.batches() if request.task_id is not None else None
        return response.model_copy(update={"page": number, "batches": batches})

    async def _send(self, request: AwsRequest | HttpRequest) -> HttpResponse:
        response = await super()._send(request)
        self.clock.hear(response.headers.get("date"))
        return _with_request_id(response)


def place_of(region: str | None, project_id: str) -> str:
    """How the tokens of jobs name region and project."""
    return f"{region or ''}/{project_id}"


def _with_request_id(response: HttpResponse) -> HttpResponse:
    """The reply with the id from its body in the header's place, where only the body has one."""
    if "x-request-id" in response.headers or len(response.body) > _SMALL:
        return response
    try:
        content: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return response
    value: Any = content.get("request_id") if isinstance(content, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if not isinstance(value, str):
        return response
    return dataclasses.replace(response, headers={**response.headers, "x-request-id": value})
