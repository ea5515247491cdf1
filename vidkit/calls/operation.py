"""API operations, as the caller needs to know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from vidkit.models.responses import decode
from vidkit.transports.base import HttpResponse

__all__ = ["CallableOperation", "Nothing", "Operation", "UntypedOperation"]

M = TypeVar("M", bound=BaseModel)
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Nothing(BaseModel):
    """The response of an operation that returns no body."""


class CallableOperation(Protocol[ResultT_co]):
    """What a caller needs to know of an operation."""

    @property
    def service(self) -> str:
        """The name of the service in vidkit."""
        ...

    @property
    def name(self) -> str:
        """The API's name of the operation."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether carrying it out twice has the effect of carrying it out once."""
        ...

    def read(self, response: HttpResponse, /) -> ResultT_co:
        """Read a successful response.

        Raises:
            DecodeError: the response does not have the shape that the API documents.
        """
        ...


@dataclass(frozen=True, slots=True)
class Operation(Generic[M]):
    """An API operation.

    Attributes:
        service: vidkit's name of the service.
        name: the API's name of the operation.
        response: the model of a successful response.
        idempotent: whether carrying it out twice has the effect of carrying it out once. Then it
            is also retried after an error that leaves open whether it was carried out.
    """

    service: str
    name: str
    response: type[M]
    idempotent: bool = True

    def read(self, response: HttpResponse) -> M:
        """Read a successful response into the model.

        Raises:
            DecodeError: the response does not have the shape that the API documents.
        """
        if self.response is Nothing and not response.body:
            return self.response()
        return decode(self.response, response.body)


@dataclass(frozen=True, slots=True)
class UntypedOperation:
    """An API operation whose response is a dict.

    Attributes:
        service: vidkit's name of the service.
        name: the API's name of the operation.
        read: reads a successful response.
        idempotent: see `Operation`.
    """

    service: str
    name: str
    read: Callable[[HttpResponse], dict[str, Any]]
    idempotent: bool
