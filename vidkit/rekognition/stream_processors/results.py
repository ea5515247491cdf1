"""The results of stream processors: events of label detection, records of face search.

Label detection publishes to an SNS topic; face search writes to a Kinesis data stream. The
functions parse what a queue, a stream or a webhook has delivered. Pure functions.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from vidkit.errors import DecodeError
from vidkit.models.open_enums import Open
from vidkit.models.responses import CamelResponse, PascalResponse
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

# Real content is nested up to three levels deep; deeper nesting is treated as invalid.
_MAX_NESTING = 8


@dataclass(frozen=True, slots=True)
class _ContentShape:
    """How to recognize content, and where to find it in an envelope.

    Attributes:
        members: an object with any of these members is the content itself.
        wrappers: the members of an envelope that can hold the content; the first one present is
            used.
    """

    members: frozenset[str]
    wrappers: tuple[str, ...]


_EVENT_SHAPE = _ContentShape(frozenset({"eventNamespace"}), ("Message",))
_RECORD_SHAPE = _ContentShape(
    frozenset({"InputInformation", "StreamProcessorInformation", "FaceSearchResponse"}),
    ("kinesis", "Data", "data"),
)


class EventNamespace(CamelResponse):
    """The type of an event.

    Attributes:
        type: ``LABEL_DETECTED`` or ``STREAM_PROCESSING_COMPLETE``.
    """

    type: Open[ConnectedHomeEventType]


class EventKinesisVideo(CamelResponse):
    """The stream that was analyzed.

    Attributes:
        stream_arn: the ARN of the Kinesis video stream.
        processed_video_duration_millis: the length of video that was analyzed, in milliseconds, at
            the end of a session.
    """

    stream_arn: str | None = None
    processed_video_duration_millis: float | None = None


class EventInputInformation(CamelResponse):
    """The source of the video."""

    kinesis_video: EventKinesisVideo | None = None


class EventKinesisVideoMapping(CamelResponse):
    """The position of a frame in a Kinesis video stream.

    Attributes:
        fragment_number: the number of the fragment.
        server_timestamp: when the service received the fragment, aware.
        producer_timestamp: when the producer recorded the fragment, by the producer's clock, aware;
            in 1970 if that clock counts from its start.
        frame_offset_millis: the offset of the frame in the fragment, in milliseconds.
    """

    fragment_number: str | None = None
    server_timestamp: EpochMillis | None = None
    producer_timestamp: EpochMillis | None = None
    frame_offset_millis: float | None = None


class EventVideoMapping(CamelResponse):
    """The position of a frame in the video."""

    kinesis_video_mapping: EventKinesisVideoMapping | None = None


class EventBoundingBox(CamelResponse):
    """A bounding box as ratios of the frame's size.

    Attributes:
        left: the distance from the left of the frame, as a ratio of its width.
        top: the distance from the top of the frame, as a ratio of its height.
        height: the height, as a ratio of the frame's height.
        width: the width, as a ratio of the frame's width.
    """

    left: float | None = None
    top: float | None = None
    height: float | None = None
    width: float | None = None


class EventLabel(CamelResponse):
    """An object that was detected for the first time in a session.

    Attributes:
        id: the object's id in the service.
        name: ``PERSON``, ``PET`` or ``PACKAGE``.
        confidence: 0 to 100.
        frame_image_uri: the S3 URI of the image of the entire frame.
        cropped_image_uri: the S3 URI of the image of the object.
        video_mapping: the position of the frame in the video.
        bounding_box: the position of the object in the frame.

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
    """The result of a session.

    Attributes:
        message: the service's message.
    """

    message: str | None = None


