"""API operations, as the caller needs to know them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

__all__ = ["Nothing", "Operation"]

M = TypeVar("M", bound=BaseModel)


class Nothing(BaseModel):
    """The response of an operation that returns no body."""


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
