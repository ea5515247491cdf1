"""Looking for tasks of creates that are in doubt: one listing for all of them.

A listing serves every create whose doubt is older than the listing. Those that come while one is
on its way wait for the next, which begins when it has ended.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vidkit.errors import DecodeError, VidKitError, kit_closed
from vidkit.mpc.caller import MpcCaller
from vidkit.mpc.models import ListThumbnailsTaskResponse, ThumbTask
from vidkit.mpc.parameters import ListThumbnailsTaskRequest

__all__ = ["PageOrder", "TaskSearch"]

# So long a listing waits for more doubts to come, and for the service to show what it has made;
# after a long one longer, so that no more than half of the time is spent on listing.
_GATHER_SECONDS = 0.1
_LONGEST_GATHERING = 2.0
_PAGE_SIZE = 100
_HIGHEST_PAGE = 50_000
# A bound that moves by less than this was right: it has a margin of minutes.
_SLACK = timedelta(seconds=30)
# What is wanted since before this is wanted since ever.
_FIRST_YEAR = 2000


@dataclass(eq=False, slots=True)
class _Search:
    """One create that wants to know."""

    user_data: str
    since: Callable[[], datetime]
    enough: int | None
    response: "asyncio.Future[list[ThumbTask]]"
    found: dict[str, ThumbTask] = field(default_factory=dict[str, ThumbTask])

    @property
    def satisfied(self) -> bool:
        return self.response.done() or (self.enough is not None and len(self.found) >= self.enough)


class TaskSearch:
    """The listings of a kit that look for tasks."""

    def __init__(self) -> None:
        self._gathering: list[_Search] | None = None
        self._listing = asyncio.Lock()
        self._took = 0.0

    async def look(
        self,
        caller: MpcCaller,
        user_data: str,
        *,
        since: Callable[[], datetime],
        enough: int | None = None,
    ) -> list[ThumbTask]:
        """All tasks with this ``user_data``, by a listing that begins from now on.

        Args:
            caller: makes the calls, if this is the first to want the listing.
            user_data: the tasks' ``user_data``.
            since: tells from when on tasks are of interest, as far as is known when it is asked.
            enough: after how many tasks there is no need to look on; None: never.

        Raises:
            VidKitError: the tasks could not be listed, all of them.
        """
        look = _Search(user_data, since, enough, asyncio.get_running_loop().create_future())
        if self._gathering is None:
            self._gathering = gathering = [look]
            caller.runtime.spawn(self._serve(caller, gathering))
        else:
            self._gathering.append(look)
        return await look.response

    async def _serve(self, caller: MpcCaller, looks: list[_Search]) -> None:
        failure: VidKitError = kit_closed()
        try:
            async with self._listing:
                await asyncio.sleep(max(_GATHER_SECONDS, self._took))
                self._gathering = None
                begun = time.monotonic()
                await _list(caller, looks)
                self._took = min(time.monotonic() - begun, _LONGEST_GATHERING)
        except VidKitError as error:
            failure = error
        finally:
            if self._gathering is looks:
                self._gathering = None
            for look in looks:
                # Whoever stopped waiting has cancelled its answer.
                if not look.response.done():
                    look.response.set_exception(failure)
                    # Nobody may be left to ask for it.
                    look.response.exception()


async def _list(caller: MpcCaller, looks: list[_Search]) -> None:
    """List tasks until all looks are answered."""
    complete = False
    while not complete:
        since = min(look.since() for look in looks)
        start = since if since.year >= _FIRST_YEAR else None
        request = ListThumbnailsTaskRequest(start_time=start, size=_PAGE_SIZE)
        order = PageOrder()
        number: int | None = 0
        while number is not None:
            page = await _page(caller, request, number)
            # The first answer tells the service's time; by it more may have to be listed.
            if min(look.since() for look in looks) < since - _SLACK:
                break
            _sort(page.items, looks)
            number = None if all(look.satisfied for look in looks) else order.following(page)
        complete = number is None
    for look in looks:
        if not look.response.done():
            look.response.set_result(list(look.found.values()))


def _sort(tasks: list[ThumbTask], looks: list[_Search]) -> None:
    wanted: dict[str, list[_Search]] = {}
    for look in looks:
        wanted.setdefault(look.user_data, []).append(look)
    for task in tasks:
        for look in wanted.get(task.user_data or "", ()):
            if task.task_id:
                look.found[task.task_id] = task


class PageOrder:
    """In which order pages are read: all of them, the newest tasks as early as can be told.

    The order of tasks is not documented. Where the first page shows that the oldest come first,
    and the total that there are more pages, the last page comes next; then, backwards, the rest.
    """

    def __init__(self) -> None:
        self._turn = 1
        self._backwards = False

    def following(self, page: ListThumbnailsTaskResponse) -> int | None:
        """The number of the page to read after this one; None when all have been read.

        Raises:
            DecodeError: the pages have no end.
        """
        if page.page == 0:
            self._turn = _newest_page(page)
            return self._turn if page.is_truncated else None
        if page.is_truncated and not self._backwards:
            if page.page >= _HIGHEST_PAGE:
                raise DecodeError(f"there are more tasks than {_HIGHEST_PAGE} pages hold")
            return page.page + 1
        number = (page.page if self._backwards else self._turn) - 1
        self._backwards = True
        return number or None


def _newest_page(first: ListThumbnailsTaskResponse) -> int:
    times = [task.create_time for task in first.items if task.create_time is not None]
    oldest_first = len(times) > 1 and times[0] < times[-1] and times == sorted(times)
    if not oldest_first or not first.total or first.total <= _PAGE_SIZE:
        return 1
    return min((first.total - 1) // _PAGE_SIZE, _HIGHEST_PAGE)


async def _page(
    caller: MpcCaller, request: ListThumbnailsTaskRequest, number: int
) -> ListThumbnailsTaskResponse:
    page = await caller.list_page(request, number)
    if page.is_truncated and not page.items:
        raise DecodeError("the service says that there are more tasks, and gives none")
    return page
