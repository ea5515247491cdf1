"""The kinds of stored-video jobs: what tells one from another, in a table.

Everything that the kinds share (starting once, watching, paging) stands once, in `video_jobs`.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vidkit.calls import Operation
from vidkit.rekognition.labels import GetLabelDetectionAnswer, GetLabelDetectionRequest
from vidkit.rekognition.models import GetRequest, StartAnswer, VideoJobPage
from vidkit.rekognition.segments import GetSegmentDetectionAnswer, GetSegmentDetectionRequest

__all__ = ["KINDS", "LABEL_DETECTION", "SEGMENT_DETECTION", "JobKind"]

PageT = TypeVar("PageT", bound=VideoJobPage)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[PageT]):
    """One kind of job.

    Attributes:
        name: in tokens and job reprs, such as ``label_detection``.
        start: the start operation.
        get: the get operation.
        get_request: the model of the get operation's parameters.
    """

    name: str
    start: Operation[StartAnswer]
    get: Operation[PageT]
    get_request: type[GetRequest]


# Every start carries a client request token, so sending it again gives the same job.
LABEL_DETECTION = JobKind(
    "label_detection",
    Operation("rekognition", "StartLabelDetection", StartAnswer),
    Operation("rekognition", "GetLabelDetection", GetLabelDetectionAnswer),
    GetLabelDetectionRequest,
)
SEGMENT_DETECTION = JobKind(
    "segment_detection",
    Operation("rekognition", "StartSegmentDetection", StartAnswer),
    Operation("rekognition", "GetSegmentDetection", GetSegmentDetectionAnswer),
    GetSegmentDetectionRequest,
)

KINDS: dict[str, JobKind[Any]] = {kind.name: kind for kind in (LABEL_DETECTION, SEGMENT_DETECTION)}
