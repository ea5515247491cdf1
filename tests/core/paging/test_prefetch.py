"""The next page is requested when its token has arrived, before the page is decoded."""

import asyncio
import contextvars
import gc
import json
import tracemalloc
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import DecodeError, VidKitError
from vidkit.paging.pages import TokenPages
from vidkit.paging.prefetch import Prefetcher, _find_next_token

LONG = 6
"""Iterations of the event loop until a page arrives; more than a request needs to go out."""


@dataclass
class FakeResponse:
    """The response of the service for one token.

    Attributes:
        token: the next token in the decoded page.
        in_body: the next token that is found in the raw body.
        broken: how many times it cannot be decoded.
        retried: how many of those times the fetch itself retries.
    """

    token: str | None
    in_body: str | None
    broken: int = 0
    retried: int = 0

    @property
    def body(self):
        return json.dumps(
            {"Labels": ["x"], "NextToken": self.in_body} if self.in_body else {}
        ).encode()


@dataclass
class FakePage:
    items: list
    next_token: str | None


@dataclass
class Service:
    """Returns pages by token, and keeps the events in order."""

    responses: dict
    happened: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    iterations: int = LONG

    async def fetch(self, token, decoding):
        while True:
            try:
                return await self.fetch_once(token, decoding)
            except DecodeError:
                response = self.responses[token]
                if not response.retried:
                    raise
                response.retried -= 1
            except asyncio.CancelledError:
                self.happened.append(f"drop {token}")
                raise

    async def fetch_once(self, token, decoding):
        self.happened.append(f"ask {token}")
        for _ in range(self.iterations):
            await asyncio.sleep(0)
        response = self.responses[token]
        if not decoding:
            return self.decode(token, response)
        async with decoding(response.body):
            return self.decode(token, response)

    def decode(self, token, response):
        self.happened.append(f"decode {token}")
        if response.broken:
            response.broken -= 1
            raise DecodeError("no page")
        return FakePage([token], response.token)

    def spawn(self, work, *, context=None):
        task = asyncio.get_running_loop().create_task(work, context=context)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.tasks.append(task)
        return task

    def pages(self, **options):
        return TokenPages(self.fetch, self.spawn, **options)

    async def still(self):
        """Wait until all tasks have ended."""
        await asyncio.gather(*self.tasks, return_exceptions=True)


def line(count, **changed):
    """Consecutive pages, with some responses changed, by token."""
    tokens = [None, *(str(number) for number in range(1, count))]
    responses = {
        token: FakeResponse(following, following)
        for token, following in zip(tokens, [*tokens[1:], None], strict=True)
    }
    return Service(
        responses | {name.removeprefix("at"): response for name, response in changed.items()}
    )


def counted(service, what):
    return [line for line in service.happened if line.startswith(what)]


async def test_the_next_request_goes_out_before_the_page_is_decoded():
    service = line(4)
    async for page in service.pages():
        service.happened.append(f"read {page.items[0]}")
    assert service.happened == [
        *("ask None", "decode None", "read None"),
        *("ask 1", "ask 2", "decode 1", "read 1"),
        *("ask 3", "decode 2", "read 2"),
        *("decode 3", "read 3"),
    ]


async def test_while_the_reader_works_nothing_but_the_next_page_is_fetched():
    service = line(4)
    async for page in service.pages():
        service.happened.append(f"read {page.items[0]}")
        for _ in range(5 * LONG):
            await asyncio.sleep(0)
        service.happened.append(f"work {page.items[0]}")
    assert service.happened == [
        *("ask None", "decode None", "read None", "ask 1", "decode 1", "work None"),
        *("ask 2", "read 1", "decode 2", "work 1"),
        *("ask 3", "read 2", "decode 3", "work 2"),
        *("read 3", "work 3"),
    ]


@pytest.mark.parametrize("options", [{"ahead": False}, {"token": "1"}])
async def test_before_anyone_reads_on_no_page_is_sent_for_early(options):
    service = line(4)
    await anext(service.pages(**options))
    await service.still()
    assert "ask 2" not in service.happened[: service.happened.index("decode " + first(options))]


