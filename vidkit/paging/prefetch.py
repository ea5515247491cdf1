"""Pages on their way: the one that a reader waits for, and the one after it.

A page says where the next one begins, so one would follow the other. But a body is here before it
is decoded, which takes some 15 ms for a thousand results: the token is looked up in the raw body,
and the next request is under way meanwhile. What the decoded page says counts; a request for
another page than that is dropped.
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

__all__ = ["Decoding", "FetchPage", "Prefetcher", "Spawn", "let_send"]

PageT = TypeVar("PageT")

Decoding = Callable[[bytes], AbstractAsyncContextManager[None]]
"""Given a page's body when it is here; entered before it is decoded, and left after that."""

FetchPage = Callable[[str | None, Decoding | None], Coroutine[Any, Any, PageT]]
"""Fetches the page at a token; None is the start."""


class Spawn(Protocol[PageT]):
    """Starts a task whose owner cancels it on close."""

    def __call__(
        self, work: Coroutine[Any, Any, PageT], *, context: Context | None = None
    ) -> "asyncio.Task[PageT]":
        """Start it, in a context; the caller's own by default."""
        ...


# A task that has its connection has sent its request by then.
_TURNS_TO_SEND = 3
_MEMBER = b'extToken"'
# Possessive, and no longer than tokens are: whatever a body holds, it takes no time and no memory.
_TOKEN = re.compile(rb'"[Nn]extToken"\s*+:\s*+("(?:[^"\\]|\\.){1,4096}+")')


class Prefetcher(Generic[PageT]):
    """Fetches pages for one reader, one ahead at the most.

    It knows nothing of the reader, who can be let go while a page is on its way.

    Args:
        fetch: fetches the page at a token.
        spawn: starts a task whose owner cancels it on close.
        seen: the tokens that pages began at; none is asked for early once more.
    """

    def __init__(self, fetch: FetchPage[PageT], spawn: Spawn[PageT], seen: Collection[str]) -> None:
        self._fetch = fetch
        self._spawn = spawn
        self._seen = seen
        self._token: str | None = None
        self._task: asyncio.Task[PageT] | None = None
        self._awaited: str | None = None
        self._readers: Context | None = None
        self._undecodable: str | None = None

    def send(self, token: str, *, context: Context | None = None) -> bool:
        """Begin to fetch a page, and stop fetching any other.

        Args:
            token: where the page begins.
            context: what its request is made in; default: the caller's own.

        Returns:
            Whether it was not under way already.
        """
        if self._task is not None and token == self._token:
            return False
        self.cancel()
        work = self._fetch(token, partial(self._decoding, token))
        self._token, self._task = token, self._spawn(work, context=context)
        return True

    async def page(self, token: str | None, *, early: bool) -> PageT:
        """The page at a token, fetched now unless it is under way.

        Args:
            token: where the page begins; None is the start.
            early: whether to send for the page after it as soon as its token is here.

        Raises:
            RequestError: the kit was closed.
            VidKitError: whatever fetching raises.
        """
        task = self._task if token == self._token else None
        if task is not None:
            self._task = None
        self._awaited = token if early else None
        # Who is told of a request finds the variables of its reader.
        self._readers = copy_context()
        try:
            if task is not None:
                return await result_of(task)
            return await self._fetch(token, partial(self._decoding, token))
        except BaseException:
            self.cancel()
            raise
        finally:
            self._awaited = self._readers = None

    def cancel(self) -> None:
        """Stop what nobody waits for."""
        task, self._task = self._task, None
        if task is not None:
            cancel_quietly(task)

    @asynccontextmanager
    async def _decoding(self, token: str | None, body: bytes) -> AsyncGenerator[None]:
        """Send for the page after the one that is waited for, which is then decoded."""
        following = None
        if token is not None and token == self._awaited and token != self._undecodable:
            following = _next_token(body)
        if following is not None and following not in self._seen:
            self.send(following, context=self._readers)
            await let_send()
        try:
            yield
        except VidKitError:
            # It may be asked for again; the page after it then waits until it can be read.
            self._undecodable = token
            if token != self._token:
                self.cancel()
            raise


async def let_send() -> None:
    """Let a request go out before the loop is busy."""
    for _ in range(_TURNS_TO_SEND):
        await asyncio.sleep(0)


def _next_token(body: bytes) -> str | None:
    """What seems to be the token of the next page, without decoding the page."""
    # From the end, where tokens mostly are; what is long is in between.
    found = _TOKEN.match(body, body.rfind(_MEMBER) - len(b'"N'))
    if found is None:
        return None
    try:
        token: str = json.loads(found[1])
    except ValueError:
        return None
    return token
