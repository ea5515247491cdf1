"""Pages: one pager for every operation that answers in parts.

Iterators here are classes, not async generators: an abandoned one has nothing to finalise but the
page that is on its way, and that is cancelled when the iterator goes.
"""

from collections.abc import AsyncIterator, Callable, Generator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from vidkit._internal.arguments import shown
from vidkit.errors import DecodeError, RequestError, VidKitError
from vidkit.paging.prefetch import FetchPage, Lookahead, Spawn, let_send

if TYPE_CHECKING:
    from vidkit.paging.jsonl import OnWritten

__all__ = ["AsyncPager", "Page", "PageSource", "TokenPages"]

Item = TypeVar("Item")
ItemT_co = TypeVar("ItemT_co", covariant=True)


class Page(Protocol[ItemT_co]):
    """What a pager needs of a page."""

    @property
    def items(self) -> Sequence[ItemT_co]:
        """The page's items, in order."""
        ...

    @property
    def next_token(self) -> str | None:
        """Where the next page begins; None on the last page."""
        ...


PageT = TypeVar("PageT", bound=Page[Any])

PageT_co = TypeVar("PageT_co", bound=Page[Any], covariant=True)


class PageSource(Protocol[PageT_co]):
    """Makes iterators over an operation's pages."""

    def __call__(self, token: str | None, *, ahead: bool) -> AsyncIterator[PageT_co]:
        """Pages from a token on, or (None) from the start.

        Args:
            token: where to begin.
            ahead: whether to fetch ahead of the reader.
        """
        ...


class TokenPages(Generic[PageT]):
    """Pages that follow one another by token; the next is fetched while one is consumed.

    Args:
        fetch: fetches the page at a token.
        spawn: starts a task whose owner cancels it on close.
        token: where to begin; None is the start.
        ahead: whether to fetch the next page while one is consumed.
        first: the first page, when it is known already.
        expired: whether an error says that a page token has expired; then the pages begin again
            and those that were read are passed over.
    """

    def __init__(
        self,
        fetch: FetchPage[PageT],
        spawn: Spawn[PageT],
        *,
        token: str | None = None,
        ahead: bool = True,
        first: PageT | None = None,
        expired: Callable[[VidKitError], bool] | None = None,
    ) -> None:
        self._expired = expired
        self._one_reader = OneReader()
        self._repeated: DecodeError | None = None
        self._from_start = token is None
        self._read = 0
        self._fetch = fetch
        self._token = token
        self._fetch_ahead = ahead
        self._first = first
        self._seen: set[str] = {token} if token else set()
        self._lookahead = Lookahead(fetch, spawn, self._seen)
        self._ready: PageT | None = None
        self._reads_on = False
        self._ended = False

    def __aiter__(self) -> "TokenPages[PageT]":
        return self

    async def __anext__(self) -> PageT:
        with self._one_reader:
            return await self._following()

    async def _following(self) -> PageT:
        if self._ready is not None:
            # Cancelled just before it was handed over.
            page, self._ready = self._ready, None
            return page
        if self._repeated is not None:
            repeated, self._repeated = self._repeated, None
            raise repeated
        if self._ended:
            raise StopAsyncIteration
        page = await self._next()
        self._read += len(page.items)
        token = page.next_token or None
        if token is None or token in self._seen:
            self._ended = True
            self._lookahead.cancel()
            # The page is good; only going on from it is not.
            self._repeated = None if token is None else _given_before(token)
            return page
        self._seen.add(token)
        self._token = token
        if self._fetch_ahead and self._lookahead.send(token):
            await self._sent(page)
        return page

    async def _sent(self, page: PageT) -> None:
        """Let the next page's request go out before the reader's work, which may keep the loop.

        Whoever wants the first page only, and is done without a pause, costs no second request.
        """
        if self._reads_on:
            self._ready = page
            await let_send()
            self._ready = None
        self._reads_on = True

    async def _next(self) -> PageT:
        if self._first is not None:
            page, self._first = self._first, None
            return page
        try:
            return await self._lookahead.page(
                self._token, early=self._fetch_ahead and self._reads_on
            )
        except VidKitError as error:
            error.next_token = error.next_token or self._token
            if self._token and self._from_start and self._expired and self._expired(error):
                return await self._again(error)
            raise

    async def _again(self, error: VidKitError) -> PageT:
        """The page that an expired token stood for, found from the start anew."""
        passed = 0
        token: str | None = None
        self._seen.clear()
        while True:
            try:
                page = await self._fetch(token, None)
            except VidKitError as failure:
                failure.next_token = failure.next_token or token
                raise
            if passed == self._read:
                return page
            passed += len(page.items)
            token = page.next_token or None
            if token is None or token in self._seen or passed > self._read:
                raise error
            self._seen.add(token)

    def __del__(self) -> None:
        self._lookahead.cancel()


