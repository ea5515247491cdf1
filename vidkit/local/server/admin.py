"""Unsigned endpoints for programs that set the local cloud up from outside."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.ivs.streams import end_stream, go_live
from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.protocol.browser_guard import page_complaint
from vidkit.local.protocol.wire import Answer, RecordedCall, Request
from vidkit.local.rekognition.scripts import fail_jobs, script_results
from vidkit.local.runtime.state import State, Stream
from vidkit.local.runtime.worker_threads import in_thread

PREFIX: Final = "/_local/"
"""What the paths of these endpoints begin with."""

_JSON: Final = "application/json"
_NAME = Annotated[str, Field(min_length=1)]
_Span: TypeAlias = tuple[AwareDatetime, AwareDatetime]


class _StreamRequest(BaseModel):
    name: str
    path: str
    start_timestamp: AwareDatetime
    duration: timedelta | None = None
    """Durations are seconds, or ISO 8601 durations."""
    gaps: list[_Span] = Field(default_factory=list[_Span])
    audio_only: list[_Span] = Field(default_factory=list[_Span])
    producer_offset: timedelta = timedelta(0)
    fragment_duration: timedelta = timedelta(seconds=2)


class _LabelsRequest(BaseModel):
    bucket: _NAME
    name: _NAME
    labels: list[dict[str, object]]


class _ResultsRequest(BaseModel):
    kind: str
    bucket: _NAME
    name: _NAME
    items: list[dict[str, object]]


class _JobFailureRequest(BaseModel):
    bucket: _NAME
    name: _NAME
    message: str | None
    kind: str | None = None


class _CollectionRequest(BaseModel):
    collection_id: _NAME


class _ProcessorFailureRequest(BaseModel):
    name: _NAME
    message: str


class _ProjectRequest(BaseModel):
    project_id: _NAME
    name: _NAME


class _BucketRequest(BaseModel):
    bucket: _NAME
    forbidden: bool = True


class _BroadcastRequest(BaseModel):
    channel_arn: _NAME


class _BroadcastEndRequest(_BroadcastRequest):
    failed: bool = False


class Admin:
    """``GET /_local/calls``, and what ``LocalCloud`` has methods for.

    That is to ``POST`` to ``streams``, ``labels``, ``results``, ``job-failures``, ``collections``,
    ``stream-processor-failures``, ``broadcasts``, ``broadcast-ends``, ``projects``,
    ``forbidden-buckets``, ``revoked-tokens`` and ``faults`` (and to ``DELETE`` these), with the
    methods' own parameters.

    They read files and change what the services answer, so they are for programs on this machine:
    a request that a web page could have sent (an ``Origin`` header, a body that is not declared as
    JSON, a ``Host`` that is no loopback name) is refused.
    """

    def __init__(self, state: State, calls: Sequence[RecordedCall]) -> None:
        self._state = state
        self._calls = calls

    async def answer(self, request: Request) -> Answer:
        """Answer one request; errors are ``{"error": ...}``."""
        endpoints: dict[tuple[str, str], Callable[[bytes], Any]] = {
            ("POST", "streams"): self._add_stream,
            ("POST", "labels"): self._script_labels,
            ("POST", "results"): self._script_results,
            ("POST", "job-failures"): self._fail_job,
            ("POST", "collections"): self._add_collection,
            ("POST", "stream-processor-failures"): self._fail_processor,
            ("POST", "projects"): self._add_project,
            ("POST", "forbidden-buckets"): self._forbid_bucket,
            ("POST", "revoked-tokens"): self._revoke_tokens,
            ("POST", "broadcasts"): self._go_live,
            ("POST", "broadcast-ends"): self._end_stream,
            ("POST", "faults"): self._inject,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "calls"): self._list_calls,
        }
        endpoint = endpoints.get((request.method, request.path.removeprefix(PREFIX)))
        if endpoint is None:
            return _error(f"there is no {request.method} {request.path}", status=404)
        try:
            if complaint := _foreign(request):
                return _error(complaint, status=403)
            content = await endpoint(request.body)
        except ValidationError as error:
            told = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()
            )
            return _error(told, status=400)
        except (ValueError, OSError) as error:
            return _error(str(error), status=400)
        return Answer.json(content, media_type=_JSON)

    async def _add_stream(self, body: bytes) -> dict[str, str]:
        asked = _StreamRequest.model_validate_json(body)
        stream: Stream = await in_thread(
            make_stream,
            self._state.identity,
            asked.name,
            asked.path,
            start_timestamp=asked.start_timestamp,
            duration=asked.duration,
            gaps=asked.gaps,
            audio_only=asked.audio_only,
            producer_offset=asked.producer_offset,
            fragment_duration=asked.fragment_duration,
        )
        self._state.streams[stream.name] = stream
        return {"name": stream.name, "arn": stream.arn}

    async def _script_labels(self, body: bytes) -> dict[str, int]:
        asked = _LabelsRequest.model_validate_json(body)
        count = script_results(
            self._state, "label_detection", asked.bucket, asked.name, asked.labels
        )
        return {"labels": count}

    async def _script_results(self, body: bytes) -> dict[str, int]:
        asked = _ResultsRequest.model_validate_json(body)
        count = script_results(self._state, asked.kind, asked.bucket, asked.name, asked.items)
        return {"items": count}

    async def _fail_job(self, body: bytes) -> dict[str, str | None]:
        asked = _JobFailureRequest.model_validate_json(body)
        fail_jobs(self._state, asked.bucket, asked.name, message=asked.message, kind=asked.kind)
        return {"message": asked.message}

    async def _add_collection(self, body: bytes) -> dict[str, str]:
        asked = _CollectionRequest.model_validate_json(body)
        self._state.collections.add(asked.collection_id)
        return {"collection_id": asked.collection_id}

    async def _fail_processor(self, body: bytes) -> dict[str, str]:
        asked = _ProcessorFailureRequest.model_validate_json(body)
        self._state.processor_failures[asked.name] = asked.message
        return {"message": asked.message}

    async def _add_project(self, body: bytes) -> dict[str, str]:
        asked = _ProjectRequest.model_validate_json(body)
        self._state.accounts.projects[asked.project_id] = asked.name
        return {"project_id": asked.project_id}

    async def _forbid_bucket(self, body: bytes) -> dict[str, bool]:
        asked = _BucketRequest.model_validate_json(body)
        buckets = self._state.forbidden_buckets
        (buckets.add if asked.forbidden else buckets.discard)(asked.bucket)
        return {"forbidden": asked.forbidden}

    async def _revoke_tokens(self, _: bytes) -> dict[str, object]:
        self._state.accounts.revoke_tokens()
        return {}

    async def _go_live(self, body: bytes) -> dict[str, str]:
        asked = _BroadcastRequest.model_validate_json(body)
        return {"stream_id": go_live(self._state, asked.channel_arn)}

    async def _end_stream(self, body: bytes) -> dict[str, str]:
        asked = _BroadcastEndRequest.model_validate_json(body)
        end_stream(self._state, asked.channel_arn, failed=asked.failed)
        return {"channel_arn": asked.channel_arn}

    async def _inject(self, body: bytes) -> dict[str, str]:
        rule = TypeAdapter(FaultRule).validate_json(body)
        self._state.faults.add(rule)
        return {"kind": rule.kind}

    async def _clear_faults(self, _: bytes) -> dict[str, object]:
        self._state.faults.clear()
        return {}

    async def _list_calls(self, _: bytes) -> list[dict[str, object]]:
        return [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in asdict(call).items()
            }
            for call in self._calls
        ]


def _foreign(request: Request) -> str | None:
    if complaint := page_complaint(request):
        return complaint
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.method != "GET" and media_type != _JSON:
        return f"the content type must be {_JSON}"
    return None


def _error(message: str, *, status: int) -> Answer:
    body = json.dumps({"error": message}).encode()
    return Answer(status=status, body=body, headers={"Content-Type": _JSON})
