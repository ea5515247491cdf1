"""Responses of any model, made up from its fields: plausible ones, and some that are not."""

import base64
import json
import random
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from damaged_responses import ODD_VALUES
from pydantic import BaseModel

TEXTS = ["", "Jane Doe", "späť", "\U0001f600", '"\\/\n', "5", "40.0", "true", "x" * 40]
TEXTS += ["SUCCEEDED", "https://example.com", "arn:aws:sns:us-east-1:123456789012:topic"]
TIMES = [1767225600.125, 0, "2026-05-01T12:00:00Z", "1777636800"]
NUMBERS = [0, 1, -1, 2**31, 2**63, 2**64, 10**30, 40, 1767225600.125, 0.1, -1e-7, 1e22, 40.0]
NEW = ["New", "new_member", "JobStatus", "Timestamp", "value", "kw", "", "not a name", "äöü"]


def response(model: type[BaseModel], seed: int) -> bytes:
    """A response of the model; the same seed returns the same response."""
    dice = random.Random(seed)
    # Most are clean but for one matter, so that much of each is read.
    oddity = dice.choice([0, 0, 0.002, 0.02, 0.2])
    return json.dumps(_object(model, dice, oddity, dice.choice([0, 0, 0.05, 0.3]))).encode(
        "utf-8", "surrogatepass"
    )


def _fields(model: type[Any]) -> dict[str, Any]:
    """The types of the members by the service's names."""
    if issubclass(model, msgspec.Struct):
        return {member.encode_name: member.type for member in msgspec.structs.fields(model)}
    return {
        field.validation_alias or name: Annotated[field.annotation, *field.metadata, "field"]
        for name, field in model.model_fields.items()
    }


def _object(model: type[Any], dice: random.Random, oddity: float, newness: float) -> dict[str, Any]:
    absence = dice.choice([0, 0.1, 0.5])
    members = {
        name: _value(kind, dice, oddity, newness)
        for name, kind in _fields(model).items()
        if dice.random() >= absence
    }
    if dice.random() < newness:
        members[dice.choice(NEW)] = dice.choice([*ODD_VALUES, *TEXTS, *NUMBERS, {"a": [1, None]}])
    items = list(members.items())
    dice.shuffle(items)
    return dict(items)


def _value(kind: Any, dice: random.Random, oddity: float, newness: float) -> Any:
    if dice.random() < oddity:
        return dice.choice([*ODD_VALUES, *TEXTS, *NUMBERS])

    def inner(kind: Any) -> Any:
        return _value(kind, dice, oddity, newness)

    origin, arguments = get_origin(kind) or kind, get_args(kind)
    match origin:
        case _ if origin is Annotated:
            value = inner(arguments[0])
        case _ if origin in {Union, UnionType}:
            value = None if dice.random() < oddity else inner(arguments[0])
        case _ if origin in {list, tuple}:
            value = [inner(arguments[0]) for _ in range(dice.choice([0, 1, 2, 5]))]
        case _ if origin is dict:
            value = {dice.choice(TEXTS): inner(arguments[1]) for _ in range(dice.choice([0, 1, 3]))}
        case _ if origin in SCALARS:
            value = SCALARS[origin](dice)
        case _ if isinstance(origin, type) and issubclass(origin, BaseModel | msgspec.Struct):
            value = _object(origin, dice, oddity, newness)
        case _:
            value = "secret"
    return value


def _encoded(dice: random.Random) -> str:
    encode = dice.choice([base64.b64encode, base64.urlsafe_b64encode])
    return encode(dice.randbytes(dice.randrange(20))).decode()


SCALARS = {
    bool: lambda dice: dice.random() < 0.5,
    int: lambda dice: dice.randrange(10_000),
    float: lambda dice: dice.choice([dice.random(), dice.randrange(100), dice.uniform(-1e9, 1e9)]),
    str: lambda dice: dice.choice(TEXTS),
    bytes: _encoded,
    datetime: lambda dice: dice.choice(TIMES),
}
