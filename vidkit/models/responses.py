"""The Pydantic bases and the types that all services share.

Requests are strict: unknown parameters and values out of range become a `RequestError`. Responses
are lenient: unknown members are kept, members may be missing, enums are open.
"""

import dataclasses
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, dataclass_transform

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetPydanticSchema,
    ValidationError,
)
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import ErrorDetails, core_schema

from vidkit._internal.arguments import checked_constructor, shown
from vidkit.errors import DecodeError, RequestError

__all__ = [
    "OPEN",
    "AwareDatetime",
    "CamelRequest",
    "CamelResponse",
    "PascalRequest",
    "PascalResponse",
    "RequestModel",
    "ResponseModel",
    "decode",
    "pascal_leaf",
    "to_wire",
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


def _utc(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError("must be an aware datetime")  # noqa: TRY004
    if value.utcoffset() is None:
        raise ValueError("must be aware: give it a time zone, such as datetime.now(UTC)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment that UTC has too") from None


AwareDatetime = Annotated[datetime, BeforeValidator(_utc)]
"""A request's point in time: aware; normalised to UTC."""


def _problem(detail: ErrorDetails, parameters: Collection[str]) -> str:
    path = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "missing":
        return f"{path}: missing; it must be given"
    if detail["type"] == "extra_forbidden":
        return f"{path}: no such parameter; parameters are {', '.join(parameters)}"
    if not path:
        return message
    return f"{path}={shown(detail['input'])}: {message}"


def _problems(error: ValidationError, parameters: Collection[str]) -> str:
    details = error.errors(include_url=False, include_context=False)
    return "; ".join(_problem(detail, parameters) for detail in details)


class RequestModel(BaseModel):
    """The base of everything that a caller fills in.

    Raises:
        RequestError: a parameter is unknown, missing, of the wrong type or out of range.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=False,
        ser_json_bytes="base64",
        hide_input_in_errors=True,
        defer_build=True,
    )
    service: ClassVar[str | None] = None
    """Set where the model is a whole operation's parameters, named ``<Operation>Request``."""

    if not TYPE_CHECKING:

        def __init__(self, /, **parameters: object) -> None:
            try:
                super().__init__(**parameters)
            except ValidationError as error:
                raise self._refusal(error) from None
            except TypeError as error:
                # A dict in place of a nested model, with keys that are no names.
                raise RequestError(f"{type(self).__name__}: {error}") from None

    @classmethod
    def _refusal(cls, error: ValidationError) -> RequestError:
        problems = _problems(error, cls.model_fields)
        if cls.service is None:
            return RequestError(f"{cls.__name__}: {problems}")
        operation = cls.__name__.removesuffix("Request")
        return RequestError(problems, service=cls.service, operation=operation)


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


class PascalRequest(RequestModel):
    """A request whose members are spelled ``LikeThis``: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


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


class CamelRequest(RequestModel):
    """A request whose members are spelled ``likeThis``: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


class CamelResponse(ResponseModel):
    """A response whose members are spelled ``likeThis``: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def to_wire(request: RequestModel) -> dict[str, Any]:
    """A request's members under the service's names; what was not given is left out."""
    return request.model_dump(by_alias=True, exclude_none=True)


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
