"""What all kinds of stored-video jobs share: idempotent starts, polling and paging."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.errors import DecodeError, InvalidRequestError, NotFoundError, RequestError, VidKitError
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.jobs.rate_limits import poll_limiter
from vidkit.jobs.tokens import JobRef
from vidkit.models.requests import to_wire
from vidkit.paging.pager import AsyncPager
from vidkit.paging.prefetch import Decoding
from vidkit.rekognition.completion.completion_queue import CompletionQueue
from vidkit.rekognition.kinds.kind import JobKind
from vidkit.rekognition.kinds.registry import kind_named
from vidkit.rekognition.models import GetRequest, StartRequest, VideoJobPage
from vidkit.transports.base import AwsRequest

__all__ = ["VideoJobs"]

PageT = TypeVar("PageT", bound=VideoJobPage)

_API = "rekognition"
_MAX_RESULTS_PER_PAGE = 1000


class VideoJobs:
    """Starts and resumes jobs of any kind, and pages through their results."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def start(
        self,
        kind: JobKind[PageT],
        request: StartRequest,
        *,
        completion: CompletionQueue | None = None,
        token_from_caller: bool = False,
    ) -> "Job[AsyncPager[Any, PageT]]":
        """Start a job; a retry returns the same job.

        Args:
            kind: the job's kind.
            request: the parameters of the start.
            completion: the queue that reports the job's completion.
            token_from_caller: whether the caller gave the client request token, so that the job may
                have been started before, and its completion message been deleted.

        Raises:
            RequestError: the completion queue is not open, or the request has no notification
                channel for it.
        """
        _check_completion(completion)
        if completion is not None and request.notification_channel is None:
            raise RequestError(
                "notification_channel: missing; give the topic that the completion queue "
                "is subscribed to",
                service=_API,
                operation=kind.start.name,
            )
        response = await self._caller.call(
            kind.start, AwsRequest(_API, kind.start.name, to_wire(request))
        )
        region = await self._caller.runtime.aws_region()
        ref = JobRef(f"{_API}.{kind.name}", response.job_id, region)
        return self._job(kind, ref, completion=completion, is_new=not token_from_caller)

    def pages(
        self, kind: JobKind[PageT], request: GetRequest, *, first: PageT | None = None
    ) -> AsyncPager[Any, PageT]:
        """A pager over a job's results.

        Args:
            kind: the job's kind.
            request: the request for the first page.
            first: the first page, if it has been fetched already.
        """

        def fetch(token: str | None, decoding: Decoding | None) -> Coroutine[Any, Any, PageT]:
            return self._page(kind.get, request.at(token), decoding)

        return self._caller.results_pager(
            fetch, begin=request.next_token, first=first, expired=_token_has_expired
        )

    def resume(
        self, ref: JobRef, *, completion: CompletionQueue | None = None
    ) -> "Job[AsyncPager[Any, Any]]":
        """Resume the job of a reference.

        Raises:
            RequestError: the kind of job is unknown, or the completion queue is not open.
        """
        _check_completion(completion)
        kind = kind_named(ref.kind.partition(".")[2])
        if kind is None:
            raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")
        return self._job(kind, ref, completion=completion, is_new=False)

    def _job(
        self,
        kind: JobKind[PageT],
        ref: JobRef,
        *,
        completion: CompletionQueue | None,
        is_new: bool,
    ) -> "Job[AsyncPager[Any, PageT]]":
        request = kind.get_request(job_id=ref.id, max_results=_MAX_RESULTS_PER_PAGE)

        async def poll() -> JobPoll[PageT]:
            await self._check_region(ref)
            try:
                async with poll_limiter(self._caller.options.poll.polls_per_second):
                    job_poll = (await self._page(kind.get, request)).as_poll()
            except VidKitError as error:
                if completion is not None and not error.retryable:
                    completion.forget(ref.id)
                raise
            if completion is not None and job_poll.state is not JobState.RUNNING:
                completion.forget(ref.id)
            return job_poll

        def result(page: PageT) -> AsyncPager[Any, PageT]:
            return self.pages(kind, request, first=page)

        driver = JobDriver(ref, poll, result)
        if completion is not None:
            completion.expect(ref.id)
            driver = JobDriver(
                ref, poll, result, pause=_pause_for_message(completion, ref.id, is_new=is_new)
            )
        return Job(driver, self._caller.options.poll)

    async def _page(
        self, operation: Operation[PageT], request: GetRequest, decoding: Decoding | None = None
    ) -> PageT:
        try:
            page = await self._caller.call(
                operation, AwsRequest(_API, operation.name, to_wire(request)), decoding=decoding
            )
        except NotFoundError as error:
            error.message += " (Results are kept for 7 days.)"
            raise
        except InvalidRequestError as error:
            if _token_has_expired(error):
                error.message += " (Page tokens expire after 24 hours; begin again without one.)"
            raise
        if page.job_status is None and page.next_token is None and not page.items:
            raise DecodeError(
                "the response has neither JobStatus nor results",
                service=_API,
                operation=operation.name,
            )
        return page

    async def _check_region(self, ref: JobRef) -> None:
        region = await self._caller.runtime.aws_region()
        if ref.place != region:
            raise RequestError(
                f"token: stands for a job in region {ref.place!r}; this kit is for {region!r}"
            )


def _pause_for_message(
    completion: CompletionQueue, job_id: str, *, is_new: bool
) -> Callable[[int, float], Awaitable[None]]:
    """The pause before a poll, until the completion message arrives.

    A job that may have been started before is polled at once, because its message may be gone.
    """

    async def pause(polls: int, delay: float) -> None:
        if is_new or polls:
            await completion.pause(job_id, polls, delay)

    return pause


def _check_completion(completion: object) -> None:
    if completion is None:
        return
    if not isinstance(completion, CompletionQueue):
        raise RequestError(
            f"completion: must be a CompletionQueue, not a {type(completion).__name__}"
        )
    completion.check()


def _token_has_expired(error: VidKitError) -> bool:
    return error.code == "InvalidPaginationTokenException"
