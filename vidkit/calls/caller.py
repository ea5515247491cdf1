"""Calls to API operations, with retries, decoding and events."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from vidkit._internal.send_state import mark_received
from vidkit.calls.events import CallEvent, emit, is_observed
from vidkit.calls.operation import CallableOperation
from vidkit.calls.options import Options
from vidkit.calls.runtime import Runtime
from vidkit.errors import VidKitError
from vidkit.paging.pager import AsyncPager
from vidkit.paging.pages import Page, TokenPages
from vidkit.paging.prefetch import Decoding, FetchPage
from vidkit.retry.attempts import run
from vidkit.retry.deadline import Deadline
from vidkit.transports.base import AwsRequest, HttpRequest, HttpResponse
from vidkit.transports.error_responses import error_from_response, request_id

__all__ = ["Caller"]

T = TypeVar("T")
PageT = TypeVar("PageT", bound=Page[Any])


class Caller:
    """Calls operations with one set of options, over shared connections."""

    def __init__(self, runtime: Runtime, options: Options) -> None:
        self.runtime = runtime
        self.options = options

    async def call(
        self,
        operation: CallableOperation[T],
        request: AwsRequest | HttpRequest,
        *,
        decoding: Decoding | None = None,
    ) -> T:
        """Call an operation, with retries, within the deadline.

        Args:
            operation: the operation.
            request: the request to send.
            decoding: a context manager for the body of a successful response, which is decoded
                inside it.

        Raises:
            VidKitError: the error of the last attempt.
        """

        def attempt(number: int) -> Awaitable[T]:
            return self.once(operation, request, attempt=number, decoding=decoding)

        return await self.retrying(operation, attempt)

    async def retrying(
        self, operation: CallableOperation[Any], attempt: Callable[[int], Awaitable[T]]
    ) -> T:
        """Make attempts under the retry policy and the deadline of this caller.

        Args:
            operation: the operation.
            attempt: makes one attempt; called with its number, from 1.

        Raises:
            VidKitError: the error of the last attempt.
        """
        try:
            self.runtime.check()
            return await run(
                attempt,
                policy=self.options.retry,
                budget=self.runtime.budgets[operation.service],
                deadline=Deadline(self.options.deadline),
                idempotent=operation.idempotent,
            )
        except VidKitError as error:
            error.located(operation.service, operation.name)
            raise

    async def once(
        self,
        operation: CallableOperation[T],
        request: AwsRequest | HttpRequest,
        *,
        attempt: int = 1,
        decoding: Decoding | None = None,
    ) -> T:
        """Send a request once and decode the response.

        Args:
            operation: the operation.
            request: the request to send.
            attempt: the number of this attempt, from 1.
            decoding: a context manager for the body of a successful response, which is decoded
                inside it.

        Raises:
            ServiceError: the service returned an error response.
            DecodeError: the response does not have the shape that the API documents.
            VidKitError: no response arrived.
        """
        started = time.monotonic()
        response: HttpResponse | None = None
        failure: VidKitError | None = None
        try:
            response = await self._send(request)
            if not response.ok:
                raise error_from_response(response)
            if decoding is None:
                return _decode(operation, response)
            mark_received()
            async with decoding(response.body):
                return _decode(operation, response)
        except VidKitError as error:
            failure = error.located(operation.service, operation.name)
            raise
        except asyncio.CancelledError:
            failure = VidKitError("canceled")
            raise
        finally:
            if is_observed(self.options.on_event):
                event = _event(operation, attempt, time.monotonic() - started, response, failure)
                emit(event, self.options.on_event)

    def pager(
        self,
        fetch: Callable[[str | None], Coroutine[Any, Any, PageT]],
        *,
        begin: str | None = None,
    ) -> AsyncPager[Any, PageT]:
        """A pager over the pages of an operation, by page token.

        Args:
            fetch: fetches the page at a token.
            begin: the token of the first page of an iteration; None is the start.
        """
        return self.results_pager(lambda token, _: fetch(token), begin=begin)

    def results_pager(
        self,
        fetch: FetchPage[PageT],
        *,
        begin: str | None = None,
        first: PageT | None = None,
        expired: Callable[[VidKitError], bool] | None = None,
    ) -> AsyncPager[Any, PageT]:
        """A pager over large pages.

        It requests the next page before it decodes the present one.

        Args:
            fetch: fetches the page at a token, and decodes it inside the given context manager.
            begin: the token of the first page of an iteration; None is the start.
            first: the first page, if it is known already.
            expired: whether an error means that a page token has expired.
        """

        def source(token: str | None, *, ahead: bool) -> AsyncIterator[PageT]:
            return TokenPages(
                fetch,
                self.runtime.spawn,
                token=token or begin,
                ahead=ahead,
                first=first if token is None else None,
                expired=expired,
            )

        return AsyncPager(source)

    async def _send(self, request: AwsRequest | HttpRequest) -> HttpResponse:
        if isinstance(request, AwsRequest):
            return await (await self.runtime.aws()).send(request)
        return await (await self.runtime.huawei()).send(request)


def _event(
    operation: CallableOperation[Any],
    attempt: int,
    seconds: float,
    response: HttpResponse | None,
    failure: VidKitError | None,
) -> CallEvent:
    return CallEvent(
        service=operation.service,
        operation=operation.name,
        attempt=attempt,
        seconds=seconds,
        # If the body was incomplete, the error has what the headers said.
        status=response.status if response else getattr(failure, "status", None),
        code=failure.code if failure else None,
        error=_error_name(failure),
        request_id=request_id(response) if response else getattr(failure, "request_id", None),
    )


def _error_name(failure: VidKitError | None) -> str | None:
    if failure is None:
        return None
    return "Canceled" if type(failure) is VidKitError else type(failure).__name__


def _decode(operation: CallableOperation[T], response: HttpResponse) -> T:
    try:
        return operation.read(response)
    except VidKitError as error:
        # The operation was carried out, only its result is unknown.
        error.ambiguous = True
        error.status = response.status
        error.request_id = request_id(response)
        raise
