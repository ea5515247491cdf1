"""Lower bounds: the bare HTTP client with the fastest readers of JSON, untyped and typed."""

# Types that are inspected at run time have no static types:
# pyright: reportUnknownArgumentType=false

import dataclasses
import types
import typing
from datetime import datetime
from functools import cache
from typing import Any

import aiohttp
import msgspec
from pydantic import BaseModel
from pydantic.alias_generators import to_pascal
from pydantic.fields import FieldInfo

__all__ = ["struct_of", "targeted"]


async def targeted(session: aiohttp.ClientSession, address: str, target: str, body: bytes) -> bytes:
    """POST a body, unsigned, and read the response."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    async with session.post(address, data=body, headers=headers) as response:
        return await response.read()


@cache
def struct_of(model: type[Any]) -> type[Any]:
    """Return a msgspec struct with the members of a response model, without unknown members."""
    members: list[tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    for name, annotation, alias in _members(model):
        members.append((name, _plain(annotation) | None, None))
        names[name] = alias
    return msgspec.defstruct(f"{model.__name__}Struct", members, rename=names, gc=False)


def _members(model: type[Any]) -> list[tuple[str, Any, str]]:
    if issubclass(model, BaseModel):
        return [
            (name, info.annotation, str(info.validation_alias or to_pascal(name)))
            for name, info in model.model_fields.items()
        ]
    hints = typing.get_type_hints(model, include_extras=True)
    return [
        (field.name, hints[field.name], _alias(field.name, hints[field.name]))
        for field in dataclasses.fields(model)
    ]


def _alias(name: str, annotation: Any) -> str:
    for metadata in getattr(annotation, "__metadata__", ()):
        if isinstance(metadata, FieldInfo) and metadata.validation_alias:
            return str(metadata.validation_alias)
    return to_pascal(name)


def _plain(annotation: Any) -> Any:
    """Return the annotation for msgspec: structs for models, plain text for open enums."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _plain(parts[0])
    if origin in {typing.Union, types.UnionType}:
        (plain,) = {_plain(part) for part in parts if part is not type(None)}
        return plain
    if origin is list:
        return list[_plain(parts[0])]  # type: ignore[misc]
    if isinstance(annotation, type) and (
        issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation)
    ):
        return struct_of(annotation)
    # A timestamp stays a number, as in the response.
    return str if origin is typing.Literal else {datetime: float}.get(annotation, annotation)
