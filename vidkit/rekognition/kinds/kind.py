"""What tells one kind of stored-video jobs from another."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from vidkit.calls.operation import Operation
from vidkit.rekognition.models import GetRequest, StartResponse, VideoJobPage

__all__ = ["JobKind"]

PageT = TypeVar("PageT", bound=VideoJobPage)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[PageT]):
    """One kind of job; it stands beside its models, so that whoever names it imports no others.

    Attributes:
        name: in tokens and job reprs, such as ``label_detection``.
        start: the start operation. Every start carries a client request token, so sending it
            again gives the same job.
        get: the get operation.
        get_request: the model of the get operation's parameters.
    """

    name: str
    start: Operation[StartResponse]
    get: Operation[PageT]
    get_request: type[GetRequest]
