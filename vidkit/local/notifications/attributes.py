"""Message attributes, and the digest that SQS clients verify."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidkit.local.protocol.wire import ApiError

_STRING = b"\x01"
_BINARY = b"\x02"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One message attribute."""

    data_type: str
    """``String``, ``Number`` or ``Binary``, optionally with a dot and a custom label."""
    value: str
    """The text; bytes as base64."""

    @property
    def is_binary(self) -> bool:
        """Whether the value is bytes."""
        return self.data_type.partition(".")[0] == "Binary"

    def member(self) -> dict[str, str]:
        """The attribute as a ``MessageAttributeValue`` of the API."""
        name = "BinaryValue" if self.is_binary else "StringValue"
        return {"DataType": self.data_type, name: self.value}


def read_attributes(members: Mapping[str, Mapping[str, Any]], *, code: str) -> dict[str, Attribute]:
    """The attributes of a request that fits the service model.

    Args:
        members: names and ``MessageAttributeValue`` structures.
        code: the service's error code.

    Raises:
        ApiError: an attribute has no value, or a value of another type.
    """
    found: dict[str, Attribute] = {}
    for name, member in members.items():
        data_type: str = member["DataType"]
        kind = data_type.partition(".")[0]
        value = member.get("BinaryValue" if kind == "Binary" else "StringValue")
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        if kind not in {"String", "Number", "Binary"} or not value or not _fits(kind, value):
            raise ApiError(
                code,
                f"The message attribute {name!r} needs a value of its type;"
                f" the type is {data_type!r}.",
            )
        found[name] = Attribute(data_type, value)
    return found


def digest(attributes: Mapping[str, Attribute]) -> str:
    """The MD5 digest of attributes, for ``MD5OfMessageAttributes``.

    Example:
        >>> digest({"a": Attribute("String", "b")})
        'bef8bf215374a0a228d67533b1a488be'
    """
    md5 = hashlib.md5(usedforsecurity=False)
    for name, attribute in sorted(attributes.items()):
        binary = attribute.is_binary
        value = base64.b64decode(attribute.value) if binary else attribute.value.encode()
        for part in (name.encode(), attribute.data_type.encode()):
            md5.update(len(part).to_bytes(4, "big") + part)
        md5.update((_BINARY if binary else _STRING) + len(value).to_bytes(4, "big") + value)
    return md5.hexdigest()


def _fits(kind: str, value: str) -> bool:
    if kind != "Binary":
        return True
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
