"""Requests to any operation of MPC, and their responses as dicts. Pure functions."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from vidkit._internal.arguments import short_repr
from vidkit.calls.any_operation import check_idempotent
from vidkit.calls.operation import UntypedOperation
from vidkit.errors import DecodeError, RequestError
from vidkit.transports.base import HttpRequest, HttpResponse

__all__ = ["QueryValue", "untyped_call"]

QueryValue: TypeAlias = str | int | Sequence[str | int]
"""The value of a query parameter; a list repeats the parameter."""

_READING = frozenset({"GET", "HEAD"})
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# The path becomes a part of a URL and of a format.
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2}|\{project_id\})+)+")


def untyped_call(
    method: str,
    path: str,
    body: Mapping[str, Any] | None,
    query: Mapping[str, QueryValue] | None,
    *,
    idempotent: bool | None,
) -> tuple[UntypedOperation, HttpRequest]:
    """The operation and the request of a call; see `MpcClient.call`.

    Raises:
        RequestError: a parameter is invalid.
    """
    if method not in _METHODS:
        raise RequestError(f"method={short_repr(method)}: must be one of {', '.join(_METHODS)}")
    given: Any = path
    if (
        not isinstance(given, str)
        or not _PATH.fullmatch(given)
        or {".", ".."} & {*given.split("/")}
    ):
        raise RequestError(
            f"path={short_repr(given)}: must be like /v1/{{project_id}}/transcodings, "
            "percent-encoded, without a query"
        )
    check_idempotent(idempotent)
    if idempotent is None:
        idempotent = method in _READING
    operation = UntypedOperation("mpc", f"{method} {path}", _read, idempotent)
    return operation, HttpRequest(method, path, tuple(_pairs(query)), _checked_body(body))


def _pairs(query: Mapping[str, QueryValue] | None) -> Iterator[tuple[str, str]]:
    given: Any = {} if query is None else query
    if not isinstance(given, Mapping):
        raise RequestError(f"query: must be a mapping, not {type(given).__name__}")
    for name, value in query.items() if query else ():
        values: list[Any] = list(value) if isinstance(value, list | tuple) else [value]
        for one in values:
            if not isinstance(name, str) or isinstance(one, bool) or not isinstance(one, str | int):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise RequestError(
                    f"query: {short_repr(name)} must have a string or a whole number, or a list "
                    f"of them, not {type(one).__name__}"
                )
            yield name, str(one)


def _checked_body(body: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    given: Any = body
    if given is None:
        return None
    if not isinstance(given, dict):
        raise RequestError(f"body: must be a dict, not {type(given).__name__}")
    try:
        json.dumps(given, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise RequestError(f"body: cannot be written as JSON ({type(error).__name__})") from None
    return body


def _read(response: HttpResponse) -> dict[str, Any]:
    if not response.body:
        return {}
    try:
        content: Any = json.loads(response.body)
    except ValueError:
        # A body that is not JSON comes from a proxy or a broken connection: worth a retry.
        raise DecodeError(
            f"the response is not JSON ({len(response.body)} bytes)", retryable=True
        ) from None
    except RecursionError:
        raise DecodeError("the response is nested too deeply") from None
    if not isinstance(content, dict):
        raise DecodeError("the response is no JSON object")
    return content  # pyright: ignore[reportUnknownVariableType]
