"""The fast way to read a response: msgspec reads the JSON into structs, which fill the models.

Each model has a struct with its members. It is strict: it takes what Pydantic would take as it is.
For everything else, a number in a string as well as an unknown member, msgspec raises an error,
and Pydantic reads the response. So Pydantic has the last word, and every error is its own.

Services add members in time. The first response with an unknown one is read by Pydantic. From then
on the struct of that model has it, and the next response is read fast, with the member in
``model_extra``.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import isabstract
from types import GenericAlias, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import msgspec
from msgspec import UNSET, Raw
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import from_json

from vidkit.models.first_errors import FirstErrors
from vidkit.models.model_filler import model_filler

__all__ = ["MOST_LEARNED", "learn", "read", "why_slow"]

M = TypeVar("M", bound=BaseModel)
Convert = Callable[[Any], Any]

MOST_LEARNED = 16
"""So many unknown members of a model get into its struct, whatever a service responds."""

_READ_ALIKE = frozenset({str, int, float, bool, NoneType})
# How a model is configured decides what Pydantic takes; the other settings do not.
_SETTINGS = {
    "extra": "allow",
    # Models share what tells which members they were given.
    "frozen": True,
    "validate_by_alias": True,
    "val_json_bytes": "base64",
}
_SETTINGS_WITHOUT_EFFECT = frozenset(
    {
        "alias_generator",
        "defer_build",
        "hide_input_in_errors",
        "protected_namespaces",
        "ser_json_bytes",
        "validate_by_name",
    }
)

_VALIDATORS = ("validators", "field_validators", "root_validators", "model_validators")
_MAKERS = frozenset(
    {
        "__init__",
        "__new__",
        "model_post_init",
        "model_validate_json",
        "__get_pydantic_core_schema__",
    }
)
_NULL_BEGINS = ord("n")
_LONGEST_NAME = 100

_log = logging.getLogger("vidkit")
_learned: dict[type[BaseModel], tuple[str, ...]] = {}
_readers: dict[type[BaseModel], "_Reader"] = {}
# Otherwise a reader that one thread makes could be kept without what another one learns meanwhile.
_lock = threading.Lock()


class _OnlyPydanticError(Exception):
    """Only Pydantic can read a model; says why."""


@dataclass(frozen=True, slots=True)
class _Shape(Generic[M]):
    """A model as msgspec reads it.

    Attributes:
        struct: the struct with the model's members.
        to_model: fills a model with what such a struct holds.
        inner: the shapes of members that hold models.
    """

    struct: type[msgspec.Struct]
    to_model: Callable[[Any], M]
    inner: Mapping[str, "_Shape[Any]"]


_Reader: TypeAlias = tuple[Callable[[bytes], Any], _Shape[Any]] | str
"""What decodes into a struct and fills the model of it, or why only Pydantic can read it."""


class _Member(NamedTuple):
    """A member as msgspec reads it.

    Attributes:
        type: the type that msgspec reads.
        convert: what makes the model's value of that, other than None; None: it is the value.
        shape: the shape of the models in it.
        alias: the name in responses.
    """

    type: Any
    convert: Convert | None = None
    shape: _Shape[Any] | None = None
    alias: str = ""


def read(model: type[M], body: bytes) -> M | None:
    """Read the raw body of a response; None if Pydantic has to read it."""
    reader = _reader(model)
    if isinstance(reader, str):
        return None
    decode, shape = reader
    try:
        if not body.isascii():
            # msgspec does not decode the text of members that it skips.
            body.decode()
        response: M = shape.to_model(decode(body))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # Only the text: a record that is kept would keep all frames of the call, and the response.
        _log.debug("%s: read by pydantic, not by msgspec: %s", model.__name__, str(error))
        return None
    return response


def why_slow(model: type[BaseModel]) -> str | None:
    """Why only Pydantic reads responses of this model; None if msgspec does."""
    reader = _reader(model)
    return reader if isinstance(reader, str) else None


def learn(response: BaseModel) -> None:
    """Take the unknown members of a response, which Pydantic has read, into the structs."""
    reader = _reader(type(response))
    if isinstance(reader, str):
        return
    unknown = dict.fromkeys(_unknown_members(response, reader[1]))
    learned = False
    with _lock:
        for model, name in unknown:
            known = _learned.get(model, ())
            is_name = name.isidentifier() and len(name) <= _LONGEST_NAME
            if is_name and name not in known and len(known) < MOST_LEARNED:
                _learned[model] = (*known, name)
                learned = True
        if learned:
            _readers.clear()


def _unknown_members(value: Any, shape: _Shape[Any]) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _unknown_members(item, shape)
    elif value is not None:
        for name in value.model_extra:
            yield type(value), name
        for name, inner in shape.inner.items():
            yield from _unknown_members(getattr(value, name), inner)


def _reader(model: type[M]) -> "_Reader":
    """What reads the responses of a model, or why only Pydantic can."""
    reader = _readers.get(model)
    if reader is None:
        with _lock:
            reader = _readers[model] = _made_reader(model)
    return reader


def _made_reader(model: type[M]) -> "_Reader":
    try:
        shape = _shape(model)
    except _OnlyPydanticError as error:
        return str(error)
    return msgspec.json.Decoder(shape.struct).decode, shape


def _shape(model: type[M], outer: tuple[type[Any], ...] = ()) -> _Shape[M]:
    """The shape of a model.

    Args:
        model: the model.
        outer: the models that hold it.

    Raises:
        _OnlyPydanticError: the model does what only Pydantic can do.
    """
    _check_model(model, outer)
    found = {
        name: _member_of_field(model, name, field, (*outer, model))
        for name, field in model.model_fields.items()
    }
    unknown = {f"unknown_{n}": name for n, name in enumerate(_learned.get(model, ()))}
    aliases = {name: member.alias for name, member in found.items()}
    members: list[Any] = [
        (name, member.type)
        if model.model_fields[name].is_required()
        else (name, member.type, UNSET)
        for name, member in found.items()
    ]
    struct = msgspec.defstruct(
        model.__name__,
        [*members, *((name, Raw, UNSET) for name in unknown)],
        rename=aliases | unknown,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    converts = {name: member.convert for name, member in found.items() if member.convert}
    inner = {name: member.shape for name, member in found.items() if member.shape}
    converts |= dict.fromkeys(unknown, _of_unknown_type)
    return _Shape(struct, model_filler(model, converts, unknown), inner)


def _check_model(model: type[BaseModel], outer: tuple[type[Any], ...]) -> None:
    """Check that a model leaves all reading to its members."""
    if model in outer:
        raise _OnlyPydanticError(f"{model.__name__} holds itself")
    if isabstract(model):
        raise _OnlyPydanticError(f"{model.__name__} is abstract")
    config = dict(model.model_config)
    for key in sorted((config.keys() | _SETTINGS.keys()) - _SETTINGS_WITHOUT_EFFECT):
        if config.get(key) != _SETTINGS.get(key):
            raise _OnlyPydanticError(f"{model.__name__} is configured with {key}")
    decorators = model.__pydantic_decorators__
    if any(getattr(decorators, kind) for kind in _VALIDATORS):
        raise _OnlyPydanticError(f"{model.__name__} has validators")
    if model.__private_attributes__:
        raise _OnlyPydanticError(f"{model.__name__} has private attributes")
    for cls in model.__mro__[: model.__mro__.index(BaseModel)]:
        for name in _MAKERS & vars(cls).keys() if cls is not FirstErrors else ():
            raise _OnlyPydanticError(f"{model.__name__} has its own {name}")


def _member_of_field(
    model: type[BaseModel], name: str, field: FieldInfo, outer: tuple[type[Any], ...]
) -> _Member:
    """A field of a model as msgspec reads it."""
    alias = field.validation_alias or name
    if not isinstance(alias, str):
        raise _OnlyPydanticError(f"{model.__name__}.{name} has several aliases")
    if field.validate_default or field.default_factory_takes_validated_data or field.discriminator:
        raise _OnlyPydanticError(f"{model.__name__}.{name} is more than a type and a default")
    annotation: Any = field.annotation
    for mark in field.metadata:
        annotation = Annotated[annotation, mark]
    member = _member(annotation, outer)
    if member is not None:
        return member._replace(alias=alias)
    # Pydantic reads this member, and msgspec the others.
    config: Any = model.model_config
    adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=config)

    def convert(raw: Raw) -> Any:
        return adapter.validate_json(bytes(raw), by_alias=True, by_name=False)

    return _Member(Raw, convert, alias=alias)


def _member(annotation: Any, outer: tuple[type[Any], ...]) -> _Member | None:
    """A type of a member as msgspec reads it; None if msgspec reads it otherwise than Pydantic."""
    if isinstance(annotation, type):
        return _class(annotation, outer)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        member = _member(arguments[0], outer)
        is_open_enum = all(get_origin(mark) is Literal for mark in arguments[1:])
        return member if is_open_enum else None
    if origin in {Union, UnionType} and NoneType in arguments:
        kind, *more = (kind for kind in arguments if kind is not NoneType)
        inner = None if more else _member(kind, outer)
        return inner and _optional(inner)
    return _collection(origin, arguments, outer)


def _collection(
    origin: Any, arguments: tuple[Any, ...], outer: tuple[type[Any], ...]
) -> _Member | None:
    if origin is dict and arguments[0] is str:
        inner = _member(arguments[1], outer)
        if inner is None or inner.convert is not None:
            return None
        return _Member(GenericAlias(dict, (str, inner.type)))
    if origin is list:
        inner = _member(arguments[0], outer)
        return inner and _Member(GenericAlias(list, inner.type), _each(inner.convert), inner.shape)
    return None


def _class(cls: type[Any], outer: tuple[type[Any], ...]) -> _Member | None:
    if issubclass(cls, BaseModel):
        shape = _shape(cls, outer)
        return _Member(shape.struct, shape.to_model, shape)
    if issubclass(cls, msgspec.Struct):
        if cls in outer:
            return _Member(cls)
        fields = msgspec.structs.fields(cls)
        members = [_member(field.type, (*outer, cls)) for field in fields]
        return _Member(cls) if all(member and not member.convert for member in members) else None
    if cls is bytes:
        raise _OnlyPydanticError("Pydantic reads binary content faster")
    return _Member(cls) if cls in _READ_ALIKE else None


def _each(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda values: [None if value is None else convert(value) for value in values]


def _optional(member: _Member) -> _Member:
    convert = member.convert
    if member.type is not Raw or convert is None:
        return _Member(member.type | None, convert, member.shape)

    def convert_unless_null(raw: Raw) -> Any:
        return None if memoryview(raw)[0] == _NULL_BEGINS else convert(raw)

    # msgspec has no union of Raw and None.
    return _Member(Raw, convert_unless_null)


def _of_unknown_type(raw: Raw) -> Any:
    return from_json(bytes(raw))
