"""Lists and maps of responses end with their first error.

Pydantic collects every error of them, at a kilobyte or more each: a response of 200 MB with a
wrong type in each item took 7 GB. An error of vidkit names the first.
"""

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

__all__ = ["FirstErrors", "end_at_first_error"]


class FirstErrors:
    """What a model inherits so that its lists and maps end with their first error."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """The schema of the model, as Pydantic makes it, with lists and maps that end early."""
        schema = handler(source)
        end_at_first_error(handler.resolve_ref_schema(schema))
        return schema


def end_at_first_error(schema: Any) -> None:
    """Let the lists and maps in a core schema end with their first error."""
    if isinstance(schema, list):
        for part in schema:  # pyright: ignore[reportUnknownVariableType]
            end_at_first_error(part)
    elif isinstance(schema, dict):
        if schema.get("type") in ("list", "dict"):  # pyright: ignore[reportUnknownMemberType]
            schema["fail_fast"] = True
        for part in schema.values():  # pyright: ignore[reportUnknownVariableType]
            end_at_first_error(part)
