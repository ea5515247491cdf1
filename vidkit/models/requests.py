"""The base models of requests, which are strict.

Unknown parameters and invalid values raise a `RequestError` that names the parameter.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import ErrorDetails

from vidkit._internal.arguments import short_repr
from vidkit.errors import RequestError

__all__ = ["AwareDatetime", "CamelRequest", "PascalRequest", "RequestModel", "to_wire"]


def _to_utc(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError("must be an aware datetime")  # noqa: TRY004
    if value.utcoffset() is None:
        raise ValueError("must be aware: give it a time zone, such as datetime.now(UTC)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be within the range of datetime in UTC") from None


AwareDatetime = Annotated[datetime, BeforeValidator(_to_utc)]
"""A timestamp in a request: an aware datetime, converted to UTC."""


def _describe_error(detail: ErrorDetails, parameters: Collection[str]) -> str:
    path = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "missing":
        return f"{path}: missing; it is required"
    if detail["type"] == "extra_forbidden":
        return f"{path}: no such parameter; parameters are {', '.join(parameters)}"
    if not path:
        return message
    return f"{path}={short_repr(detail['input'])}: {message}"


def _describe_errors(error: ValidationError, parameters: Collection[str]) -> str:
    details = error.errors(include_url=False, include_context=False)
    return "; ".join(_describe_error(detail, parameters) for detail in details)


class RequestModel(BaseModel):
    """The base of requests, and of the models in them.

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
    """Set on models of all parameters of an operation, whose name is ``<Operation>Request``."""

    if not TYPE_CHECKING:

        def __init__(self, /, **parameters: object) -> None:
            try:
                super().__init__(**parameters)
            except ValidationError as error:
                raise self._request_error(error) from None
            except TypeError as error:
                # A dict was given for a nested model, and its keys are not strings.
                raise RequestError(f"{type(self).__name__}: {error}") from None

    @classmethod
    def _request_error(cls, error: ValidationError) -> RequestError:
        message = _describe_errors(error, cls.model_fields)
        if cls.service is None:
            return RequestError(f"{cls.__name__}: {message}")
        operation = cls.__name__.removesuffix("Request")
        return RequestError(message, service=cls.service, operation=operation)


class PascalRequest(RequestModel):
    """A request with member names in PascalCase: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


class CamelRequest(RequestModel):
    """A request with member names in camelCase: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def to_wire(request: RequestModel) -> dict[str, Any]:
    """The members of a request by the service's names, without None."""
    return request.model_dump(by_alias=True, exclude_none=True)
