"""Stream processors of Rekognition Video."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.expiring_tokens import ExpiringTokens
from vidkit.local.rekognition.kinds import Item
from vidkit.local.rekognition.processor_rules import (
    check_create,
    check_start,
    check_update,
    effective_parameters,
)
from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.runtime.state import State

MAX_PROCESSORS = 10_000
"""The quota of processors of an account."""
MAX_FACE_SEARCHES = 10
"""The quota of face search processors that run at the same time."""
MAX_RESULTS = 1000
"""Processors on a page: the default, and the maximum."""

_DEFAULT_SECONDS = 10
_IDLE = frozenset({"STOPPED", "FAILED"})
_ACTIVE = frozenset({"STARTING", "RUNNING"})


@dataclass(slots=True)
class _Processor:
    """A processor, with the times at which it takes on each status."""

    parameters: Item
    arn: str
    serial: int
    created: datetime
    schedule: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    failure: str | None = None

    @property
    def face_search(self) -> bool:
        return "FaceSearch" in self.parameters["Settings"]

    def current(self, now: datetime) -> tuple[datetime, str]:
        """The current status, and when it began."""
        begun = [entry for entry in self.schedule if entry[0] <= now]
        return begun[-1] if begun else self.schedule[0]

    def status(self, now: datetime) -> str:
        return self.current(now)[1]


class StreamProcessors:
    """The stream processors of an account.

    A change of status takes ``State.job_seconds``: ``STARTING`` becomes ``RUNNING``, ``STOPPING``
    and ``UPDATING`` become ``STOPPED``. A label detection processor stays in ``STARTING`` for the
    duration of its ``StopSelector``. No stream is read and nothing is written to the outputs.
    Where the documents leave a choice: a processor that is neither ``STOPPED`` nor ``FAILED``
    cannot be started, updated or deleted, and one that is neither ``STARTING`` nor ``RUNNING``
    cannot be stopped (``ResourceInUseException``); collections, streams and buckets need not
    exist.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._setup = state.of(RekognitionState)
        self._processors: dict[str, _Processor] = {}
        self._created = 0
        self._tokens = ExpiringTokens(state)
        self._operations: dict[str, Callable[[Item], Item]] = {
            "CreateStreamProcessor": self._create,
            "DescribeStreamProcessor": self._describe,
            "ListStreamProcessors": self._list,
            "StartStreamProcessor": self._start,
            "StopStreamProcessor": self._stop,
            "UpdateStreamProcessor": self._update,
            "DeleteStreamProcessor": self._delete,
            "ListTagsForResource": self._tags,
        }

    @property
    def operations(self) -> frozenset[str]:
        """The operations of stream processors."""
        return frozenset(self._operations)

    def handle(self, operation: str, parameters: Item) -> Item:
        """Carry out one request that fits the service model.

        Raises:
            ApiError: the service rejects the request.
        """
        self._apply_failures()
        return self._operations[operation](parameters)

    def _create(self, parameters: Item) -> Item:
        check_create(parameters)
        name = parameters["Name"]
        if name in self._processors:
            raise ApiError(
                "ResourceInUseException", f"Stream processor name: {name} already exists."
            )
        if len(self._processors) >= MAX_PROCESSORS:
            raise _limit()
        identity, now = self._state.identity, self._state.now()
        arn = f"arn:aws:rekognition:{identity.region}:{identity.account_id}:streamprocessor/{name}"
        kept = effective_parameters(parameters)
        processor = _Processor(kept, arn, self._created, now, [(now, "STOPPED")])
        self._created += 1
        self._processors[name] = processor
        return {"StreamProcessorArn": arn}

    def _describe(self, parameters: Item) -> Item:
        processor = self._find(parameters)
        updated, status = processor.current(self._state.now())
        shown = {name: value for name, value in processor.parameters.items() if name != "Tags"}
        message = {} if processor.failure is None else {"StatusMessage": processor.failure}
        return {
            **shown,
            "StreamProcessorArn": processor.arn,
            "Status": status,
            **(message if status == "FAILED" else {}),
            "CreationTimestamp": processor.created.timestamp(),
            "LastUpdateTimestamp": updated.timestamp(),
        }

    def _list(self, parameters: Item) -> Item:
        start = self._tokens.read(parameters.get("NextToken"), "ListStreamProcessors")
        size: int = min(parameters.get("MaxResults", MAX_RESULTS), MAX_RESULTS)
        # By order of creation: a processor deleted between two pages does not shift the others.
        left = [item for item in self._processors.values() if item.serial >= start]
        now = self._state.now()
        content: Item = {
            "StreamProcessors": [
                {"Name": item.parameters["Name"], "Status": item.status(now)}
                for item in left[:size]
            ]
        }
        if len(left) > size:
            content["NextToken"] = self._tokens.issue(left[size].serial, "ListStreamProcessors")
        return content

    def _start(self, parameters: Item) -> Item:
        processor = self._find_idle(parameters)
        check_start(parameters, face_search=processor.face_search)
        now = self._state.now()
        running = sum(
            item.face_search and item.status(now) in _ACTIVE for item in self._processors.values()
        )
        if processor.face_search and running >= MAX_FACE_SEARCHES:
            raise _limit()
        started = now + timedelta(seconds=self._state.job_seconds)
        seconds = parameters.get("StopSelector", {}).get("MaxDurationInSeconds", _DEFAULT_SECONDS)
        processor.failure = self._setup.processor_failures.pop(parameters["Name"], None)
        if processor.failure is not None:
            following = (started, "FAILED")
        elif processor.face_search:
            following = (started, "RUNNING")
        else:
            following = (now + timedelta(seconds=seconds), "STOPPED")
        processor.schedule = [(now, "STARTING"), following]
        return {"SessionId": str(uuid.uuid4())}

    def _stop(self, parameters: Item) -> Item:
        processor = self._find(parameters)
        now = self._state.now()
        if processor.status(now) not in _ACTIVE:
            name = parameters["Name"]
            raise ApiError("ResourceInUseException", f"Stream processor {name} is not running.")
        self._stop_after(processor, "STOPPING")
        return {}

    def _update(self, parameters: Item) -> Item:
        processor = self._find_idle(parameters)
        check_update(parameters, face_search=processor.face_search)
        kept = dict(processor.parameters)
        deleted = parameters.get("ParametersToDelete", ())
        if not processor.face_search:
            change = parameters.get("SettingsForUpdate", {}).get("ConnectedHomeForUpdate", {})
            home = {**kept["Settings"]["ConnectedHome"], **change}
            if "ConnectedHomeMinConfidence" in deleted:
                home.pop("MinConfidence", None)
            kept["Settings"] = {"ConnectedHome": home}
        for name in ("RegionsOfInterest", "DataSharingPreference"):
            if f"{name}ForUpdate" in parameters:
                kept[name] = parameters[f"{name}ForUpdate"]
        if "RegionsOfInterest" in deleted:
            kept.pop("RegionsOfInterest", None)
        processor.parameters = kept
        self._stop_after(processor, "UPDATING")
        return {}

    def _delete(self, parameters: Item) -> Item:
        self._find_idle(parameters)
        del self._processors[parameters["Name"]]
        return {}

    def _tags(self, parameters: Item) -> Item:
        arn = parameters["ResourceArn"]
        for processor in self._processors.values():
            if processor.arn == arn:
                return {"Tags": processor.parameters.get("Tags", {})}
        raise ApiError("ResourceNotFoundException", f"The resource {arn} does not exist.")

    def _find(self, parameters: Mapping[str, Any]) -> _Processor:
        name = parameters["Name"]
        processor = self._processors.get(name)
        if processor is None:
            raise ApiError("ResourceNotFoundException", f"Stream processor {name} does not exist.")
        return processor

    def _find_idle(self, parameters: Mapping[str, Any]) -> _Processor:
        processor = self._find(parameters)
        status = processor.status(self._state.now())
        if status not in _IDLE:
            name = parameters["Name"]
            raise ApiError(
                "ResourceInUseException", f"Stream processor {name} is in state {status}."
            )
        return processor

    def _stop_after(self, processor: _Processor, status: str) -> None:
        """Set a status that becomes ``STOPPED`` after ``State.job_seconds``."""
        now = self._state.now()
        stopped = now + timedelta(seconds=self._state.job_seconds)
        processor.failure = None
        processor.schedule = [(now, status), (stopped, "STOPPED")]

    def _apply_failures(self) -> None:
        """Set ``FAILED`` for the active processors that a failure was set up for."""
        failures, now = self._setup.processor_failures, self._state.now()
        for name in list(failures):
            processor = self._processors.get(name)
            if processor is not None and processor.status(now) in _ACTIVE:
                processor.failure = failures.pop(name)
                processor.schedule = [(now, "FAILED")]


def _limit() -> ApiError:
    return ApiError("LimitExceededException", "Stream processor limit exceeded for account")
