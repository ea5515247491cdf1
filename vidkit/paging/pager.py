"""The pager of every operation that returns its results in pages.

Iterators are classes, not async generators. An abandoned generator waits for the event loop to
finalize it; an iterator here only cancels its request when it is deleted.
"""

from collections.abc import AsyncIterator, Generator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vidkit._internal.arguments import short_repr
from vidkit._internal.descriptors import first_import
from vidkit._internal.single_reader import SingleReader
from vidkit.errors import RequestError
from vidkit.paging.pages import Page, PageSource, PageT

if TYPE_CHECKING:
    from vidkit.paging.jsonl import OnWritten

__all__ = ["AsyncPager"]

Item = TypeVar("Item")


class AsyncPager(Generic[Item, PageT]):
    """The results of an operation that returns them in pages.

    Iterate over it for items, over ``pages()`` for pages, or ``await`` it for the first page. Every
    iteration starts from the beginning. An error in the middle carries the token of the page that
    failed (``error.next_token``): pass it to ``pages(token=...)`` to continue there.

    Raises:
        RequestError: from any use: a token or limit is invalid.
        VidKitError: from any use: an error of the operation.

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
        """Iterate over the pages.

        Args:
            token: where to start: the ``next_token`` of a page or of an error, from the same
                operation and parameters. Default: the first page.

        Raises:
            RequestError: the token is not a string, or empty.
        """
        if token is not None and (not isinstance(token, str) or not token):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"token={short_repr(token)}: must be a page's next_token, or None")
        return self._source(token, ahead=True)

    async def collect(self, *, limit: int | None = None) -> list[Item]:
        """Collect the items in a list.

        Args:
            limit: the maximum number of items; None: all.

        Raises:
            RequestError: the limit is not a whole number, or negative.
        """
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"limit={short_repr(limit)}: must be a whole number")
        if limit is not None and limit < 0:
            raise RequestError(f"limit={short_repr(limit)}: must be 0 or more")
        items: list[Item] = []
        if limit == 0:
            return items
        async for item in self:
            items.append(item)
            if len(items) == limit:
                break
        return items

    async def to_jsonl(
        self, path: "str | PathLike[str]", *, on_progress: "OnWritten | None" = None
    ) -> int:
        """Write all items to a JSON Lines file, with the service's own names.

        The file is written atomically: after a failure, an existing file is unchanged. Writing
        does not block the event loop.

        Args:
            path: the file; an existing one is replaced.
            on_progress: called after each page with the number of items written so far.

        Returns:
            The number of items written.

        Raises:
            RequestError: the file cannot be written.
            VidKitError: an error of the operation.
        """
        with first_import():
            from vidkit.paging.jsonl import write_jsonl

        return await write_jsonl(self.pages(), path, on_progress=on_progress)

    async def first(self) -> Item | None:
        """The first item, or None if there is none."""
        items: AsyncIterator[Item] = _Items(self._source(None, ahead=False))
        return await anext(items, None)


class _Items(Generic[Item]):
    def __init__(self, pages: AsyncIterator[Page[Item]]) -> None:
        self._pages = pages
        self._page: Sequence[Item] = ()
        self._index = 0
        self._single_reader = SingleReader()

    def __aiter__(self) -> "_Items[Item]":
        return self

    async def __anext__(self) -> Item:
        if self._index >= len(self._page):
            with self._single_reader:
                while self._index >= len(self._page):
                    # Pages can be large: release this one before the next one is fetched.
                    self._page, self._index = (), 0
                    page = await anext(self._pages)
                    self._page, self._index = page.items, 0
        item = self._page[self._index]
        self._index += 1
        return item
