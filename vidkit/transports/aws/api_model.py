"""The complete service model of an API, for calls of any of its operations.

Typed operations do not need it: see decision 0018.
"""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.awsrequest import prepare_request_dict
from botocore.exceptions import DataNotFoundError
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from vidkit.errors import NotSupportedError, RequestError
from vidkit.transports.aws.member_checks import check_members
from vidkit.transports.aws.response_members import read_members
from vidkit.transports.base import AwsRequest, HttpContent, HttpResponse

__all__ = ["ApiModel", "ModeledOperation", "PageMembers"]

_NO_ENDPOINT = "https://none.invalid"
_TOKEN_NAMES = ("NextToken", "nextToken")
_CLIENT_TOKENS = frozenset(
    {"ClientRequestToken", "clientRequestToken", "ClientToken", "clientToken"}
)


@dataclass(frozen=True, slots=True)
class PageMembers:
    """The members that hold the token of a page.

    Attributes:
        input: the member of the request.
        output: the member of the response.
    """

    input: str
    output: str


class ApiModel:
    """The operations of one API, as the installed botocore knows them.

    Args:
        api: the service model's name, such as ``rekognition``.
        definition: the content of the service model.
        paginators: the content of botocore's file of paginators, by operation.
    """

    def __init__(
        self, api: str, definition: Mapping[str, Any], paginators: Mapping[str, Any]
    ) -> None:
        self.api = api
        self._definition = definition
        self._paginators = paginators
        self._model = ServiceModel(definition)
        self._serializer = create_serializer(
            self._model.resolved_protocol, include_validation=False
        )

    @classmethod
    def load(cls, api: str) -> Self:
        """Read the newest model of an API from disk (blocking)."""
        loader = create_loader(os.environ.get("AWS_DATA_PATH"))
        try:
            paginators = loader.load_service_model(api, "paginators-1")["pagination"]
        except DataNotFoundError:
            paginators = {}
        return cls(api, loader.load_service_model(api, "service-2"), paginators)

    @property
    def operation_names(self) -> tuple[str, ...]:
        """The API's names of its operations."""
        return tuple(self._definition["operations"])

    def operation(self, name: str) -> "ModeledOperation":
        """An operation of this API.

        Args:
            name: one of ``operation_names``.

        Raises:
            NotSupportedError: the operation exchanges events, or has a host of its own.
        """
        model = self._model.operation_model(name)
        if model.endpoint or model.has_event_stream_input or model.has_event_stream_output:
            raise NotSupportedError(
                f"{name} cannot be called: it exchanges events, or has a host of its own"
            )
        return ModeledOperation(
            self.api,
            name,
            model,
            self._serializer,
            is_idempotent=bool(self._definition["operations"][name].get("idempotent")),
            paginator=self._paginators.get(name, {}),
        )


class ModeledOperation:
    """One operation: checks and writes its requests, and reads its responses.

    Args:
        api: the service model's name.
        name: the API's name of the operation.
        model: botocore's model of it.
        serializer: botocore's serializer of the API's protocol.
        is_idempotent: whether the service model calls it idempotent.
        paginator: its entry in botocore's file of paginators.
    """

    def __init__(
        self,
        api: str,
        name: str,
        model: Any,
        serializer: Any,
        *,
        is_idempotent: bool,
        paginator: Mapping[str, Any],
    ) -> None:
        self.api = api
        self.name = name
        self._model = model
        self._serializer = serializer
        self._is_idempotent = is_idempotent
        self._paginator = paginator

    @property
    def page_members(self) -> PageMembers | None:
        """The members with page tokens; None: the operation has no pages."""
        given, returned = (_members(s) for s in (self._model.input_shape, self._model.output_shape))
        names = self._paginator.get("input_token"), self._paginator.get("output_token")
        for input_name, output_name in (names, *zip(_TOKEN_NAMES, _TOKEN_NAMES, strict=True)):
            # A paginator may also have several tokens, or expressions: those are not followed.
            if isinstance(input_name, str) and input_name in given and output_name in returned:
                return PageMembers(input_name, str(output_name))
        return None

    def with_tokens(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The members, with idempotency tokens where the caller has given none."""
        missing = [name for name in self._model.idempotent_members if name not in params]
        return {**params, **{name: str(uuid.uuid4()) for name in missing}}

    def is_safe_to_repeat(self, params: Mapping[str, Any]) -> bool:
        """Whether the service carries out a repeated request only once.

        The service model says so of an idempotency token in the request. Of operations that have
        such a token and got none it says that they are idempotent, too, which they are not.

        Args:
            params: the members of the request.
        """
        tokens = _CLIENT_TOKENS | set(self._model.idempotent_members)
        if tokens & _members(self._model.input_shape):
            return any(name in params for name in tokens)
        return self._is_idempotent

    def request(self, params: Mapping[str, Any]) -> AwsRequest:
        """Check the members of a request, and write it.

        Raises:
            RequestError: a member is unknown, missing, or of the wrong type.
        """
        check_members(self.name, self._model.input_shape, params)
        try:
            written = self._serializer.serialize_to_request(dict(params), self._model)
            prepare_request_dict(written, _NO_ENDPOINT, context={})
        except (ValueError, OverflowError, RecursionError) as error:
            # Such as a text with half a surrogate in the path, or a time out of range in UTC.
            raise RequestError(
                f"{self.name}: a member cannot be written ({type(error).__name__})"
            ) from None
        content = HttpContent(
            written["method"],
            written["url"].removeprefix(_NO_ENDPOINT),
            dict(written["headers"]),
            bytes(written["body"] or b""),
        )
        return AwsRequest(self.api, self.name, params, content=content)

    def read(self, response: HttpResponse) -> dict[str, Any]:
        """The members of a successful response.

        Raises:
            DecodeError: the response does not have the shape of the service model.
        """
        return read_members(self.name, self._model.output_shape, response)


def _members(shape: Any) -> set[str]:
    return set() if shape is None else set(shape.members)