def _given_before(token: str) -> DecodeError:
    return DecodeError(
        "the service answered with a page token it had given before, which would go on for ever",
        next_token=token,
    )


class OneReader:
    """Keeps a second reader from an iterator that is waiting for its next element.

    Raises:
        RequestError: on entering, when another task is reading.
    """

    __slots__ = ("_reading",)

    def __init__(self) -> None:
        self._reading = False

    def __enter__(self) -> None:
        if self._reading:
            raise RequestError(
                "this iterator is being read by another task; give each reader one of its own"
            )
        self._reading = True

    def __exit__(self, *_: object) -> None:
        self._reading = False


class AsyncPager(Generic[Item, PageT]):
    """The answer of an operation that pages.

    Iterate it for items, ``pages()`` for pages, ``await`` it for the first page. Every iteration
    starts anew. An error in the middle carries the token to go on from (``error.next_token``).

    Raises:
        RequestError: from any use, when a token or limit is not usable.
        VidKitError: from any use, whatever the operation raises.

    Example:
        ```python
        async for policy in kit.ivs.list_playback_restriction_policies():
            print(policy.name)
        ```
    """

    def __init__(self, source: PageSource[PageT]) -> None:
        self._source = source

    def __aiter__(self) -> AsyncIterator[Item]:
        return _Items(self._source(None, ahead=True))

    def __await__(self) -> Generator[Any, None, PageT]:
        return anext(self._source(None, ahead=False)).__await__()

    def pages(self, *, token: str | None = None) -> AsyncIterator[PageT]:
        """Iterate over pages, from ``token`` on (default: the start).

        Args:
            token: a ``next_token`` of a page or an error of the same operation and parameters.

        Raises:
            RequestError: the token is no text or empty.
        """
        if token is not None and (not isinstance(token, str) or not token):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"token={shown(token)}: must be a page's next_token, or None")
        return self._source(token, ahead=True)

    async def collect(self, *, limit: int | None = None) -> list[Item]:
        """All items in a list, or the first ``limit`` of them.

        Raises:
            RequestError: the limit is no whole number from 0 on.
        """
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"limit={shown(limit)}: must be a whole number")
        if limit is not None and limit < 0:
            raise RequestError(f"limit={shown(limit)}: must be 0 or more")
        found: list[Item] = []
        if limit == 0:
            return found
        async for item in self:
            found.append(item)
            if len(found) == limit:
                break
        return found

    async def to_jsonl(
        self, path: "str | PathLike[str]", *, on_progress: "OnWritten | None" = None
    ) -> int:
        """Write all items to a file, one JSON document a line, in the service's own words.

        The file appears whole or not at all; writing does not hold up the loop.

        Args:
            path: the file; replaced when it is there.
            on_progress: told after each page how many items have been written.

        Returns:
            How many items were written.

        Raises:
            RequestError: the file cannot be written.
            VidKitError: whatever the operation raises.
        """
        from vidkit.paging.jsonl import write_jsonl

        return await write_jsonl(self.pages(), path, on_progress=on_progress)

    async def first(self) -> Item | None:
        """The first item, or None when there is none."""
        items: AsyncIterator[Item] = _Items(self._source(None, ahead=False))
        return await anext(items, None)


class _Items(Generic[Item]):
    def __init__(self, pages: AsyncIterator[Page[Item]]) -> None:
        self._pages = pages
        self._page: Sequence[Item] = ()
        self._index = 0
        self._one_reader = OneReader()

    def __aiter__(self) -> "_Items[Item]":
        return self

    async def __anext__(self) -> Item:
        if self._index >= len(self._page):
            with self._one_reader:
                while self._index >= len(self._page):
                    # Pages can be large: one that was read is not kept while the next one comes.
                    self._page, self._index = (), 0
                    page = await anext(self._pages)
                    self._page, self._index = page.items, 0
        item = self._page[self._index]
        self._index += 1
        return item
