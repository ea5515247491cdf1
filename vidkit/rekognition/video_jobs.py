"""What the kinds of stored-video jobs share: starting once, watching, paging."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.errors import InvalidRequestError, NotFoundError, RequestError, VidKitError
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
_MOST_RESULTS = 1000


class VideoJobs:
    """Starts, pages and resumes jobs of any kind."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def start(
        self,
        kind: JobKind[PageT],
        request: StartRequest,
        *,
        completion: CompletionQueue | None = None,
        own_token: bool = False,
    ) -> "Job[AsyncPager[Any, PageT]]":
        """Start a job; sent again, it is still the same job.

        Args:
            kind: the job's kind.
            request: the start's parameters.
            completion: learns of the job's end.
            own_token: whether the client request token is the caller's, so that the job may have
                been started, and its end been told, before.

        Raises:
            RequestError: a completion queue that is not open, or without a notification channel.
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
        region = await (await self._caller.runtime.aws()).region()
        ref = JobRef(f"{_API}.{kind.name}", response.job_id, region)
        return self._job(kind, ref, completion=completion, fresh=not own_token)

    def pages(
        self, kind: JobKind[PageT], request: GetRequest, *, first: PageT | None = None
    ) -> AsyncPager[Any, PageT]:
        """A pager over a job's results.

        Args:
            kind: the job's kind.
            request: what to ask for.
            first: the first page, when it is known already.
        """

        def fetch(token: str | None, decoding: Decoding | None) -> Coroutine[Any, Any, PageT]:
            return self._page(kind.get, request.at(token), decoding)

        return self._caller.results_pager(
            fetch, begin=request.next_token, first=first, expired=_token_has_expired
        )

    def resume(
        self, ref: JobRef, *, completion: CompletionQueue | None = None
    ) -> "Job[AsyncPager[Any, Any]]":
        """The job that a token stands for.

        Raises:
            RequestError: a kind that is not known here, or a completion queue that is not open.
        """
        _check_completion(completion)
        kind = kind_named(ref.kind.partition(".")[2])
        if kind is None:
            raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")
        return self._job(kind, ref, completion=completion, fresh=False)

    def _job(
        self,
        kind: JobKind[PageT],
        ref: JobRef,
        *,
        completion: CompletionQueue | None,
        fresh: bool,
    ) -> "Job[AsyncPager[Any, PageT]]":
        request = kind.get_request(job_id=ref.id, max_results=_MOST_RESULTS)

        async def poll() -> JobPoll[PageT]:
            await self._check_region(ref)
            try:
                async with poll_limiter(self._caller.options.poll.polls_per_second):
                    found = (await self._page(kind.get, request)).as_poll()
            except VidKitError as error:
                if completion is not None and not error.retryable:
                    completion.forget(ref.id)
                raise
            if completion is not None and found.state is not JobState.RUNNING:
                completion.forget(ref.id)
            return found

        def result(page: PageT) -> AsyncPager[Any, PageT]:
            return self.pages(kind, request, first=page)

        driver = JobDriver(ref, poll, result)
        if completion is not None:
            completion.expect(ref.id)
            driver = JobDriver(ref, poll, result, pause=_pause(completion, ref.id, fresh=fresh))
        return Job(driver, self._caller.options.poll)

    async def _page(
        self, operation: Operation[PageT], request: GetRequest, decoding: Decoding | None = None
    ) -> PageT:
        try:
            return await self._caller.call(
                operation, AwsRequest(_API, operation.name, to_wire(request)), decoding=decoding
            )
        except NotFoundError as error:
            error.message += " (Results are kept for 7 days.)"
            raise
        except InvalidRequestError as error:
            if _token_has_expired(error):
                error.message += " (Page tokens live for 24 hours; begin again without one.)"
            raise

    async def _check_region(self, ref: JobRef) -> None:
        region = await (await self._caller.runtime.aws()).region()
        if ref.place != region:
            raise RequestError(
                f"token: stands for a job in region {ref.place!r}; this kit is for {region!r}"
            )


def _pause(
    completion: CompletionQueue, job_id: str, *, fresh: bool
) -> Callable[[int, float], Awaitable[None]]:
    """How a job waits for its message; one that was started elsewhere is looked at first."""

    async def pause(polls: int, delay: float) -> None:
        if fresh or polls:
            await completion.pause(job_id, polls, delay)

    return pause


def _check_completion(completion: object) -> None:
    if completion is None:
        return
    if not isinstance(completion, CompletionQueue):
        raise RequestError(
            f"completion: must be what completion_queue() gave, not a {type(completion).__name__}"
        )
    completion.check()


def _token_has_expired(error: VidKitError) -> bool:
    return error.code == "InvalidPaginationTokenException"