class ConnectedHomeEvent(CamelResponse):
    """An event of label detection: the first detection of an object, or the end of a session.

    Attributes:
        event_namespace: the type of the event.
        input_information: the stream.
        labels: the detected objects, for ``LABEL_DETECTED``.
        stream_processing_results: the result of the session, for ``STREAM_PROCESSING_COMPLETE``.
        event_id: the event's id in the service.
        tags: the processor's tags.
        session_id: the session's id, which ``start_stream_processor`` returned.
        start_stream_processor_request: the parameters of that start, as the service writes them.

    Example:
        >>> event = parse_connected_home_event(
        ...     '{"eventNamespace": {"type": "LABEL_DETECTED"}, "labels": [{"name": "PET"}]}'
        ... )
        >>> next(label.name for label in event.labels)
        'PET'
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
    """The position of the frame of a record in a Kinesis video stream.

    Attributes:
        stream_arn: the ARN of the Kinesis video stream.
        fragment_number: the number of the fragment that contains the frame.
        producer_timestamp: when the producer recorded the fragment, by the producer's clock, aware;
            in 1970 if that clock counts from its start.
        server_timestamp: when the service received the fragment, aware.
        frame_offset_in_seconds: the offset of the frame in the fragment, in seconds.
    """

    stream_arn: str | None = None
    fragment_number: str | None = None
    producer_timestamp: EpochSeconds | None = None
    server_timestamp: EpochSeconds | None = None
    frame_offset_in_seconds: float | None = None


class InputInformation(PascalResponse):
    """The source of the frame."""

    kinesis_video: KinesisVideo | None = None


class StreamProcessorInformation(PascalResponse):
    """The processor that wrote the record.

    Attributes:
        status: the processor's status, such as ``RUNNING``.
    """

    status: str | None = None


class DetectedFace(PascalResponse):
    """A face in the frame.

    Attributes:
        bounding_box: the bounding box around the face.
        confidence: the confidence that it is a face, 0 to 100.
        landmarks: the positions of eyes, nose and mouth.
        pose: the rotation of the head.
        quality: the brightness and sharpness of the face.
    """

    bounding_box: BoundingBox | None = None
    confidence: float | None = None
    landmarks: list[Landmark] | None = None
    pose: Pose | None = None
    quality: ImageQuality | None = None


class MatchedFace(PascalResponse):
    """A face in the collection that matches a face in the frame.

    Attributes:
        similarity: the similarity of the two faces, 0 to 100.
        face: the face in the collection.
    """

    similarity: float | None = None
    face: Face | None = None


class FaceSearchResponse(PascalResponse):
    """A face in the frame, and the matching faces in the collection.

    Attributes:
        detected_face: the face in the frame.
        matched_faces: the matching faces in the collection; empty if none matches.
    """

    detected_face: DetectedFace | None = None
    matched_faces: list[MatchedFace] | None = None


class FaceSearchRecord(PascalResponse):
    """The record that face search writes for a frame that it analyzed.

    Attributes:
        input_information: the frame.
        stream_processor_information: the processor.
        face_search_response: the faces in the frame; empty if none was detected.

    Example:
        >>> record = parse_face_search_record('{"FaceSearchResponse": []}')
        >>> record.face_search_response
        []
    """

    input_information: InputInformation | None = None
    stream_processor_information: StreamProcessorInformation | None = None
    face_search_response: list[FaceSearchResponse] = Field(default_factory=list[FaceSearchResponse])


def parse_connected_home_event(message: bytes | str | Mapping[str, Any]) -> ConnectedHomeEvent:
    """Parse an event of label detection that SNS has delivered.

    Args:
        message: the event itself, or the SNS envelope around it that an SQS queue or a webhook
            receives without raw message delivery, as JSON or as parsed JSON; the ``Message`` in the
            envelope may be a string or an object.

    Raises:
        DecodeError: it contains no event of label detection.

    Example:
        >>> envelope = {
        ...     "Type": "Notification",
        ...     "Message": '{"eventNamespace": {"type": "STREAM_PROCESSING_COMPLETE"}}',
        ... }
        >>> parse_connected_home_event(envelope).event_namespace.type
        'STREAM_PROCESSING_COMPLETE'
    """
    return _parse(ConnectedHomeEvent, message, _EVENT_SHAPE)


def parse_face_search_record(record: bytes | str | Mapping[str, Any]) -> FaceSearchRecord:
    """Parse a record of face search that a Kinesis data stream has delivered.

    Args:
        record: the record itself, or the record of ``GetRecords`` (with ``Data``) or of a Lambda
            event (with ``kinesis.data``) around it, as JSON, as base64 of JSON, or as parsed JSON.

    Raises:
        DecodeError: it contains no record of face search.

    Example:
        >>> import base64
        >>> data = base64.b64encode(b'{"StreamProcessorInformation": {"Status": "RUNNING"}}')
        >>> record = parse_face_search_record({"SequenceNumber": "1", "Data": data})
        >>> record.stream_processor_information.status
        'RUNNING'
    """
    return _parse(FaceSearchRecord, record, _RECORD_SHAPE)


def _parse(model: type[M], content: object, shape: _ContentShape) -> M:
    """Unwrap content until it is an object of the shape, and parse that.

    Raises:
        DecodeError: no such object was found, or the model does not accept it.
    """
    for _ in range(_MAX_NESTING):
        members = _json_object(content)
        if members is None:
            break
        if not shape.members.isdisjoint(members):
            return _validate(model, members)
        content = next((members[name] for name in shape.wrappers if name in members), None)
    raise DecodeError(
        f"the content is no {model.__name__}: no JSON object with {_joined(shape.members)}, bare "
        f"or in {_joined(shape.wrappers)}",
        service="rekognition",
    )


def _joined(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


def _json_object(content: Any) -> dict[str, Any] | None:
    """The object that the content is or encodes, as JSON or as base64 of JSON; None if neither."""
    if isinstance(content, Mapping):
        return dict(content)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if not isinstance(content, str | bytes):
        return None
    for decode in (json.loads, _decode_base64):
        try:
            value: Any = decode(content)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value  # pyright: ignore[reportUnknownVariableType]
    return None


def _decode_base64(content: str | bytes) -> Any:
    return json.loads(base64.b64decode(content, validate=True))


def _validate(model: type[M], members: dict[str, Any]) -> M:
    try:
        return model.model_validate(members, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise DecodeError(
            f"the content is no {model.__name__}: {problem}", service="rekognition"
        ) from None
