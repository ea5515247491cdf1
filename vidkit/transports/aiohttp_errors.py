"""Secrets in the errors of aiohttp."""

from aiohttp import ClientResponseError, RequestInfo, ServerDisconnectedError
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy

__all__ = ["hide_request"]


def hide_request(error: BaseException) -> None:
    """Remove the request's headers, and a proxy's password, from an error and its causes.

    The repr of some aiohttp errors shows them, tokens and signatures included. Other errors quote
    an invalid or incomplete response, which may repeat the request.
    """
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        if isinstance(one, ClientResponseError):
            info = one.request_info
            nothing: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())
            one.request_info = RequestInfo(
                info.url.with_user(None), info.method, nothing, info.real_url.with_user(None)
            )
            one.args = (one.request_info, one.history)
            one.message = _unquoted(one.message)
        elif isinstance(one, ServerDisconnectedError):
            if not isinstance(one.message, str):
                # The head of the response, as far as it came.
                one.message = "Server disconnected within the head of a response"
                one.args = (one.message,)
        elif isinstance(one, HttpProcessingError):
            one.message = _unquoted(one.message)
            one.args = (one.message,)
        one = one.__cause__ or one.__context__


def _unquoted(message: str) -> str:
    """The message without what it quotes, such as ``Invalid header token`` without the header."""
    return message.partition(":")[0].partition("b'")[0].rstrip()
