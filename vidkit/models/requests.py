"""The Pydantic bases of requests, which are strict.

Unknown parameters and values out of range become a `RequestError` that names the parameter.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import ErrorDetails

from vidkit._internal.arguments import shown
from vidkit.errors import RequestError

__all__ = ["AwareDatetime", "CamelRequest", "PascalRequest", "RequestModel", "to_wire"]


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


class PascalRequest(RequestModel):
    """A request whose members are spelled ``LikeThis``: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


class CamelRequest(RequestModel):
    """A request whose members are spelled ``likeThis``: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def to_wire(request: RequestModel) -> dict[str, Any]:
    """A request's members under the service's names; what was not given is left out."""
    return request.model_dump(by_alias=True, exclude_none=True)
