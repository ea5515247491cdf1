"""Where pages begin, what is prefetched, and how repeated tokens end."""

import asyncio

import pytest

from vidkit import AsyncPager, DecodeError, RequestError
from vidkit._internal.tasks import cancel_quietly, result_of
from vidkit.paging.pages import TokenPages


class FakePage:
    def __init__(self, items, next_token=None):
        self.items = items
        self.next_token = next_token


def spawn(work, *, context=None):
    return asyncio.get_running_loop().create_task(work, context=context)


class Service:
    """Pages by token; keeps the tokens that were requested."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []

    async def fetch(self, token, _):
        self.asked.append(token)
        assert len(self.asked) < 10, "it goes on for ever"
        return self.pages[token]

    def read(self, **options):
        return TokenPages(self.fetch, spawn, **options)


async def test_the_next_page_is_fetched_ahead_unless_it_must_not_be():
    pages = {None: FakePage([1], "b"), "b": FakePage([2])}
    for options, asked in (({}, [None, "b"]), ({"ahead": False}, [None])):
        service = Service(pages)
        reading = service.read(**options)
        await anext(reading)
        for _ in range(3):
            await asyncio.sleep(0)
        assert service.asked == asked
        assert [page.items async for page in reading] == [[2]]
        assert service.asked == [None, "b"]


async def test_a_first_page_that_is_known_is_not_fetched():
    service = Service({"b": FakePage([2])})
    found = [page.items async for page in service.read(first=FakePage([1], "b"))]
    assert found == [[1], [2]]
    assert service.asked == ["b"]


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize(
    ("token", "pages", "asked", "again"),
    [
        # The first page has its own token as the next one.
        ("b", {"b": FakePage(["b"], "b")}, ["b"], "b"),
        ("b", {"b": FakePage(["b"], "c"), "c": FakePage(["c"], "b")}, ["b", "c"], "b"),
        (None, {None: FakePage([None], "b"), "b": FakePage(["b"], "b")}, [None, "b"], "b"),
    ],
)
async def test_a_ring_gives_each_page_once_then_an_error_and_then_it_ends(
    token, pages, asked, again, ahead
):
    service = Service(pages)
    reading = service.read(token=token, ahead=ahead)
    assert [(await anext(reading)).items[0] for _ in asked] == asked
    with pytest.raises(DecodeError) as caught:
        await anext(reading)
    assert caught.value.next_token == again
    assert "a page token it had given before" in caught.value.message
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await anext(reading)
    assert service.asked == asked


async def test_pages_that_have_ended_stay_so():
    service = Service({None: FakePage([1])})
    reading = service.read()
    assert (await anext(reading)).items == [1]
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await anext(reading)
    assert service.asked == [None]


@pytest.mark.parametrize(("limit", "found"), [(0, []), (1, [1]), (2, [1, 2]), (9, [1, 2, 3])])
async def test_a_limit_is_how_many_there_are_at_most(limit, found):
    service = Service({None: FakePage([1, 2], "b"), "b": FakePage([3])})
    pager = AsyncPager(lambda token, *, ahead: service.read(token=token, ahead=ahead))
    assert await pager.collect(limit=limit) == found
    assert bool(service.asked) is bool(limit)


async def test_a_task_that_its_owner_cancels_is_told_as_the_end_of_the_kit():
    task = asyncio.ensure_future(asyncio.sleep(60))
    waiting = asyncio.ensure_future(result_of(task))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(RequestError) as caught:
        await waiting
    assert caught.value.message == "this VidKit is closed; make a new one"


async def test_whoever_is_cancelled_while_waiting_is_cancelled():
    task = asyncio.ensure_future(asyncio.sleep(60))
    waiting = asyncio.ensure_future(result_of(task))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_a_task_gives_or_raises_is_passed_on():
    assert await result_of(asyncio.ensure_future(asyncio.sleep(0, "result"))) == "result"

    async def broken():
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        await result_of(asyncio.ensure_future(broken()))


def test_a_finaliser_cancels_what_still_runs_and_nothing_when_the_loop_has_closed():
    loop = asyncio.new_event_loop()

    async def begun():
        tasks = [asyncio.ensure_future(asyncio.sleep(60)) for _ in range(2)]
        ended = asyncio.ensure_future(asyncio.sleep(0, "result"))
        await asyncio.sleep(0)
        cancel_quietly(tasks[0])
        await asyncio.wait([tasks[0], ended])
        cancel_quietly(ended)
        return *tasks, ended

    cancelled, running, ended = loop.run_until_complete(begun())
    assert cancelled.cancelled()
    assert ended.result() == "result"
    loop.close()
    cancel_quietly(running)
    assert not running.cancelling()
    # Otherwise asyncio logs that a pending task was destroyed.
    running._log_destroy_pending = False
