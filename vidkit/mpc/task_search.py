"""Search for the tasks of ambiguous creates.

One listing serves every search that was requested before the listing began. Searches that are
requested during a listing are served by the next one, which begins when that listing has ended.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vidkit.errors import DecodeError, VidKitError, kit_closed, unforeseen
from vidkit.mpc.caller import MpcCaller
from vidkit.mpc.models import ListThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import MAX_PAGE_NUMBER, ListThumbnailsTaskRequest

__all__ = ["PageOrder", "TaskSearch"]

# A listing first waits: other searches join it, and new tasks become visible. It waits as long as
# the listing before took, within these bounds, so that listing takes at most half of the time.
_MIN_BATCHING_SECONDS = 0.1
_MAX_BATCHING_SECONDS = 2.0
_PAGE_SIZE = 100
# The start of a listing has a margin of minutes: a smaller shift than this needs no new listing.
_TOLERATED_SHIFT = timedelta(seconds=30)
# A start before this year is not sent: all tasks are listed.
_MIN_START_YEAR = 2000


@dataclass(eq=False, slots=True)
class _Search:
    """The search of one create."""

    user_data: str
    since: Callable[[], datetime]
    enough: int | None
    future: "asyncio.Future[list[ThumbTask]]"
    found: dict[str, ThumbTask] = field(default_factory=dict[str, ThumbTask])

    @property
    def complete(self) -> bool:
        return self.future.done() or (self.enough is not None and len(self.found) >= self.enough)


class TaskSearch:
    """Searches for tasks by ``user_data``; a kit's searches share listings."""

    def __init__(self) -> None:
        self._pending: list[_Search] | None = None
        self._listing_lock = asyncio.Lock()
        self._last_listing_seconds = 0.0

    async def find(
        self,
        caller: MpcCaller,
        user_data: str,
        *,
        since: Callable[[], datetime],
        enough: int | None = None,
    ) -> list[ThumbTask]:
        """All tasks with this ``user_data``, by a listing that begins now or later.

        Args:
            caller: makes the calls, if this search is the first of its listing.
            user_data: the tasks' ``user_data``.
            since: returns the earliest ``create_time`` of interest, by what is known at that time.
            enough: the number of tasks after which the search may stop; None: never.

        Raises:
            VidKitError: the tasks could not be listed completely.
        """
        search = _Search(user_data, since, enough, asyncio.get_running_loop().create_future())
        if self._pending is None:
            self._pending = pending = [search]
            caller.runtime.spawn(self._run_listing(caller, pending))
        else:
            self._pending.append(search)
        return await search.future

    async def _run_listing(self, caller: MpcCaller, searches: list[_Search]) -> None:
        failure: VidKitError = kit_closed()
        try:
            async with self._listing_lock:
                await asyncio.sleep(max(_MIN_BATCHING_SECONDS, self._last_listing_seconds))
                self._pending = None
                started = time.monotonic()
                await _list_tasks(caller, searches)
                elapsed = time.monotonic() - started
                self._last_listing_seconds = min(elapsed, _MAX_BATCHING_SECONDS)
        except VidKitError as error:
            failure = error
        except Exception as error:
            failure = unforeseen(error)
            raise
        finally:
            if self._pending is searches:
                self._pending = None
            for search in searches:
                # A create that stopped waiting has cancelled its future.
                if not search.future.done():
                    search.future.set_exception(failure)
                    # No create may be left to retrieve it: asyncio would log that.
                    search.future.exception()


async def _list_tasks(caller: MpcCaller, searches: list[_Search]) -> None:
    """List tasks until every search is complete, then set the results."""
    complete = False
    while not complete:
        since = min(search.since() for search in searches)
        start = since if since.year >= _MIN_START_YEAR else None
        request = ListThumbnailsTaskRequest(start_time=start, size=_PAGE_SIZE)
        order = PageOrder()
        number: int | None = 0
        while number is not None:
            page = await _list_page(caller, request, number)
            # The first response brings the service's time: the listing may have to begin earlier,
            # or need not begin with the oldest tasks.
            known_since = min(search.since() for search in searches)
            is_bounded = start is None and known_since.year >= _MIN_START_YEAR
            if known_since < since - _TOLERATED_SHIFT or (is_bounded and page.is_truncated):
                break
            _assign(page.items, searches)
            done = all(search.complete for search in searches)
            number = None if done else order.next_page(page)
        complete = number is None
    for search in searches:
        if not search.future.done():
            search.future.set_result(list(search.found.values()))


def _assign(tasks: list[ThumbTask], searches: list[_Search]) -> None:
    by_user_data: dict[str, list[_Search]] = {}
    for search in searches:
        by_user_data.setdefault(search.user_data, []).append(search)
    for task in tasks:
        for search in by_user_data.get(task.user_data or "", ()):
            if task.task_id:
                search.found[task.task_id] = task


class PageOrder:
    """The order in which all pages are read, the newest as early as possible.

    The API does not document the order of tasks. If the first page shows that the oldest come
    first, and its total that there are more pages, the last page is read next, then the others
    backwards.
    """

    def __init__(self) -> None:
        self._second_page = 1
        self._backwards = False

    def next_page(self, page: ListThumbnailsTaskResponse) -> int | None:
        """The number of the page to read next; None when all have been read.

        Raises:
            DecodeError: there are more pages than the API can number.
        """
        if page.page == 0:
            self._second_page = _newest_page(page)
            return self._second_page if page.is_truncated else None
        if page.is_truncated and not self._backwards:
            if page.page >= MAX_PAGE_NUMBER:
                raise DecodeError(f"there are more tasks than {MAX_PAGE_NUMBER} pages hold")
            return page.page + 1
        number = (page.page if self._backwards else self._second_page) - 1
        self._backwards = True
        return number or None


def _newest_page(first: ListThumbnailsTaskResponse) -> int:
    times = [task.create_time for task in first.items if task.create_time is not None]
    oldest_first = len(times) > 1 and times[0] < times[-1] and times == sorted(times)
    if not oldest_first or not first.total or first.total <= _PAGE_SIZE:
        return 1
    return min((first.total - 1) // _PAGE_SIZE, MAX_PAGE_NUMBER)


async def _list_page(
    caller: MpcCaller, request: ListThumbnailsTaskRequest, number: int
) -> ListThumbnailsTaskResponse:
    page = await caller.list_page(request, number)
    if page.is_truncated and not page.items:
        raise DecodeError("is_truncated says that there are more tasks, but the page has none")
    return page
