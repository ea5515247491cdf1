"""Unsigned endpoints for programs that set the local cloud up over HTTP."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Self, TypeAlias

from pydantic import (
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from vidkit.local.faults.fault_rules import FaultRule, Faults
from vidkit.local.ivs.streams import end_stream, go_live
from vidkit.local.kinesis_video.state import KinesisVideoState, Stream
from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.mpc.state import MpcState
from vidkit.local.protocol.browser_guard import rejection_reason
from vidkit.local.protocol.wire import RecordedCall, Request, Response
from vidkit.local.rekognition.scripted_pictures import content_key, script_picture
from vidkit.local.rekognition.scripts import fail_jobs, script_results
from vidkit.local.rekognition.state import PictureKey, RekognitionState, add_collection
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.models.timestamps import NumberInSeconds

PREFIX: Final = "/_local/"
"""The prefix of these endpoints' paths."""

_JSON: Final = "application/json"
_NAME = Annotated[str, Field(min_length=1)]
_Time = Annotated[AwareDatetime, NumberInSeconds]
_Span: TypeAlias = tuple[_Time, _Time]


class _StreamRequest(BaseModel):
    name: str
    path: str
    start_timestamp: _Time
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


class _JobDurationRequest(BaseModel):
    bucket: _NAME
    name: _NAME
    seconds: Annotated[float, Field(ge=0)]


