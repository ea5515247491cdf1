"""An expired page token: the pages are fetched again, and those already read are skipped."""

import asyncio

import pytest

from vidkit import AsyncPager, InvalidRequestError, UnavailableError
from vidkit.paging.pages import TokenPages


class FakePage:
    def __init__(self, items, next_token=None):
        self.items = items
        self.next_token = next_token


def expired():
    return InvalidRequestError("expired", code="Expired")


def spawn(work, *, context=None):
    return asyncio.get_running_loop().create_task(work, context=context)


class Script:
    """Returns the scripted pages in order, and keeps the tokens that were requested."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.ahead = []

    async def fetch(self, token, _):
        self.asked.append(token)
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def source(self, token, *, ahead):
        self.ahead.append(ahead)
        return TokenPages(
            self.fetch,
            spawn,
            token=token,
            ahead=False,
            expired=lambda error: error.code == "Expired",
        )

    def pager(self):
        return AsyncPager(self.source)


A, B, C = FakePage([1], "b"), FakePage([2], "c"), FakePage([3], "d")
LAST = FakePage([4])


async def test_all_pages_that_were_read_are_passed_over():
    script = Script(A, B, C, expired(), A, B, C, LAST)
    assert await script.pager().collect() == [1, 2, 3, 4]
    assert script.asked == [None, "b", "c", "d", None, "b", "c", "d"]


async def test_pages_of_another_size_are_passed_over_all_the_same():
    script = Script(A, B, expired(), FakePage([1, 2], "z"), C, LAST)
    assert await script.pager().collect() == [1, 2, 3, 4]
    assert script.asked == [None, "b", "c", None, "z", "d"]


async def test_new_tokens_on_the_way_back_are_gone_on_with():
    script = Script(A, B, expired(), FakePage([1], "y"), FakePage([2], "z"), C, LAST)
    assert await script.pager().collect() == [1, 2, 3, 4]
    assert script.asked == [None, "b", "c", None, "y", "z", "d"]


@pytest.mark.parametrize(
    "way_back",
    [
        # Pages of another size: it is unknown where the page begins.
        [FakePage([1, 2, 3], "z")],
        # Fewer items than before.
        [FakePage([1])],
        [FakePage([1], "")],
        # Repeated tokens.
        [FakePage([1], "y"), FakePage([], "y")],
        [FakePage([], "x"), FakePage([], "y"), FakePage([], "x")],
    ],
)
async def test_a_way_back_that_does_not_lead_there_is_told_as_the_expiry(way_back):
    error = expired()
    script = Script(A, B, error, *way_back)
    pages = script.pager().pages()
    assert [(await anext(pages)).items, (await anext(pages)).items] == [[1], [2]]
    with pytest.raises(InvalidRequestError) as caught:
        await anext(pages)
    assert caught.value is error
    assert caught.value.next_token == "c"
    assert script.answers == []


@pytest.mark.parametrize(("way_back", "token"), [([], None), ([A], "b"), ([A, B], "c")])
async def test_a_failure_on_the_way_back_says_where_it_was(way_back, token):
    script = Script(A, B, expired(), *way_back, UnavailableError("down"))
    with pytest.raises(UnavailableError) as caught:
        await script.pager().collect()
    assert caught.value.next_token == token


async def test_a_failure_that_says_where_it_was_is_believed():
    script = Script(A, B, expired(), UnavailableError("down", next_token="its own"))
    with pytest.raises(UnavailableError) as caught:
        await script.pager().collect()
    assert caught.value.next_token == "its own"


async def test_whoever_wants_one_page_asks_for_none_ahead():
    script = Script(A, A, A, LAST, A)
    await script.pager()
    await script.pager().first()
    assert script.ahead == [False, False]
    await script.pager().collect(limit=2)
    await anext(script.pager().pages())
    assert script.ahead == [False, False, True, True]
