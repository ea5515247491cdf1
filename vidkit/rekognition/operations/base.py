"""The base class of the operations, and the client request token of a start."""

import uuid

from vidkit.calls.caller import Caller
from vidkit.jobs.idempotency import take_planned_request_token
from vidkit.rekognition.video_jobs import VideoJobs

__all__ = ["RekognitionOperations", "request_token"]


class RekognitionOperations:
    """The base of the operation classes that `RekognitionClient` inherits from."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._video_jobs = VideoJobs(caller)


def request_token(given: str | None) -> str:
    """The client request token of one start, which all its retries share.

    Args:
        given: the caller's token; it takes precedence over the one that a run of many jobs planned
            for this start. Without either, the token is new.
    """
    return given if given is not None else take_planned_request_token() or uuid.uuid4().hex
