"""Analysis jobs of Rekognition Video: how they are started, run, found and ended."""

import asyncio
import copy
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vidkit.local.objects.files import as_file, size_of
from vidkit.local.protocol.wire import Fault
from vidkit.local.rekognition.completion import Publisher, publish_end
from vidkit.local.rekognition.kinds import Item, JobKind, Result, Subject
from vidkit.local.runtime.state import State, StoredObject
from vidkit.local.runtime.worker_threads import in_thread
from vidkit.local.video import media

MAX_RUNNING = 20
"""Jobs of one account that may be in progress at a time."""
MAX_BYTES = 10 * 1024**3
MAX_DURATION = timedelta(hours=6)
RETENTION = timedelta(days=7)
"""How long results and request tokens are kept."""

_logger = logging.getLogger("vidkit.local")


class FailedVideoError(Exception):
    """A video that is not analysed; the message is the job's ``StatusMessage``."""


@dataclass(slots=True)
class Job:
    """One analysis of one video."""

    kind: JobKind
    parameters: Item
    started: datetime
    id: str = field(default_factory=lambda: secrets.token_hex(32))
    status: str = "IN_PROGRESS"
    message: str | None = None
    result: Result | None = None


class Jobs:
    """The account's jobs: started once per token, limited in number, run in owned tasks.

    Args:
        state: what the services share.
        publish: where the end of a job with a ``NotificationChannel`` is published; None for
            nowhere.
    """

    def __init__(self, state: State, publish: Publisher | None = None) -> None:
        self._state = state
        self._publish = publish
        self._jobs: dict[str, Job] = {}
        self._tokens: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._analysing = asyncio.Semaphore(os.cpu_count() or 1)

    async def start(self, kind: JobKind, parameters: Item) -> Job:
        """Start a job, or find the one that the same request has started before.

        Raises:
            Fault: the token belongs to another request, the object cannot be had or is too
                large, or too many jobs are in progress.
        """
        # One at a time: two requests with one token must not both find it unused.
        async with self._starting:
            self._forget()
            token = parameters.pop("ClientRequestToken", None)
            before = self._tokens.get(token)
            if before is not None:
                if before.kind is kind and before.parameters == parameters:
                    return before
                raise Fault(
                    "IdempotentParameterMismatchException",
                    "The ClientRequestToken belongs to a request with other parameters.",
                )
            kind.check(parameters, self._state)
            stored = await self._object(parameters["Video"])
            running = sum(job.status == "IN_PROGRESS" for job in self._jobs.values())
            if running >= MAX_RUNNING:
                account = self._state.identity.account_id
                raise Fault(
                    "LimitExceededException",
                    f"{running} open Jobs for User {account} Maximum limit: {MAX_RUNNING}",
                )
            job = Job(kind, parameters, self._state.now())
            self._jobs[job.id] = job
            if token is not None:
                self._tokens[token] = job
            task = asyncio.create_task(self._run(job, stored), name=f"rekognition {kind.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return job

    def find(self, kind: JobKind, job_id: str) -> Job:
        """The job of this kind with this id.

        Raises:
            Fault: there is none.
        """
        self._forget()
        job = self._jobs.get(job_id)
        if job is None or job.kind is not kind:
            raise Fault("ResourceNotFoundException", "Could not find JobId.")
        return job

    async def close(self) -> None:
        """Cancel the jobs in progress and wait until they have ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _object(self, video: Mapping[str, Any]) -> StoredObject:
        where = video.get("S3Object", {})
        if "Bucket" not in where or "Name" not in where:
            raise Fault(
                "InvalidParameterException",
                "Request has invalid parameters: Video.S3Object needs Bucket and Name.",
            )
        missing = Fault(
            "InvalidS3ObjectException",
            "Unable to get object metadata from S3. Check object key, region and/or access"
            " permissions.",
        )
        stored = self._state.objects.get((where["Bucket"], where["Name"]))
        # Buckets here keep no versions; "null" is what S3 calls the only one then.
        if stored is None or where.get("Version", "null") != "null":
            raise missing
        try:
            size = await in_thread(size_of, stored)
        except OSError:
            raise missing from None
        if size > MAX_BYTES:
            raise Fault(
                "VideoTooLargeException",
                f"The video has {size} bytes; the most is {MAX_BYTES}.",
            )
        return stored

    async def _run(self, job: Job, stored: StoredObject) -> None:
        loop = asyncio.get_running_loop()
        where = (stored.bucket, stored.name)
        seconds = self._state.object_seconds.get(where, self._state.job_seconds)
        earliest = loop.time() + seconds
        result, message = None, None
        try:
            async with self._analysing:
                result = await in_thread(self._analyse, job, stored)
        except FailedVideoError as error:
            message = str(error)
        except Exception:
            _logger.exception("Analysis of %s/%s failed", stored.bucket, stored.name)
            message = "Internal error while the video was analyzed."
        await asyncio.sleep(earliest - loop.time())
        # Asked for as the last thing, so that a job in progress can be made to fail as well.
        failures = self._state.failures.get(where, {})
        ordered = failures.get(job.kind.key, failures.get(None))
        if ordered is not None:
            result, message = None, ordered
        job.result, job.message = result, message
        job.status = "FAILED" if result is None else "SUCCEEDED"
        if self._publish is not None:
            await publish_end(self._publish, job, self._state.now())

    def _analyse(self, job: Job, stored: StoredObject) -> Result:
        script = self._state.scripts.get(job.kind.key, {})
        scripted = copy.deepcopy(script.get((stored.bucket, stored.name), []))
        with as_file(stored) as path:
            try:
                info = media.probe(path)
            except media.NotAVideoError:
                raise FailedVideoError("Unsupported codec/format.") from None
            if info.codec != "h264" or info.container != "QuickTime / MOV":
                raise FailedVideoError("Unsupported codec/format.")
            if info.duration > MAX_DURATION.total_seconds():
                raise FailedVideoError(f"The video is longer than {MAX_DURATION}.")
            items = job.kind.analyse(job.parameters, Subject(path, info, scripted))
        return Result(info, items)

    def _forget(self) -> None:
        oldest = self._state.now() - RETENTION
        self._jobs = {
            key: job
            for key, job in self._jobs.items()
            if job.started >= oldest or job.status == "IN_PROGRESS"
        }
        self._tokens = {key: job for key, job in self._tokens.items() if job.started >= oldest}
