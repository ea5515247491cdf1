"""What passes between the HTTP server and the services behind it."""

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
    """Path and query as they stood in the request line, still percent-encoded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def json(cls, content: object, *, status: int = 200, media_type: str) -> "Answer":
        """An answer whose body is ``content`` as compact JSON."""
        body = json.dumps(content, separators=(",", ":")).encode()
        return cls(status=status, body=body, headers={"Content-Type": media_type})


class Fault(Exception):  # noqa: N818 - the field's word for a refusal
    """A refusal in the service's own words; the server renders it in that service's format."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call that the local cloud has answered."""

    service: str
    operation: str
    """The operation's name; method and path where the service has no such operation."""
    status: int
    started: datetime
    seconds: float
    code: str | None = None
    """The error code of a refusal."""
    fault: str | None = None
    """The kind of fault that struck it; the status is 0 where it did not reach the service."""


class Service(Protocol):
    """One service of the local cloud."""

    name: str
    """How recorded calls name it: ``images``, ``rekognition``, ``ivs``, ``mpc``, ``objects``."""

    def operation(self, request: Request) -> str | None:
        """The operation that a request names, such as ``GetImages``; None when there is none."""
        ...

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        ...

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault in this service's error format."""
        ...

    async def close(self) -> None:
        """End the work that is still running."""
        ...


def parse_json(body: bytes, *, fault: Fault) -> dict[str, Any]:
    """A JSON object out of a request body, or ``fault``."""
    try:
        content: object = json.loads(body or b"{}")
    except ValueError:
        raise fault from None
    if not isinstance(content, dict):
        raise fault
    return content  # pyright: ignore[reportUnknownVariableType]
