"""Checks of the members of a request against the shapes of a service model. Pure functions.

Names, required members and types are checked. Values of enums and ranges are not: services extend
them. Messages hold no values, which may be secrets.
"""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vidkit._internal.suggestions import did_you_mean
from vidkit.errors import RequestError

__all__ = ["check_members"]

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a string"),
    "character": ((str,), "a string"),
    "boolean": ((bool,), "a boolean"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "blob": ((bytes, bytearray), "bytes"),
    "timestamp": ((datetime,), "an aware datetime"),
    "list": ((list, tuple), "a list"),
    "map": ((Mapping,), "a mapping"),
    "structure": ((Mapping,), "a mapping of members"),
}


def check_members(operation: str, shape: Any, params: Mapping[str, Any]) -> None:
    """Check the members of a request.

    Args:
        operation: the API's name of the operation.
        shape: botocore's input shape; None: the operation has no members.
        params: the members.

    Raises:
        RequestError: a member is unknown, missing, or of the wrong type.
    """
    if shape is None:
        if params:
            raise RequestError(f"{_text(next(iter(params)))}: {operation} has no members")
        return
    try:
        _structure(shape, params, "", operation)
    except RecursionError:
        raise RequestError(f"{operation}: the members are nested too deeply") from None


def _check(shape: Any, value: Any, path: str) -> None:
    kind: str = shape.type_name
    _check_type(kind, value, path)
    if kind == "structure":
        if not getattr(shape, "is_document_type", False):
            _structure(shape, value, path, path)
    elif kind == "list":
        for index, item in enumerate(value):
            _check(shape.member, item, f"{path}[{index}]")
    elif kind == "map":
        for key, item in value.items():
            _check(shape.key, key, f"{path}: a key")
            _check(shape.value, item, f"{path}.{_text(key)}")
    elif kind == "timestamp" and value.utcoffset() is None:
        raise RequestError(f"{path}: must be aware: give it a time zone, such as datetime.now(UTC)")
    elif isinstance(value, float) and not math.isfinite(value):
        raise RequestError(f"{path}: must be a finite number")


def _check_type(kind: str, value: object, path: str) -> None:
    types, allowed = _TYPES[kind]
    # In Python, a boolean is an int.
    if not isinstance(value, types) or (isinstance(value, bool) and kind != "boolean"):
        raise RequestError(f"{path}: must be {allowed}, not {type(value).__name__}")


def _structure(shape: Any, params: Mapping[Any, Any], path: str, owner: str) -> None:
    members = shape.members
    for name in params:
        if name not in members:
            raise RequestError(
                f"{_joined(path, _text(name))}: no member of {owner}"
                f"{did_you_mean(_text(name), members)}; {_members(members)}"
            )
    for name in shape.required_members:
        if name not in params:
            raise RequestError(f"{_joined(path, name)}: missing; {owner} requires it")
    if getattr(shape, "is_tagged_union", False) and len(params) != 1:
        raise RequestError(f"{path}: give exactly one member; {_members(members)}")
    for name, value in params.items():
        _check(members[name], value, _joined(path, name))
        if members[name].serialization.get("location") == "uri" and not value:
            raise RequestError(f"{name}: must not be empty; it is a part of the path")


def _members(members: Mapping[str, Any]) -> str:
    return f"members are {', '.join(members)}" if members else "it has none"


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _text(name: object) -> str:
    # Keys may be anything.
    return str(name)[:80] if isinstance(name, str) else type(name).__name__
