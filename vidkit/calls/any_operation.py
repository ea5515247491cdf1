"""Calls of operations that have no typed method, with the service's own names."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from vidkit._internal.arguments import checked_arguments, short_repr
from vidkit._internal.descriptors import first_import
from vidkit._internal.suggestions import did_you_mean
from vidkit.calls.caller import Caller
from vidkit.calls.operation import UntypedOperation
from vidkit.errors import DecodeError, RequestError
from vidkit.transports.base import AwsRequest

if TYPE_CHECKING:
    from vidkit.transports.aws.api_model import ApiModel, ModeledOperation, PageMembers

__all__ = ["AnyOperation", "check_idempotent"]

# The service models call some operations read-only that are not, such as the revocation of
# viewer sessions; the names are right.
_READING = re.compile(r"(?:BatchGet|Compare|Describe|Detect|Get|List|Recognize|Search)(?![a-z])")


class AnyOperation:
    """Calls any operation of a service, with dicts; a part of the clients of AWS.

    The service model of the installed botocore says which operations and members there are.

    Example:
        ```python
        response = await kit.images.call("DescribeStream", {"StreamName": "front-door"})
        print(response["StreamInfo"]["CreationTime"])
        ```
    """

    _caller: Caller
    _service: ClassVar[str]
    _apis: ClassVar[tuple[str, ...]]

    @checked_arguments
    async def call(
        self,
        operation: str,
        params: Mapping[str, Any] | None = None,
        *,
        idempotent: bool | None = None,
    ) -> dict[str, Any]:
        """Call any operation of the service, also one that has no method here.

        Names of members, required members and types are checked before anything is sent. Values
        are not: the service does that. An idempotency token that the service model asks for is
        added, one for all attempts. Secrets in the response, such as stream keys, are plain text:
        do not log the response.

        Args:
            operation: the API's name of the operation, such as ``"DetectCustomLabels"``.
            params: the members of the request under the service's names; timestamps are aware
                datetimes, blobs are bytes. Default: none.
            idempotent: whether an attempt that may have been carried out is repeated. Default: if
                the operation only reads (``Get``, ``List``, ``Describe``, ``Detect``, ``Search``
                ...), or if the service recognises a repeated request, as by a client request token.

        Returns:
            The members of the response under the service's names, those without a value left out.
            Timestamps are aware datetimes in UTC, blobs are bytes; media that the service streams
            is bytes, too. Members that botocore does not know are kept as JSON.

        Raises:
            RequestError: the operation or a member is unknown, or a member is missing or of the
                wrong type; nothing was sent.
            AmbiguousError: the operation may or may not have been carried out.
            VidKitError: see `vidkit.errors`.
        """
        modeled = await self._modeled(operation)
        try:
            members = modeled.with_tokens(_checked_params(params))
            request = modeled.request(members)
            if idempotent is None:
                idempotent = _only_reads(modeled.name) or modeled.is_safe_to_repeat(members)
            check_idempotent(idempotent)
            untyped = UntypedOperation(self._service, modeled.name, modeled.read, idempotent)
            return await self._send_untyped(untyped, request)
        except RequestError as error:
            error.located(self._service, modeled.name)
            raise

    @checked_arguments
    def call_pages(
        self, operation: str, params: Mapping[str, Any] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Call any operation that returns its results in pages.

        Args:
            operation: the API's name of the operation, such as ``"ListFaces"``.
            params: the members of the request, as for ``call``. A page token among them says
                where to begin.

        Returns:
            An iterator over the responses, one for each page, as ``call`` returns them. The next
            page is fetched while one is processed.

        Raises:
            RequestError: while iterating: as for ``call``; or the operation has no pages.
            VidKitError: while iterating: see `vidkit.errors`. ``next_token`` is the token of the
                page that failed.
        """

        async def fetch(token: str | None) -> _UntypedPage:
            modeled = await self._modeled(operation)
            members = modeled.page_members
            if members is None:
                raise RequestError("has no pages; use call").located(self._service, operation)
            next_page = {} if token is None else {members.input: token}
            response = await self.call(operation, {**_checked_params(params), **next_page})
            return _UntypedPage(response, _page_token(response, members))

        return _Responses(self._caller.pager(fetch).pages())

    async def _send_untyped(
        self, operation: UntypedOperation, request: AwsRequest
    ) -> dict[str, Any]:
        return await self._caller.call(operation, request)

    async def _modeled(self, operation: str) -> "ModeledOperation":
        """The model of an operation, in the first API that has it.

        Raises:
            RequestError: no API has it.
        """
        self._caller.runtime.check()
        names: list[str] = []
        for api in self._apis:
            model = await self._caller.runtime.shared(_ApiModels).get(api)
            if operation in model.operation_names:
                return model.operation(operation)
            names += model.operation_names
        text: Any = operation
        hint = did_you_mean(text, names) if isinstance(text, str) else ""
        raise RequestError(
            f"operation={short_repr(text)}: no operation of {', '.join(self._apis)} in the "
            f"installed botocore{hint}",
            service=self._service,
        )


class _ApiModels:
    """The service models of a kit; each is read once, in a thread."""

    def __init__(self) -> None:
        self._models: dict[str, ApiModel] = {}
        self._lock = asyncio.Lock()

    async def get(self, api: str) -> "ApiModel":
        if api not in self._models:
            async with self._lock:
                if api not in self._models:
                    with first_import():
                        self._models[api] = await asyncio.to_thread(_load, api)
        return self._models[api]


def _load(api: str) -> "ApiModel":
    from vidkit.transports.aws.api_model import ApiModel

    return ApiModel.load(api)


@dataclass(frozen=True, slots=True)
class _UntypedPage:
    """A page whose response is a dict; its items are not known."""

    content: dict[str, Any]
    next_token: str | None

    @property
    def items(self) -> tuple[()]:
        """None: which members are items depends on the operation."""
        return ()


class _Responses:
    """An iterator over the responses of pages."""

    def __init__(self, pages: AsyncIterator[_UntypedPage]) -> None:
        self._pages = pages

    def __aiter__(self) -> "_Responses":
        return self

    async def __anext__(self) -> dict[str, Any]:
        return (await anext(self._pages)).content


def check_idempotent(idempotent: object) -> None:
    """Check a parameter ``idempotent``.

    Raises:
        RequestError: it is neither a boolean nor None.
    """
    if idempotent is not None and not isinstance(idempotent, bool):
        raise RequestError(f"idempotent={short_repr(idempotent)}: must be True, False or None")


def _only_reads(name: str) -> bool:
    return _READING.match(name) is not None


def _checked_params(params: Mapping[str, Any] | None) -> Mapping[str, Any]:
    given: Any = {} if params is None else params
    if not isinstance(given, Mapping):
        raise RequestError(f"params: must be a mapping of members, not {type(given).__name__}")
    return given  # pyright: ignore[reportUnknownVariableType]


def _page_token(response: Mapping[str, Any], members: "PageMembers") -> str | None:
    token = response.get(members.output)
    if token is None or isinstance(token, str):
        return token
    raise DecodeError(f"the response is not as documented: {members.output} is no string")