def first(options):
    return str(options.get("token"))


async def test_who_reads_page_by_page_has_none_fetched_ahead():
    service = line(4)
    assert [page.items[0] async for page in service.pages(ahead=False)] == [None, "1", "2", "3"]
    assert service.happened == [
        f"{what} {token}" for token in (None, 1, 2, 3) for what in ("ask", "decode")
    ]


async def test_what_the_decoded_page_says_counts():
    service = line(5, at2=FakeResponse("3", in_body="4"))
    assert [page.items[0] async for page in service.pages()] == [None, "1", "2", "3", "4"]
    await service.still()
    assert counted(service, "ask") == [f"ask {token}" for token in (None, 1, 2, 4, 3, 4)]
    assert counted(service, "drop") == ["drop 4"]


async def test_an_early_request_behind_the_last_page_is_dropped():
    service = line(4, at3=FakeResponse(None, in_body="more"))
    assert len([page async for page in service.pages()]) == 4
    await service.still()
    assert service.happened[-3:] == ["ask more", "decode 3", "drop more"]


async def test_no_token_is_asked_for_early_that_was_given_before():
    service = line(4, at2=FakeResponse("3", in_body="1"))
    assert len([page async for page in service.pages()]) == 4
    assert len(counted(service, "ask")) == 4


async def test_a_ring_of_tokens_still_ends_and_leaves_nothing():
    service = line(4, at3=FakeResponse("2", in_body="elsewhere"))
    with pytest.raises(DecodeError, match="given before"):
        async for _ in service.pages():
            pass
    await service.still()
    assert counted(service, "drop") == ["drop elsewhere"]


async def test_a_page_that_cannot_be_decoded_takes_the_early_one_with_it():
    service = line(4)
    service.responses["2"].broken = 1
    pages = service.pages()
    read = [(await anext(pages)).items[0] for _ in range(2)]
    with pytest.raises(DecodeError) as caught:
        await anext(pages)
    assert caught.value.next_token == "2"
    await service.still()
    assert counted(service, "drop") == ["drop 3"]
    assert [*read, *[page.items[0] async for page in pages]] == [None, "1", "2", "3"]


@pytest.mark.parametrize("retried", [0, 1])
async def test_a_page_that_fails_while_the_reader_works_goes_on_by_itself(retried):
    service = line(4)
    service.responses["2"].broken, service.responses["2"].retried = 1, retried
    pages = service.pages()
    for _ in range(2):
        await anext(pages)
    for _ in range(5 * LONG):
        await asyncio.sleep(0)
    if retried:
        assert (await anext(pages)).items == ["2"]
    else:
        with pytest.raises(DecodeError):
            await anext(pages)
    assert counted(service, "ask 2") == ["ask 2"] * (1 + retried)
    assert counted(service, "drop") == []
    await service.still()


async def test_a_page_that_is_tried_again_has_the_next_one_asked_for_early_once():
    service = line(4)
    service.responses["2"].broken = service.responses["2"].retried = 2
    assert [page.items[0] async for page in service.pages()] == [None, "1", "2", "3"]
    assert service.happened[-10:] == [
        *("ask 2", "decode 1")[1:],
        *("ask 3", "decode 2", "ask 2", "drop 3"),
        *("decode 2", "ask 2", "decode 2", "ask 3", "decode 3"),
    ]


async def test_while_a_page_is_tried_again_none_is_asked_for_beyond_the_next():
    service = line(6)
    service.responses["1"].broken = service.responses["1"].retried = 3
    pages = service.pages()
    await anext(pages)
    await anext(pages)
    asked = [line for line in service.happened if line.startswith("ask")]
    assert asked == ["ask None", "ask 1", "ask 2", "ask 1", "ask 1", "ask 1", "ask 2"]
    await service.still()


async def test_a_page_that_is_asked_for_again_after_an_error_sends_for_the_next_early():
    service = line(5)
    service.responses["2"].broken = 1
    pages = service.pages()
    await anext(pages)
    await anext(pages)
    with pytest.raises(DecodeError):
        await anext(pages)
    service.responses["3"].broken = 1
    await anext(pages)
    with pytest.raises(DecodeError):
        await anext(pages)
    service.responses["3"].broken = 0
    await service.still()
    service.happened.clear()
    # The page that could not be decoded is fetched without prefetching; the next one with it.
    await anext(pages)
    await anext(pages)
    assert service.happened == ["ask 3", "decode 3", "ask 4", "decode 4"]
    await service.still()


