"""The members of a response, read by the shapes of a service model. Pure functions.

Members that the model does not know are kept as they came. Messages hold no values, which may be
secrets.
"""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import pybase64
from pydantic import TypeAdapter

from vidkit.errors import DecodeError
from vidkit.models.timestamps import Timestamp
from vidkit.transports.base import HttpResponse

__all__ = ["read_members"]

_TIMESTAMP: TypeAdapter[Any] = TypeAdapter(Timestamp)
_NO_CONTENT = 204


def read_members(operation: str, shape: Any, response: HttpResponse) -> dict[str, Any]:
    """The members of a successful response, under the service's names.

    Timestamps are aware datetimes in UTC, blobs are bytes.

    Args:
        operation: the API's name of the operation.
        shape: botocore's output shape; None: the operation returns no members.
        response: the response.

    Raises:
        DecodeError: the response does not have that shape.
    """
    if shape is None:
        return {}
    members: Mapping[str, Any] = shape.members
    payload: str | None = shape.serialization.get("payload")
    located = {name for name, member in members.items() if "location" in member.serialization}
    try:
        if payload is not None:
            content = {payload: _payload(members[payload], response)}
        else:
            names = members.keys() - located
            content = _body(operation, shape, names, response) if response.body or names else {}
        for name in members:
            if name in located:
                value = _from_head(members[name], response)
                if value is not None:
                    content[name] = value
    except RecursionError:
        raise DecodeError(f"the response of {operation} is nested too deeply") from None
    return content


def _body(operation: str, shape: Any, names: set[str], response: HttpResponse) -> dict[str, Any]:
    if not response.body and (response.status == _NO_CONTENT or not names):
        return {}
    content = _json(response.body)
    if not isinstance(content, dict):
        raise DecodeError(f"the response of {operation} is no JSON object")
    wire_names = {shape.members[name].serialization.get("name", name) for name in names}
    if content and wire_names and not wire_names & content.keys():
        # An endpoint of another API may respond with status 200 and an error of its own.
        raise DecodeError(
            f"the response has no member of {operation}: another API may have sent it"
        )
    return _structure(shape, content, "")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        # A body that is not JSON comes from a proxy or a broken connection: worth a retry.
        raise DecodeError(f"the response is not JSON ({len(body)} bytes)", retryable=True) from None


def _payload(shape: Any, response: HttpResponse) -> Any:
    if shape.type_name == "blob":
        if "json" in response.headers.get("content-type", ""):
            # What streams is media; an endpoint of another API sends an error with status 200.
            raise DecodeError("the response is JSON, and not the media that the operation returns")
        return response.body
    if shape.type_name == "string":
        return _converted(response.body.decode, "the body")
    return _value(shape, _json(response.body), "the body")


def _from_head(shape: Any, response: HttpResponse) -> Any:
    """The value of a member that is a header, or the status; None: the header is missing."""
    if shape.serialization["location"] == "statusCode":
        return response.status
    name: str = shape.serialization.get("name", shape.name)
    text = response.headers.get(name.lower())
    if text is None:
        return None
    return _converted(lambda: _FROM_TEXT.get(shape.type_name, str)(text), name)


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "boolean": lambda text: text.strip().lower() == "true",
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": lambda text: parsedate_to_datetime(text).astimezone(UTC),
}


def _value(shape: Any, value: Any, path: str) -> Any:
    if value is None or getattr(shape, "is_document_type", False):
        return value
    read = _BY_TYPE.get(shape.type_name)
    if read is not None:
        return read(shape, value, path)
    if isinstance(value, list | dict):
        raise DecodeError(f"the response is not as documented: {path} is no single value")
    return value


def _list(shape: Any, value: Any, path: str) -> list[Any]:
    items = _of_type(list, value, path, "list")
    return [_value(shape.member, item, f"{path}[{n}]") for n, item in enumerate(items)]


def _map(shape: Any, value: Any, path: str) -> dict[str, Any]:
    entries = _of_type(dict, value, path, "object").items()
    return {key: _value(shape.value, item, f"{path}.{key}") for key, item in entries}


def _timestamp(_: Any, value: Any, path: str) -> Any:
    return _converted(lambda: _TIMESTAMP.validate_python(value).astimezone(UTC), path)


def _blob(_: Any, value: Any, path: str) -> Any:
    text = _of_type(str, value, path, "base64")
    return _converted(lambda: pybase64.b64decode(text, validate=True), path)


def _structure(shape: Any, value: Any, path: str) -> dict[str, Any]:
    content = _of_type(dict, value, path, "object")
    by_wire_name = {
        member.serialization.get("name", name): (name, member)
        for name, member in shape.members.items()
    }
    members: dict[str, Any] = {}
    for key, item in content.items():
        name, member = by_wire_name.get(key, (key, None))
        if item is not None:
            place = f"{path}.{name}" if path else name
            members[name] = item if member is None else _value(member, item, place)
    return members


_BY_TYPE: Mapping[str, Callable[[Any, Any, str], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _timestamp,
    "blob": _blob,
}


def _of_type(kind: type, value: Any, path: str, what: str) -> Any:
    if not isinstance(value, kind):
        raise DecodeError(f"the response is not as documented: {path} is no {what}")
    return value


def _converted(convert: Callable[[], Any], path: str) -> Any:
    try:
        return convert()
    except (ValueError, TypeError, OverflowError):
        raise DecodeError(f"the response is not as documented: {path} has no valid value") from None
