"""Leaf shapes: the small shapes that a response holds by the ten thousand.

A leaf shape is a struct of msgspec, which costs a quarter of what an object of Python's own costs
to create, and nothing to the garbage collector. Pydantic, FastAPI and `dataclasses` take it for
the frozen dataclass that it resembles.
"""

import dataclasses
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, dataclass_transform

import msgspec
from pydantic import ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.alias_generators import to_pascal
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from vidkit._internal.arguments import signature_error
from vidkit.errors import RequestError
from vidkit.models.first_errors import end_at_first_error

__all__ = ["PascalLeaf"]

_CONFIG = ConfigDict(extra="ignore", validate_by_name=True, validate_by_alias=True)


class _LeafType(msgspec.StructMeta):
    """The type of leaf classes: their parameters have names, and those that do not fit are ours."""

    if not TYPE_CHECKING:

        def __new__(mcls, name: str, bases: Any, namespace: Any, **config: Any) -> Any:
            # msgspec does not inherit this setting.
            return super().__new__(mcls, name, bases, namespace, kw_only=True, **config)

        def __call__(self, *args: Any, **members: Any) -> Any:
            try:
                return super().__call__(*args, **members)
            except TypeError as cause:
                message = signature_error(self, args, members)
                if message is None:
                    raise
                raise RequestError(f"{self.__name__}: {message}") from cause


class _OfTheDataclass:
    """An attribute that a leaf class has from its dataclass, which is made when it is needed."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, leaf: object, cls: Any) -> Any:
        return getattr(_dataclass_of(cls), self._name)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class PascalLeaf(msgspec.Struct, metaclass=_LeafType, frozen=True, gc=False, rename=to_pascal):
    """The base of leaf shapes, with member names in PascalCase; frozen.

    Members that vidkit does not know are left out. The garbage collector does not track leaf
    shapes: they hold values, lists and one another, and are part of no cycle.

    Raises:
        RequestError: a parameter is unknown, or given by position.
    """

    if not TYPE_CHECKING:
        __dataclass_fields__ = _OfTheDataclass()
        __dataclass_params__ = _OfTheDataclass()
        __pydantic_config__ = _OfTheDataclass()

        @classmethod
        def __get_pydantic_core_schema__(
            cls, _source: Any, handler: GetCoreSchemaHandler
        ) -> core_schema.CoreSchema:
            return _core_schema(cls, handler)

        @classmethod
        def __get_pydantic_json_schema__(
            cls, schema: Any, handler: GetJsonSchemaHandler
        ) -> JsonSchemaValue:
            return handler(schema["steps"][-1])


@cache
def _dataclass_of(leaf: type[PascalLeaf]) -> Any:
    """The dataclass with the members of a leaf class, which Pydantic fills in its place."""
    members: list[Any] = [
        (member.name, Annotated[member.type, Field(alias=member.encode_name)], _default(member))
        for member in msgspec.structs.fields(leaf)
    ]
    made = dataclasses.make_dataclass(
        leaf.__name__,
        members,
        frozen=True,
        kw_only=True,
        namespace={"__pydantic_config__": _CONFIG},
    )
    made.__module__, made.__qualname__ = leaf.__module__, leaf.__qualname__
    return made


def _default(member: Any) -> Any:
    if member.default_factory is not msgspec.NODEFAULT:
        return dataclasses.field(default_factory=member.default_factory)
    if member.default is not msgspec.NODEFAULT:
        return dataclasses.field(default=member.default)
    return dataclasses.field()


def _core_schema(leaf: type[PascalLeaf], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Validates a leaf shape, or makes one of its dataclass; dumps it as the dataclass."""
    plain: Any = handler.resolve_ref_schema(handler.generate_schema(_dataclass_of(leaf)))
    end_at_first_error(plain)
    make: Callable[..., Any] = partial(msgspec.StructMeta.__call__, leaf)

    def validate(value: Any, validator: Callable[[Any], Any]) -> Any:
        return value if isinstance(value, leaf) else make(**validator(value).__dict__)

    # JSON goes past the dataclass, which takes a quarter of the time.
    members = core_schema.typed_dict_schema(
        {
            member["name"]: core_schema.typed_dict_field(
                member["schema"],
                required=member["schema"]["type"] != "default",
                validation_alias=member["validation_alias"],
            )
            for member in plain["schema"]["fields"]
        },
        config=plain["config"],
    )
    itself: Any = {key: plain[key] for key in plain.keys() - {"ref"}} | {"cls": leaf, "slots": True}
    return core_schema.chain_schema(
        [
            core_schema.json_or_python_schema(
                core_schema.no_info_after_validator_function(lambda found: make(**found), members),
                core_schema.no_info_wrap_validator_function(validate, plain),
            ),
            itself,
        ],
        ref=f"{leaf.__module__}.{leaf.__qualname__}:{id(leaf)}",
    )
