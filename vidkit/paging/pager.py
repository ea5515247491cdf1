"""Pages: one pager for every operation that answers in parts.

Iterators here are classes, not async generators: an abandoned one has nothing to finalise but the
page that is on its way, and that is cancelled when the iterator goes.
"""

from collections.abc import AsyncIterator, Generator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vidkit._internal.arguments import shown
from vidkit._internal.single_reader import SingleReader
from vidkit.errors import RequestError
from vidkit.paging.pages import Page, PageSource, PageT

if TYPE_CHECKING:
    from vidkit.paging.jsonl import OnWritten

__all__ = ["AsyncPager"]

Item = TypeVar("Item")


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
        self._single_reader = SingleReader()

    def __aiter__(self) -> "_Items[Item]":
        return self

    async def __anext__(self) -> Item:
        if self._index >= len(self._page):
            with self._single_reader:
                while self._index >= len(self._page):
                    # Pages can be large: one that was read is not kept while the next one comes.
                    self._page, self._index = (), 0
                    page = await anext(self._pages)
                    self._page, self._index = page.items, 0
        item = self._page[self._index]
        self._index += 1
        return item
