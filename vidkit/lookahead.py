"""Pages on their way: the one that a reader waits for, and the one after it.

A page says where the next one begins, so one would follow the other. But a body is here before it
is decoded, which takes some 15 ms for a thousand results: the token is looked up in the raw body,
and the next request is under way meanwhile. What the decoded page says counts; a request for
another page than that is dropped.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Collection, Coroutine
from functools import partial
from typing import Any, Generic, TypeVar

from vidkit.tasks import cancel_quietly, result_of

__all__ = ["Arrived", "FetchPage", "Lookahead", "Spawn", "let_send"]

PageT = TypeVar("PageT")

Arrived = Callable[[bytes], Awaitable[None]]
"""Told of a page's body when it is here and not decoded yet."""

FetchPage = Callable[[str | None, Arrived | None], Coroutine[Any, Any, PageT]]
"""Fetches the page at a token; None is the start."""

Spawn = Callable[[Coroutine[Any, Any, PageT]], "asyncio.Task[PageT]"]
"""Starts a task whose owner cancels it on close."""

# A task that has its connection has sent its request by then.
_TURNS_TO_SEND = 3
_MEMBER = b'extToken"'
_TOKEN = re.compile(rb'"[Nn]extToken"\s*:\s*("(?:[^"\\]|\\.)+")')


class Lookahead(Generic[PageT]):
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
        self._under_way: dict[str, asyncio.Task[PageT]] = {}
        self._awaited: str | None = None

    def send(self, token: str) -> bool:
        """Begin to fetch a page, and stop fetching any other.

        Returns:
            Whether it was not under way already.
        """
        task = self._under_way.pop(token, None)
        self.cancel()
        self._under_way[token] = task or self._spawn(
            self._fetch(token, partial(self._arrived, token))
        )
        return task is None

    async def page(self, token: str | None, *, early: bool) -> PageT:
        """The page at a token, fetched now unless it is under way.

        Args:
            token: where the page begins; None is the start.
            early: whether to send for the page after it as soon as its token is here.

        Raises:
            RequestError: the kit was closed.
            VidKitError: whatever fetching raises.
        """
        task = None if token is None else self._under_way.pop(token, None)
        self._awaited = token if early else None
        try:
            if task is not None:
                return await result_of(task)
            return await self._fetch(token, partial(self._arrived, token))
        except BaseException:
            self.cancel()
            raise
        finally:
            self._awaited = None

    def cancel(self) -> None:
        """Stop what nobody waits for."""
        while self._under_way:
            cancel_quietly(self._under_way.popitem()[1])

    async def _arrived(self, token: str | None, body: bytes) -> None:
        """Send for the page after the one that is waited for."""
        if token is None or token != self._awaited:
            return
        following = _next_token(body)
        if following is None or following in self._seen or following in self._under_way:
            return
        self.send(following)
        await let_send()


async def let_send() -> None:
    """Let a request go out before the loop is busy."""
    for _ in range(_TURNS_TO_SEND):
        await asyncio.sleep(0)


def _next_token(body: bytes) -> str | None:
    """What seems to be the token of the next page, without decoding the page."""
    # From the end, where tokens mostly are; what is long is in between.
    position = body.rfind(_MEMBER)
    found = _TOKEN.match(body, position - len(b'"N')) if position > 1 else None
    if found is None:
        return None
    try:
        token: str = json.loads(found[1])
    except ValueError:
        return None
    return token
