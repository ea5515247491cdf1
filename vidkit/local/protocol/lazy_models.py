"""Service models that are loaded at the first request."""

import asyncio
import functools
from collections.abc import Collection
from typing import Any

from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.worker_threads import in_worker_thread

# Cached, because one program may start many clouds and the models never change.
_load = functools.cache(ServiceModel.load)


class LazyModel:
    """One AWS service's model, whose errors have that service's own code.

    Args:
        service: botocore's name of the service, such as ``kinesisvideo``.
        code: the error code of a request that breaks a constraint.
    """

    def __init__(self, service: str, *, code: str) -> None:
        self._service = service
        self._code = code
        self._model: ServiceModel | None = None
        self._loading = asyncio.Lock()

    def check_query(self, request: Request, known: Collection[str] = ()) -> None:
        """Check that a request has no parameters in its query but the known ones.

        Raises:
            ApiError: it has others; the message names one.
        """
        for name, _ in request.query:
            if name not in known:
                message = f"Request has invalid parameters: {name} is not known here."
                raise ApiError(self._code, message)

    async def accept(self, operation: str, parameters: object) -> dict[str, Any]:
        """The members of a request, without null values.

        Raises:
            ApiError: the request breaks a constraint, or has an unknown member; the message names
                the member.
        """
        async with self._loading:
            if self._model is None:
                self._model = await in_worker_thread(_load, self._service)
        try:
            return self._model.accept(operation, parameters)
        except ApiError as error:
            raise ApiError(self._code, error.message) from None
