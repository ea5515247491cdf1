"""The models of responses: of all operations, and all shapes in them."""

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from vidkit.calls.operation import Operation
from vidkit.models.responses import ResponseModel
from vidkit.rekognition.kinds.registry import KINDS, kind_named

MODULES = (
    "images.client",
    "ivs.client",
    "mpc.client",
    "rekognition.client",
    "rekognition.completion.sns_sqs",
    "rekognition.face_collections.requests",
    "rekognition.face_collections.users",
    "rekognition.pictures.requests",
    "rekognition.stream_processors.requests",
    "rekognition.stream_processors.results",
)


def _place(model: type[BaseModel]) -> str:
    return f"{model.__module__}.{model.__qualname__}"


def responses_of_operations() -> list[type[BaseModel]]:
    """The models of the responses of all operations."""
    for name in MODULES:
        import_module(f"vidkit.{name}")
    operations: list[Operation[Any]] = [
        value
        for name, module in sorted(sys.modules.items())
        if name.startswith("vidkit.")
        for value in vars(module).values()
        if isinstance(value, Operation)
    ]
    for kind in map(kind_named, KINDS):
        operations += kind.start, kind.get
    return sorted({operation.response for operation in operations}, key=_place)


def response_models() -> list[type[ResponseModel]]:
    """All models of responses and of shapes in them."""
    responses_of_operations()
    found = {model for model in _subclasses(ResponseModel) if model.__module__.startswith("vidkit")}
    return sorted(found, key=_place)


def _subclasses(model: type[Any]) -> Iterator[type[Any]]:
    for below in model.__subclasses__():
        yield below
        yield from _subclasses(below)
