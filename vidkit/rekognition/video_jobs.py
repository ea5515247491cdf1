"""What the kinds of stored-video jobs share: starting once, watching, paging."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from vidkit.calls import Caller, Operation
from vidkit.errors import RequestError
from vidkit.jobs import Job, JobPoll, JobRef, Watched
from vidkit.model import to_wire
from vidkit.paging import AsyncPager
from vidkit.rekognition.kinds import KINDS, JobKind
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
        self, kind: JobKind[PageT], request: StartRequest
    ) -> "Job[AsyncPager[Any, PageT]]":
        """Start a job; sent again, it is still the same job."""
        answer = await self._caller.call(
            kind.start, AwsRequest(_API, kind.start.name, to_wire(request))
        )
        region = await (await self._caller.runtime.aws()).region()
        return self._job(kind, JobRef(f"{_API}.{kind.name}", answer.job_id, region))

    def pages(
        self, kind: JobKind[PageT], request: GetRequest, *, first: PageT | None = None
    ) -> AsyncPager[Any, PageT]:
        """A pager over a job's results.

        Args:
            kind: the job's kind.
            request: what to ask for.
            first: the first page, when it is known already.
        """

        def fetch(token: str | None) -> Coroutine[Any, Any, PageT]:
            return self._page(kind.get, request.at(token))

        return self._caller.pager(fetch, begin=request.next_token, first=first)

    def resume(self, ref: JobRef) -> "Job[AsyncPager[Any, Any]]":
        """The job that a token stands for.

        Raises:
            RequestError: a kind that is not known here.
        """
        kind = KINDS.get(ref.kind.partition(".")[2])
        if kind is None:
            raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")
        return self._job(kind, ref)

    def _job(self, kind: JobKind[PageT], ref: JobRef) -> "Job[AsyncPager[Any, PageT]]":
        request = kind.get_request(job_id=ref.id, max_results=_MOST_RESULTS)

        async def poll() -> JobPoll[PageT]:
            await self._check_region(ref)
            return (await self._page(kind.get, request)).as_poll()

        def result(page: PageT) -> AsyncPager[Any, PageT]:
            return self.pages(kind, request, first=page)

        return Job(Watched(ref, poll, result), self._caller.options.poll)

    async def _page(self, operation: Operation[PageT], request: GetRequest) -> PageT:
        return await self._caller.call(
            operation, AwsRequest(_API, operation.name, to_wire(request))
        )

    async def _check_region(self, ref: JobRef) -> None:
        region = await (await self._caller.runtime.aws()).region()
        if ref.place != region:
            raise RequestError(
                f"token: stands for a job in region {ref.place!r}; this kit is for {region!r}"
            )
