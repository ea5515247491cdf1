"""Windows that are fetched ahead: how many, in which order, and how fetching stops."""

import asyncio

import pytest

from vidkit import UnavailableError
from vidkit.images.grid import Window, windows
from vidkit.images.models import Image
from vidkit.images.windows.pages import WindowPages
from vidkit.images.windows.window_source import KnownWindows
from vidkit.models.timestamps import from_millis


class Fetching:
    """Pages of a range of ten windows; each window is fetched when the test lets it."""

    def __init__(self, *, concurrency=3):
        self.let = asyncio.Event()
        self.asked = []
        self.tasks = []
        self.failing = {}
        self.pages = WindowPages(
            KnownWindows(windows(0, 99_000, 1000, page_size=10), 0),
            self.fetch,
            self.spawn,
            concurrency=concurrency,
            token=lambda start: f"from {start}",
        )

    async def fetch(self, window):
        self.asked.append(window.start)
        await self.let.wait()
        if error := self.failing.pop(window.start, None):
            raise error
        return [
            Image(timestamp=from_millis(point), content=b"x")
            for point in range(window.start, window.end, 1000)
        ]

    def spawn(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.append(task)
        return task


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def test_only_so_many_are_under_way_or_wait_to_be_read():
    fetching = Fetching(concurrency=3)
    reader = asyncio.ensure_future(anext(fetching.pages))
    await turns()
    assert fetching.asked == [0, 10_000, 20_000]
    fetching.let.set()
    page = await reader
    await turns()
    # The page that was read counts as long as its reader has it.
    assert fetching.asked == [0, 10_000, 20_000]
    assert page.next_token == "from 10000"
    await anext(fetching.pages)
    await turns()
    assert fetching.asked == [0, 10_000, 20_000, 30_000]


async def test_closing_waits_until_all_have_stopped():
    fetching = Fetching()
    reader = asyncio.ensure_future(anext(fetching.pages))
    await turns()
    await fetching.pages.close()
    assert len(fetching.tasks) == 3
    assert all(task.cancelled() for task in fetching.tasks)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)


async def test_closing_before_anything_was_read_is_closing():
    await Fetching().pages.close()


async def test_a_failure_says_where_to_go_on_and_the_same_iterator_does():
    fetching = Fetching()
    fetching.let.set()
    fetching.failing[10_000] = UnavailableError("down")
    read = [(await anext(fetching.pages)).items[0].timestamp]
    with pytest.raises(UnavailableError) as caught:
        await anext(fetching.pages)
    assert caught.value.next_token == "from 10000"
    async for page in fetching.pages:
        read.append(page.items[0].timestamp)  # noqa: PERF401 - the same list goes on
    assert read == [from_millis(start) for start in range(0, 100_000, 10_000)]


async def test_the_window_of_a_page_is_known():
    fetching = Fetching()
    fetching.let.set()
    assert fetching.pages.window is None
    seen = [fetching.pages.window.start async for _ in fetching.pages]
    assert seen == list(range(0, 100_000, 10_000))
    with pytest.raises(StopAsyncIteration):
        await anext(fetching.pages)


async def test_an_abandoned_range_leaves_no_task():
    fetching = Fetching()
    reader = asyncio.ensure_future(anext(fetching.pages))
    await turns()
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    tasks = fetching.tasks
    await turns()
    assert all(task.cancelled() for task in tasks)


def picture(millis, content=b"x"):
    error = None if content else "NO_MEDIA"
    return Image(timestamp=from_millis(millis), content=content, error=error)


class Source:
    """Windows of ten seconds each, found one at a time."""

    position = 0

    def __init__(self, count, *, last_says_so=True):
        self.left = [
            Window(
                start,
                start + 9000,
                start + 10_000 if start + 10_000 < count * 10_000 or not last_says_so else None,
                10,
            )
            for start in range(0, count * 10_000, 10_000)
        ]
        self.known = []

    def take(self):
        return self.known.pop(0) if self.known else None

    async def find_more(self):
        await asyncio.sleep(0)
        self.known += self.left[:1]
        del self.left[:1]
        return bool(self.known)

    def close(self):
        return []


async def read(*responses, **options):
    """All pages of windows with these images: the timestamps and contents of their images."""

    async def fetch(window):
        return list(responses[window.start // 10_000])

    pages = WindowPages(
        Source(len(responses), **options), fetch, asyncio.ensure_future, concurrency=2, token=str
    )
    return [
        [(round(image.timestamp.timestamp() * 1000), image.content) for image in page.items]
        async for page in pages
    ]


def times(*pages):
    return [[(time, b"x") for time in page] for page in pages]


async def test_windows_that_are_found_one_by_one_are_all_read():
    assert await read([picture(0)], [picture(10_000)], [picture(20_000)]) == times(
        [0], [10_000], [20_000]
    )


async def test_images_come_in_the_order_of_time():
    assert await read([picture(2000), picture(0), picture(1000)]) == times([0, 1000, 2000])


@pytest.mark.parametrize("turn", [1, -1])
async def test_where_a_time_has_a_picture_and_an_error_it_has_a_picture(turn):
    assert await read([picture(0, None), picture(0, b"x")][::turn]) == times([0])
    assert await read([picture(0, None)]) == [[(0, None)]]


async def test_a_picture_that_stands_for_long_comes_once():
    # It is in the response of the first window, and of all windows that follow.
    assert await read([picture(500)], [picture(500)], [picture(500)], [picture(30_500)]) == times(
        [500], [], [], [30_500]
    )


async def test_what_was_passed_does_not_come_again():
    # Not in the window before it, but in an earlier one.
    assert await read([picture(500)], [], [picture(500), picture(20_500)]) == times(
        [500], [], [20_500]
    )


async def test_what_a_window_tells_of_later_closes_no_later_one_out():
    responses = [picture(0), picture(14_000)], [picture(11_000), picture(14_000)], [picture(20_000)]
    assert await read(*responses) == times([0, 14_000], [11_000], [20_000])


async def test_the_first_moment_of_the_next_window_is_later():
    responses = [picture(0), picture(10_000)], [picture(9500), picture(10_000), picture(11_000)]
    assert await read(*responses) == times([0, 10_000], [9500, 11_000])


async def test_where_no_page_says_that_it_is_the_last_an_empty_one_does():
    assert await read([picture(0)], [picture(10_000)], last_says_so=False) == times(
        [0], [10_000], []
    )
    pages = WindowPages(Source(0), lambda _: None, asyncio.ensure_future, concurrency=1, token=str)
    page = await anext(pages)
    assert (page.items, page.next_token, pages.window) == ((), None, None)
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await anext(pages)
