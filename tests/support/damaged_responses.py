"""Responses that are damaged in every way that JSON, text and bytes can be."""

import json
import random
from typing import Any

ODD_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**400,
    -(10**19),
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "0",
    "\x00",
    "\ud800",
    "x" * 5000,
    "2026-13-45T99:99:99Z",
    "99999999999999",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"Error": {"Code": 7}},
]


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        inner = [place for key in value for place in _places(value[key], (*at, key))]
    elif isinstance(value, list):
        inner = [place for n, item in enumerate(value) for place in _places(item, (*at, n))]
    return [at, *inner]


def _put(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    first, rest = place[0], place[1:]
    if isinstance(value, dict):
        return {k: _put(v, rest, new) if k == first else v for k, v in value.items()}
    return [_put(v, rest, new) if n == first else v for n, v in enumerate(value)]


def _without(value: Any, place: tuple[Any, ...]) -> Any:
    first, rest = place[0], place[1:]
    if isinstance(value, dict):
        return {
            k: v if k != first else _without(v, rest)
            for k, v in value.items()
            if k != first or rest
        }
    return [
        v if n != first else _without(v, rest) for n, v in enumerate(value) if n != first or rest
    ]


def _text(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _change(content: Any, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 3)):
        place = dice.choice(_places(content))
        if place and dice.random() < 0.3:
            content = _without(content, place)
        else:
            content = _put(content, place, dice.choice(ODD_VALUES))
    return _text(content)


def _twice(content: Any, dice: random.Random) -> bytes:
    text = _text(content)
    if not isinstance(content, dict) or not content:
        return text
    key = dice.choice(list(content))
    return b"{" + _text(key) + b":" + _text(dice.choice(ODD_VALUES)) + b"," + text[1:]


def _deep(content: Any, dice: random.Random) -> bytes:
    opening, closing = dice.choice([(b"[", b"]"), (b'{"a":', b"}")])
    depth = dice.choice([50, 300, 20_000])
    deep = opening * depth + b"1" + closing * depth
    place = dice.choice(_places(content))
    return _text(_put(content, place, "@deep@")).replace(b'"@deep@"', deep)


def _bytes(content: Any, dice: random.Random) -> bytes:
    text = bytearray(_text(content))
    match dice.randrange(6):
        case 0:
            del text[dice.randrange(len(text) + 1) :]
        case 1:
            for _ in range(dice.randint(1, 8)):
                text[dice.randrange(len(text))] = dice.randrange(256)
        case 2:
            text[0:0] = b"\xef\xbb\xbf"
        case 3:
            return json.dumps(content).encode("utf-16")
        case 4:
            text += b"{}"
        case _:
            text[dice.randrange(len(text)) :] = b"\xff\xfe" * 100
    return bytes(text)


def mutated(body: bytes, seed: int) -> bytes:
    """A damaged version of a response; the same seed returns the same version."""
    dice = random.Random(seed)
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        content = body.decode("latin-1")
    way = dice.choices([_change, _twice, _deep, _bytes], weights=[6, 1, 1, 3])[0]
    return way(content, dice)
