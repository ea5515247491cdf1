"""Requests as AWS's protocols write them: ``json``, ``rest-json`` and ``query``. Pure functions.

A request is written from its members alone. A member that is newer than the installed botocore is
sent as well.
"""

import base64
import calendar
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from vidkit.errors import RequestError
from vidkit.transports.aws.apis import APIS, Api
from vidkit.transports.base import AwsRequest

__all__ = ["HttpContent", "serialize"]

_SAFE = "-._~"
_LARGE_BLOB = 2**16
_NO_BODY = frozenset({"GET", "DELETE"})


@dataclass(frozen=True, slots=True)
class HttpContent:
    """What a request consists of, but for its endpoint and what all requests have.

    Attributes:
        method: the HTTP method.
        target: the path and the query, encoded.
        headers: the headers of its protocol.
        body: the body; empty for none.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


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
    pictures: dict[bytes, bytes] = {}

    def value(given: object) -> object:
        if isinstance(given, bytes) and len(given) > _LARGE_BLOB:
            return _marker(given, pictures)
        return _json_value(given)

    try:
        body = json.dumps(members, default=value, allow_nan=False).encode()
    except ValueError:
        names = ", ".join(name for name, value in members.items() if not _is_json(value))
        raise RequestError(f"{names}: must be a finite number") from None
    for marker, encoded in pictures.items():
        body = body.replace(marker, encoded, 1)
    return body


def _marker(blob: bytes, pictures: dict[bytes, bytes]) -> str:
    """What stands for a large blob until the JSON is written.

    json looks at each character for what it has to escape, which takes 40 ms for 5 MB.
    """
    import pybase64

    marker = secrets.token_hex(16)
    pictures[marker.encode()] = pybase64.b64encode(blob)
    return marker


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, default=_json_value, allow_nan=False)
    except ValueError:
        return False
    return True


def _json_value(value: object) -> object:
    """The JSON of a value that JSON has no type for."""
    if isinstance(value, datetime):
        return _unix_time(value)
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent")


def _unix_time(time: datetime) -> float:
    """Seconds since 1970; whole ones as an integer."""
    seconds = calendar.timegm(time.astimezone(UTC).timetuple())
    if not time.microsecond:
        return seconds
    # Divided once: a sum of two floats would be rounded twice.
    return (seconds * 1_000_000 + time.microsecond) / 1_000_000
