"""Pages of an operation, fetched by page token.

Iterators are classes, not async generators. An abandoned generator waits for the event loop to
finalize it; an iterator here only cancels its request when it is deleted.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from vidkit._internal.single_reader import SingleReader
from vidkit.errors import DecodeError, VidKitError
from vidkit.paging.prefetch import FetchPage, Prefetcher, Spawn, let_request_go_out

__all__ = ["Page", "PageSource", "TokenPages"]

ItemT_co = TypeVar("ItemT_co", covariant=True)


class Page(Protocol[ItemT_co]):
    """A page of an operation's results."""

    @property
    def items(self) -> Sequence[ItemT_co]:
        """The items of the page, in order."""
        ...

    @property
    def next_token(self) -> str | None:
        """The token of the next page; None on the last page."""
        ...


PageT = TypeVar("PageT", bound=Page[Any])

PageT_co = TypeVar("PageT_co", bound=Page[Any], covariant=True)


class PageSource(Protocol[PageT_co]):
    """Creates iterators over the pages of an operation."""

    def __call__(self, token: str | None, *, ahead: bool) -> AsyncIterator[PageT_co]:
        """An iterator over the pages.

        Args:
            token: the token of the first page; None is the start.
            ahead: whether to prefetch the next page.
        """
        ...


class TokenPages(Generic[PageT]):
    """The pages of an operation, each fetched while the last is processed.

    Args:
        fetch: fetches the page at a token.
        spawn: starts a task whose owner cancels it on close.
        token: the token of the first page; None is the start.
        ahead: whether to prefetch the next page.
        first: the first page, if it is known already.
        expired: whether an error means that a page token has expired. Then the pages are fetched
            again from the start, and those that were already returned are skipped.
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
        self._pending_error: DecodeError | None = None
        self._from_start = token is None
        self._items_returned = 0
        self._fetch = fetch
        self._token = token
        self._fetch_ahead = ahead
        self._first = first
        self._seen_tokens: set[str] = {token} if token else set()
        self._prefetcher = Prefetcher(fetch, spawn, self._seen_tokens)
        self._undelivered: PageT | None = None
        self._is_past_first_page = False
        self._ended = False

    def __aiter__(self) -> "TokenPages[PageT]":
        return self

    async def __anext__(self) -> PageT:
        with self._single_reader:
            return await self._next_page()

    async def _next_page(self) -> PageT:
        if self._undelivered is not None:
            # The reader was cancelled after the page was fetched, and before it was returned.
            page, self._undelivered = self._undelivered, None
            return page
        if self._pending_error is not None:
            error, self._pending_error = self._pending_error, None
            raise error
        if self._ended:
            raise StopAsyncIteration
        page = await self._fetch_page()
        self._items_returned += len(page.items)
        token = page.next_token or None
        if token is None or token in self._seen_tokens:
            self._ended = True
            self._prefetcher.cancel()
            # The page itself is valid; only the next one cannot be fetched.
            self._pending_error = None if token is None else _repeated_token_error(token)
            return page
        self._seen_tokens.add(token)
        self._token = token
        if self._fetch_ahead and self._prefetcher.send(token):
            await self._let_request_go_out(page)
        return page

    async def _let_request_go_out(self, page: PageT) -> None:
        """Let the request for the next page go out before ``page`` is returned.

        The reader may block the event loop while it processes a page. The first page is returned
        at once: a reader that needs no more, and stops without awaiting anything, causes no second
        request.
        """
        if self._is_past_first_page:
            self._undelivered = page
            await let_request_go_out()
            self._undelivered = None
        self._is_past_first_page = True

    async def _fetch_page(self) -> PageT:
        if self._first is not None:
            page, self._first = self._first, None
            return page
        try:
            return await self._prefetcher.page(
                self._token, prefetch_next=self._fetch_ahead and self._is_past_first_page
            )
        except VidKitError as error:
            error.next_token = error.next_token or self._token
            if self._token and self._from_start and self._expired and self._expired(error):
                return await self._restart_after_expiry(error)
            raise

    async def _restart_after_expiry(self, error: VidKitError) -> PageT:
        """The page whose token has expired, found again from the first page.

        Raises:
            VidKitError: ``error``, if no page begins after the items that were already returned;
                or the error of a fetch.
        """
        skipped = 0
        token: str | None = None
        self._seen_tokens.clear()
        while True:
            try:
                page = await self._fetch(token, None)
            except VidKitError as failure:
                failure.next_token = failure.next_token or token
                raise
            if skipped == self._items_returned:
                return page
            skipped += len(page.items)
            token = page.next_token or None
            if token is None or token in self._seen_tokens or skipped > self._items_returned:
                raise error
            self._seen_tokens.add(token)

    def __del__(self) -> None:
        self._prefetcher.cancel()


def _repeated_token_error(token: str) -> DecodeError:
    return DecodeError(
        "the service returned a page token it had given before; following it would never end",
        next_token=token,
    )
