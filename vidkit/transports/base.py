"""The interface between vidkit and the network: a request in, a response out.

A transport sends a request once. It neither retries nor interprets a status; it raises only when
there is no complete response.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

__all__ = [
    "AUTH_STATUSES",
    "AwsRequest",
    "HttpContent",
    "HttpRequest",
    "HttpResponse",
    "Transport",
]


AUTH_STATUSES: Final = frozenset({401, 403})
"""The statuses of a response that rejects the credentials or their permissions."""


@dataclass(frozen=True, slots=True)
class HttpContent:
    """What a request consists of, but for its endpoint and what all requests have.

    Attributes:
        method: the HTTP method.
        target: the path and the query, encoded.
        headers: the headers of its protocol.
        body: the body; empty for none.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class AwsRequest:
    """A request to an AWS API, in the members of its service model.

    Attributes:
        api: the service model's name, such as ``rekognition``.
        operation: such as ``StartLabelDetection``.
        params: members under their wire names.
        endpoint: an endpoint for this request alone, such as a stream's data endpoint.
        region: the region of the resource, such as a queue's; None is the region of calls.
        content: the request as it is written already; None: the transport writes it.
    """

    api: str
    operation: str
    params: Mapping[str, Any]
    endpoint: str | None = None
    region: str | None = None
    content: HttpContent | None = None


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to a REST API.

    Attributes:
        method: the HTTP method.
        path: the path below the endpoint; ``{project_id}`` is replaced by the project ID.
        query: keys and values, in order; keys may repeat.
        body: sent as JSON, or None for no body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete response of any status, not parsed; header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300  # noqa: PLR2004


R_contra = TypeVar("R_contra", bound=AwsRequest | HttpRequest, contravariant=True)


class Transport(Protocol[R_contra]):
    """Sends requests of one kind over connections that it owns."""

    async def send(self, request: R_contra) -> HttpResponse:
        """Send once.

        Raises:
            ConfigError: region, credentials or endpoint are missing or unusable.
            DecodeError: the response is too large, or is no XML where its API defines XML; or the
                request's own endpoint is not the service's.
            TransportError: no complete response was received.
            VidKitTimeoutError: the network was too slow.
        """
        ...

    async def close(self) -> None:
        """Close the connections; closing twice is fine."""
        ...
