import asyncio
import gc
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import AsyncPager, DecodeError, InvalidRequestError, RequestError, UnavailableError
from vidkit.paging.pages import TokenPages


class FakePage:
    def __init__(self, items, next_token=None):
        self.items = items
        self.next_token = next_token


class Service:
    """Pages of items, by token; counts the requests, and fails where the test says so."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []
        self.fail_at = {}
        self.tells_early = True
        self.tasks = []

    async def fetch(self, token, decoding):
        self.asked.append(token)
        await asyncio.sleep(0)
        if self.fail_at.get(token, 0) > 0:
            self.fail_at[token] -= 1
            raise UnavailableError("down", retryable=True)
        number = int(token or 0)
        following = str(number + 1) if number + 1 < len(self.pages) else None
        if decoding and self.tells_early:
            async with decoding(json.dumps({"NextToken": following}).encode()):
                pass
        return FakePage(self.pages[number], following)

    def spawn(self, work, *, context=None):
        task = asyncio.get_running_loop().create_task(work, context=context)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.tasks.append(task)
        return task

    def pager(self):
        return AsyncPager(
            lambda token, *, ahead: TokenPages(self.fetch, self.spawn, token=token, ahead=ahead)
        )


@given(
    pages=st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=6),
    limit=st.none() | st.integers(0, 12),
)
def test_every_item_comes_once_in_order(pages, limit):
    async def read():
        service = Service(pages)
        pager = service.pager()
        everything = [item for page in pages for item in page]
        assert [item async for item in pager] == everything
        assert [page.items async for page in pager.pages()] == pages
        assert await pager.collect(limit=limit) == everything[:limit]
        assert await pager.first() == next(iter(everything), None)
        assert (await pager).items == pages[0]
        await asyncio.gather(*service.tasks, return_exceptions=True)

    asyncio.run(read())


@given(
    pages=st.lists(st.lists(st.integers(), max_size=3), min_size=2, max_size=5),
    at=st.integers(1, 4),
)
def test_a_token_resumes_where_its_page_began(pages, at):
    token = str(min(at, len(pages) - 1))

    async def read():
        found = [page.items async for page in Service(pages).pager().pages(token=token)]
        assert found == pages[int(token) :]

    asyncio.run(read())


async def test_the_next_page_is_asked_for_while_the_present_one_is_consumed():
    service = Service([[1], [2], [3]])
    pages = service.pager().pages()
    await anext(pages)
    for _ in range(3):
        await asyncio.sleep(0)
    assert service.asked == [None, "1"]
    await anext(pages)
    await anext(pages)
    assert service.asked == [None, "1", "2"]


async def test_the_first_page_alone_asks_for_one_page():
    service = Service([[1], [2]])
    await service.pager()
    await service.pager().first()
    await asyncio.sleep(0)
    assert service.asked == [None, None]


async def test_an_error_carries_the_token_and_the_iterator_goes_on():
    service = Service([[1], [2], [3]])
    service.fail_at = {"1": 1}
    pages = service.pager().pages()
    assert (await anext(pages)).items == [1]
    with pytest.raises(UnavailableError) as caught:
        await anext(pages)
    assert caught.value.next_token == "1"
    assert (await anext(pages)).items == [2]
    assert (await anext(pages)).items == [3]
    with pytest.raises(StopAsyncIteration):
        await anext(pages)


@pytest.mark.parametrize("ring", ["a", "ab", "abc"])
async def test_a_token_that_comes_twice_is_an_error_not_a_loop(ring):
    asked = []

    async def fetch(token, _):
        asked.append(token)
        assert len(asked) < 10, "it goes on for ever"
        following = ring.index(token) + 1 if token else 0
        return FakePage([token], ring[following % len(ring)])

    service = Service([])
    pager = AsyncPager(lambda token, *, ahead: TokenPages(fetch, service.spawn, ahead=ahead))
    with pytest.raises(DecodeError, match="before"):
        await pager.collect()
    assert asked == [None, *ring]


async def test_an_empty_token_ends_the_pages():
    async def fetch(_token, _decoding):
        return FakePage([1], "")

    service = Service([])
    pager = AsyncPager(lambda token, *, ahead: TokenPages(fetch, service.spawn, ahead=ahead))
    assert await pager.collect() == [1]


async def test_an_abandoned_iterator_leaves_no_task():
    service = Service([[1], [2], [3]])
    async for _ in service.pager():
        break
    gc.collect()
    await asyncio.gather(*service.tasks, return_exceptions=True)
    assert service.tasks
    assert all(task.done() for task in service.tasks)
    assert service.asked == [None]


@pytest.mark.parametrize("tells_early", [True, False])
async def test_a_cancelled_reader_can_read_on(tells_early):
    cancelled = 0
    for turns in range(10):
        service = Service([[1], [2], [3]])
        service.tells_early = tells_early
        pages = service.pager().pages()
        found = (await anext(pages)).items
        reader = asyncio.ensure_future(anext(pages))
        for _ in range(turns):
            await asyncio.sleep(0)
        reader.cancel()
        try:
            found += (await reader).items
        except asyncio.CancelledError:
            cancelled += 1
        async for page in pages:
            found += page.items
        assert found == [1, 2, 3], f"cancelled after {turns} turns of the loop"
    # Before the request, while the page was fetched, and just before it was returned.
    assert 5 < cancelled < 10


@pytest.mark.parametrize("token", ["", 5, b"x"])
async def test_a_token_must_be_text(token):
    with pytest.raises(RequestError, match="token"):
        Service([[1]]).pager().pages(token=token)


@pytest.mark.parametrize("limit", [-1, 1.5, True, "3"])
async def test_a_limit_must_be_a_whole_number(limit):
    with pytest.raises(RequestError, match="limit"):
        await Service([[1]]).pager().collect(limit=limit)


class Expiring(Service):
    """A service whose page tokens expire after a few requests."""

    def __init__(self, pages, *, at):
        super().__init__(pages)
        self.at = at

    async def fetch(self, token, decoding):
        if token is not None and len(self.asked) in self.at:
            self.asked.append(token)
            raise InvalidRequestError("expired", code="Expired")
        return await super().fetch(token, decoding)

    def pager(self):
        return AsyncPager(
            lambda token, *, ahead: TokenPages(
                self.fetch,
                self.spawn,
                token=token,
                ahead=ahead,
                expired=lambda error: error.code == "Expired",
            )
        )


@given(
    pages=st.lists(st.lists(st.integers(), min_size=1, max_size=3), min_size=1, max_size=5),
    at=st.sets(st.integers(1, 6), max_size=2),
)
def test_an_expired_token_loses_nothing_and_repeats_nothing(pages, at):
    async def read():
        service = Expiring(pages, at=at)
        found = []
        try:
            async for page in service.pager().pages():
                found.append(page.items)  # noqa: PERF401 - it must be there after an error
        except InvalidRequestError:
            # A token may expire again during the restart; then that error is raised.
            assert found == pages[: len(found)]
        else:
            assert found == pages

    asyncio.run(read())


async def test_an_expired_token_begins_again_where_it_was():
    service = Expiring([[1], [2], [3]], at={1})
    assert await service.pager().collect() == [1, 2, 3]
    assert service.asked == [None, "1", None, "1", "2"]


async def test_an_expired_token_of_the_callers_own_is_told():
    service = Expiring([[1], [2], [3]], at={0})
    with pytest.raises(InvalidRequestError):
        await anext(service.pager().pages(token="1"))
