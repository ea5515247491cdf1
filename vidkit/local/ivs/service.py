"""Amazon IVS of the local cloud, over REST and JSON."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from vidkit.local.ivs import tags
from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.error_responses import HEADERS, MEDIA_TYPE, error_response, invalid
from vidkit.local.ivs.limits import IvsThrottle
from vidkit.local.ivs.policies import Policies, check_countries
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.streams import Streams
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread

_Handler: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any] | None]

_TAGS: Final = {"POST": "TagResource", "DELETE": "UntagResource", "GET": "ListTagsForResource"}
_TAGS_PATH = re.compile(r"/tags/([^/]+)")
_ARN = re.compile(r"arn:aws:ivs:[a-z0-9-]+:[0-9]+:[a-z-]+/[a-zA-Z0-9-]+")
_MAX_ARN_LENGTH: Final = 128
# The model's pattern of a resource's ARN allows one letter only before the slash and so matches
# no real ARN. The model checks this one instead; _ARN checks the real one.
_ARN_FOR_THE_MODEL: Final = "arn:aws:ivs:us-east-1:123456789012:c/a"


class IvsService:
    """Channels, stream sessions, playback restriction policies, and tags.

    It checks the rules of the service model and of the API's documentation. A channel goes live
    with ``LocalCloud.go_live``; no video is ingested or played. When the cloud throttles, every
    operation accepts 5 requests a second, those on tags 10. The account's quotas are
    ``IvsAccount.max_channels`` and ``max_policies``.

    Args:
        state: what the services share; the account's resources are deleted.
        throttle: the rates when the cloud throttles.
    """

    name = "ivs"

    def __init__(self, state: State, throttle: IvsThrottle | None = None) -> None:
        self._state = state
        self._throttle = throttle or IvsThrottle()
        self._model = LazyModel("ivs", code="ValidationException")
        account = state.of(IvsAccount)
        account.clear()
        pages = Pages()
        channels = Channels(state, pages)
        policies = Policies(state, pages)
        streams = Streams(state, pages)
        self._handlers: dict[str, _Handler] = {
            "CreateChannel": channels.create,
            "GetChannel": channels.get,
            "BatchGetChannel": channels.batch_get,
            "ListChannels": channels.list_channels,
            "UpdateChannel": channels.update,
            "DeleteChannel": channels.delete,
            "StopStream": streams.stop,
            "GetStreamSession": streams.get_session,
            "ListStreamSessions": streams.list_sessions,
            "CreatePlaybackRestrictionPolicy": policies.create,
            "GetPlaybackRestrictionPolicy": policies.get,
            "ListPlaybackRestrictionPolicies": policies.list_policies,
            "UpdatePlaybackRestrictionPolicy": policies.update,
            "DeletePlaybackRestrictionPolicy": policies.delete,
            "TagResource": partial(tags.tag, account),
            "UntagResource": partial(tags.untag, account),
            "ListTagsForResource": partial(tags.tags_of, account),
        }

    def operation(self, request: Request) -> str | None:
        """The operation that the path names; for tags, the method decides between three."""
        if _tagged_arn(request) is not None:
            return _TAGS.get(request.method)
        name = request.path.removeprefix("/")
        known = name in self._handlers and name not in _TAGS.values()
        return name if known and request.method == "POST" else None

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        if self._state.throttles(self.name):
            self._throttle.take(operation)
        parameters = await self._parameters(operation, request)
        if "allowedCountries" in parameters:
            await in_worker_thread(check_countries, parameters["allowedCountries"])
        content = self._handlers[operation](parameters)
        if content is None:
            return Response(status=204)
        response = Response.json(content, media_type=MEDIA_TYPE)
        if operation != "BatchGetChannel":
            return response
        return Response(response.status, response.body, {**response.headers, **HEADERS})

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error, in the service's format."""
        del request_id  # The server puts it into a header; the body has none.
        return error_response(error)

    async def close(self) -> None:
        """Do nothing: no work outlives its request."""

    async def _parameters(self, operation: str, request: Request) -> dict[str, Any]:
        self._model.check_query(request, {"tagKeys"} if operation == "UntagResource" else ())
        body = parse_json(request.body, error=invalid("The request body must be one JSON object."))
        arn = _tagged_arn(request)
        if arn is None:
            return await self._model.accept(operation, body)
        if len(arn) > _MAX_ARN_LENGTH or not _ARN.fullmatch(arn):
            raise invalid(f"resourceArn: {arn!r} is no ARN of IVS.")
        parameters = dict(body)
        keys = [value for name, value in request.query if name == "tagKeys"]
        if keys:
            parameters["tagKeys"] = keys
        parameters["resourceArn"] = _ARN_FOR_THE_MODEL
        accepted = await self._model.accept(operation, parameters)
        return {**accepted, "resourceArn": arn}


def _tagged_arn(request: Request) -> str | None:
    """The ARN, percent-encoded in the path of an operation on tags; None for other paths."""
    found = _TAGS_PATH.fullmatch(request.raw_target.partition("?")[0])
    return unquote(found[1]) if found else None