async def test_a_page_that_nobody_sent_for_ahead_sends_for_the_next_early():
    service = line(5)
    prefetcher = Prefetcher(service.fetch, service.spawn, set())
    await prefetcher.page("1", prefetch_next=True)
    assert service.happened == ["ask 1", "ask 2", "decode 1"]
    await service.still()


async def test_a_page_under_way_is_given_to_nobody_who_asks_for_another():
    service = line(5)
    prefetcher = Prefetcher(service.fetch, service.spawn, set())
    prefetcher.send("1")
    assert (await prefetcher.page("3", prefetch_next=False)).items == ["3"]
    prefetcher.cancel()
    await service.still()


async def test_a_page_that_comes_at_once_sends_for_none_while_another_is_waited_for():
    service = line(6)
    service.iterations = 0
    prefetcher = Prefetcher(service.fetch, service.spawn, set())
    await prefetcher.page("1", prefetch_next=True)
    assert counted(service, "ask") == ["ask 1", "ask 2"]


async def test_a_cancelled_reader_takes_the_early_request_with_it():
    service = line(5)
    pages = service.pages()
    await anext(pages)
    reader = asyncio.ensure_future(anext(pages))
    while "ask 2" not in service.happened:
        await asyncio.sleep(0)
    reader.cancel()
    await asyncio.wait([reader])
    await asyncio.sleep(0)
    # The iterator can still be used.
    assert {"drop 1", "drop 2"} <= set(service.happened)
    assert [page.items[0] async for page in pages] == ["1", "2", "3", "4"]


async def test_who_stops_waiting_without_being_cancelled_waits_no_longer():
    service = line(5)
    prefetcher = Prefetcher(service.fetch, service.spawn, set())
    prefetcher.send("1")
    waiting = prefetcher.page("1", prefetch_next=True)
    waiting.send(None)
    waiting.close()
    await service.still()
    assert service.happened == ["ask 1", "decode 1"]


async def test_each_request_is_made_in_the_context_of_its_reader():
    reading = contextvars.ContextVar("reading", default=None)
    service, seen = line(5), []
    fetch = service.fetch

    async def noting(token, decoding):
        seen.append(reading.get())
        return await fetch(token, decoding)

    service.fetch = noting
    pages = service.pages()
    for number in range(5):
        reading.set(number)
        await anext(pages)
    assert seen == [0, 0, 1, 2, 3]


async def test_an_abandoned_reader_leaves_nothing_under_way():
    for iterations in range(3 * LONG):
        service = line(4)
        pages = service.pages()
        await anext(pages)
        reader = asyncio.ensure_future(anext(pages))
        for _ in range(iterations):
            await asyncio.sleep(0)
        reader.cancel()
        await asyncio.wait([reader])
        del reader, pages
        gc.collect()
        happened = len(service.happened)
        await asyncio.gather(*service.tasks, return_exceptions=True)
        late = service.happened[happened:]
        assert all(what.startswith("drop") for what in late), (
            f"after {iterations} iterations: {late}"
        )


