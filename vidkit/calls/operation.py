"""What the call layer knows of an API operation."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

__all__ = ["Nothing", "Operation"]

M = TypeVar("M", bound=BaseModel)


class Nothing(BaseModel):
    """The answer of an operation that answers with no body."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[M]):
    """What the call layer needs to know of an API operation.

    Attributes:
        service: vidkit's name of the service.
        name: the API's name of the operation.
        answer: the model of a successful answer.
        idempotent: whether doing it twice is doing it once, so that it may be sent again when it
            is unknown whether it was carried out.
    """

    service: str
    name: str
    response: type[M]
    idempotent: bool = True
