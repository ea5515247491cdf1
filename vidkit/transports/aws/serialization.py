"""Requests as AWS's protocols write them: ``json``, ``rest-json`` and ``query``. Pure functions.

A request is written from its members alone. A member that is newer than the installed botocore is
sent as well.
"""

import base64
import calendar
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from vidkit.errors import RequestError
from vidkit.transports.aws.apis import APIS, Api
from vidkit.transports.base import AwsRequest, HttpContent

__all__ = ["serialize"]

_SAFE = "-._~"
_LARGE_BLOB = 2**16
_NO_BODY = frozenset({"GET", "DELETE"})


def serialize(request: AwsRequest) -> HttpContent:
    """The HTTP content of a request."""
    api = APIS[request.api]
    return _SERIALIZERS[api.protocol](api, request.operation, request.params)


def _json(api: Api, operation: str, params: Mapping[str, Any]) -> HttpContent:
    headers = {
        "X-Amz-Target": f"{api.target_prefix}.{operation}",
        "Content-Type": f"application/x-amz-json-{api.json_version}",
    }
    if api.query_compatible:
        headers["x-amzn-query-mode"] = "true"
    return HttpContent("POST", "/", headers, _json_body(params))


def _rest_json(api: Api, operation: str, params: Mapping[str, Any]) -> HttpContent:
    binding = api.binding(operation)
    path, body = binding.path, dict(params)
    for name in params:
        label = f"{{{name}}}"
        if label in path:
            path = path.replace(label, quote(str(body.pop(name)), safe=_SAFE))
    query = {name: body.pop(name) for name in binding.query if name in body}
    target = f"{path}?{urlencode(query, doseq=True, quote_via=quote)}" if query else path
    if binding.method in _NO_BODY:
        return HttpContent(binding.method, target, {}, b"")
    headers = {"Content-Type": "application/json"}
    return HttpContent(binding.method, target, headers, _json_body(body))


def _query(api: Api, operation: str, params: Mapping[str, Any]) -> HttpContent:
    form = {"Action": operation, "Version": api.version, **params}
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return HttpContent("POST", "/", headers, urlencode(form).encode())


_SERIALIZERS = {"json": _json, "rest-json": _rest_json, "query": _query}


def _json_body(members: Mapping[str, Any]) -> bytes:
    try:
        return _JSON.encode(members).encode()
    except _LargeBlobError:
        return _json_with_large_blobs(members)
    except ValueError:
        raise _not_finite(members) from None


class _LargeBlobError(Exception):
    """A blob is too large to be searched for characters to escape."""


def _json_with_large_blobs(members: Mapping[str, Any]) -> bytes:
    """The JSON of members with large blobs, which are put in when the rest is written.

    json examines each character of a text, which takes 40 ms for 5 MB.
    """
    import pybase64

    blobs: dict[bytes, bytes] = {}

    def value(given: object) -> object:
        if not isinstance(given, bytes) or len(given) <= _LARGE_BLOB:
            return _json_value(given)
        marker = secrets.token_hex(16)
        blobs[marker.encode()] = pybase64.b64encode(given)
        return marker

    try:
        body = json.dumps(members, default=value, allow_nan=False).encode()
    except ValueError:
        raise _not_finite(members) from None
    for marker, encoded in blobs.items():
        body = body.replace(marker, encoded, 1)
    return body


def _not_finite(members: Mapping[str, Any]) -> RequestError:
    names = ", ".join(name for name, value in members.items() if not _is_json(value))
    return RequestError(f"{names}: must be a finite number")


def _is_json(value: object) -> bool:
    try:
        _JSON.encode(value)
    except _LargeBlobError:
        return True
    except ValueError:
        return False
    return True


def _json_value(value: object) -> object:
    """The JSON of a value that JSON has no type for."""
    if isinstance(value, datetime):
        return _unix_time(value)
    if isinstance(value, bytes | bytearray):
        if isinstance(value, bytes) and len(value) > _LARGE_BLOB:
            raise _LargeBlobError
        return base64.b64encode(value).decode()
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent")


_JSON = json.JSONEncoder(default=_json_value, allow_nan=False)


def _unix_time(time: datetime) -> float:
    """Seconds since 1970; whole ones as an integer."""
    seconds = calendar.timegm(time.astimezone(UTC).timetuple())
    if not time.microsecond:
        return seconds
    # Divided once: a sum of two floats would be rounded twice.
    return (seconds * 1_000_000 + time.microsecond) / 1_000_000
