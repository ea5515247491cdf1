"""Rekognition of the local cloud: jobs, stream processors, face collections and pictures."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.rekognition.collection_members import CollectionMembers
from vidkit.local.rekognition.completion import Publisher
from vidkit.local.rekognition.expiring_tokens import ExpiringTokens
from vidkit.local.rekognition.face_collections import FaceCollections
from vidkit.local.rekognition.faces import (
    CelebrityRecognitionKind,
    FaceDetectionKind,
    FaceSearchKind,
    PersonTrackingKind,
)
from vidkit.local.rekognition.jobs import AnalysisJobs
from vidkit.local.rekognition.kinds import AnalysisKind, Item
from vidkit.local.rekognition.labels import LabelDetectionKind
from vidkit.local.rekognition.limits import RekognitionThrottle
from vidkit.local.rekognition.moderation import ContentModerationKind
from vidkit.local.rekognition.picture_analysis import PICTURE_OPERATIONS
from vidkit.local.rekognition.pictures import read_picture
from vidkit.local.rekognition.processors import StreamProcessors
from vidkit.local.rekognition.segments import SegmentDetectionKind
from vidkit.local.rekognition.texts import TextDetectionKind
from vidkit.local.runtime.state import State

MAX_RESULTS = 1000
"""Items on a page: the default, and the maximum."""

_MEDIA_TYPE = "application/x-amz-json-1.1"
_TARGET = "RekognitionService."
_PICTURES = ("Image", "SourceImage", "TargetImage")
_KINDS = (
    LabelDetectionKind,
    FaceDetectionKind,
    FaceSearchKind,
    PersonTrackingKind,
    CelebrityRecognitionKind,
    ContentModerationKind,
    SegmentDetectionKind,
    TextDetectionKind,
)


class RekognitionService:
    """Amazon Rekognition: videos, pictures and face collections, over JSON 1.1.

    A job takes at least ``State.job_seconds`` and fails with "Unsupported codec/format." unless
    the object is H.264 in MP4 or MOV. When it has a ``NotificationChannel``, its completion is
    published to that topic.

    Args:
        state: what the services share.
        publish: publishes to a topic; None: nothing is published.
    """

    name = "rekognition"

    def __init__(self, state: State, publish: Publisher | None = None) -> None:
        self._state = state
        self._jobs = AnalysisJobs(state, publish)
        self._processors = StreamProcessors(state)
        self._starts: dict[str, AnalysisKind] = {}
        self._gets: dict[str, AnalysisKind] = {}
        for kind in (make() for make in _KINDS):
            self._starts[f"Start{kind.name}"] = kind
            self._gets[f"Get{kind.name}"] = kind
        self._collections = FaceCollections(state)
        members = CollectionMembers(state, self._collections)
        self._plain = {**self._collections.operations, **members.operations}
        self._of_pictures: dict[str, Callable[..., Item]] = {
            **PICTURE_OPERATIONS,
            **self._collections.picture_operations,
            **members.picture_operations,
        }
        self._operations = {
            *self._starts,
            *self._gets,
            *self._processors.operations,
            *self._plain,
            *self._of_pictures,
        }
        self._model = LazyModel("rekognition", code="InvalidParameterException")
        self._tokens = ExpiringTokens(state)
        self._throttle = RekognitionThrottle()

    def operation(self, request: Request) -> str | None:
        """The operation that the ``X-Amz-Target`` header names."""
        for header, value in request.headers.items():
            if header.lower() == "x-amz-target":
                operation = value.removeprefix(_TARGET)
                known = operation in self._operations and value != operation
                return operation if known else None
        return None

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        if self._state.throttles(self.name):
            self._throttle.take(operation)
        self._model.check_query(request)
        body = parse_json(
            request.body,
            error=ApiError("SerializationException", "The request body is no JSON object."),
        )
        parameters = await self._model.accept(operation, body)
        if operation in self._starts:
            job = await self._jobs.start(self._starts[operation], parameters)
            content = {"JobId": job.id}
        elif operation in self._gets:
            content = self._get(self._gets[operation], parameters)
        elif operation in self._plain:
            content = self._plain[operation](parameters)
        elif operation in self._of_pictures:
            pictures = [
                await read_picture(self._state, parameters[name])
                for name in _PICTURES
                if name in parameters
            ]
            content = self._of_pictures[operation](parameters, *pictures)
        elif operation == "ListTagsForResource":
            content = self._tags(parameters)
        else:
            content = self._processors.handle(operation, parameters)
        return Response.json(content, media_type=_MEDIA_TYPE)

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error in JSON 1.1."""
        content = {
            "__type": error.code,
            "Code": error.code,
            "Message": error.message,
            "Logref": request_id,
        }
        return Response(
            status=error.status,
            body=json.dumps(content).encode(),
            headers={"Content-Type": _MEDIA_TYPE, "x-amzn-ErrorType": error.code},
        )

    async def close(self) -> None:
        """Cancel the jobs in progress."""
        await self._jobs.close()

    def _tags(self, parameters: Item) -> Item:
        tags = self._collections.tags_of(parameters["ResourceArn"])
        if tags is not None:
            return {"Tags": tags}
        return self._processors.handle("ListTagsForResource", parameters)

    def _get(self, kind: AnalysisKind, parameters: Mapping[str, Any]) -> Item:
        job = self._jobs.find(kind, parameters["JobId"])
        query = kind.query(parameters)
        content: Item = {
            "JobStatus": job.status,
            "JobId": job.id,
            "Video": job.parameters["Video"],
            **kind.facts(job.parameters, job.result, query),
        }
        if "JobTag" in job.parameters:
            content["JobTag"] = job.parameters["JobTag"]
        if job.message is not None:
            content["StatusMessage"] = job.message
        bound = [job.id, query]
        start = self._tokens.read(parameters.get("NextToken"), bound)
        if job.result is not None:
            items = kind.arrange(job.result.items, query)
            end = start + min(parameters.get("MaxResults", MAX_RESULTS), MAX_RESULTS)
            content[kind.member] = items[start:end]
            if end < len(items):
                content["NextToken"] = self._tokens.issue(end, bound)
        return content
