"""Checks of requests against the service models of botocore."""

import base64
import functools
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self, cast

from botocore import loaders

from vidkit.local.protocol.wire import ApiError

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float, "timestamp": float}


class ServiceModel:
    """The input shapes of one AWS service.

    It checks every constraint of the model: known and required members, types, minima, maxima,
    enums, and patterns, except for the few patterns that Python's ``re`` cannot read.

    Example:
        >>> model = ServiceModel.load("rekognition")
        >>> model.accept("GetLabelDetection", {"JobId": "a1", "SortBy": "NAME"})
        {'JobId': 'a1', 'SortBy': 'NAME'}
    """

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._shapes: dict[str, dict[str, Any]] = definition["shapes"]
        self._operations: dict[str, dict[str, Any]] = definition["operations"]

    @classmethod
    def load(cls, service: str) -> Self:
        """The newest model of a service in the installed botocore (blocking)."""
        loader: Any = loaders.Loader(include_default_extras=False)
        return cls(loader.load_service_model(service, "service-2"))

    def accept(self, operation: str, parameters: object) -> dict[str, Any]:
        """The members of a request, without null values; blobs are bytes.

        Raises:
            ApiError: ``InvalidParameterException``, which names the member and the constraint.
        """
        shape = self._shapes[self._operations[operation]["input"]["shape"]]
        return self._structure(shape, parameters, "")

    def _accept(self, reference: Mapping[str, Any], value: object, path: str) -> object:
        shape = self._shapes[reference["shape"]]
        match shape["type"]:
            case "structure":
                return self._structure(shape, value, path)
            case "list":
                return self._list(shape, value, path)
            case "map":
                return self._map(shape, value, path)
            case "boolean":
                if not isinstance(value, bool):
                    raise _invalid(path, "is no boolean")
                return value
            case "string" | "blob" as kind:
                read = _string if kind == "string" else _blob
                return read(shape, value, path)
            case kind:
                return _scalar(shape, kind, value, path)

    def _structure(self, shape: Mapping[str, Any], value: object, path: str) -> dict[str, Any]:
        content = _object(value, path)
        members: dict[str, dict[str, Any]] = shape.get("members", {})
        # A newer client may know more members: one that is dropped changes what a request means.
        for name in content.keys() - members.keys():
            if content[name] is not None:
                raise _invalid(_join(path, name), "is not known here")
        known = {name: content[name] for name in members if content.get(name) is not None}
        for name in shape.get("required", ()):
            if name not in known:
                raise _invalid(_join(path, name), "is missing")
        return {
            name: self._accept(members[name], item, _join(path, name))
            for name, item in known.items()
        }

    def _list(self, shape: Mapping[str, Any], value: object, path: str) -> list[object]:
        if not isinstance(value, list):
            raise _invalid(path, "is no list")
        items = cast("list[object]", value)
        _check_range(shape, len(items), f"has {len(items)} items", path)
        return [
            self._accept(shape["member"], item, f"{path}[{index}]")
            for index, item in enumerate(items)
        ]

    def _map(self, shape: Mapping[str, Any], value: object, path: str) -> dict[str, object]:
        content = _object(value, path)
        _check_range(shape, len(content), f"has {len(content)} entries", path)
        for key in content:
            self._accept(shape["key"], key, f"{path} key")
        return {
            key: self._accept(shape["value"], item, _join(path, key))
            for key, item in content.items()
        }


def _object(value: object, path: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _invalid(path or "The request", "is no object")
    return value  # pyright: ignore[reportUnknownVariableType]


def _string(shape: Mapping[str, Any], value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _invalid(path, "is no string")
    _check_range(shape, len(value), f"has {len(value)} characters", path)
    if "enum" in shape and value not in shape["enum"]:
        raise _invalid(path, f"is {value!r}, which is none of {', '.join(shape['enum'])}")
    pattern = _compiled(shape["pattern"]) if "pattern" in shape else None
    if pattern is not None and not pattern.fullmatch(value):
        raise _invalid(path, f"does not match {pattern.pattern}")
    return value


def _check_iso_timestamp(value: object, path: str) -> None:
    try:
        is_aware = isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        is_aware = False
    if not is_aware:
        raise _invalid(path, "is no timestamp in ISO 8601 with a time zone")


def _scalar(shape: Mapping[str, Any], kind: str, value: object, path: str) -> object:
    if shape.get("timestampFormat") != "iso8601":
        return _number(shape, kind, value, path)
    _check_iso_timestamp(value, path)
    return value


def _blob(shape: Mapping[str, Any], value: object, path: str) -> bytes:
    try:
        content = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except ValueError:
        content = None
    if content is None:
        raise _invalid(path, "is no base64")
    _check_range(shape, len(content), f"has {len(content)} bytes", path)
    return content


def _number(shape: Mapping[str, Any], kind: str, value: object, path: str) -> int | float:
    whole = _NUMBERS[kind] is int
    # In Python, JSON's true is an int, and the JSON parser accepts NaN.
    if (
        isinstance(value, bool)
        or not isinstance(value, int if whole else int | float)
        or not math.isfinite(value)
    ):
        raise _invalid(path, "is no whole number" if whole else "is no number")
    _check_range(shape, value, f"is {value}", path)
    return value


def _check_range(shape: Mapping[str, Any], size: float, found: str, path: str) -> None:
    if "min" in shape and size < shape["min"]:
        raise _invalid(path, f"{found}; the least is {shape['min']}")
    if "max" in shape and size > shape["max"]:
        raise _invalid(path, f"{found}; the most is {shape['max']}")


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _invalid(path: str, what: str) -> ApiError:
    return ApiError("InvalidParameterException", f"Request has invalid parameters: {path} {what}.")
