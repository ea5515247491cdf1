"""Service models, loaded when the first request needs them."""

import asyncio
import functools
from typing import Any

from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import Fault
from vidkit.local.runtime.worker_threads import in_thread

# One program may start many clouds, and the models never change.
_load = functools.cache(ServiceModel.load)


class LazyModel:
    """One AWS service's model, whose refusals carry that service's own code.

    Args:
        service: botocore's name of the service, such as ``kinesisvideo``.
        code: the error code of a request that breaks a constraint.
    """

    def __init__(self, service: str, *, code: str) -> None:
        self._service = service
        self._code = code
        self._model: ServiceModel | None = None
        self._loading = asyncio.Lock()

    async def accept(self, operation: str, parameters: object) -> dict[str, Any]:
        """The members of a request that the model knows, without the null ones.

        Raises:
            Fault: a constraint is broken; the message names the member.
        """
        async with self._loading:
            if self._model is None:
                self._model = await in_thread(_load, self._service)
        try:
            return self._model.accept(operation, parameters)
        except Fault as fault:
            raise Fault(self._code, fault.message) from None
