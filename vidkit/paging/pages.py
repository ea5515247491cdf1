"""Pages that follow one another by token.

Iterators here are classes, not async generators: an abandoned one has nothing to finalise but the
page that is on its way, and that is cancelled when the iterator goes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from vidkit._internal.single_reader import SingleReader
from vidkit.errors import DecodeError, VidKitError
from vidkit.paging.prefetch import FetchPage, Prefetcher, Spawn, let_send

__all__ = ["Page", "PageSource", "TokenPages"]

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
        self._single_reader = SingleReader()
        self._repeated: DecodeError | None = None
        self._from_start = token is None
        self._read = 0
        self._fetch = fetch
        self._token = token
        self._fetch_ahead = ahead
        self._first = first
        self._seen: set[str] = {token} if token else set()
        self._prefetcher = Prefetcher(fetch, spawn, self._seen)
        self._ready: PageT | None = None
        self._reads_on = False
        self._ended = False

    def __aiter__(self) -> "TokenPages[PageT]":
        return self

    async def __anext__(self) -> PageT:
        with self._single_reader:
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
            self._prefetcher.cancel()
            # The page is good; only going on from it is not.
            self._repeated = None if token is None else _given_before(token)
            return page
        self._seen.add(token)
        self._token = token
        if self._fetch_ahead and self._prefetcher.send(token):
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
            return await self._prefetcher.page(
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
        self._prefetcher.cancel()


def _given_before(token: str) -> DecodeError:
    return DecodeError(
        "the service answered with a page token it had given before, which would go on for ever",
        next_token=token,
    )
