"""What the operations of all job kinds stand on."""

import uuid

from vidkit.calls.caller import Caller
from vidkit.jobs.idempotency import planned_request_token
from vidkit.rekognition.video_jobs import VideoJobs

__all__ = ["RekognitionOperations", "request_token"]


class RekognitionOperations:
    """The base of the classes that `RekognitionClient` is put together from."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._video_jobs = VideoJobs(caller)


def request_token(given: str | None) -> str:
    """The client request token of one logical start.

    It is the caller's, or the one that a journal planned for this start, or a new one.
    """
    return given if given is not None else planned_request_token() or uuid.uuid4().hex
