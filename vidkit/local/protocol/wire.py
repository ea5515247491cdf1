"""Requests, responses and errors between the HTTP server and the services."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request whose signature has been checked."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    raw_target: str = ""
    """Path and query as in the request line, still percent-encoded."""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def json(cls, content: object, *, status: int = 200, media_type: str) -> "Response":
        """A response whose body is ``content`` as compact JSON."""
        body = json.dumps(content, separators=(",", ":")).encode()
        return cls(status=status, body=body, headers={"Content-Type": media_type})


class ApiError(Exception):
    """An error of a service's API; the service turns it into a response in its own format."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call that the local cloud has responded to."""

    service: str
    operation: str
    """The operation's name; method and path where the service has no such operation."""
    status: int
    started: datetime
    seconds: float
    code: str | None = None
    """The code of an error response."""
    fault: str | None = None
    """The kind of fault that struck it; the status is 0 when it did not reach the service."""


class Service(Protocol):
    """One service of the local cloud."""

    name: str
    """Its name in recorded calls: ``images``, ``rekognition``, ``ivs``, ``mpc``, ``objects``..."""

    def operation(self, request: Request) -> str | None:
        """The operation that a request names, such as ``GetImages``; None if it names none."""
        ...

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        ...

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error, in this service's format."""
        ...

    async def close(self) -> None:
        """Cancel the work that is still running."""
        ...


def parse_json(body: bytes, *, error: ApiError) -> dict[str, Any]:
    """The JSON object in a request body; an empty body is an empty object.

    Raises:
        ApiError: ``error``, when the body is no JSON object.
    """
    try:
        content: object = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        # A RecursionError: there are very many brackets in brackets.
        raise error from None
    if not isinstance(content, dict):
        raise error
    return content  # pyright: ignore[reportUnknownVariableType]
