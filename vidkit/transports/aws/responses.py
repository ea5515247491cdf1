"""The responses of botocore's clients: raw bodies, or what botocore has parsed from XML."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vidkit.transports.aws.log_redaction import Secrets
from vidkit.transports.base import HttpResponse
from vidkit.transports.redaction import redacted, without_secrets

__all__ = ["keep_raw_response", "raw_response", "redacted_response"]

_RAW = "VidKitRawResponse"


def keep_raw_response(
    *, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """Keep the raw response before it is parsed, and leave nothing to parse."""
    customized_response_dict[_RAW] = HttpResponse(
        status=response_dict["status_code"],
        body=response_dict["body"],
        headers=response_dict["headers"],
    )
    response_dict["body"] = b"{}"


def raw_response(parsed: Mapping[str, Any]) -> HttpResponse:
    """The response of a call, from what botocore made of it."""
    if _RAW not in parsed:
        return _parsed_response(parsed)
    response: HttpResponse = parsed[_RAW]
    return response


def _parsed_response(parsed: Mapping[str, Any]) -> HttpResponse:
    """A response whose XML botocore has parsed, as JSON."""
    facts = parsed["ResponseMetadata"]
    content = parsed.get("Error") or {
        name: value for name, value in parsed.items() if name != "ResponseMetadata"
    }
    return HttpResponse(
        status=facts["HTTPStatusCode"],
        body=json.dumps(content, default=str).encode(),
        headers=facts["HTTPHeaders"],
    )


def redacted_response(response: HttpResponse, secrets: Secrets) -> HttpResponse:
    """An error response without the session token, which services quote."""
    headers = {name: without_secrets(value, secrets) for name, value in response.headers.items()}
    body = redacted(response.body.decode("utf-8", "surrogateescape"), secrets)
    return replace(response, body=body.encode("utf-8", "surrogateescape"), headers=headers)
