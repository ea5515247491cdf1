"""The Pydantic bases and the types that all services share.

Requests are strict: unknown parameters and values out of range become a `RequestError`. Responses
are lenient: unknown members are kept, members may be missing, enums are open.
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
"""Marks an open enum: the known values for the reader, any string for the parser."""

_LEAF = ConfigDict(
    alias_generator=to_pascal,
    extra="ignore",
    validate_by_name=True,
    validate_by_alias=True,
)


class ResponseModel(BaseModel):
    """The base of everything that a service answers with; frozen.

    Members that vidkit does not know yet stay in ``model_extra``;
    ``model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")`` gives the
    service's own JSON, but for what is unknown in leaf shapes.
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
    """A response whose members are spelled ``LikeThis``: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,)
)
def pascal_leaf(cls: type[T]) -> type[T]:
    """Make a class a leaf shape of responses, whose members are spelled ``LikeThis``.

    A page has tens of thousands of them: as frozen dataclasses with slots they take a third of
    the time and a fifth of the memory of models. Members that vidkit does not know are left out.
    """
    leaf = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)
    leaf.__pydantic_config__ = _LEAF  # type: ignore[attr-defined]
    return checked_constructor(RequestError)(leaf)


class CamelResponse(ResponseModel):
    """A response whose members are spelled ``likeThis``: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def decode(model: type[M], body: bytes) -> M:
    """A response model straight out of the raw body.

    Raises:
        DecodeError: the body is no JSON, or a member that the API promises is missing or wrong.
    """
    try:
        return model.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        first = details[0]
        place = ".".join(str(part) for part in first["loc"])
        more = f" and {len(details) - 1} more problems" if len(details) > 1 else ""
        raise DecodeError(
            f"the answer is no {model.__name__}: "
            f"{f'{place}: ' if place else ''}{first['msg']}{more} ({len(body)} bytes)",
            # No JSON at all is what a proxy or a broken line makes of an answer: worth another try.
            retryable=first["type"] == "json_invalid",
        ) from None
