"""The base models of responses, which are lenient.

Unknown members are kept, members may be missing, and enums are open.
"""

import dataclasses
from typing import ClassVar, TypeVar, dataclass_transform

from pydantic import (
    BaseModel,
    ConfigDict,
    GetPydanticSchema,
    ValidationError,
)
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import core_schema

from vidkit._internal.arguments import checked_constructor
from vidkit.errors import DecodeError, RequestError

__all__ = [
    "OPEN",
    "CamelResponse",
    "PascalResponse",
    "ResponseModel",
    "decode",
    "pascal_leaf",
]

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

OPEN = GetPydanticSchema(lambda _source, _handler: core_schema.str_schema())
"""Marks an open enum: the type lists the known values, and any other string is valid too."""

_LEAF = ConfigDict(
    alias_generator=to_pascal,
    extra="ignore",
    validate_by_name=True,
    validate_by_alias=True,
)


class ResponseModel(BaseModel):
    """The base of responses, and of the shapes in them; frozen.

    Members that vidkit does not know are kept in ``model_extra``.
    ``model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")`` returns the
    JSON of the service, without the unknown members of leaf shapes.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        val_json_bytes="base64",
        ser_json_bytes="base64",
        hide_input_in_errors=True,
        defer_build=True,
        protected_namespaces=(),
    )


class PascalResponse(ResponseModel):
    """A response with member names in PascalCase: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,)
)
def pascal_leaf(cls: type[T]) -> type[T]:
    """Make a class a leaf shape of responses, with member names in PascalCase.

    A page holds tens of thousands of leaf shapes. As frozen dataclasses with slots they take a
    third of the time and a fifth of the memory of models. Members that vidkit does not know are
    left out.
    """
    leaf = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)
    leaf.__pydantic_config__ = _LEAF  # type: ignore[attr-defined]
    return checked_constructor(RequestError)(leaf)


class CamelResponse(ResponseModel):
    """A response with member names in camelCase: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def decode(model: type[M], body: bytes) -> M:
    """Decode the raw body of a response into its model.

    Raises:
        DecodeError: the body is not JSON, or a required member is missing or has an invalid value.
    """
    try:
        return model.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        first = details[0]
        place = ".".join(str(part) for part in first["loc"])
        more = f" and {len(details) - 1} more problems" if len(details) > 1 else ""
        raise DecodeError(
            f"the response is not a valid {model.__name__}: "
            f"{f'{place}: ' if place else ''}{first['msg']}{more} ({len(body)} bytes)",
            # A body that is not JSON comes from a proxy or a broken connection: worth a retry.
            retryable=first["type"] == "json_invalid",
        ) from None
