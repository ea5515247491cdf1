"""The responses of AWS's services, as vidkit decodes them: JSON without secrets."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from vidkit.errors import DecodeError
from vidkit.transports.aws.apis import Api
from vidkit.transports.aws.log_redaction import Secrets
from vidkit.transports.base import HttpResponse
from vidkit.transports.redaction import redacted, without_secrets

__all__ = ["json_response", "redacted_response"]


def json_response(api: Api, response: HttpResponse) -> HttpResponse:
    """A response whose body is JSON; the query protocol returns XML.

    Raises:
        DecodeError: the body is not the XML that the API defines.
    """
    if api.protocol != "query":
        return response
    try:
        members = _members(ET.fromstring(response.body), is_ok=response.ok)  # noqa: S314
        body = json.dumps(members).encode()
    # LookupError: an encoding that Python does not have.
    except (ET.ParseError, LookupError, ValueError, RecursionError):
        if not response.ok:
            # An error page of a gateway: its status says what happened.
            return response
        raise DecodeError(
            "the response is not the XML that its API defines", ambiguous=True
        ) from None
    return replace(response, body=body)


def _members(root: ET.Element, *, is_ok: bool) -> Any:
    """The members of the result, or those of the error, of a response."""
    if not is_ok:
        error = next((one for one in root.iter() if _name(one) == "Error"), None)
        if error is None:
            raise ValueError
        return _value(error)
    if not _name(root).endswith("Response"):
        raise ValueError
    result = next((one for one in root if _name(one).endswith("Result")), None)
    return {} if result is None else _value(result) or {}


def _value(element: ET.Element) -> Any:
    """A text, a list of ``member``, a map of ``entry``, or a structure; None of nothing."""
    names = {_name(child) for child in element}
    if not names:
        return element.text
    if names == {"member"}:
        return [_value(child) for child in element]
    if names == {"entry"}:
        pairs = [{_name(part): part.text or "" for part in child} for child in element]
        return {pair.get("key", ""): pair.get("value", "") for pair in pairs}
    values = {_name(child): _value(child) for child in element}
    # An empty element is an empty list or map, or no text: a model has its default.
    return {name: value for name, value in values.items() if value is not None}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def redacted_response(response: HttpResponse, secrets: Secrets) -> HttpResponse:
    """An error response without the session token, which services quote."""
    headers = {name: without_secrets(value, secrets) for name, value in response.headers.items()}
    body = redacted(response.body.decode("utf-8", "surrogateescape"), secrets)
    return replace(response, body=body.encode("utf-8", "surrogateescape"), headers=headers)
