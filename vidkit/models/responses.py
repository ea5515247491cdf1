"""The base models of responses, which are lenient.

Unknown members are kept, members may be missing, and enums are open.
"""

import sys
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel, to_pascal

from vidkit.errors import DecodeError
from vidkit.models.first_errors import FirstErrors

__all__ = [
    "CamelResponse",
    "PascalResponse",
    "ResponseModel",
    "decode",
]

M = TypeVar("M", bound=BaseModel)

_SMALL_BODY = 10_000


class ResponseModel(FirstErrors, BaseModel):
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

    @property
    def model_fields_set(self) -> set[str]:
        """The members that were given, by their names here, as a new set."""
        # Models that were given the same members share theirs.
        return set(self.__pydantic_fields_set__)

    @property
    def model_extra(self) -> dict[str, Any]:
        """The members that vidkit does not know, by the service's names, as a new dict."""
        return dict(self.__pydantic_extra__ or {})


class PascalResponse(ResponseModel):
    """A response with member names in PascalCase: Rekognition, Kinesis Video."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal)


class CamelResponse(ResponseModel):
    """A response with member names in camelCase: IVS."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


def decode(model: type[M], body: bytes) -> M:
    """Decode the raw body of a response into its model.

    Raises:
        DecodeError: the body is not JSON, or a required member is missing or has an invalid value.
    """
    # For a first small response, Pydantic takes less time than the import of msgspec.
    if len(body) <= _SMALL_BODY and "msgspec" not in sys.modules:
        return _read_by_pydantic(model, body)
    from vidkit.models import response_reader

    response = response_reader.read(model, body)
    if response is None:
        response = _read_by_pydantic(model, body)
        response_reader.learn(response)
    return response


def _read_by_pydantic(model: type[M], body: bytes) -> M:
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
