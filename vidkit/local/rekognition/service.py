"""Rekognition Video of the local cloud: jobs that analyse stored videos."""

import json
from collections.abc import Mapping
from typing import Any

from vidkit.local.lazy_models import LazyModel
from vidkit.local.page_tokens import PageTokens
from vidkit.local.rekognition.jobs import Item, JobKind, Jobs
from vidkit.local.rekognition.labels import LabelDetection
from vidkit.local.rekognition.segments import SegmentDetection
from vidkit.local.state import State
from vidkit.local.wire import Answer, Fault, Request, parse_json

MAX_RESULTS = 1000
"""Items on a page, both unless asked otherwise and at the most."""

_MEDIA_TYPE = "application/x-amz-json-1.1"
_TARGET = "RekognitionService."


class Rekognition:
    """The stored-video operations of Amazon Rekognition, over JSON 1.1.

    A job runs for ``State.job_seconds`` at the least and fails with "Unsupported codec/format."
    unless the object is H.264 in MP4 or MOV. A ``NotificationChannel`` is checked and then left
    alone: there is no SNS behind it, so completion is found out by polling.
    """

    name = "rekognition"

    def __init__(self, state: State) -> None:
        self._jobs = Jobs(state)
        self._starts: dict[str, JobKind] = {}
        self._gets: dict[str, JobKind] = {}
        for kind in (LabelDetection(), SegmentDetection()):
            self._starts[f"Start{kind.name}"] = kind
            self._gets[f"Get{kind.name}"] = kind
        self._model = LazyModel("rekognition", code="InvalidParameterException")
        self._tokens = PageTokens()

    def operation(self, request: Request) -> str | None:
        """The operation that the ``X-Amz-Target`` header names."""
        for header, value in request.headers.items():
            if header.lower() == "x-amz-target":
                operation = value.removeprefix(_TARGET)
                known = operation in self._starts or operation in self._gets
                return operation if known and value != operation else None
        return None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Start a job or answer with a page of its results.

        Raises:
            Fault: the service refuses.
        """
        body = parse_json(
            request.body,
            fault=Fault("SerializationException", "The request body is no JSON object."),
        )
        parameters = await self._model.accept(operation, body)
        if operation in self._starts:
            job = await self._jobs.start(self._starts[operation], parameters)
            return Answer.json({"JobId": job.id}, media_type=_MEDIA_TYPE)
        content = self._get(self._gets[operation], parameters)
        return Answer.json(content, media_type=_MEDIA_TYPE)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as JSON 1.1 has it."""
        content = {
            "__type": fault.code,
            "Code": fault.code,
            "Message": fault.message,
            "Logref": request_id,
        }
        return Answer(
            status=fault.status,
            body=json.dumps(content).encode(),
            headers={"Content-Type": _MEDIA_TYPE, "x-amzn-ErrorType": fault.code},
        )

    async def close(self) -> None:
        """End the jobs in progress."""
        await self._jobs.close()

    def _get(self, kind: JobKind, parameters: Mapping[str, Any]) -> Item:
        job = self._jobs.find(kind, parameters["JobId"])
        query = kind.query(parameters)
        content: Item = {
            "JobStatus": job.status,
            "JobId": job.id,
            "Video": job.parameters["Video"],
            **kind.facts(job, query),
        }
        if "JobTag" in job.parameters:
            content["JobTag"] = job.parameters["JobTag"]
        if job.message is not None:
            content["StatusMessage"] = job.message
        bound = [job.id, query]
        token = parameters.get("NextToken")
        start = 0 if token is None else self._tokens.read(token, bound)
        if start is None:
            raise Fault(
                "InvalidPaginationTokenException",
                "The NextToken belongs to no page of this request.",
            )
        if job.result is not None:
            items = kind.arrange(job.result.items, query)
            end = start + min(parameters.get("MaxResults", MAX_RESULTS), MAX_RESULTS)
            content[kind.member] = items[start:end]
            if end < len(items):
                content["NextToken"] = self._tokens.issue(end, bound)
        return content