@given(
    responses=st.lists(
        st.tuples(
            st.sampled_from(["right", "none", "seen", "wrong", "later"]),
            st.integers(0, 2),
            st.integers(0, 2),
            st.integers(0, 3 * LONG),
        ),
        min_size=1,
        max_size=6,
    ),
    cancel_after=st.lists(st.integers(0, 4 * LONG), max_size=4),
)
def test_read_early_is_read_page_by_page(responses, cancel_after):
    """Every page is returned once, in order, whatever bodies hold and whatever fails."""
    count = len(responses)
    service = line(count)
    for token, (in_body, broken, retried, _) in zip(service.responses, responses, strict=True):
        response = service.responses[token]
        response.in_body = {
            "right": response.token,
            "none": None,
            "seen": "1",
            "wrong": "nowhere",
            "later": str(count - 1) if count > 1 else None,
        }[in_body]
        response.broken, response.retried = broken, retried
    service.responses["nowhere"] = FakeResponse(None, None)

    async def read():
        pages, found, cancels = service.pages(), [], list(cancel_after)
        failed_at, expected = [], []
        while True:
            reader = asyncio.ensure_future(anext(pages, None))
            if cancels:
                for _ in range(cancels.pop()):
                    await asyncio.sleep(0)
                reader.cancel()
            try:
                page = await reader
            except asyncio.CancelledError:
                continue
            except VidKitError as error:
                failed_at.append(error.next_token)
                expected.append(found[-1].next_token if found else None)
                continue
            if page is None:
                break
            found.append(page)
            for _ in range(responses[len(found) - 1][3]):
                await asyncio.sleep(0)
            running = [task for task in service.tasks if not task.done()]
            # A task that was just cancelled needs an iteration of the loop to end.
            assert sum(not task.cancelling() for task in running) <= 1, "more than a page ahead"
        assert [page.items[0] for page in found] == list(service.responses)[:count]
        assert failed_at == expected
        assert all(task.done() or task.cancelling() for task in service.tasks)
        await service.still()

    asyncio.run(read())


async def test_a_body_that_arrives_when_nobody_waits_sends_for_nothing():
    service = line(4)
    prefetcher = Prefetcher(service.fetch, service.spawn, set())
    assert prefetcher.send("1")
    assert not prefetcher.send("1")
    await service.still()
    assert service.happened == ["ask 1", "decode 1"]
    assert (await prefetcher.page("1", prefetch_next=True)).items == ["1"]
    assert service.happened == ["ask 1", "decode 1"]


letters = st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\/\n{}:,')
texts = st.text(letters, min_size=1, max_size=20)
plain = st.none() | st.booleans() | st.integers() | texts
members = st.dictionaries(texts, plain | st.lists(plain, max_size=3), max_size=4)


@given(
    before=members,
    after=members,
    name=st.sampled_from(["NextToken", "nextToken"]),
    token=texts,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_a_token_is_found_wherever_it_stands(before, after, name, token, ascii_only, indent):
    content = before | {name: token} | after
    body = json.dumps(content, ensure_ascii=ascii_only, indent=indent).encode()
    assert _find_next_token(body) == token


def test_the_last_token_of_a_body_is_the_pages_own():
    inner = {"Name": "x", "NextToken": "inner"}
    assert _find_next_token(json.dumps({"Labels": [inner], "NextToken": "own"}).encode()) == "own"
    # If it is not the last, another one is found; the decoded page has the final word.
    assert _find_next_token(json.dumps({"NextToken": "own", "Labels": [inner]}).encode()) == "inner"


@pytest.mark.parametrize("end", [b'"}', b"", b"\\"])
def test_a_token_that_is_too_long_to_be_one_takes_no_memory(end):
    body = b'{"NextToken":"' + b"x" * 4_000_000 + end
    tracemalloc.start()
    try:
        assert _find_next_token(body) is None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
    assert _find_next_token(b'{"NextToken":"' + b"x" * 4096 + b'"}') == "x" * 4096


@given(content=members, name=st.sampled_from(["NextToken", "nextToken", '"NextToken":"x"']))
def test_words_that_only_read_like_a_token_are_none(content, name):
    body = json.dumps({"Labels": [content, {"Name": name}, {name * 2: name}]}).encode()
    assert _find_next_token(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'extToken":"x"',
        b'N"extToken":"x"',
        b'{"NextToken":null}',
        b'{"NextToken":""}',
        b'{"NextToken":"x',
        b'{"NextToken":"\\q"}',
        b'{"NextToken":"\xff"}',
        b'{"PreviousNextToken":"x"}',
        b'{"NextToken":5}',
    ],
)
def test_what_is_no_token_is_none(body):
    assert _find_next_token(body) is None


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_body_makes_the_search_fail(before, after):
    found = _find_next_token(before + b'"NextToken":"' + after)
    assert found is None or isinstance(found, str)
