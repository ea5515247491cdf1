"""Types of members that several responses have: open enums, and binary content."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import pybase64
from pydantic import ValidatorFunctionWrapHandler, WrapValidator

__all__ = ["Base64Content", "Open", "RawReader"]

T = TypeVar("T")

_QUOTE = ord('"')

if TYPE_CHECKING:
    Open: TypeAlias = T | str
else:

    class Open:
        """An open enum: ``Open[Color]`` lists the known values, and any other string is valid too.

        Type checkers see the known values. When the program runs it is a string, with the known
        values as a mark, because msgspec has no unions of literals and strings.
        """

        def __class_getitem__(cls, known: Any) -> Any:
            return Annotated[str, known]


@dataclass(frozen=True, slots=True)
class RawReader:
    """Marks a member that `vidkit.models.response_reader` reads from its JSON by a function.

    Attributes:
        read: returns the value for the JSON of the member, without whitespace around it. A
            ValueError leaves the response to Pydantic.
    """

    read: Callable[[memoryview], Any]


def _from_text(value: Any, handler: ValidatorFunctionWrapHandler) -> bytes:
    if isinstance(value, str):
        try:
            return pybase64.b64decode(value, validate=True)
        except ValueError:
            # pydantic is slower, but accepts other alphabets and says what is invalid.
            pass
    decoded: bytes = handler(value)
    return decoded


def _from_json(json: memoryview) -> bytes:
    if json[0] != _QUOTE:
        raise ValueError("not a string")
    # Escape sequences are not in the alphabet.
    return pybase64.b64decode(json[1:-1], validate=True)


Base64Content = Annotated[bytes, WrapValidator(_from_text), RawReader(_from_json)]
"""Binary content, which is base64 in the JSON."""
