"""Open enums: members whose known values are listed, and which take any other string too."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

__all__ = ["Open"]

T = TypeVar("T")

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
