"""Errors for services that the local cloud does not have, in the protocol of the client."""

from collections.abc import Mapping
from typing import Final, cast
from xml.etree import ElementTree as ET

from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.signatures.aws import scoped_service

__all__ = ["is_form", "unknown_service_error_response"]

_CBOR: Final = "rpc-v2-cbor"
_XML: Final = "text/xml"
# Every other service over REST speaks JSON.
_REST_XML: Final = frozenset(
    {"cloudfront", "route53", "s3", "s3-object-lambda", "s3-outposts", "s3express"}
)


def is_form(request: Request) -> bool:
    """Whether a request is one of the query protocol, whose parameters are a form."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return media_type == "application/x-www-form-urlencoded"


def unknown_service_error_response(request: Request, error: ApiError, request_id: str) -> Response:
    """The response for an error, in the protocol that a request is in.

    Args:
        request: a request for a service that the local cloud does not have.
        error: the error.
        request_id: the request's id.
    """
    if request.headers.get("Smithy-Protocol") == _CBOR:
        body = b"\xa2" + b"".join(
            _cbor_text(text) for text in ("__type", error.code, "message", error.message)
        )
        headers = {"Content-Type": "application/cbor", "Smithy-Protocol": _CBOR}
        return Response(error.status, body, headers)
    service = scoped_service(request)
    described = {"Code": error.code, "Message": error.message}
    if is_form(request):
        if service == "ec2":
            content = {"Errors": {"Error": described}, "RequestID": request_id}
            return _xml(error.status, "Response", content)
        content = {"Error": {"Type": "Sender", **described}, "RequestId": request_id}
        return _xml(error.status, "ErrorResponse", content)
    if service in _REST_XML:
        content = {"Error": described, "RequestId": request_id}
        return _xml(error.status, "ErrorResponse", content)
    media_type = "application/json"
    if "X-Amz-Target" in request.headers:
        media_type = request.headers.get("Content-Type", "application/x-amz-json-1.1")
    # Clients look for the error type in the body or in the header.
    response = Response.json(
        {"__type": error.code, "message": error.message},
        status=error.status,
        media_type=media_type,
    )
    return Response(
        response.status, response.body, {**response.headers, "x-amzn-ErrorType": error.code}
    )


def _xml(status: int, root: str, content: Mapping[str, object]) -> Response:
    element = ET.Element(root)
    _fill(element, content)
    body: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return Response(status, body, {"Content-Type": _XML})


def _fill(element: ET.Element, content: Mapping[str, object]) -> None:
    for name, value in content.items():
        child = ET.SubElement(element, name)
        if isinstance(value, Mapping):
            _fill(child, cast("Mapping[str, object]", value))
        else:
            child.text = str(value)


def _cbor_text(text: str) -> bytes:
    """A text string in CBOR (RFC 8949), with a length of four bytes."""
    encoded = text.encode("utf-8", "replace")
    return b"\x7a" + len(encoded).to_bytes(4, "big") + encoded
