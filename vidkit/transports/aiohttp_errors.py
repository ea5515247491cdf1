"""What aiohttp's errors must not show."""

from aiohttp import ClientResponseError, RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy

__all__ = ["hide_request"]


def hide_request(error: BaseException) -> None:
    """Take the request's headers, and a proxy's password, out of an error and its causes.

    Some errors of aiohttp show them in their repr: tokens, signatures and all.
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
        one = one.__cause__ or one.__context__
