"""The definition of a kind of stored-video jobs."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from vidkit.calls.operation import Operation
from vidkit.rekognition.models import GetRequest, StartResponse, VideoJobPage

__all__ = ["JobKind"]

PageT = TypeVar("PageT", bound=VideoJobPage)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[PageT]):
    """A kind of job, defined in the module of its models, so that no other models are imported.

    Attributes:
        name: the name in job tokens and reprs, such as ``label_detection``.
        start: the start operation. It is idempotent, because every start has a client request
            token.
        get: the get operation.
        get_request: the model of the get operation's parameters.
    """

    name: str
    start: Operation[StartResponse]
    get: Operation[PageT]
    get_request: type[GetRequest]
