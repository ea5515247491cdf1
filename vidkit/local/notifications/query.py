"""The query protocol: requests as forms, responses as XML."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from vidkit.local.protocol.wire import ApiError

_MAX_DEPTH = 16
"""More than the parts of any parameter's name."""

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def read_form(body: bytes) -> dict[str, Any]:
    """The parameters of a form, with lists and maps decoded.

    ``A.member.1`` is the first item of the list ``A``. ``A.entry.1.key`` and ``A.entry.1.value``
    are an entry of the map ``A``. A dotted name without a number is a path of members.

    Raises:
        ApiError: the body is not a form in UTF-8.

    Example:
        >>> read_form(b"Action=X&Tags.member.1.Key=a&Attributes.entry.1.key=b"
        ...           b"&Attributes.entry.1.value=c")
        {'Action': 'X', 'Tags': [{'Key': 'a'}], 'Attributes': {'b': 'c'}}
    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise ApiError("InvalidParameter", "The request body is no form in UTF-8.") from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        if len(path) > _MAX_DEPTH:
            raise ApiError("InvalidParameter", f"{name[:100]}... is not known here.")
        node = tree
        for part in path:
            below = node.get(part)
            if not isinstance(below, dict):
                # The name is both a value and a path: the path replaces the value.
                below = node[part] = dict[str, Any]()
            node = cast("dict[str, Any]", below)
        node[last] = value
    return {name: _decoded(value) for name, value in tree.items()}


def _decoded(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    members = {name: _decoded(value) for name, value in cast("dict[str, Any]", node).items()}
    if set(members) == {"member"}:
        return _items_by_number(members["member"])
    if set(members) == {"entry"}:
        return dict(_pair(entry) for entry in _items_by_number(members["entry"]))
    return members


def _pair(entry: Any) -> tuple[str, Any]:
    """An entry of a map; SNS has two names for each of its parts."""
    parts = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    return str(parts.get("key", parts.get("Name", ""))), parts.get("value", parts.get("Value"))


def _items_by_number(node: Any) -> list[Any]:
    if not isinstance(node, dict):
        return []
    items = cast("dict[str, Any]", node)
    return [items[key] for key in sorted(items, key=lambda key: (len(key), key))]


def response_document(
    operation: str, content: Mapping[str, object] | None, request_id: str
) -> bytes:
    """The response to an operation.

    Args:
        operation: its name.
        content: the members of its result; None for an operation without a result.
        request_id: the request's id.
    """
    root = ET.Element(f"{operation}Response", {"xmlns": NAMESPACE})
    if content is not None:
        _fill(ET.SubElement(root, f"{operation}Result"), content)
    _fill(root, {"ResponseMetadata": {"RequestId": request_id}})
    return _bytes(root)


def error_document(error: ApiError, request_id: str) -> bytes:
    """An error response."""
    kind = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own
    root = ET.Element("ErrorResponse", {"xmlns": NAMESPACE})
    members = {"Type": kind, "Code": error.code, "Message": error.message}
    _fill(root, {"Error": members, "RequestId": request_id})
    return _bytes(root)


def entries(attributes: Mapping[str, str]) -> dict[str, object]:
    """A map in the protocol's form: a list of keys and values."""
    return {"entry": [{"key": name, "value": value} for name, value in attributes.items()]}


def _fill(element: ET.Element, content: Mapping[str, object]) -> None:
    for name, value in content.items():
        for one in cast("list[object]", value) if isinstance(value, list) else [value]:
            child = ET.SubElement(element, name)
            if isinstance(one, Mapping):
                _fill(child, cast("Mapping[str, object]", one))
            else:
                child.text = str(one).lower() if isinstance(one, bool) else str(one)


def _bytes(root: ET.Element) -> bytes:
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body
