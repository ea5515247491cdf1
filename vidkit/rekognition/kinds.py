"""The kinds of stored-video jobs: what tells one from another, in a table.

Everything that the kinds share (starting once, watching, paging) stands once, in `video_jobs`.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vidkit.calls import Operation
from vidkit.rekognition.celebrities import (
    GetCelebrityRecognitionAnswer,
    GetCelebrityRecognitionRequest,
)
from vidkit.rekognition.face_search import GetFaceSearchAnswer, GetFaceSearchRequest
from vidkit.rekognition.faces import GetFaceDetectionAnswer, GetFaceDetectionRequest
from vidkit.rekognition.labels import GetLabelDetectionAnswer, GetLabelDetectionRequest
from vidkit.rekognition.models import GetRequest, StartAnswer, VideoJobPage
from vidkit.rekognition.moderation import GetContentModerationAnswer, GetContentModerationRequest
from vidkit.rekognition.persons import GetPersonTrackingAnswer, GetPersonTrackingRequest
from vidkit.rekognition.segments import GetSegmentDetectionAnswer, GetSegmentDetectionRequest
from vidkit.rekognition.texts import GetTextDetectionAnswer, GetTextDetectionRequest

__all__ = [
    "CELEBRITY_RECOGNITION",
    "CONTENT_MODERATION",
    "FACE_DETECTION",
    "FACE_SEARCH",
    "KINDS",
    "LABEL_DETECTION",
    "PERSON_TRACKING",
    "SEGMENT_DETECTION",
    "TEXT_DETECTION",
    "JobKind",
]

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
FACE_DETECTION = JobKind(
    "face_detection",
    Operation("rekognition", "StartFaceDetection", StartAnswer),
    Operation("rekognition", "GetFaceDetection", GetFaceDetectionAnswer),
    GetFaceDetectionRequest,
)
FACE_SEARCH = JobKind(
    "face_search",
    Operation("rekognition", "StartFaceSearch", StartAnswer),
    Operation("rekognition", "GetFaceSearch", GetFaceSearchAnswer),
    GetFaceSearchRequest,
)
PERSON_TRACKING = JobKind(
    "person_tracking",
    Operation("rekognition", "StartPersonTracking", StartAnswer),
    Operation("rekognition", "GetPersonTracking", GetPersonTrackingAnswer),
    GetPersonTrackingRequest,
)
CELEBRITY_RECOGNITION = JobKind(
    "celebrity_recognition",
    Operation("rekognition", "StartCelebrityRecognition", StartAnswer),
    Operation("rekognition", "GetCelebrityRecognition", GetCelebrityRecognitionAnswer),
    GetCelebrityRecognitionRequest,
)
CONTENT_MODERATION = JobKind(
    "content_moderation",
    Operation("rekognition", "StartContentModeration", StartAnswer),
    Operation("rekognition", "GetContentModeration", GetContentModerationAnswer),
    GetContentModerationRequest,
)
SEGMENT_DETECTION = JobKind(
    "segment_detection",
    Operation("rekognition", "StartSegmentDetection", StartAnswer),
    Operation("rekognition", "GetSegmentDetection", GetSegmentDetectionAnswer),
    GetSegmentDetectionRequest,
)
TEXT_DETECTION = JobKind(
    "text_detection",
    Operation("rekognition", "StartTextDetection", StartAnswer),
    Operation("rekognition", "GetTextDetection", GetTextDetectionAnswer),
    GetTextDetectionRequest,
)

KINDS: dict[str, JobKind[Any]] = {
    kind.name: kind
    for kind in (
        LABEL_DETECTION,
        FACE_DETECTION,
        FACE_SEARCH,
        PERSON_TRACKING,
        CELEBRITY_RECOGNITION,
        CONTENT_MODERATION,
        SEGMENT_DETECTION,
        TEXT_DETECTION,
    )
}