class _PictureRequest(BaseModel):
    kind: str
    bucket: _NAME | None = None
    name: _NAME | None = None
    content: Base64Bytes | None = None
    items: list[dict[str, object]]

    @model_validator(mode="after")
    def _one_picture(self) -> Self:
        if (self.content is None) is (self.bucket is None or self.name is None):
            raise ValueError("give either content, or bucket and name")
        return self

    @property
    def key(self) -> PictureKey:
        if self.content is not None:
            return content_key(self.content)
        return self.bucket or "", self.name or ""


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
    """``GET /_local/calls``, and endpoints for the set-up methods of ``LocalCloud``.

    ``POST`` to ``streams``, ``labels``, ``results``, ``job-failures``, ``job-durations``,
    ``pictures``, ``collections``, ``stream-processor-failures``, ``broadcasts``,
    ``broadcast-ends``, ``projects``, ``forbidden-buckets``, ``revoked-tokens`` and ``faults``,
    with the methods' own parameters; ``DELETE`` removes all ``faults``.

    They read files and change the services' responses, so they are for programs on this machine:
    a request that a web page could have sent (an ``Origin`` header, a body that is not declared as
    JSON, a ``Host`` that is no loopback name) is rejected.
    """

    def __init__(self, state: State, calls: Sequence[RecordedCall]) -> None:
        self._state = state
        self._calls = calls

    async def handle(self, request: Request) -> Response:
        """Carry out one request; the body of an error is ``{"error": ...}``."""
        endpoints: dict[tuple[str, str], Callable[[bytes], Any]] = {
            ("POST", "streams"): self._add_stream,
            ("POST", "labels"): self._script_labels,
            ("POST", "results"): self._script_results,
            ("POST", "job-failures"): self._fail_job,
            ("POST", "job-durations"): self._time_job,
            ("POST", "pictures"): self._script_picture,
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
            if reason := _rejection_reason(request):
                return _error(reason, status=403)
            content = await endpoint(request.body)
        except ValidationError as error:
            message = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()
            )
            return _error(message, status=400)
        except (ValueError, OSError) as error:
            return _error(str(error), status=400)
        return Response.json(content, media_type=_JSON)

    async def _add_stream(self, body: bytes) -> dict[str, str]:
        parameters = _StreamRequest.model_validate_json(body)
        stream: Stream = await in_worker_thread(
            make_stream,
            self._state.identity,
            parameters.name,
            parameters.path,
            start_timestamp=parameters.start_timestamp,
            duration=parameters.duration,
            gaps=parameters.gaps,
            audio_only=parameters.audio_only,
            producer_offset=parameters.producer_offset,
            fragment_duration=parameters.fragment_duration,
        )
        self._state.of(KinesisVideoState).streams[stream.name] = stream
        return {"name": stream.name, "arn": stream.arn}

    async def _script_labels(self, body: bytes) -> dict[str, int]:
        parameters = _LabelsRequest.model_validate_json(body)
        count = script_results(
            self._state, "label_detection", parameters.bucket, parameters.name, parameters.labels
        )
        return {"labels": count}

    async def _script_results(self, body: bytes) -> dict[str, int]:
        parameters = _ResultsRequest.model_validate_json(body)
        count = script_results(
            self._state, parameters.kind, parameters.bucket, parameters.name, parameters.items
        )
        return {"items": count}

    async def _fail_job(self, body: bytes) -> dict[str, str | None]:
        parameters = _JobFailureRequest.model_validate_json(body)
        fail_jobs(
            self._state,
            parameters.bucket,
            parameters.name,
            message=parameters.message,
            kind=parameters.kind,
        )
        return {"message": parameters.message}

    async def _time_job(self, body: bytes) -> dict[str, float]:
        parameters = _JobDurationRequest.model_validate_json(body)
        self._state.object_seconds[parameters.bucket, parameters.name] = parameters.seconds
        return {"seconds": parameters.seconds}

    async def _script_picture(self, body: bytes) -> dict[str, int]:
        parameters = _PictureRequest.model_validate_json(body)
        count = script_picture(self._state, parameters.key, parameters.kind, parameters.items)
        return {"items": count}

    async def _add_collection(self, body: bytes) -> dict[str, str]:
        parameters = _CollectionRequest.model_validate_json(body)
        add_collection(self._state, parameters.collection_id)
        return {"collection_id": parameters.collection_id}

    async def _fail_processor(self, body: bytes) -> dict[str, str]:
        parameters = _ProcessorFailureRequest.model_validate_json(body)
        self._state.of(RekognitionState).processor_failures[parameters.name] = parameters.message
        return {"message": parameters.message}

    async def _add_project(self, body: bytes) -> dict[str, str]:
        parameters = _ProjectRequest.model_validate_json(body)
        self._state.of(HuaweiAccounts).projects[parameters.project_id] = parameters.name
        return {"project_id": parameters.project_id}

    async def _forbid_bucket(self, body: bytes) -> dict[str, bool]:
        parameters = _BucketRequest.model_validate_json(body)
        buckets = self._state.of(MpcState).forbidden_buckets
        (buckets.add if parameters.forbidden else buckets.discard)(parameters.bucket)
        return {"forbidden": parameters.forbidden}

    async def _revoke_tokens(self, _: bytes) -> dict[str, object]:
        self._state.of(HuaweiAccounts).revoke_tokens()
        return {}

    async def _go_live(self, body: bytes) -> dict[str, str]:
        parameters = _BroadcastRequest.model_validate_json(body)
        return {"stream_id": go_live(self._state, parameters.channel_arn)}

    async def _end_stream(self, body: bytes) -> dict[str, str]:
        parameters = _BroadcastEndRequest.model_validate_json(body)
        end_stream(self._state, parameters.channel_arn, failed=parameters.failed)
        return {"channel_arn": parameters.channel_arn}

    async def _inject(self, body: bytes) -> dict[str, str]:
        rule = TypeAdapter(FaultRule).validate_json(body)
        self._state.of(Faults).add(rule)
        return {"kind": rule.kind}

    async def _clear_faults(self, _: bytes) -> dict[str, object]:
        self._state.of(Faults).clear()
        return {}

    async def _list_calls(self, _: bytes) -> list[dict[str, object]]:
        return [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in asdict(call).items()
            }
            for call in self._calls
        ]


def _rejection_reason(request: Request) -> str | None:
    if reason := rejection_reason(request):
        return reason
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.method != "GET" and media_type != _JSON:
        return f"the content type must be {_JSON}"
    return None


def _error(message: str, *, status: int) -> Response:
    body = json.dumps({"error": message}).encode()
    return Response(status=status, body=body, headers={"Content-Type": _JSON})
