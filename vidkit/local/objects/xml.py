"""The XML documents of S3."""

from collections.abc import Mapping
from typing import cast
from xml.etree import ElementTree as ET

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def document(root: str, content: Mapping[str, object], *, namespace: bool = True) -> bytes:
    """An XML document.

    Args:
        root: the name of the root element.
        content: its children: text, a mapping for an element with children of its own, or a list of
            mappings for a repeated element; None is left out.
        namespace: whether the root has S3's namespace; errors have none.
    """
    element = ET.Element(root, {"xmlns": _NAMESPACE} if namespace else {})
    _fill(element, content)
    body: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return body


def completed_parts(body: bytes) -> list[tuple[int, str]]:
    """The part numbers and entity tags of a ``CompleteMultipartUpload`` document.

    Raises:
        ValueError: the body is no such document.
    """
    parts: list[tuple[int, str]] = []
    for part in parse(body).iterfind("{*}Part"):
        number = part.findtext("{*}PartNumber", "")
        parts.append((int(number), part.findtext("{*}ETag", "")))
    return parts


def parse(body: bytes) -> ET.Element:
    """The root element of a document.

    Raises:
        ValueError: the body is no XML document.
    """
    try:
        # A current version of expat limits the expansion of entities.
        return ET.fromstring(body)  # noqa: S314
    except (ET.ParseError, LookupError) as error:
        # A LookupError: the document names an encoding that does not exist.
        raise ValueError(str(error)) from None


def _fill(element: ET.Element, content: Mapping[str, object]) -> None:
    for name, value in content.items():
        values = cast("list[object]", value) if isinstance(value, list) else [value]
        for one in values:
            if one is None:
                continue
            child = ET.SubElement(element, name)
            if isinstance(one, Mapping):
                _fill(child, cast("Mapping[str, object]", one))
            elif isinstance(one, bool):
                child.text = str(one).lower()
            else:
                child.text = str(one)
