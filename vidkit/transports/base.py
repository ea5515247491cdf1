"""The one seam between vidkit and the network: a request in, a reply out.

A transport sends once. It neither retries nor judges a status; it raises only when there is no
whole answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

__all__ = ["AwsRequest", "HttpRequest", "HttpResponse", "Transport"]


@dataclass(frozen=True, slots=True)
class AwsRequest:
    """A call of an AWS API, in the members of its service model.

    Attributes:
        api: the service model's name, such as ``rekognition``.
        operation: such as ``StartLabelDetection``.
        params: members under their wire names.
        endpoint: an address for this request alone, such as a stream's data endpoint.
    """

    api: str
    operation: str
    params: Mapping[str, Any]
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A call of a REST API.

    Attributes:
        method: the HTTP method.
        path: below the endpoint; ``{project_id}`` stands for the caller's project.
        query: keys and values, in order, repeated keys allowed.
        body: sent as JSON, or None for no body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer of any status, whole and unparsed; header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300  # noqa: PLR2004


R_contra = TypeVar("R_contra", bound=AwsRequest | HttpRequest, contravariant=True)


class Transport(Protocol[R_contra]):
    """Sends requests of one kind over connections that it owns."""

    async def send(self, request: R_contra) -> HttpResponse:
        """Send once.

        Raises:
            ConfigError: region, credentials or endpoint are missing or unusable.
            DecodeError: the answer is too long to be one, or is no XML where that is promised; or
                the request's own endpoint is none of the service's.
            TransportError: no whole answer came.
            VidKitTimeoutError: the network was too slow.
        """
        ...

    async def close(self) -> None:
        """Close the connections; closing twice is closing once."""
        ...
