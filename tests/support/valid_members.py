"""Valid values of the shapes of a service model, at random, with what stands for them in JSON.

It reads the model's own JSON, and not what botocore makes of it.
"""

import base64
import functools
import random
import re
from datetime import UTC, datetime, timedelta
from re import _constants as sre
from re import _parser as sre_parser

from botocore.loaders import Loader

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_TRIES = 2000


@functools.cache
def definition(api):
    """The service model of an API, as it stands in botocore's files."""
    return Loader(include_default_extras=False).load_service_model(api, "service-2")


class Values:
    """Values of the shapes of one API.

    Args:
        api: the service model's name.
        seed: of the random numbers.
        is_complete: whether to give all members, or only those that are required.
    """

    def __init__(self, api, seed, *, is_complete=True):
        self.shapes = definition(api)["shapes"]
        self.random = random.Random(seed)
        self.is_complete = is_complete

    def make(self, reference, depth=0):  # noqa: PLR0911 - one for each type
        """A value as a program gives it."""
        shape = self.shapes[reference["shape"]]
        match shape["type"]:
            case "structure":
                return self.structure(shape, depth)
            case "list":
                length = max(1, shape.get("min", 0))
                return [self.make(shape["member"], depth + 1) for _ in range(length)]
            case "map":
                keys = [self.make(shape["key"]) for _ in range(max(1, shape.get("min", 0)))]
                return {key: self.make(shape["value"], depth + 1) for key in keys}
            case "boolean":
                return self.random.random() < 0.5
            case "timestamp":
                millis = timedelta(milliseconds=self.random.randrange(2**41))
                return EPOCH + millis
            case "blob":
                return self.random.randbytes(max(6, shape.get("min", 0)))
            case "string" | "character":
                return self.text(shape)
            case "integer" | "long":
                least = shape.get("min", 0)
                return self.random.randint(least, min(shape.get("max", 2**31 - 1), least + 1000))
            case "float" | "double":
                return round(self.random.uniform(shape.get("min", 0), shape.get("max", 100)), 3)

    def structure(self, shape, depth=0):
        required = shape.get("required", ())
        return {
            name: self.make(member, depth + 1)
            for name, member in shape["members"].items()
            if name in required or (self.is_complete and depth < 5)
        }

    def text(self, shape):
        if "enum" in shape:
            return self.random.choice(shape["enum"])
        least, most = shape.get("min", 0), shape.get("max", 1000)
        if r"\p{" in shape.get("pattern", r"\p{"):
            # No pattern, or one that Python does not read and nobody checks here.
            return "x" * max(least, 1)
        pattern = re.compile(shape["pattern"])
        parsed = sre_parser.parse(shape["pattern"])
        for number in range(MOST_TRIES):
            text = self.of_pattern(parsed, 1 + number % max(4, least + 2))
            if least <= len(text) <= most and pattern.fullmatch(text):
                return text
        raise AssertionError(f"nothing found for {shape}")

    def of_pattern(self, items, most):
        return "".join(self.of_item(kind, value, most) for kind, value in items)

    def of_item(self, kind, value, most):  # noqa: PLR0911 - one for each type
        if kind is sre.LITERAL:
            return chr(value)
        if kind in (sre.ANY, sre.NOT_LITERAL):
            return "x"
        if kind is sre.IN:
            return self.of_set(value)
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, items = value
            count = self.random.randint(low, max(low, min(int(high), low + most)))
            return "".join(self.of_pattern(items, most) for _ in range(count))
        if kind is sre.SUBPATTERN:
            return self.of_pattern(value[-1], most)
        if kind is sre.BRANCH:
            return self.of_pattern(self.random.choice(value[1]), most)
        assert kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT), kind
        return ""

    def of_set(self, choices):
        kind, value = self.random.choice(choices)
        if kind is sre.LITERAL:
            return chr(value)
        if kind is sre.RANGE:
            return chr(self.random.randint(*value))
        if kind is sre.CATEGORY:
            return {sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: " "}.get(value, "w")
        return "x"

    def wire(self, reference, value):  # noqa: PLR0911 - one for each type
        """What stands for a value in JSON."""
        shape = self.shapes[reference["shape"]]
        match shape["type"]:
            case "structure":
                members = shape["members"]
                return {
                    members[name].get("locationName", name): self.wire(members[name], item)
                    for name, item in value.items()
                }
            case "list":
                return [self.wire(shape["member"], item) for item in value]
            case "map":
                return {key: self.wire(shape["value"], item) for key, item in value.items()}
            case "blob":
                return base64.b64encode(value).decode()
            case "timestamp" if shape.get("timestampFormat") == "iso8601":
                return value.isoformat().replace("+00:00", "Z")
            case "timestamp":
                return (value - EPOCH) / timedelta(seconds=1)
        return value
