"""The base of the operations of all IVS resources."""

from typing import TypeVar

from pydantic import BaseModel

from vidkit.calls.caller import Caller
from vidkit.calls.operation import Operation
from vidkit.ivs.models.fields import API
from vidkit.models.requests import RequestModel, to_wire
from vidkit.transports.base import AwsRequest

__all__ = ["IvsOperations"]

M = TypeVar("M", bound=BaseModel)


class IvsOperations:
    """The base of the classes of which `IvsClient` is composed."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def _send(self, operation: Operation[M], request: RequestModel) -> M:
        return await self._caller.call(operation, AwsRequest(API, operation.name, to_wire(request)))
