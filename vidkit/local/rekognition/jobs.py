"""Analysis jobs of Rekognition Video."""

import asyncio
import copy
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vidkit.local.objects.files import as_file, object_size
from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.completion import Publisher, publish_completion
from vidkit.local.rekognition.kinds import AnalysisKind, Item, Result, Subject
from vidkit.local.rekognition.state import RekognitionState
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.local.video import media

MAX_RUNNING = 20
"""The quota of jobs of one account that are in progress."""
MAX_BYTES = 10 * 1024**3
MAX_DURATION = timedelta(hours=6)
RETENTION = timedelta(days=7)
"""How long results and request tokens are kept."""

_logger = logging.getLogger("vidkit.local")


class FailedVideoError(Exception):
    """A video that cannot be analysed; the message is the job's ``StatusMessage``."""


@dataclass(slots=True)
class AnalysisJob:
    """One analysis of one video."""

    kind: AnalysisKind
    parameters: Item
    started: datetime
    id: str = field(default_factory=lambda: secrets.token_hex(32))
    status: str = "IN_PROGRESS"
    message: str | None = None
    result: Result | None = None


class AnalysisJobs:
    """The jobs of the account, and the tasks that run them.

    Args:
        state: what the services share.
        publish: publishes the completion of jobs with a ``NotificationChannel``; None: nothing is
            published.
    """

    def __init__(self, state: State, publish: Publisher | None = None) -> None:
        self._state = state
        self._setup = state.of(RekognitionState)
        self._publish = publish
        self._jobs: dict[str, AnalysisJob] = {}
        self._tokens: dict[str, AnalysisJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._analysing = asyncio.Semaphore(os.cpu_count() or 1)

    async def start(self, kind: AnalysisKind, parameters: Item) -> AnalysisJob:
        """Start a job, or return the one that the same request has started before.

        Raises:
            ApiError: the token belongs to another request, the object cannot be read or is too
                large, or too many jobs are in progress.
        """
        # One at a time: two requests with one token must not both find it unused.
        async with self._starting:
            self._drop_expired()
            token = parameters.pop("ClientRequestToken", None)
            existing = self._tokens.get(token)
            if existing is not None:
                if existing.kind is kind and existing.parameters == parameters:
                    return existing
                raise ApiError(
                    "IdempotentParameterMismatchException",
                    "The ClientRequestToken belongs to a request with other parameters.",
                )
            kind.check(parameters, self._state)
            stored = await self._object(parameters["Video"])
            running = sum(job.status == "IN_PROGRESS" for job in self._jobs.values())
            if running >= MAX_RUNNING:
                account = self._state.identity.account_id
                raise ApiError(
                    "LimitExceededException",
                    f"{running} open Jobs for User {account} Maximum limit: {MAX_RUNNING}",
                )
            job = AnalysisJob(kind, parameters, self._state.now())
            self._jobs[job.id] = job
            if token is not None:
                self._tokens[token] = job
            task = asyncio.create_task(self._run(job, stored), name=f"rekognition {kind.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return job

    def find(self, kind: AnalysisKind, job_id: str) -> AnalysisJob:
        """The job of this kind with this id.

        Raises:
            ApiError: the job does not exist.
        """
        self._drop_expired()
        job = self._jobs.get(job_id)
        if job is None or job.kind is not kind:
            raise ApiError("ResourceNotFoundException", "Could not find JobId.")
        return job

    async def close(self) -> None:
        """Cancel the jobs in progress and wait for their tasks."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _object(self, video: Mapping[str, Any]) -> StoredObject:
        location = video.get("S3Object", {})
        if "Bucket" not in location or "Name" not in location:
            raise ApiError(
                "InvalidParameterException",
                "Request has invalid parameters: Video.S3Object needs Bucket and Name.",
            )
        missing = ApiError(
            "InvalidS3ObjectException",
            "Unable to get object metadata from S3. Check object key, region and/or access"
            " permissions.",
        )
        stored = self._state.of(ObjectsState).objects.get((location["Bucket"], location["Name"]))
        # In a bucket without versioning, S3 calls the only version of an object "null".
        if stored is None or location.get("Version", "null") != "null":
            raise missing
        try:
            size = await in_worker_thread(object_size, stored)
        except OSError:
            raise missing from None
        if size > MAX_BYTES:
            raise ApiError(
                "VideoTooLargeException",
                f"The video has {size} bytes; the most is {MAX_BYTES}.",
            )
        return stored

    async def _run(self, job: AnalysisJob, stored: StoredObject) -> None:
        loop = asyncio.get_running_loop()
        earliest = loop.time() + self._state.seconds_of(stored.bucket, stored.name)
        result, message = None, None
        try:
            async with self._analysing:
                result = await in_worker_thread(self._analyse, job, stored)
        except FailedVideoError as error:
            message = str(error)
        except Exception:
            _logger.exception("Analysis of %s/%s failed", stored.bucket, stored.name)
            message = "Internal error while the video was analyzed."
        await asyncio.sleep(earliest - loop.time())
        # Read at the end, so that a job in progress can be made to fail as well.
        failures = self._setup.failures.get((stored.bucket, stored.name), {})
        failure = failures.get(job.kind.key, failures.get(None))
        if failure is not None:
            result, message = None, failure
        job.result, job.message = result, message
        job.status = "FAILED" if result is None else "SUCCEEDED"
        if self._publish is not None:
            await publish_completion(self._publish, job, self._state.now())

    def _analyse(self, job: AnalysisJob, stored: StoredObject) -> Result:
        script = self._setup.scripts.get(job.kind.key, {})
        scripted = copy.deepcopy(script.get((stored.bucket, stored.name), []))
        with as_file(stored) as path:
            try:
                info = media.probe(path, square_pixels=self._state.square_pixels)
            except media.NotAVideoError:
                raise FailedVideoError("Unsupported codec/format.") from None
            if info.codec != "h264" or info.container != "QuickTime / MOV":
                raise FailedVideoError("Unsupported codec/format.")
            if info.duration > MAX_DURATION.total_seconds():
                raise FailedVideoError(f"The video is longer than {MAX_DURATION}.")
            items = job.kind.analyse(job.parameters, Subject(path, info, scripted, self._state))
        return Result(info, items)

    def _drop_expired(self) -> None:
        oldest = self._state.now() - RETENTION
        self._jobs = {
            key: job
            for key, job in self._jobs.items()
            if job.started >= oldest or job.status == "IN_PROGRESS"
        }
        self._tokens = {key: job for key, job in self._tokens.items() if job.started >= oldest}
