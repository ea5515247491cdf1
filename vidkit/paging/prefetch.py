"""Prefetching: the next page is requested before one is decoded.

Each page holds the token of the next one, and decoding a page of a thousand results takes about
15 ms. So the token is searched in the raw body, and the next request is sent before the body is
decoded. The decoded page has the final word: if it holds another token, the request is cancelled.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import Context, copy_context
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from vidkit._internal.tasks import cancel_quietly, result_of
from vidkit.errors import VidKitError

__all__ = ["Decoding", "FetchPage", "Prefetcher", "Spawn", "let_request_go_out"]

PageT = TypeVar("PageT")

Decoding = Callable[[bytes], AbstractAsyncContextManager[None]]
"""Called with the body of a page; the body is decoded inside the context manager."""

FetchPage = Callable[[str | None, Decoding | None], Coroutine[Any, Any, PageT]]
"""Fetches the page at a token (None is the start), and decodes it inside ``Decoding``."""


class Spawn(Protocol[PageT]):
    """Starts a task whose owner cancels it on close."""

    def __call__(
        self, work: Coroutine[Any, Any, PageT], *, context: Context | None = None
    ) -> "asyncio.Task[PageT]":
        """Start a task in a context; default: a copy of the current one."""
        ...


# In so many iterations of the event loop, a task sends its request over an open connection.
_LOOP_ITERATIONS_TO_SEND = 3
_KEY_ENDING = b'extToken"'
# Possessive quantifiers and a maximum length: a malicious body costs neither time nor memory.
_NEXT_TOKEN = re.compile(rb'"[Nn]extToken"\s*+:\s*+("(?:[^"\\]|\\.){1,4096}+")')


class Prefetcher(Generic[PageT]):
    """Fetches pages for one reader, at most one page ahead.

    It holds no reference to the reader, so that an abandoned reader is deleted although a request
    is under way.

    Args:
        fetch: fetches the page at a token.
        spawn: starts a task whose owner cancels it on close.
        seen_tokens: the tokens of earlier pages, which are never prefetched.
    """

    def __init__(
        self, fetch: FetchPage[PageT], spawn: Spawn[PageT], seen_tokens: Collection[str]
    ) -> None:
        self._fetch = fetch
        self._spawn = spawn
        self._seen_tokens = seen_tokens
        self._token: str | None = None
        self._task: asyncio.Task[PageT] | None = None
        self._awaited_token: str | None = None
        self._reader_context: Context | None = None
        self._undecodable_token: str | None = None

    def send(self, token: str, *, context: Context | None = None) -> bool:
        """Start to fetch a page in the background, and cancel any other fetch.

        Args:
            token: the token of the page.
            context: the context of its request; default: a copy of the current one.

        Returns:
            False if the page is being fetched already.
        """
        if self._task is not None and token == self._token:
            return False
        self.cancel()
        work = self._fetch(token, partial(self._decoding, token))
        self._token, self._task = token, self._spawn(work, context=context)
        return True

    async def page(self, token: str | None, *, prefetch_next: bool) -> PageT:
        """The page at a token; waits for its background fetch, or fetches it now.

        Args:
            token: the token of the page; None is the start.
            prefetch_next: whether to request the next page as soon as the body of this one has
                arrived.

        Raises:
            RequestError: the kit was closed.
            VidKitError: an error of the fetch.
        """
        task = self._task if token == self._token else None
        if task is not None:
            self._task = None
        self._awaited_token = token if prefetch_next else None
        # Prefetches run in the context of the reader, so that event listeners see its variables.
        self._reader_context = copy_context()
        try:
            if task is not None:
                return await result_of(task)
            return await self._fetch(token, partial(self._decoding, token))
        except BaseException:
            self.cancel()
            raise
        finally:
            self._awaited_token = self._reader_context = None

    def cancel(self) -> None:
        """Cancel the background fetch, if there is one."""
        task, self._task = self._task, None
        if task is not None:
            cancel_quietly(task)

    @asynccontextmanager
    async def _decoding(self, token: str | None, body: bytes) -> AsyncGenerator[None]:
        """Request the next page, if the reader waits for this one.

        The page is decoded inside.
        """
        next_token = None
        if token is not None and token == self._awaited_token and token != self._undecodable_token:
            next_token = _find_next_token(body)
        if next_token is not None and next_token not in self._seen_tokens:
            self.send(next_token, context=self._reader_context)
            await let_request_go_out()
        try:
            yield
        except VidKitError:
            # This page may be fetched again: then the next one is not requested before this one
            # can be decoded.
            self._undecodable_token = token
            if token != self._token:
                self.cancel()
            raise


async def let_request_go_out() -> None:
    """Let a started request go out before code blocks the event loop."""
    for _ in range(_LOOP_ITERATIONS_TO_SEND):
        await asyncio.sleep(0)


def _find_next_token(body: bytes) -> str | None:
    """The probable token of the next page, without decoding the body."""
    # Searched from the end: the token mostly stands there, after the long list of results.
    found = _NEXT_TOKEN.match(body, body.rfind(_KEY_ENDING) - len(b'"N'))
    if found is None:
        return None
    try:
        token: str = json.loads(found[1])
    except ValueError:
        return None
    return token
