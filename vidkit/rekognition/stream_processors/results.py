"""What stream processors emit: events of label detection, records of face search.

Label detection publishes to an SNS topic, face search writes to a Kinesis data stream. Nothing is
fetched here: the functions read what a queue, a stream or a webhook gave you.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from vidkit.errors import DecodeError
from vidkit.models.responses import OPEN, CamelResponse, PascalResponse
from vidkit.models.timestamps import EpochMillis, EpochSeconds
from vidkit.rekognition.kinds.face_search import Face
from vidkit.rekognition.kinds.faces import ImageQuality, Landmark, Pose
from vidkit.rekognition.models import BoundingBox

__all__ = [
    "ConnectedHomeEvent",
    "ConnectedHomeEventType",
    "DetectedFace",
    "EventBoundingBox",
    "EventInputInformation",
    "EventKinesisVideo",
    "EventKinesisVideoMapping",
    "EventLabel",
    "EventNamespace",
    "EventVideoMapping",
    "FaceSearchRecord",
    "FaceSearchResponse",
    "InputInformation",
    "KinesisVideo",
    "MatchedFace",
    "StreamProcessingResults",
    "StreamProcessorInformation",
    "parse_connected_home_event",
    "parse_face_search_record",
]

M = TypeVar("M", bound=BaseModel)

ConnectedHomeEventType = Literal["LABEL_DETECTED", "STREAM_PROCESSING_COMPLETE"]

# An envelope in an envelope in a record is what is seen; more than this is a trap.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class _Form:
    """How content is told from what it comes wrapped in.

    Attributes:
        members: any of them makes an object the content itself.
        wrappers: where else the content may be, outermost first.
    """

    members: frozenset[str]
    wrappers: tuple[str, ...]


_EVENT = _Form(frozenset({"eventNamespace"}), ("Message",))
_RECORD = _Form(
    frozenset({"InputInformation", "StreamProcessorInformation", "FaceSearchResponse"}),
    ("kinesis", "Data", "data"),
)


class EventNamespace(CamelResponse):
    """What kind of event it is.

    Attributes:
        type: ``LABEL_DETECTED`` or ``STREAM_PROCESSING_COMPLETE``.
    """

    type: Annotated[ConnectedHomeEventType | str, OPEN]


class EventKinesisVideo(CamelResponse):
    """The stream that was looked at.

    Attributes:
        stream_arn: the Kinesis video stream.
        processed_video_duration_millis: how much of it was looked at, in milliseconds, at the end
            of a session.
    """

    stream_arn: str | None = None
    processed_video_duration_millis: float | None = None


class EventInputInformation(CamelResponse):
    """Where the video came from."""

    kinesis_video: EventKinesisVideo | None = None


class EventKinesisVideoMapping(CamelResponse):
    """Where in a Kinesis video stream something was seen.

    Attributes:
        fragment_number: the fragment.
        server_timestamp: when the service received it, aware.
        producer_timestamp: when the producer recorded it, aware.
        frame_offset_millis: from the fragment's start to the frame, in milliseconds.
    """

    fragment_number: str | None = None
    server_timestamp: EpochMillis | None = None
    producer_timestamp: EpochMillis | None = None
    frame_offset_millis: float | None = None


class EventVideoMapping(CamelResponse):
    """Where in the video something was seen."""

    kinesis_video_mapping: EventKinesisVideoMapping | None = None


class EventBoundingBox(CamelResponse):
    """A rectangle as ratios of the frame's size.

    Attributes:
        left: the left edge, from the frame's left, of its width.
        top: the upper edge, from the frame's top, of its height.
        height: of the frame's height.
        width: of the frame's width.
    """

    left: float | None = None
    top: float | None = None
    height: float | None = None
    width: float | None = None


class EventLabel(CamelResponse):
    """What was seen for the first time in a session.

    Attributes:
        id: the service's id of the finding.
        name: ``PERSON``, ``PET`` or ``PACKAGE``.
        confidence: 0 to 100.
        frame_image_uri: the whole frame in S3.
        cropped_image_uri: the part of it that shows the finding.
        video_mapping: where in the video.
        bounding_box: where in the frame.

    Example:
        >>> EventLabel(name="PACKAGE", confidence=91.5).name
        'PACKAGE'
    """

    id: str | None = None
    name: str | None = None
    confidence: float | None = None
    frame_image_uri: str | None = None
    cropped_image_uri: str | None = None
    video_mapping: EventVideoMapping | None = None
    bounding_box: EventBoundingBox | None = None


class StreamProcessingResults(CamelResponse):
    """How a session ended.

    Attributes:
        message: in the service's words.
    """

    message: str | None = None


class ConnectedHomeEvent(CamelResponse):
    """What label detection publishes: a first sighting, or the end of a session.

    Attributes:
        event_namespace: which of the two.
        input_information: the stream.
        labels: what was seen, for ``LABEL_DETECTED``.
        stream_processing_results: how it ended, for ``STREAM_PROCESSING_COMPLETE``.
        event_id: the service's id of the event.
        tags: the processor's tags.
        session_id: what ``start_stream_processor`` answered.
        start_stream_processor_request: what it was given, in the service's own form.

    Example:
        >>> event = parse_connected_home_event(
        ...     '{"eventNamespace": {"type": "LABEL_DETECTED"}, "labels": [{"name": "PET"}]}'
        ... )
        >>> [label.name for label in event.labels]
        ['PET']
    """

    event_namespace: EventNamespace
    input_information: EventInputInformation | None = None
    labels: list[EventLabel] | None = None
    stream_processing_results: StreamProcessingResults | None = None
    event_id: str | None = None
    tags: dict[str, str] | None = None
    session_id: str | None = None
    start_stream_processor_request: dict[str, Any] | None = None


class KinesisVideo(PascalResponse):
    """The frame that a record is about.

    Attributes:
        stream_arn: the Kinesis video stream.
        fragment_number: the fragment that holds the frame.
        producer_timestamp: when the producer recorded the fragment, aware.
        server_timestamp: when the service received it, aware.
        frame_offset_in_seconds: from the fragment's start to the frame, in seconds.
    """

    stream_arn: str | None = None
    fragment_number: str | None = None
    producer_timestamp: EpochSeconds | None = None
    server_timestamp: EpochSeconds | None = None
    frame_offset_in_seconds: float | None = None


class InputInformation(PascalResponse):
    """Where the frame came from."""

    kinesis_video: KinesisVideo | None = None


class StreamProcessorInformation(PascalResponse):
    """The processor that wrote the record.

    Attributes:
        status: such as ``RUNNING``.
    """

    status: str | None = None


class DetectedFace(PascalResponse):
    """A face in the frame.

    Attributes:
        bounding_box: where it is.
        confidence: that it is a face, 0 to 100.
        landmarks: where its eyes, nose and mouth are.
        pose: how the head is turned.
        quality: how bright and sharp it is.
    """

    bounding_box: BoundingBox | None = None
    confidence: float | None = None
    landmarks: list[Landmark] | None = None
    pose: Pose | None = None
    quality: ImageQuality | None = None


class MatchedFace(PascalResponse):
    """A face of the collection that is like the one in the frame.

    Attributes:
        similarity: how like, 0 to 100.
        face: the face of the collection.
    """

    similarity: float | None = None
    face: Face | None = None


class FaceSearchResponse(PascalResponse):
    """A face in the frame, and the faces of the collection that it is like.

    Attributes:
        detected_face: the face in the frame.
        matched_faces: faces of the collection; empty where none is like it.
    """

    detected_face: DetectedFace | None = None
    matched_faces: list[MatchedFace] | None = None


class FaceSearchRecord(PascalResponse):
    """What face search writes for a frame that it looked at.

    Attributes:
        input_information: the frame.
        stream_processor_information: the processor.
        face_search_response: the faces in the frame; empty when there was none.

    Example:
        >>> record = parse_face_search_record('{"FaceSearchResponse": []}')
        >>> record.face_search_response
        []
    """

    input_information: InputInformation | None = None
    stream_processor_information: StreamProcessorInformation | None = None
    face_search_response: list[FaceSearchResponse] = Field(default_factory=list[FaceSearchResponse])


def parse_connected_home_event(message: bytes | str | Mapping[str, Any]) -> ConnectedHomeEvent:
    """An event of label detection, out of what SNS delivered.

    Args:
        message: the event itself, or an SNS envelope around it (what an SQS queue or a webhook gets
            without raw delivery), as JSON or already read; ``Message`` may be a text or an object.

    Raises:
        DecodeError: it holds no such event.

    Example:
        >>> envelope = {
        ...     "Type": "Notification",
        ...     "Message": '{"eventNamespace": {"type": "STREAM_PROCESSING_COMPLETE"}}',
        ... }
        >>> parse_connected_home_event(envelope).event_namespace.type
        'STREAM_PROCESSING_COMPLETE'
    """
    return _parsed(ConnectedHomeEvent, message, _EVENT)


def parse_face_search_record(record: bytes | str | Mapping[str, Any]) -> FaceSearchRecord:
    """A record of face search, out of what a Kinesis data stream gave.

    Args:
        record: the record itself, or one of ``GetRecords`` (with ``Data``) or of a Lambda event
            (with ``kinesis.data``) around it, as JSON, as base64 of JSON, or already read.

    Raises:
        DecodeError: it holds no such record.

    Example:
        >>> import base64
        >>> data = base64.b64encode(b'{"StreamProcessorInformation": {"Status": "RUNNING"}}')
        >>> record = parse_face_search_record({"SequenceNumber": "1", "Data": data})
        >>> record.stream_processor_information.status
        'RUNNING'
    """
    return _parsed(FaceSearchRecord, record, _RECORD)


def _parsed(model: type[M], content: object, form: _Form) -> M:
    """Unwrap the content until it is the model's JSON object, and read that.

    Raises:
        DecodeError: it is none.
    """
    for _ in range(_DEEPEST):
        members = _json_object(content)
        if members is None:
            break
        if not form.members.isdisjoint(members):
            return _read(model, members)
        content = next((members[name] for name in form.wrappers if name in members), None)
    raise DecodeError(
        f"the content is no {model.__name__}: no JSON object with {_listed(form.members)}, bare or "
        f"in {_listed(form.wrappers)}",
        service="rekognition",
    )


def _listed(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


def _json_object(content: Any) -> dict[str, Any] | None:
    """The object that the content is or holds, as JSON or as base64 of JSON."""
    if isinstance(content, Mapping):
        return dict(content)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if not isinstance(content, str | bytes):
        return None
    for read in (json.loads, _from_base64):
        try:
            found: Any = read(content)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found  # pyright: ignore[reportUnknownVariableType]
    return None


def _from_base64(content: str | bytes) -> Any:
    return json.loads(base64.b64decode(content, validate=True))


def _read(model: type[M], members: dict[str, Any]) -> M:
    try:
        return model.model_validate(members, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise DecodeError(
            f"the content is no {model.__name__}: {problem}", service="rekognition"
        ) from None
