"""Functions that fill models with the members of structs, generated as `dataclasses` does it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import UNSET
from pydantic import BaseModel

__all__ = ["model_filler"]

M = TypeVar("M", bound=BaseModel)

_MOST_SETS = 64


def model_filler(
    model: type[M],
    converts: Mapping[str, Callable[[Any], Any]],
    unknown: Mapping[str, str],
) -> Callable[[Any], M]:
    """A function that makes a model of a struct, whose absent members are ``UNSET``.

    It does what `BaseModel.model_construct` does, in a tenth of the time.

    Args:
        model: the model.
        converts: by the struct's member, what makes a value for the model of one that is not None.
        unknown: the struct's members that the model does not have, with their names in responses.
    """
    fields = model.model_fields
    namespace: dict[str, Any] = {
        "UNSET": UNSET,
        "new": object.__new__,
        "model": model,
        "given": _Given([*fields, *unknown.values()]),
        "default": {name: field.get_default for name, field in fields.items()},
    }
    namespace |= {f"convert_{name}": convert for name, convert in converts.items()}
    # The slots of every model. Assigning to them passes by the checks of BaseModel.
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    ):
        namespace[f"set{name}"] = BaseModel.__dict__[name].__set__
    source = "\n".join(_source(model, converts, unknown))
    exec(source, namespace)  # noqa: S102 - of our own member names, nothing of a response
    fill: Callable[[Any], M] = namespace["fill"]
    return fill


def _source(
    model: type[BaseModel], converts: Mapping[str, Any], unknown: Mapping[str, str]
) -> Sequence[str]:
    lines = ["absent = 0", "extra = {}"]
    for number, (name, field) in enumerate(model.model_fields.items()):
        default = (
            "None" if field.default is None else f"default[{name!r}](call_default_factory=True)"
        )
        lines += [
            f"m{number} = found.{name}",
            f"if m{number} is UNSET:",
            f"    m{number} = {default}",
            f"    absent |= {1 << number}",
        ]
        if name in converts:
            lines += [
                f"elif m{number} is not None:",
                f"    m{number} = convert_{name}(m{number})",
            ]
    for number, (name, alias) in enumerate(unknown.items(), len(model.model_fields)):
        lines += [
            f"if found.{name} is UNSET:",
            f"    absent |= {1 << number}",
            "else:",
            f"    extra[{alias!r}] = convert_{name}(found.{name})",
        ]
    members = ", ".join(f"{name!r}: m{n}" for n, name in enumerate(model.model_fields))
    lines += [
        "filled = new(model)",
        f"set__dict__(filled, {{{members}}})",
        "set__pydantic_fields_set__(filled, given[absent])",
        "set__pydantic_extra__(filled, extra)",
        "set__pydantic_private__(filled, None)",
        "return filled",
    ]
    return ["def fill(found):", *(f"    {line}" for line in lines)]


class _Given(dict[int, set[str]]):
    """The sets of members that were given, by the bits of those that were not.

    Models that were given the same members share a set, which `ResponseModel.model_fields_set`
    copies: a page of thousands of models needs a few sets.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __missing__(self, absent: int) -> set[str]:
        given = {name for bit, name in enumerate(self._names) if not absent >> bit & 1}
        if len(self) < _MOST_SETS:
            self[absent] = given
        return given
