"""How a run starts its jobs: once each, and in spite of a full account or an outage."""

import asyncio
import random
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import Generic, TypeVar

from vidkit.errors import AmbiguousError, QuotaError, VidKitError
from vidkit.jobs.idempotency import is_planned_token_taken, plan_request_token
from vidkit.jobs.job import Job
from vidkit.jobs.journal import Journal
from vidkit.jobs.polling import PollPolicy, is_transient, poll_delay

__all__ = ["JobStarts", "Starter"]

R = TypeVar("R")

Starter = Callable[[], Awaitable[Job[R]]]
"""Starts one job."""

_JOB_LIMIT_CODE = "LimitExceededException"
_MAX_RETRY_AFTER_SECONDS = 60.0


class JobStarts(Generic[R]):
    """Starts the jobs of a run.

    Args:
        resume: the job of a token.
        policy: its patience says for how long the failures of a start are tolerated.
        journal: the journal of the run, or None.
    """

    def __init__(
        self, *, resume: Callable[[str], Job[R]], policy: PollPolicy, journal: Journal | None
    ) -> None:
        self._resume = resume
        self._policy = policy
        self._journal = journal
        self._outages: dict[str | None, _Outage] = {}
        self._job_ended = asyncio.Condition()

    async def start_or_resume(self, key: str, starter: Starter[R]) -> Job[R]:
        """The job that an earlier run started, or a new one.

        Raises:
            VidKitError: the job could not be started.
        """
        journal = self._journal
        if journal is None:
            return await self._start(starter, uuid.uuid4().hex, maybe_used=False)
        if (token := journal.get(key, "token")) is not None:
            return self._resume(token)
        known = journal.get(key, "request")
        request = known or uuid.uuid4().hex
        if known is None:
            await journal.write(key, request=request)
        job = await self._start(starter, request, maybe_used=known is not None)
        if known is not None:
            # An earlier run may have started it, and its completion may have been missed since.
            job.poll_first()
        try:
            await journal.write(key, token=job.token)
        except VidKitError as error:
            error.job_token = job.token
            raise
        return job

    async def notify_job_ended(self) -> None:
        """Let a start that waits for the account's quota try again."""
        async with self._job_ended:
            self._job_ended.notify()

    async def _start(self, starter: Starter[R], token: str, *, maybe_used: bool) -> Job[R]:
        """Start a job; wait while the account's quota is used up, or the service fails."""
        rejections = 0
        outage: _Outage | None = None
        failing_since: float | None = None
        while True:
            async with _no_probe() if outage is None else outage.probe() as is_probe:
                plan_request_token(token, maybe_used=maybe_used)
                try:
                    job = await starter()
                except QuotaError as error:
                    if error.code != _JOB_LIMIT_CODE:
                        raise
                    failing_since = None
                except VidKitError as error:
                    now = asyncio.get_running_loop().time()
                    failing_since = now if failing_since is None else failing_since
                    if not _may_pass(error, token) or now - failing_since > self._policy.patience:
                        raise
                    ambiguous = error.ambiguous or isinstance(error, AmbiguousError)
                    maybe_used = maybe_used or ambiguous
                    outage = self._outages.setdefault(error.service, _Outage(self._policy))
                    outage.failed(error, is_probe=is_probe)
                    continue
                else:
                    failing_since = None
                    return job
                finally:
                    if outage is not None and failing_since is None:
                        outage.end()
            rejections += 1
            await self._wait_for_ended_job(poll_delay(self._policy, rejections, random.random()))  # noqa: S311

    async def _wait_for_ended_job(self, max_seconds: float) -> None:
        """Wait until a job of this run has ended, at most for a time.

        Jobs of other programs end too, without notice.
        """
        try:
            async with asyncio.timeout(max_seconds), self._job_ended:
                await self._job_ended.wait()
        except TimeoutError:
            return


def _may_pass(error: VidKitError, token: str) -> bool:
    """Whether a start may be repeated after an error, and is then the same start."""
    if isinstance(error, AmbiguousError):
        # A create of MPC whose marker is derived from the token looks for its task first.
        return token in (error.marker or "")
    return is_transient(error) and (not error.ambiguous or is_planned_token_taken())


def _no_probe() -> nullcontext[bool]:
    return nullcontext(enter_result=False)


class _Outage:
    """A time in which a service does not start jobs: one start at a time tries it again."""

    def __init__(self, policy: PollPolicy) -> None:
        self._policy = policy
        self._probing = asyncio.Lock()
        self._failures = 0
        self._retry_after = 0.0

    def failed(self, error: VidKitError, *, is_probe: bool) -> None:
        """Record that a start failed. Only those of probes make the delay longer."""
        self._failures = self._failures + 1 if is_probe else max(1, self._failures)
        # A date in place of seconds depends on this machine's clock, which may be years off.
        self._retry_after = min(error.retry_after or 0.0, _MAX_RETRY_AFTER_SECONDS)

    def end(self) -> None:
        """Record that a start has succeeded: all that wait may start."""
        self._failures = 0

    @asynccontextmanager
    async def probe(self) -> AsyncGenerator[bool]:
        """Wait for a turn and a delay, unless the outage has ended; True if it has not."""
        async with AsyncExitStack() as stack:
            if self._failures:
                await stack.enter_async_context(self._probing)
            is_probe = self._failures > 0
            if is_probe:
                delay = poll_delay(self._policy, self._failures, random.random())  # noqa: S311
                await asyncio.sleep(max(delay, self._retry_after))
            else:
                await stack.aclose()
            yield is_probe
