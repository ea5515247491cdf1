"""The base class of the operations, and the client request token of a start."""

import uuid
from typing import TypeVar

from pydantic import BaseModel

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.jobs.idempotency import take_planned_request_token
from vidkit.models.requests import RequestModel, to_wire
from vidkit.rekognition.video_jobs import VideoJobs
from vidkit.transports.base import AwsRequest

__all__ = ["RekognitionOperations", "request_token"]

M = TypeVar("M", bound=BaseModel)


class RekognitionOperations:
    """The base of the operation classes that `RekognitionClient` inherits from."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._video_jobs = VideoJobs(caller)

    async def _send(self, operation: Operation[M], request: RequestModel) -> M:
        """Call an operation with the parameters of a request."""
        return await self._caller.call(
            operation, AwsRequest(operation.service, operation.name, to_wire(request))
        )


def request_token(given: str | None) -> str:
    """The client request token of one start, which all its retries share.

    Args:
        given: the caller's token; it takes precedence over the one that a run of many jobs planned
            for this start. Without either, the token is new.
    """
    return given if given is not None else take_planned_request_token() or uuid.uuid4().hex
